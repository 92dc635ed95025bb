import { x25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { providerVectorSuite } from "../../test/vectors.ts";
import { concat, fromHex, toHex } from "../crypto/encoding.ts";
import { webVerifier } from "../crypto/verify.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { authPubOf, folderIdOf, inboxMarkOf, inboxPubOf, keyIdOf, readAuthPubOf, signPubOf } from "../protocol/identity.ts";
import { openKeep, openKeepRaw, sealKeep } from "./keep.ts";
import { oneLine, printKey, readKey } from "./rows.ts";
import { deriveOwnerKeys, deriveReaderKeys, exportOldInboxAndDrop, exportReadKey, generateRoot } from "./schedule.ts";

const provider = webCryptoProvider();

interface KeyVector {
  root: string;
  sign: string;
  auth: string;
  inbox: string;
  drop: string;
  share: string;
  read: string;
  "read/log": string;
  "read/auth": string;
  "read/live": string;
  signPub: string;
  authPub: string;
  inboxPub: string;
  readAuthPub: string;
  keys: string;
  folderIdOpen: string;
  folderIdLocked: string;
  keyId: string;
  inboxMark: string;
  rows: string[];
  oneLine: string;
}

providerVectorSuite<KeyVector[]>("keys", (vectors, count, provider) => {
  it.each(vectors.map((vector, i) => [i, vector] as const))("key %i gives the vector's keys and ids", async (_, vector) => {
    const root = fromHex(vector.root);
    const owner = await deriveOwnerKeys(provider, root);
    expect(toHex(owner.keys)).toBe(vector.keys);
    expect([signPubOf, authPubOf, inboxPubOf, readAuthPubOf].map((part) => toHex(part(owner.keys)))).toEqual([
      vector.signPub,
      vector.authPub,
      vector.inboxPub,
      vector.readAuthPub,
    ]);
    expect(owner.keyId).toBe(vector.keyId);
    expect(owner.inboxMark).toBe(vector.inboxMark);

    const server = webVerifier(); // the server names folders with nothing but hashes
    expect(await folderIdOf(server, 0, owner.keys)).toBe(vector.folderIdOpen);
    expect(await folderIdOf(server, 1, owner.keys)).toBe(vector.folderIdLocked);
    expect(await keyIdOf(server, owner.keys)).toBe(vector.keyId);
    expect(await inboxMarkOf(server, inboxPubOf(owner.keys))).toBe(vector.inboxMark);

    expect(toHex(await exportReadKey(provider, root))).toBe(vector.read);
    expect(toHex(await exportOldInboxAndDrop(provider, root))).toBe(vector.inbox + vector.drop);
    expect(printKey(root)).toEqual(vector.rows);
    expect(oneLine(vector.rows)).toBe(vector.oneLine);
    expect(readKey(vector.oneLine)).toMatchObject({ state: "ok", root });
    count();
  });

  it.each(vectors.map((vector, i) => [i, vector] as const))("key %i's handles are the vector's raw keys", async (_, vector) => {
    const owner = await deriveOwnerKeys(provider, fromHex(vector.root));
    const reader = await deriveReaderKeys(provider, fromHex(vector.read));
    const nonce = new Uint8Array(12);
    const message = Uint8Array.of(1, 2, 3);

    for (const [handle, raw] of [
      [owner.log, vector["read/log"]],
      [owner.live, vector["read/live"]],
      [reader.log, vector["read/log"]],
      [reader.live, vector["read/live"]],
    ] as const) {
      const sealed = await provider.aesSeal(await provider.importAes(fromHex(raw)), nonce, message);
      expect(await provider.aesOpen(handle, nonce, sealed)).toEqual(message);
    }
    for (const [handle, publicKey] of [
      [owner.sign, vector.signPub],
      [owner.auth, vector.authPub],
      [owner.readAuth, vector.readAuthPub],
      [reader.readAuth, vector.readAuthPub],
    ] as const) {
      expect(await provider.verify(fromHex(publicKey), await provider.sign(handle, message), message)).toBe(true);
    }
    for (const [handle, raw] of [
      [owner.drop, vector.drop],
      [owner.share, vector.share],
    ] as const) {
      const expected = await provider.hkdf("SHA-512", await provider.importHkdf(fromHex(raw)), nonce, message, 32);
      expect(await provider.hkdf("SHA-512", handle, nonce, message, 32)).toEqual(expected);
    }
    const peer = x25519.keygen(new Uint8Array(32).fill(3));
    const secret = toHex(x25519.getSharedSecret(peer.secretKey, fromHex(vector.inboxPub)));
    expect(toHex(await provider.agree(owner.inbox, Uint8Array.from(peer.publicKey)))).toBe(secret);
    expect(toHex(reader.readAuthPub)).toBe(vector.readAuthPub);
  });
});

describe("the key schedule", () => {
  it("draws 64 bytes, another each time", () => {
    const [a, b] = [generateRoot(provider), generateRoot(provider)];
    expect([a.length, b.length]).toEqual([64, 64]);
    expect(toHex(a)).not.toBe(toHex(b));
  });

  it("gives handles that a database keeps and nobody can export", async () => {
    const { keys, readAuthPub, scope, keyId: _, inboxMark: __, ...handles } = await deriveOwnerKeys(provider, generateRoot(provider));
    expect(scope).toBe("owner");
    expect(keys.subarray(96)).toEqual(readAuthPub);
    expect(Object.keys(handles).toSorted()).toEqual(["auth", "drop", "inbox", "keep", "live", "log", "readAuth", "share", "sign"]);
    for (const handle of Object.values(handles)) {
      const clone = structuredClone(handle) as unknown as CryptoKey;
      expect(clone.extractable).toBe(false);
      await expect(crypto.subtle.exportKey("raw", clone)).rejects.toThrow();
    }
  });

  it("leaves the key it was given as it is", async () => {
    const root = generateRoot(provider);
    const before = toHex(root);
    await deriveOwnerKeys(provider, root);
    const read = await exportReadKey(provider, root);
    const readBefore = toHex(read);
    await deriveReaderKeys(provider, read);
    expect([toHex(root), toHex(read)]).toEqual([before, readBefore]);
  });

  it("refuses keys of another length", async () => {
    const wrong = { code: "invalid-argument" };
    await expect(deriveOwnerKeys(provider, new Uint8Array(32))).rejects.toMatchObject(wrong);
    await expect(deriveReaderKeys(provider, new Uint8Array(64))).rejects.toMatchObject(wrong);
    await expect(exportReadKey(provider, new Uint8Array(63))).rejects.toMatchObject(wrong);
  });
});

describe("kept inbox keys", () => {
  const place = { folderId: "00112233445566778899aabbccddeeff", epoch: 3 };

  it("open for the new root's owner, to the old epoch's inbox", async () => {
    const [oldRoot, newRoot] = [generateRoot(provider), generateRoot(provider)];
    const [before, now] = await Promise.all([deriveOwnerKeys(provider, oldRoot), deriveOwnerKeys(provider, newRoot)]);
    const raw = await exportOldInboxAndDrop(provider, oldRoot);
    const kept = await sealKeep(provider, now.keep, place, raw);
    expect(kept).toHaveLength(92);
    expect(await openKeepRaw(provider, now.keep, place, kept)).toEqual(raw);
    const opened = await openKeep(provider, now.keep, place, kept);
    expect(opened.inboxPub).toEqual(inboxPubOf(before.keys));
    const info = Uint8Array.of(1);
    expect(await provider.hkdf("SHA-512", opened.drop, info, info, 32)).toEqual(
      await provider.hkdf("SHA-512", before.drop, info, info, 32),
    );
  });

  it("open nowhere else, for nobody else, and not changed", async () => {
    const { keep } = await deriveOwnerKeys(provider, generateRoot(provider));
    const other = await deriveOwnerKeys(provider, generateRoot(provider));
    const kept = await sealKeep(provider, keep, place, new Uint8Array(64));
    const refused = { code: "tampered", reason: "tag" };
    await expect(openKeep(provider, keep, { ...place, epoch: 4 }, kept)).rejects.toMatchObject(refused);
    await expect(openKeep(provider, keep, { ...place, folderId: "f".repeat(32) }, kept)).rejects.toMatchObject(refused);
    await expect(openKeep(provider, other.keep, place, kept)).rejects.toMatchObject(refused);
    const changed = kept.slice();
    changed[50]! ^= 1;
    await expect(openKeep(provider, keep, place, changed)).rejects.toMatchObject(refused);
    await expect(openKeep(provider, keep, place, kept.subarray(1))).rejects.toMatchObject({ code: "malformed" });
    await expect(sealKeep(provider, keep, place, new Uint8Array(63))).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("are laid out as the format says: nonce, then ciphertext bound to folder and epoch", async () => {
    const { keep } = await deriveOwnerKeys(provider, generateRoot(provider));
    const nonce = new Uint8Array(12).fill(9);
    const raw = new Uint8Array(64).fill(5);
    const aad = concat(fromHex(place.folderId), Uint8Array.of(0, 0, 0, 3));
    expect(await sealKeep(provider, keep, place, raw, nonce)).toEqual(concat(nonce, await provider.aesSeal(keep, nonce, raw, aad)));
  });
});
