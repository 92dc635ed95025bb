import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, type TestMount } from "../../test/mount.ts";
import { bytesOf, newId, newOwner, type Owner } from "../../test/owner.ts";
import { giveBackLease, takeLease } from "./lease.ts";

const day = 24 * 3600 * 1000;

async function objects({ directory }: TestMount): Promise<string[]> {
  const names = await readdir(join(directory, "blobs"), { recursive: true }).catch((): string[] => []);
  return names.filter((name) => /\.\d+$/.test(name) && !name.startsWith(".incoming"));
}

describe("what becomes of blobs", () => {
  test("open ones go seven days after their last part, and give their room back", async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    await owner.append();
    const blob = newId();
    const part = 4 * 2 ** 20;
    await owner.createBlobs({ blob, sealedSize: part + 1080 });
    site.wait(6 * day);
    await owner.signIn();
    expect((await owner.put(blob, 0, bytesOf(part))).status).toBe(204);
    site.wait(6 * day);
    expect((await site.app.maintain()).expired).toBe(0);
    site.wait(day + 1000);
    expect(await site.app.maintain()).toMatchObject({ expired: 1, deleted: 1 });
    await owner.signIn();
    expect(await owner.stateOf(blob)).toBe("410");
    expect(await owner.used()).toBe(0);
    expect(await objects(site)).toEqual([]);
    // A day later once more, then the row goes.
    expect((await site.app.maintain()).deleted).toBe(0);
    site.wait(day + 1000);
    expect((await site.app.maintain()).deleted).toBe(1);
    await owner.signIn();
    expect(await owner.stateOf(blob)).toBe("404");
  });

  test("dropped ones go after thirty days; live ones never", async () => {
    const site = await mount();
    const owner = await newOwner(site.send, base);
    const [live, dropped] = [await owner.upload(), await owner.upload()];
    await owner.append({ added: [live, dropped] });
    await owner.append({ dropped: [dropped] });
    site.wait(29 * day);
    await site.app.maintain();
    await owner.signIn();
    expect((await owner.call("GET", `/blobs/${dropped}/parts/0`)).status).toBe(200);
    site.wait(2 * day);
    expect(await site.app.maintain()).toMatchObject({ released: 1, deleted: 1 });
    await owner.signIn();
    expect([await owner.stateOf(live), await owner.stateOf(dropped)]).toEqual(["live", "410"]);
    site.wait(400 * day);
    await site.app.maintain();
    await owner.signIn();
    expect(await owner.stateOf(live)).toBe("live");
    expect(await objects(site)).toHaveLength(1);
  });

  test("a part that arrives after its blob was given up leaves no object behind", async () => {
    let hold: (() => void) | undefined;
    let arrived: (() => void) | undefined;
    const written = new Map<string, Uint8Array<ArrayBuffer>>();
    const site = await mount({
      blobs: {
        async put(key, bytes) {
          arrived?.();
          await new Promise<void>((resolve) => (hold = resolve));
          written.set(key, bytes.slice());
        },
        get: async (key) => written.get(key) ?? null,
        remove: async (keys) => keys.forEach((key) => written.delete(key)),
      },
    });
    const owner = await newOwner(site.send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    const inStore = new Promise<void>((resolve) => (arrived = resolve));
    const late = owner.put(blob, 0, bytesOf(1080));
    await inStore;
    await owner.call("POST", "/blobs/discard", { body: { blobs: [blob] } });
    await site.app.maintain();
    hold!();
    expect(await codeOf(await late)).toBe("gone");
    expect(written.size).toBe(0);
  });

  test("blobs of many parts are deleted in strides, within the budget, and gone on with", async () => {
    const removed: string[] = [];
    const site = await mount({
      blobs: { put: async () => undefined, get: async () => null, remove: async (keys) => void removed.push(...keys) },
      limits: { quota: 2 ** 45 },
    });
    const owner = await newOwner(site.send, base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 2000 * 4 * 2 ** 20 });
    site.wait(8 * day);
    let runs = 0;
    while (new Set(removed).size < 2000) {
      await site.app.maintain({ budgetMs: 1 });
      expect(++runs).toBeLessThan(50);
    }
    expect(removed).toHaveLength(2000);
  });
});

test("open folders without an entry go after a day; locked ones, written ones and those that are being sent to stay", async () => {
  const site = await mount();
  const [empty, written, sending] = [await newOwner(site.send, base), await newOwner(site.send, base), await newOwner(site.send, base)];
  const locked = await newOwner(site.send, base, 1);
  await written.append();
  await sending.upload();
  site.wait(day - 60_000);
  expect((await site.app.maintain()).folders).toBe(0);
  site.wait(120_000);
  expect((await site.app.maintain()).folders).toBe(1);
  const statuses = await Promise.all([empty, written, sending, locked].map(async ({ path }) => (await site.send("GET", path)).status));
  expect(statuses).toEqual([404, 200, 200, 200]);
  expect((await empty.create()).status).toBe(201); // the same genesis may begin anew
});

test("one at a time holds a lease, until it gives it back or its time is over", async () => {
  const { options } = await mount();
  const { database } = options;
  await database.migrate();
  const both = await Promise.all(["a", "b"].map((holder) => takeLease(database, "job", holder, 1000, 500)));
  expect(both.filter(Boolean)).toHaveLength(1);
  const [holder, other] = both[0]! ? ["a", "b"] : ["b", "a"];
  expect(await takeLease(database, "job", holder, 1100, 500)).toBe(true);
  expect(await takeLease(database, "job", other, 1599, 500)).toBe(false);
  expect(await takeLease(database, "job", other, 1600, 500)).toBe(true);
  await giveBackLease(database, "job", holder); // not its own any more
  expect(await takeLease(database, "job", holder, 1700, 500)).toBe(false);
  await giveBackLease(database, "job", other);
  expect(await takeLease(database, "job", holder, 1700, 500)).toBe(true);
});

test("in whatever order sending, adding, dropping, giving up, rekeys, time and collection come: live blobs are whole, room is counted right", async () => {
  type Step = readonly [what: string, which: number];
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom("create", "create", "put", "put", "put", "add", "add", "drop", "discard", "rekey", "wait", "maintain", "maintain"),
    fc.nat(1000),
  );
  let interleavings = 0;
  let lived = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 25 }), async (rounds) => {
      const site = await mount();
      const owner = await newOwner(site.send, base);
      await owner.append();
      const blobs: { id: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
      for (const round of rounds) {
        interleavings++;
        // All of a round at once; appends among them race each other and the collector.
        await Promise.all(round.map(([what, which]) => act(site, owner, blobs, what, which)));
        site.wait(40_000); // nobody comes back for a turn
        await follow(owner);
      }
      let used = 0;
      for (const { id, bytes } of blobs) {
        const state = await owner.stateOf(id);
        if (["open", "live"].includes(state)) used += bytes.length;
        if (state !== "live" && state !== "dropped") continue;
        const read = await owner.call("GET", `/blobs/${id}/parts/0`);
        expect(read.status).toBe(200);
        expect(Buffer.compare(new Uint8Array(await read.arrayBuffer()), bytes)).toBe(0);
      }
      expect(await owner.used()).toBe(used);
      // And in the end what is not live leaves nothing.
      for (let i = 0; i < 4; i++) {
        site.wait(32 * day);
        await site.app.maintain();
      }
      await owner.signIn();
      const live = (await Promise.all(blobs.map(({ id }) => owner.stateOf(id)))).filter((state) => state === "live").length;
      expect(await objects(site)).toHaveLength(live);
      lived += live;
    }),
    { numRuns: 25 },
  );
  expect(interleavings).toBeGreaterThan(200);
  expect(lived).toBeGreaterThan(0);
}, 120_000);

async function follow(owner: Owner): Promise<void> {
  await owner.signIn();
  const page = await owner.call("GET", `/log?from=${owner.position.seq + 1}`);
  await owner.follow(new Uint8Array(await page.arrayBuffer()));
}

async function act(
  site: TestMount,
  owner: Owner,
  blobs: { id: string; bytes: Uint8Array<ArrayBuffer> }[],
  what: string,
  which: number,
): Promise<void> {
  const one = blobs[which % Math.max(1, blobs.length)];
  const ok = (answer: Response): void => expect([200, 204, 401, 404, 409, 410, 422]).toContain(answer.status);
  if (what === "create") {
    const blob = { id: newId(), bytes: bytesOf(1080 + (which % 100)) };
    blobs.push(blob);
    return ok(await owner.createBlobs({ blob: blob.id, sealedSize: blob.bytes.length }));
  }
  if (what === "wait") return site.wait((which % 9) * day);
  if (what === "maintain") return void (await site.app.maintain());
  if (what === "rekey") return ok(await owner.rekey());
  if (one === undefined) return undefined;
  if (what === "put") return ok(await owner.put(one.id, 0, one.bytes));
  if (what === "discard") return ok(await owner.call("POST", "/blobs/discard", { body: { blobs: [one.id] } }));
  if (what === "add") return ok(await owner.append({ added: [one.id] }));
  return ok(await owner.append({ dropped: [one.id] }));
}
