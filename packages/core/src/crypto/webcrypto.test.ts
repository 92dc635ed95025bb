import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { toHex } from "./encoding.ts";
import { webVerifier } from "./verify.ts";
import { webCryptoProvider } from "./webcrypto.ts";

const provider = webCryptoProvider();
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Uint8Array.from(array));
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((array) => Uint8Array.from(array));
const runs = { numRuns: 25 };

afterEach(() => vi.unstubAllGlobals());

describe("WebCrypto agrees with noble", () => {
  it("on hashes and HMAC", async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, bytes(32), async (data, key) => {
        expect(toHex(await provider.sha256(data))).toBe(toHex(sha256(data)));
        expect(toHex(await provider.hmac(key, data))).toBe(toHex(hmac(sha256, key, data)));
      }),
      runs,
    );
  });

  it("on HKDF", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(64), anyBytes, anyBytes, fc.integer({ min: 1, max: 96 }), async (material, salt, info, length) => {
        const key = await provider.importHkdf(material);
        expect(toHex(await provider.hkdf("SHA-512", key, salt, info, length))).toBe(toHex(hkdf(sha512, material, salt, info, length)));
        expect(toHex(await provider.hkdf("SHA-256", key, salt, info, length))).toBe(toHex(hkdf(sha256, material, salt, info, length)));
      }),
      runs,
    );
  });

  it("on AES-256-GCM, with and without associated data", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(12), anyBytes, fc.option(anyBytes, { nil: undefined }), async (raw, nonce, plaintext, aad) => {
        const key = await provider.importAes(raw);
        const sealed = await provider.aesSeal(key, nonce, plaintext, aad);
        expect(toHex(sealed)).toBe(toHex(gcm(raw, nonce, aad).encrypt(plaintext)));
        expect(await provider.aesOpen(key, nonce, sealed, aad)).toEqual(plaintext);
      }),
      runs,
    );
  });

  it("on Ed25519", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), anyBytes, async (seed, message) => {
        const { key, publicKey } = await provider.importSigning(seed);
        expect(toHex(publicKey)).toBe(toHex(ed25519.getPublicKey(seed)));
        const signature = await provider.sign(key, message);
        expect(toHex(signature)).toBe(toHex(ed25519.sign(message, seed)));
        expect(await provider.verify(publicKey, signature, message)).toBe(true);
        expect(await webVerifier().verify(publicKey, signature, Uint8Array.of(...message, 0))).toBe(false);
      }),
      runs,
    );
  });

  it("on X25519", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), async (a, b) => {
        const [alice, bob] = await Promise.all([provider.importAgreement(a), provider.importAgreement(b)]);
        expect(toHex(alice.publicKey)).toBe(toHex(x25519.getPublicKey(a)));
        const secret = toHex(x25519.getSharedSecret(a, bob.publicKey));
        expect(toHex(await provider.agree(alice.key, bob.publicKey))).toBe(secret);
        expect(toHex(await provider.agree(bob.key, alice.publicKey))).toBe(secret);
      }),
      runs,
    );
  });
});

describe("WebCrypto refuses", () => {
  it("sealed bytes with any bit changed", async () => {
    const key = await provider.importAes(new Uint8Array(32).fill(1));
    const nonce = new Uint8Array(12);
    const sealed = await provider.aesSeal(key, nonce, Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(provider.aesOpen(key, nonce, changed)).rejects.toMatchObject({ code: "tampered", reason: "tag" });
    }
  });

  it("keys and nonces of other lengths", async () => {
    await expect(provider.importAes(new Uint8Array(16))).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(provider.importSigning(new Uint8Array(31))).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(provider.importAgreement(new Uint8Array(33))).rejects.toMatchObject({ code: "invalid-argument" });
    const key = await provider.importAes(new Uint8Array(32));
    await expect(provider.aesSeal(key, new Uint8Array(11), new Uint8Array())).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("an agreement with a public key of small order", async () => {
    const { key } = await provider.importAgreement(new Uint8Array(32).fill(7));
    await expect(provider.agree(key, new Uint8Array(32))).rejects.toMatchObject({ code: "malformed" });
  });
});

describe("keys of WebCrypto", () => {
  it("cannot be exported, and survive structured clone", async () => {
    const raw = new Uint8Array(32).fill(5);
    const handles = [
      await provider.importAes(raw),
      await provider.importHkdf(raw),
      (await provider.importSigning(raw)).key,
      (await provider.importAgreement(raw)).key,
    ];
    for (const handle of handles) {
      const clone = structuredClone(handle) as unknown as CryptoKey;
      expect(clone).toBeInstanceOf(CryptoKey);
      expect(clone.extractable).toBe(false);
    }
    const message = Uint8Array.of(1);
    const { key, publicKey } = await provider.importSigning(raw);
    expect(await provider.verify(publicKey, await provider.sign(structuredClone(key), message), message)).toBe(true);
  });
});

describe("without WebCrypto", () => {
  it("the provider is refused with crypto-missing, and so is verifying", async () => {
    vi.stubGlobal("crypto", { getRandomValues: () => new Uint8Array() });
    expect(() => webCryptoProvider()).toThrow(expect.objectContaining({ code: "crypto-missing" }));
    await expect(webVerifier().sha256(new Uint8Array())).rejects.toMatchObject({ code: "crypto-missing" });
    await expect(webVerifier().verify(new Uint8Array(32), new Uint8Array(64), new Uint8Array())).rejects.toMatchObject({
      code: "crypto-missing",
    });
  });

  it("there are no random bytes from elsewhere", () => {
    vi.stubGlobal("crypto", undefined);
    expect(() => provider.randomBytes(16)).toThrow(expect.objectContaining({ code: "crypto-missing" }));
  });
});
