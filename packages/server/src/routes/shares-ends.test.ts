import { describe, expect, test } from "vitest";
import { contentsOf } from "../../test/contents.ts";
import { codeOf, type TestMount } from "../../test/mount.ts";
import { bytesOf, newId } from "../../test/owner.ts";
import { listed, published, take, tokenOf } from "../../test/shared.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("a share ends", () => {
  test("at its time by the server's clock, and for good once it was collected", async () => {
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const { site, owner, blob, share } = await published({}, { expires, kept: bytesOf(60) });
    const headers = await tokenOf(await take(site, share));
    site.wait(hour + 1000);
    const every = async (code: string): Promise<void> => {
      expect(await codeOf(await site.send("GET", share.path))).toBe(code);
      expect(await codeOf(await site.send("GET", `${share.path}/manifest`, { headers: share.headers }))).toBe(code);
      expect(await codeOf(await take(site, share))).toBe(code);
    };
    await every("share-expired");
    const again = await site.send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers });
    expect(["share-expired", "token-refused"]).toContain(await codeOf(again));
    await owner.signIn();
    expect(await listed(owner)).toMatchObject([{ state: "expired" }]);
    expect(await codeOf(await owner.publish(share.id, { version: 2, tokenHash: share.tokenHash, expires }))).toBe("share-expired");
    expect(await site.app.maintain()).toMatchObject({ shares: 1, erased: true });
    expect(await site.app.maintain()).toMatchObject({ shares: 0 });
    await every("share-expired");
    expect(await rowsOf(site, share.id)).toEqual({ share: 1, share_manifest: 0, share_blob: 0, share_take: 0, share_guess: 0 });
    site.wait(31 * day);
    await site.app.maintain();
    await every("not-found");
    expect(await rowsOf(site, share.id)).toEqual({ share: 0, share_manifest: 0, share_blob: 0, share_take: 0, share_guess: 0 });
    await owner.signIn();
    expect(await owner.stateOf(blob)).toBe("live");
    expect(await codeOf(await owner.publish(newId(), { expires }))).toBe("share-expired");
  });

  test("when it is taken back, also while somebody reads, and is not published again", async () => {
    const { site, owner, blob, share } = await published();
    const headers = await tokenOf(await take(site, share));
    for (let i = 0; i < 2; i++) expect((await owner.call("DELETE", `/shares/${share.id}`)).status).toBe(204);
    for (const answer of [
      await site.send("GET", share.path),
      await site.send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers }),
      await take(site, share),
      await owner.publish(share.id, { version: 2, tokenHash: share.tokenHash }),
      await owner.call("GET", `/shares/${share.id}/manifest`),
    ]) {
      expect(await codeOf(answer)).toBe("gone");
    }
    expect(await listed(owner)).toEqual([]);
    expect(await rowsOf(site, share.id)).toEqual({ share: 1, share_manifest: 0, share_blob: 0, share_take: 0, share_guess: 0 });
    expect((await owner.call("DELETE", `/shares/${newId()}`)).status).toBe(204);
  });

  test("with its epoch: after a rekey it is gone, and the old key publishes nothing", async () => {
    const { site, owner, blob, share } = await published();
    const headers = await tokenOf(await take(site, share));
    const [old, token] = [owner.keyring, owner.token];
    expect((await owner.rekey()).status).toBe(200);
    expect(await codeOf(await site.send("GET", share.path))).toBe("gone");
    expect(await codeOf(await site.send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers }))).toBe("gone");
    const late = await site.send("PUT", `${owner.path}/shares/${newId()}`, {
      headers: { "keyfold-token": token },
      body: await owner.publication(newId(), {}, old),
    });
    expect(await codeOf(late)).toBe("epoch-over");
    await owner.signIn();
    expect(await listed(owner)).toEqual([]);
    const id = newId();
    expect(await codeOf(await owner.call("PUT", `/shares/${id}`, { body: await owner.publication(id, {}, old) }))).toBe("bad-signature");
    expect((await owner.publish(id)).status).toBe(200);
  });

  test("leaves nothing of its manifest in the database's files", async () => {
    const sealed = bytesOf(9000);
    const { site, owner, share } = await published({}, { sealed });
    const holds = async (): Promise<boolean> => (await contentsOf(site)).includes(Buffer.from(sealed.subarray(100, 140)));
    expect(await holds()).toBe(true);
    await owner.call("DELETE", `/shares/${share.id}`);
    await site.app.maintain();
    expect(await holds()).toBe(false);
  });
});

async function rowsOf({ options }: TestMount, share: string): Promise<Record<string, number>> {
  const { query } = options.database;
  const counts: Record<string, number> = {};
  counts["share"] = (await query.selectFrom("share").select("id").where("id", "=", share).execute()).length;
  for (const table of ["share_manifest", "share_blob", "share_take", "share_guess"] as const) {
    counts[table] = (await query.selectFrom(table).select("share").where("share", "=", share).execute()).length;
  }
  return counts;
}
