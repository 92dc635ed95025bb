/** The laws of the interface, for every provider that there is: against Node's own cryptography, and against one another. */
import * as nodeCrypto from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { providers } from "../../test/providers.ts";
import { concat, fromHex, toHex } from "./encoding.ts";
import type { Bytes } from "./provider.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Uint8Array.from(array));
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array));
const runs = { numRuns: 25 };

const pkcs8 = (algorithm: "ed25519" | "x25519", raw: Bytes) =>
  nodeCrypto.createPrivateKey({
    key: Buffer.from(concat(fromHex(`302e020100300506032b65${algorithm === "ed25519" ? "70" : "6e"}04220420`), raw)),
    format: "der",
    type: "pkcs8",
  });
const rawPublic = (key: nodeCrypto.KeyObject): string =>
  Buffer.from(nodeCrypto.createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url").toString("hex");

function nodeSeal(key: Bytes, nonce: Bytes, plaintext: Bytes, aad: Bytes | undefined): string {
  const cipher = nodeCrypto.createCipheriv("aes-256-gcm", key, nonce);
  if (aad !== undefined) cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString("hex");
}

describe.each(providers)("%s", (name, provider) => {
  it("hashes as Node does", async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, bytes(32), async (data, key) => {
        expect(toHex(await provider.sha256(data))).toBe(nodeCrypto.createHash("sha256").update(data).digest("hex"));
        expect(toHex(await provider.hmac(key, data))).toBe(nodeCrypto.createHmac("sha256", key).update(data).digest("hex"));
      }),
      runs,
    );
  });

  it("derives as Node does", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(64), anyBytes, anyBytes, fc.integer({ min: 1, max: 96 }), async (material, salt, info, length) => {
        const key = await provider.importHkdf(material);
        for (const [hash, name] of [
          ["SHA-256", "sha256"],
          ["SHA-512", "sha512"],
        ] as const) {
          const expected = Buffer.from(nodeCrypto.hkdfSync(name, material, salt, info, length)).toString("hex");
          expect(toHex(await provider.hkdf(hash, key, salt, info, length))).toBe(expected);
        }
      }),
      runs,
    );
  });

  it("seals as Node does, with and without associated data, and opens it again", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(12), anyBytes, fc.option(anyBytes, { nil: undefined }), async (raw, nonce, plaintext, aad) => {
        const key = await provider.importAes(raw);
        const sealed = await provider.aesSeal(key, nonce, plaintext, aad);
        expect(toHex(sealed)).toBe(nodeSeal(raw, nonce, plaintext, aad));
        expect(await provider.aesOpen(key, nonce, sealed, aad)).toEqual(plaintext);
      }),
      runs,
    );
  });

  it("signs as Node does, and verifies what it signed and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), anyBytes, async (seed, message) => {
        const { key, publicKey } = await provider.importSigning(seed);
        const node = pkcs8("ed25519", seed);
        expect(toHex(publicKey)).toBe(rawPublic(node));
        const signature = await provider.sign(key, message);
        expect(toHex(signature)).toBe(nodeCrypto.sign(null, message, node).toString("hex"));
        expect(await provider.verify(publicKey, signature, message)).toBe(true);
        expect(await provider.verify(publicKey, signature, Uint8Array.of(...message, 0))).toBe(false);
      }),
      runs,
    );
  });

  it("agrees as Node does, on both sides", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), async (a, b) => {
        const [alice, bob] = await Promise.all([provider.importAgreement(a), provider.importAgreement(b)]);
        const [privateKey, peer] = [pkcs8("x25519", a), pkcs8("x25519", b)];
        expect(toHex(alice.publicKey)).toBe(rawPublic(privateKey));
        const secret = nodeCrypto.diffieHellman({ privateKey, publicKey: nodeCrypto.createPublicKey(peer) }).toString("hex");
        expect(toHex(await provider.agree(alice.key, bob.publicKey))).toBe(secret);
        expect(toHex(await provider.agree(bob.key, alice.publicKey))).toBe(secret);
      }),
      runs,
    );
  });

  it("refuses sealed bytes with any bit changed, other associated data, and less than a tag", async () => {
    const key = await provider.importAes(new Uint8Array(32).fill(1));
    const nonce = new Uint8Array(12);
    const sealed = await provider.aesSeal(key, nonce, Uint8Array.of(1, 2, 3));
    const tampered = { code: "tampered", reason: "tag" };
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(provider.aesOpen(key, nonce, changed)).rejects.toMatchObject(tampered);
    }
    await expect(provider.aesOpen(key, nonce, sealed, Uint8Array.of(0))).rejects.toMatchObject(tampered);
    for (const length of [0, 15]) await expect(provider.aesOpen(key, nonce, sealed.slice(0, length))).rejects.toMatchObject(tampered);
  });

  it("refuses keys and nonces of other lengths", async () => {
    const wrong = { code: "invalid-argument" };
    await expect(provider.importAes(new Uint8Array(16))).rejects.toMatchObject(wrong);
    await expect(provider.importSigning(new Uint8Array(31))).rejects.toMatchObject(wrong);
    await expect(provider.importAgreement(new Uint8Array(33))).rejects.toMatchObject(wrong);
    const key = await provider.importAes(new Uint8Array(32));
    for (const length of [0, 11, 13, 16]) {
      await expect(provider.aesSeal(key, new Uint8Array(length), new Uint8Array())).rejects.toMatchObject(wrong);
      await expect(provider.aesOpen(key, new Uint8Array(length), new Uint8Array(16))).rejects.toMatchObject(wrong);
    }
  });

  it.each([
    ["zero", new Uint8Array(32)],
    ["of order 8", fromHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")],
    ["of 31 bytes", new Uint8Array(31).fill(9)],
  ])("refuses to agree with a public key that is %s", async (_what, publicKey) => {
    const { key } = await provider.importAgreement(new Uint8Array(32).fill(7));
    await expect(provider.agree(key, publicKey)).rejects.toMatchObject({ code: "malformed" });
  });

  it("keeps its own copy of a key, and leaves the caller's bytes as they are", async () => {
    const raw = new Uint8Array(32).fill(5);
    const [aes, hkdf, { key: sign }] = await Promise.all([provider.importAes(raw), provider.importHkdf(raw), provider.importSigning(raw)]);
    expect(raw).toEqual(new Uint8Array(32).fill(5));
    const nonce = new Uint8Array(12);
    const message = Uint8Array.of(1, 2);
    const all = () =>
      Promise.all([provider.aesSeal(aes, nonce, message), provider.hkdf("SHA-512", hkdf, nonce, nonce, 32), provider.sign(sign, message)]);
    const before = await all();
    raw.fill(0);
    expect(await all()).toEqual(before);
    expect(message).toEqual(Uint8Array.of(1, 2));
  });

  it("has handles that survive structured clone, and knows them again, and no others that it cannot use", async () => {
    const raw = new Uint8Array(32).fill(5);
    const { key, publicKey } = await provider.importSigning(raw);
    const message = Uint8Array.of(1);
    const handles = structuredClone([
      key,
      await provider.importAes(raw),
      await provider.importHkdf(raw),
      (await provider.importAgreement(raw)).key,
    ]);
    for (const handle of handles) expect(provider.holds(handle)).toBe(true);
    expect(await provider.verify(publicKey, await provider.sign(handles[0] as typeof key, message), message)).toBe(true);
    const knowing = providers.filter(([, other]) => other.holds(key)).map(([name]) => name);
    // Bytes are bytes: the third, too, signs with those that the second kept.
    expect(knowing).toEqual(provider.extractable ? ["noble", "WebCrypto with noble's curves"] : [name]);
  });

  it("works on views into larger buffers, several at once", async () => {
    const buffer = new Uint8Array(3_000_000).map((_, i) => i & 255);
    const key = await provider.importAes(buffer.subarray(7, 39));
    const nonce = buffer.subarray(50, 62);
    const views = [0, 1, 2].map((i) => buffer.subarray(i * 1_000_000, (i + 1) * 1_000_000));
    const sealed = await Promise.all(views.map((view) => provider.aesSeal(key, nonce, view)));
    for (const [i, view] of views.entries()) {
      expect(Buffer.from(await provider.aesOpen(key, nonce, sealed[i]!)).equals(view)).toBe(true);
      expect(toHex(await provider.sha256(view))).toBe(nodeCrypto.createHash("sha256").update(view).digest("hex"));
    }
    expect(buffer.every((byte, i) => byte === (i & 255))).toBe(true);
  });
});

describe("providers open each other's output", () => {
  const pairs = providers.flatMap(([a, one]) =>
    providers.filter(([, other]) => other !== one).map(([b, other]) => [a, b, one, other] as const),
  );
  it.each(pairs)("%s for %s", async (_a, _b, one, other) => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), bytes(12), anyBytes, anyBytes, async (raw, secret, nonce, plaintext, aad) => {
        const sealed = await one.aesSeal(await one.importAes(raw), nonce, plaintext, aad);
        expect(await other.aesOpen(await other.importAes(raw), nonce, sealed, aad)).toEqual(plaintext);
        const { key, publicKey } = await one.importSigning(raw);
        expect(await other.verify(publicKey, await one.sign(key, plaintext), plaintext)).toBe(true);
        const [mine, theirs] = await Promise.all([one.importAgreement(raw), other.importAgreement(secret)]);
        expect(await one.agree(mine.key, theirs.publicKey)).toEqual(await other.agree(theirs.key, mine.publicKey));
      }),
      runs,
    );
  });
});
