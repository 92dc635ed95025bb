import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { toBase64url, type Bytes } from "@keyfold/core/protocol";
import { describe, expect, test, vi } from "vitest";
import { base, codeOf, mount, type TestMount } from "../test/mount.ts";
import { bytesOf, newId, newOwner, Owner } from "../test/owner.ts";
import { finishRemovals, markRemoved } from "./removal.ts";

vi.setConfig({ testTimeout: 30_000 });

const day = 24 * 3600 * 1000;

function remove(owner: Owner, head: Bytes = owner.position.head.slice()): Promise<Response> {
  return owner.call("DELETE", "", { headers: { "keyfold-head": toBase64url(head) } });
}

async function objects({ directory }: TestMount): Promise<string[]> {
  const names = await readdir(join(directory, "blobs"), { recursive: true }).catch((): string[] => []);
  return names.filter((name) => /\.\d+$/.test(name) && !name.startsWith(".incoming"));
}

/** Rows that any table still has of a folder, tombstone and key ids aside. */
async function rowsOf({ options }: TestMount, folder: string): Promise<Record<string, number>> {
  const { query } = options.database;
  const counts: Record<string, number> = {};
  for (const table of ["log_record", "sealed_body", "published_key", "blob", "part", "turn", "pairing"] as const) {
    const rows = await query.selectFrom(table).select("folder").where("folder", "=", folder).execute();
    if (rows.length > 0) counts[table] = rows.length;
  }
  return counts;
}

describe("an owner deletes a folder as a whole", () => {
  test("with all it had: nothing is left in the store, nothing in the database but a tombstone", async () => {
    const site = await mount();
    const [owner, neighbour] = [await newOwner(site.send, base), await newOwner(site.send, base)];
    const kept = await neighbour.upload();
    await neighbour.append({ added: [kept] });
    const [live, dropped, open] = [await owner.upload(), await owner.upload(), await owner.upload()];
    await owner.append({ added: [live, dropped] });
    await owner.append({ dropped: [dropped] });
    for (let i = 0; i < 100; i++) await owner.append();
    expect(await owner.stateOf(open)).toBe("open");

    expect((await remove(owner)).status).toBe(204);
    await site.app.maintain();
    expect(await objects(site)).toHaveLength(1);
    site.wait(day + 1000);
    await site.app.maintain();
    expect(await rowsOf(site, owner.folder)).toEqual({});
    expect(await site.options.database.query.selectFrom("erasure").select("id").execute()).toEqual([]);
    await neighbour.signIn();
    expect(await neighbour.stateOf(kept)).toBe("live");
    expect((await neighbour.call("GET", `/blobs/${kept}/parts/0`)).status).toBe(200);
  });

  test("and whoever comes back is told that it is gone: by token, by id, by key, to sign in, to begin anew", async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    const { token } = owner;
    const share = newId();
    await owner.append();
    expect((await owner.publish(share)).status).toBe(200);
    const { keyId } = (await (await site.send("GET", owner.path)).json()) as { keyId: string };
    expect((await remove(owner)).status).toBe(204);
    owner.token = token;
    const answers = [
      await owner.call("GET", "/log?from=0"),
      await owner.append(),
      await owner.createBlobs({ blob: newId(), sealedSize: 1080 }),
      await owner.call("GET", "/usage"),
      await remove(owner),
      await site.send("GET", owner.path),
      await site.send("GET", `/v1/keys/${keyId}`),
      await site.send("POST", `${owner.path}/challenge`, { body: { server: base, scope: "owner" } }),
      await site.send("GET", `/v1/shares/${share}`),
    ];
    expect(await Promise.all(answers.map(codeOf))).toEqual(answers.map(() => "gone"));
    expect(await codeOf(await owner.create())).toBe("gone");
    // Even when everything about it has been taken out.
    for (let i = 0; i < 3; i++) {
      site.wait(40 * day);
      await site.app.maintain();
    }
    expect(await codeOf(await site.send("GET", owner.path))).toBe("gone");
    expect(await codeOf(await owner.create())).toBe("gone");
    expect(await codeOf(await site.send("GET", `/v1/folders/${newId()}`))).toBe("not-found");
  });

  test("but not without knowing what is in it: the head must be the present one", async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    const before = owner.position.head.slice();
    await owner.append();
    const refused = await remove(owner, before);
    expect([refused.status, await codeOf(refused)]).toEqual([409, "conflict"]);
    expect((await remove(owner, bytesOf(32))).status).toBe(409);
    for (const head of ["", "short", "!".repeat(43)]) {
      expect(await codeOf(await owner.call("DELETE", "", { headers: { "keyfold-head": head } }))).toBe("malformed");
    }
    expect(await codeOf(await owner.call("DELETE", ""))).toBe("malformed");
    expect((await owner.append()).status).toBe(200);
  });

  test("and not as a reader, nor as the owner of another folder, nor where the host says no", async () => {
    const forbidden = new Set<string>();
    const site = await mount({ authorize: (request) => !forbidden.has(request.method) });
    const [owner, stranger] = [await newOwner(site.send, base), await newOwner(site.send, base)];
    const { token } = owner;
    owner.token = stranger.token;
    expect(await codeOf(await remove(owner))).toBe("token-refused");
    await owner.signIn("read");
    expect(await codeOf(await remove(owner))).toBe("read-only");
    owner.token = token;
    forbidden.add("DELETE");
    expect(await codeOf(await remove(owner))).toBe("refused");
    expect((await owner.call("GET", "/log?from=0")).status).toBe(200);
  });

  test("appends, uploads and the deletion at once: either they came before it, or they are told that it is gone", async () => {
    const site = await mount();
    for (let round = 0; round < 15; round++) {
      const owner = await newOwner(site.send, base);
      const second = new Owner(site.send, base, owner.keyring);
      second.position = owner.position;
      second.token = owner.token;
      const blob = newId();
      await owner.createBlobs({ blob, sealedSize: 1080 });
      const [removed, ...others] = await Promise.all([
        remove(owner),
        second.append(),
        second.put(blob, 0, bytesOf(1080)),
        second.createBlobs({ blob: newId(), sealedSize: 1080 }),
      ]);
      if (removed.status === 409) expect(others[0].status).toBe(200); // the append was first
      else expect([removed.status, others[0].status]).toEqual([204, 410]);
      for (const answer of others.slice(1)) expect([200, 204, 410]).toContain(answer.status);
      if (removed.status === 409) expect((await remove(second)).status).toBe(204);
    }
    for (let i = 0; i < 3; i++) {
      site.wait(8 * day);
      await site.app.maintain();
    }
    expect(await objects(site)).toEqual([]);
    const { query } = site.options.database;
    for (const table of ["folder", "log_record", "sealed_body", "blob", "part"] as const) {
      expect(await query.selectFrom(table).selectAll().execute()).toEqual([]);
    }
  });
});

test("what a process left of a deletion when it ended, whatever the step, maintain() finishes", async () => {
  const site = await mount();
  const { database } = site.options;
  const services = { database, clock: Date.now };
  const owner = await newOwner(site.send, base);
  for (let i = 0; i < 200; i++) await owner.append(i % 2 === 0 ? { added: [await owner.upload()] } : {});
  expect(await markRemoved(services, owner.folder)).toBe(true);
  const whole = await rowsOf(site, owner.folder);
  expect(whole).toMatchObject({ log_record: 201, blob: 100, part: 100 });

  // A budget that is over at once: each call is a process that ends after one more step.
  const seen = new Set<string>();
  for (let processes = 0; ; processes++) {
    expect(processes).toBeLessThan(50);
    if ((await finishRemovals(services, () => false)) > 0) break;
    seen.add(JSON.stringify(await rowsOf(site, owner.folder)));
    expect(await codeOf(await site.send("GET", owner.path))).toBe("gone");
  }
  expect(seen.size).toBeGreaterThan(4);
  expect(await objects(site)).toHaveLength(100);
  await site.app.maintain();
  expect(await objects(site)).toEqual([]);
  site.wait(day + 1000);
  await site.app.maintain();
  expect(await rowsOf(site, owner.folder)).toEqual({});
});

test("a host removes a folder, once", async () => {
  const site = await mount();
  const owner = await newOwner(site.send, base);
  await owner.append({ added: [await owner.upload()] });
  expect(await site.app.removeFolder(owner.folder)).toBe(true);
  expect(await site.app.removeFolder(owner.folder)).toBe(false);
  expect(await site.app.removeFolder(newId())).toBe(false);
  expect(await codeOf(await owner.append())).toBe("gone");
});

test("the usage says bytes, quota and how many blobs count", async () => {
  const site = await mount({ limits: { quota: 10_000 } });
  const owner = await newOwner(site.send, base);
  const usage = async (): Promise<unknown> => (await owner.call("GET", "/usage")).json();
  expect(await usage()).toEqual({ used: 0, quota: 10_000, blobs: 0 });
  const [first] = [await owner.upload(2000), await owner.upload(3000)];
  expect(await usage()).toEqual({ used: 5000, quota: 10_000, blobs: 2 });
  await owner.append({ added: [first] });
  await owner.append({ dropped: [first] });
  expect(await usage()).toEqual({ used: 3000, quota: 10_000, blobs: 1 });
});
