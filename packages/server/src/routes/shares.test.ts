import { decodeReadBundle, decodeServedManifest, toBase64url, toHex, type ShareStanding } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { base, codeOf, statusesOf } from "../../test/mount.ts";
import { bytesOf, newId, newOwner } from "../../test/owner.ts";
import { listed, newShare, published, take, tokenOf } from "../../test/shared.ts";

const minute = 60_000;

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
