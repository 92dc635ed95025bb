/**
 * The primitives on WebCrypto: browsers in secure contexts, workers, Node.
 *
 * All keys are non-extractable `CryptoKey`s, which IndexedDB stores by structured clone.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import { aesGcm, aesSeal } from "./aes-gcm.ts";
import { concat, fromBase64url, fromHex } from "./encoding.ts";
import type { AesKey, AgreementKey, Bytes, CryptoProvider, HkdfKey, SigningKey } from "./provider.ts";
import { randomBytes } from "./random.ts";
import { sha256, subtleCrypto, verifyEd25519 } from "./verify.ts";

/** PKCS#8 of a raw 32-byte private key (RFC 8410 section 7): these bytes, then the key. WebCrypto imports no raw private keys. */
const pkcs8Ed25519 = fromHex("302e020100300506032b657004220420");
const pkcs8X25519 = fromHex("302e020100300506032b656e04220420");

// The port's handles are CryptoKeys here, and only this file knows.
type Handle = AesKey | HkdfKey | SigningKey | AgreementKey;
const keyOf = (handle: Handle): CryptoKey => handle as unknown as CryptoKey;

/** A private key from its 32 raw bytes. Its public key is read from an extractable twin, which is dropped at once. */
async function importPrivate(
  algorithm: "Ed25519" | "X25519",
  raw: Bytes,
  usage: "sign" | "deriveBits",
): Promise<{ key: CryptoKey; publicKey: Bytes }> {
  if (raw.length !== 32) throw new KeyfoldError("invalid-argument", `A private key of ${algorithm} has 32 bytes.`);
  const subtle = subtleCrypto();
  const pkcs8 = concat(algorithm === "Ed25519" ? pkcs8Ed25519 : pkcs8X25519, raw);
  try {
    const [key, twin] = await Promise.all([
      subtle.importKey("pkcs8", pkcs8, algorithm, false, [usage]),
      subtle.importKey("pkcs8", pkcs8, algorithm, true, [usage]),
    ]);
    const { x } = await subtle.exportKey("jwk", twin);
    return { key, publicKey: fromBase64url(x ?? "", 32) };
  } catch (cause) {
    throw new KeyfoldError("crypto-missing", `This browser has no ${algorithm}. Update it.`, { cause });
  } finally {
    pkcs8.fill(0);
  }
}

/** The provider on WebCrypto. Throws `crypto-missing` where `crypto.subtle` is not there (a page over http://). */
export function webCryptoProvider(): CryptoProvider {
  const subtle = subtleCrypto();
  return {
    name: "webcrypto",
    extractable: false,
    holds: (handle) => handle instanceof CryptoKey,
    randomBytes,
    sha256,
    verify: verifyEd25519,

    importHkdf: async (material) => (await subtle.importKey("raw", material, "HKDF", false, ["deriveBits"])) as unknown as HkdfKey,

    async hkdf(hash, key, salt, info, length) {
      return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash, salt, info }, keyOf(key), 8 * length));
    },

    async importAes(raw) {
      if (raw.length !== 32) throw new KeyfoldError("invalid-argument", "A key of AES-256 has 32 bytes.");
      return (await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"])) as unknown as AesKey;
    },

    aesSeal,

    async aesOpen(key, nonce, sealed, additionalData) {
      const parameters = aesGcm(nonce, additionalData);
      try {
        return new Uint8Array(await subtle.decrypt(parameters, keyOf(key), sealed));
      } catch (cause) {
        throw new KeyfoldError("tampered", "Sealed bytes do not fit their tag.", { reason: "tag", cause });
      }
    },

    async importSigning(seed) {
      const { key, publicKey } = await importPrivate("Ed25519", seed, "sign");
      return { key: key as unknown as SigningKey, publicKey };
    },

    sign: async (key, message) => new Uint8Array(await subtle.sign("Ed25519", keyOf(key), message)),

    async importAgreement(scalar) {
      const { key, publicKey } = await importPrivate("X25519", scalar, "deriveBits");
      return { key: key as unknown as AgreementKey, publicKey };
    },

    async agree(key, publicKey) {
      try {
        const peer = await subtle.importKey("raw", publicKey, "X25519", false, []);
        return new Uint8Array(await subtle.deriveBits({ name: "X25519", public: peer }, keyOf(key), 256));
      } catch (cause) {
        // RFC 7748 section 6.1: a key of small order gives zeros, which engines refuse.
        throw new KeyfoldError("malformed", "A public key of X25519 is not usable.", { cause });
      }
    },

    async hmac(key, data) {
      const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      return new Uint8Array(await subtle.sign("HMAC", imported, data));
    },
  };
}
