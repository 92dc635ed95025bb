import { decodeReadBundle, decodeServedManifest, toBase64url, toHex, type OwnedShares, type ShareStanding } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { contentsOf } from "../../test/contents.ts";
import { base, codeOf, mount, statusesOf, type TestMount } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner, type Owner } from "../../test/owner.ts";
import { networkOf } from "../limits/client-address.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface TestShare {
  readonly id: string;
  readonly token: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly path: string;
  /** What the token opens. */
  readonly headers: { "keyfold-share": string };
}

function newShare(): TestShare {
  const [id, token] = [newId(), bytesOf(32)];
  const text = toBase64url(token);
  return { id, token: text, tokenHash: hashOf(token), path: `/v1/shares/${id}`, headers: { "keyfold-share": text } };
}

async function published(options: Parameters<typeof mount>[0] = {}, fields: Parameters<Owner["publish"]>[1] = {}) {
  const site = await mount(options);
  const owner = await newOwner(site.send, base);
  const blob = await owner.upload();
  await owner.append({ added: [blob] });
  const share = newShare();
  const answer = await owner.publish(share.id, { tokenHash: share.tokenHash, blobs: [blob], ...fields });
  expect(answer.status).toBe(200);
  return { site, owner, blob, share };
}

function take({ send }: TestMount, share: TestShare, id = newId()): Promise<Response> {
  return send("POST", `${share.path}/downloads`, { headers: share.headers, body: { take: id } });
}

async function tokenOf(answer: Response): Promise<{ "keyfold-token": string }> {
  return { "keyfold-token": ((await answer.json()) as { token: string }).token };
}

async function listed(owner: Owner): Promise<OwnedShares["shares"]> {
  return ((await (await owner.call("GET", "/shares")).json()) as OwnedShares).shares;
}

describe("publishing", () => {
  test("takes what the folder's key signed, once, and the same again", async () => {
    const { site, owner } = await published();
    const share = newShare();
    const body = await owner.publication(share.id, { tokenHash: share.tokenHash });
    for (let i = 0; i < 2; i++) expect((await owner.call("PUT", `/shares/${share.id}`, { body })).status).toBe(200);
    const changed = body.slice();
    changed[changed.length - 1]! ^= 1;
    expect(await codeOf(await owner.call("PUT", `/shares/${newId()}`, { body }))).toBe("bad-signature");
    expect(await codeOf(await owner.call("PUT", `/shares/${newId()}`, { body: changed }))).toBe("bad-signature");
    const other = await newOwner(site.send, base);
    const foreign = await owner.publication(newId(), {}, other.keyring);
    expect(await codeOf(await owner.call("PUT", `/shares/${newId()}`, { body: foreign }))).toBe("bad-signature");
    expect(await codeOf(await other.publish(share.id, { version: 2 }))).toBe("malformed");
    const served = decodeServedManifest(
      new Uint8Array(await (await site.send("GET", `${share.path}/manifest`, { headers: share.headers })).arrayBuffer()),
    );
    expect(served).toMatchObject({ folderId: owner.folder, version: 1, expires: 0 });
    expect(toHex(served.signPub)).toBe(toHex(owner.keyring.log.publicKey));
    expect(toHex(served.sealed)).toBe(toHex(body.slice(-served.sealed.length)));
  });

  test("puts a version only in the place of the one before it, and never an older state of the log", async () => {
    const { owner, share, blob } = await published();
    const more = { tokenHash: share.tokenHash, blobs: [blob] };
    await owner.append();
    const at = owner.position.seq;
    expect((await owner.publish(share.id, { ...more, version: 2 })).status).toBe(200);
    for (const version of [1, 2, 4, 2 ** 40]) expect(await codeOf(await owner.publish(share.id, { ...more, version }))).toBe("share-newer");
    expect(await codeOf(await owner.publish(share.id, { ...more, version: 3, seq: at - 1 }))).toBe("share-newer");
    expect(await codeOf(await owner.publish(share.id, { ...more, version: 3, seq: at + 1 }))).toBe("malformed");
    expect(await codeOf(await owner.publish(newId(), { version: 2 }))).toBe("share-newer");
    for (const terms of [{ limit: 1 }, { expires: 2 ** 33 }, { tokenHash: bytesOf(32) }, { kept: bytesOf(60) }]) {
      expect(await codeOf(await owner.publish(share.id, { ...more, version: 3, ...terms }))).toBe("malformed");
    }
    // Of many at once one.
    const answers = await Promise.all(Array.from({ length: 12 }, () => owner.publish(share.id, { ...more, version: 3 })));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 11 }, () => 409)]);
    expect(await listed(owner)).toMatchObject([{ share: share.id, version: 3, seq: at, state: "live" }]);
  });

  test("is for owners, and lists at most what one may list", async () => {
    const { site, owner, share } = await published();
    const token = owner.token;
    await owner.signIn("read");
    expect(await codeOf(await owner.publish(newId()))).toBe("read-only");
    for (const [method, path] of [
      ["GET", "/shares"],
      ["GET", `/shares/${share.id}/manifest`],
      ["GET", `/shares/${share.id}/blobs`],
      ["DELETE", `/shares/${share.id}`],
    ] as const) {
      expect(await codeOf(await owner.call(method, path))).toBe("read-only");
      expect(await codeOf(await site.send(method, owner.path + path))).toBe("token-refused");
    }
    owner.token = token;
    const other = await newOwner(site.send, base);
    expect(await codeOf(await other.call("GET", `/shares/${share.id}/manifest`))).toBe("not-found");
    expect((await other.call("DELETE", `/shares/${share.id}`)).status).toBe(204);
    expect((await site.send("GET", share.path)).status).toBe(200);
  });
});

describe("whoever has the link", () => {
  test("reads the blobs that the share lists, and no others, with a download's token", async () => {
    const { site, owner, blob, share } = await published();
    const other = await owner.upload();
    await owner.append({ added: [other] });
    const { send } = site;
    expect((await (await send("GET", share.path)).json()) as ShareStanding).toEqual({
      share: share.id,
      passphrase: false,
      version: 1,
      expires: 0,
    });
    const headers = await tokenOf(await take(site, share));
    expect((await send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers })).status).toBe(200);
    expect((await send("GET", `${share.path}/blobs/${blob}/hashes`, { headers })).status).toBe(200);
    for (const id of [other, newId()]) {
      expect(await codeOf(await send("GET", `${share.path}/blobs/${id}/parts/0`, { headers }))).toBe("gone");
      expect(await codeOf(await send("GET", `${share.path}/blobs/${id}/hashes`, { headers }))).toBe("gone");
    }
    const bundle = await send("POST", `${share.path}/parts/read`, {
      headers,
      body: {
        parts: [
          [other, 0],
          [blob, 0],
          [newId(), 0],
        ],
      },
    });
    const parts = decodeReadBundle(new Uint8Array(await bundle.arrayBuffer()));
    expect(parts.map(({ blob: id, bytes }) => [id === blob, bytes !== null])).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ]);
    // It is no session of the folder, nor of another share; and a session is no download.
    expect(await codeOf(await send("GET", `${owner.path}/blobs/${blob}/parts/0`, { headers }))).toBe("token-refused");
    expect(await codeOf(await send("GET", `${owner.path}/log?from=0`, { headers }))).toBe("token-refused");
    const second = newShare();
    await owner.publish(second.id, { tokenHash: second.tokenHash, blobs: [blob] });
    expect(await codeOf(await send("GET", `${second.path}/blobs/${blob}/parts/0`, { headers }))).toBe("token-refused");
    for (const wrong of [{ "keyfold-token": owner.token }, { "keyfold-token": share.token }, {}]) {
      expect(await codeOf(await send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers: wrong }))).toBe("token-refused");
    }
    site.wait(16 * minute);
    expect(await codeOf(await send("GET", `${share.path}/blobs/${blob}/parts/0`, { headers }))).toBe("token-refused");
  });

  test("needs its token, and a wrong one opens nothing", async () => {
    const { site, share } = await published();
    for (const text of ["", "x", toBase64url(bytesOf(32)), toBase64url(share.tokenHash), `${share.token}A`]) {
      const headers = { "keyfold-share": text };
      expect(await codeOf(await site.send("GET", `${share.path}/manifest`, { headers }))).toBe("share-refused");
      expect(await codeOf(await site.send("POST", `${share.path}/downloads`, { headers, body: { take: newId() } }))).toBe("share-refused");
    }
    // Nothing to guess here: many wrong ones do not shut anybody out.
    for (let i = 0; i < 30; i++)
      await site.send("GET", `${share.path}/manifest`, { headers: { "keyfold-share": toBase64url(bytesOf(32)) } });
    expect((await site.send("GET", `${share.path}/manifest`, { headers: share.headers })).status).toBe(200);
    expect(await codeOf(await site.send("GET", `/v1/shares/${newId()}`))).toBe("not-found");
  });

  test("finds what a newer version lists, and not what it lists no more", async () => {
    const { site, owner, blob, share } = await published();
    const next = await owner.upload();
    await owner.append({ added: [next] });
    const headers = await tokenOf(await take(site, share));
    const statusOf = async (id: string): Promise<number> =>
      (await site.send("GET", `${share.path}/blobs/${id}/parts/0`, { headers })).status;
    expect([await statusOf(blob), await statusOf(next)]).toEqual([200, 410]);
    await owner.publish(share.id, { version: 2, tokenHash: share.tokenHash, blobs: [next] });
    expect([await statusOf(blob), await statusOf(next)]).toEqual([410, 200]);
    await owner.publish(share.id, { version: 3, tokenHash: share.tokenHash, blobs: [blob, next] });
    expect([await statusOf(blob), await statusOf(next)]).toEqual([200, 200]);
    await owner.publish(share.id, { version: 4, tokenHash: share.tokenHash, blobs: [] });
    const ever = new Uint8Array(await (await owner.call("GET", `/shares/${share.id}/blobs`)).arrayBuffer());
    expect(toHex(ever)).toBe([blob, next].toSorted().join(""));
  });
});

describe("a limit", () => {
  test("of one gives one of a hundred who come at once the download", async () => {
    const { site, owner, share } = await published({}, { limit: 1 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => take(site, share)));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 99 }, () => 403)]);
    expect(await listed(owner)).toMatchObject([{ limit: 1, downloads: 1 }]);
    expect(((await (await site.send("GET", share.path)).json()) as ShareStanding).left).toBe(0);
  });

  test("counts a download once, however often its request is sent, for a day", async () => {
    const { site, owner, share } = await published({}, { limit: 2 });
    const id = newId();
    expect(statusesOf(await Promise.all(Array.from({ length: 20 }, () => take(site, share, id))))).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
    expect(await listed(owner)).toMatchObject([{ downloads: 1 }]);
    site.wait(23 * hour);
    expect((await take(site, share, id)).status).toBe(200);
    site.wait(2 * hour);
    expect((await take(site, share, id)).status).toBe(200);
    await owner.signIn();
    expect(await listed(owner)).toMatchObject([{ downloads: 2 }]);
    expect(await codeOf(await take(site, share))).toBe("share-spent");
    site.wait(25 * hour);
    await site.app.maintain();
    expect(await codeOf(await take(site, share, id))).toBe("share-spent");
  });
});

describe("a passphrase", () => {
  const kept = bytesOf(60);
  const wrong = (site: TestMount, share: TestShare, address?: string): Promise<Response> =>
    site.send("GET", `${share.path}/manifest`, {
      headers: { "keyfold-share": toBase64url(bytesOf(32)), ...(address === undefined ? {} : { "x-address": address }) },
    });
  const right = (site: TestMount, share: TestShare, address?: string): Promise<Response> =>
    site.send("GET", `${share.path}/manifest`, {
      headers: { ...share.headers, ...(address === undefined ? {} : { "x-address": address }) },
    });

  test("may be wrong ten times in ten minutes, from one address; a right one is no guess", async () => {
    const clientAddress = (request: Request): string | undefined => request.headers.get("x-address") ?? undefined;
    const { site, owner, share } = await published({ clientAddress }, { kept });
    expect(await listed(owner)).toMatchObject([{ kept: toBase64url(kept) }]);
    expect(((await (await site.send("GET", share.path)).json()) as ShareStanding).passphrase).toBe(true);
    for (let i = 0; i < 20; i++) expect((await right(site, share, "192.0.2.1")).status).toBe(200);
    for (let i = 0; i < 9; i++) expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    site.wait(5 * minute);
    expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    const refused = await wrong(site, share, "192.0.2.1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(295);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(300);
    expect(await codeOf(await right(site, share, "192.0.2.1"))).toBe("rate-limited");
    // Another address has its own ten, and another share its own.
    expect((await right(site, share, "192.0.2.2")).status).toBe(200);
    const other = newShare();
    await owner.publish(other.id, { tokenHash: other.tokenHash, kept });
    expect((await right(site, other, "192.0.2.1")).status).toBe(200);
    // Those of the beginning are forgotten first, and being refused counts for nothing.
    site.wait(5 * minute + 1000);
    expect((await right(site, share, "192.0.2.1")).status).toBe(200);
    site.wait(10 * minute);
    await site.app.maintain();
    for (let i = 0; i < 10; i++) expect(await codeOf(await wrong(site, share, "192.0.2.1"))).toBe("share-refused");
    expect((await wrong(site, share, "192.0.2.1")).status).toBe(429);
  });

  test("is not guessed faster by many at once, nor from many addresses", async () => {
    const clientAddress = (request: Request): string | undefined => request.headers.get("x-address") ?? undefined;
    const { site, share } = await published({ clientAddress }, { kept });
    const one = await Promise.all(Array.from({ length: 50 }, () => wrong(site, share, "192.0.2.1")));
    expect(one.filter(({ status }) => status === 401)).toHaveLength(10);
    const many = await Promise.all(Array.from({ length: 200 }, (_, i) => wrong(site, share, `198.51.100.${i}`)));
    expect(many.filter(({ status }) => status === 401)).toHaveLength(90);
    expect((await right(site, share, "203.0.113.1")).status).toBe(429);
  });

  test("is counted by networks, where addresses are cheap", () => {
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    for (const same of [
      "2001:db8:1:2::1",
      "2001:DB8:1:2:ffff::9",
      "2001:0db8:0001:0002:3:4:5:6",
      "[2001:db8:1:2::5]",
      "2001:db8:1:2::1%eth0",
    ]) {
      expect(networkOf(same)).toBe("2001:db8:1:2::");
    }
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::");
    expect(networkOf("::1")).toBe("0:0:0:0::");
    expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
  });
});

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

describe("what an owner says is deleted at once", () => {
  const bits = (...set: number[]): Record<string, string> => {
    const bytes = new Uint8Array(1);
    for (const bit of set) bytes[0]! |= 0x80 >> bit;
    return { "keyfold-delete": toBase64url(bytes) };
  };

  test("goes with the append, and the rest of what it drops has its days of grace", async () => {
    const { site, owner } = await published();
    const blobs = [await owner.upload(), await owner.upload(), await owner.upload()].toSorted();
    await owner.append({ added: blobs });
    expect((await owner.append({ dropped: blobs }, bits(1))).status).toBe(200);
    expect([await owner.stateOf(blobs[0]!), await owner.stateOf(blobs[1]!), await owner.stateOf(blobs[2]!)]).toEqual([
      "dropped",
      "410",
      "dropped",
    ]);
    site.wait(29 * day);
    await site.app.maintain();
    await owner.signIn();
    expect(await owner.stateOf(blobs[0]!)).toBe("dropped");
  });

  test("is refused whole where it does not fit what is dropped", async () => {
    const { owner } = await published();
    const blob = await owner.upload();
    await owner.append({ added: [blob] });
    for (const headers of [
      bits(1),
      { "keyfold-delete": "" },
      { "keyfold-delete": "gAA" },
      { "keyfold-delete": "=" },
      { "keyfold-delete": "A".repeat(500) },
    ]) {
      expect(await codeOf(await owner.append({ dropped: [blob] }, headers))).toBe("malformed");
    }
    expect(await owner.stateOf(blob)).toBe("live");
    expect((await owner.append({ dropped: [blob] }, bits(0))).status).toBe(200);
    expect(await owner.stateOf(blob)).toBe("410");
  });
});

test("the host's rule hears of those who open a share, and may refuse them", async () => {
  const asked: string[] = [];
  const { site, share } = await published({
    authorize: (_request, { action }) => {
      asked.push(action);
      return action !== "open-share";
    },
  });
  expect(await codeOf(await site.send("GET", share.path))).toBe("refused");
  expect(asked.at(-1)).toBe("open-share");
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
