/**
 * The primitives on the noble libraries: plain functions of bytes, which run in the page or in a worker.
 *
 * JavaScript cannot promise constant time: table lookups of AES and big-integer arithmetic depend on secrets. An observer on the same machine could
 * measure that; one on the network could not, and has easier ways on a page without https (docs/deploying.md). What is verified is verified alike.
 *
 * @module
 */
import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concat } from "./encoding.ts";
import { isStrictPublicKey, isStrictSignature } from "./ed25519-checks.ts";
import type { Bytes } from "./provider.ts";

const { Point } = ed25519;

/** Bytes in a buffer of their own, so that they can be handed to another thread. */
function own(bytes: Uint8Array): Bytes {
  return bytes.byteLength === bytes.buffer.byteLength ? (bytes as Bytes) : Uint8Array.from(bytes);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

export const primitives = {
  sha256: (data: Bytes): Bytes => own(sha256(data)),

  hmac: (key: Bytes, data: Bytes): Bytes => own(hmac(sha256, key, data)),

  hkdf: (hash: "SHA-256" | "SHA-512", material: Bytes, salt: Bytes, info: Bytes, length: number): Bytes =>
    own(hkdf(hash === "SHA-256" ? sha256 : sha512, material, salt, info, length)),

  aesSeal: (key: Bytes, nonce: Bytes, plaintext: Bytes, additionalData?: Bytes): Bytes =>
    own(gcm(key, nonce, additionalData).encrypt(plaintext)),

  /** Null when the tag does not fit. */
  aesOpen(key: Bytes, nonce: Bytes, sealed: Bytes, additionalData?: Bytes): Bytes | null {
    const cipher = gcm(key, nonce, additionalData);
    try {
      return own(cipher.decrypt(sealed));
    } catch {
      return null;
    }
  },

  signingPublicKey: (seed: Bytes): Bytes => own(ed25519.getPublicKey(seed)),

  sign: (seed: Bytes, message: Bytes): Bytes => own(ed25519.sign(message, seed)),

  /**
   * Strict Ed25519 (see `Verifier.verify`). noble's own `verify` multiplies by the cofactor, also with `zip215: false`: it takes signatures that
   * WebCrypto refuses. So the equation stands here, in noble's arithmetic: R = S·B − k·A, k = SHA-512(R | A | M) (RFC 8032, 5.1.7).
   */
  verify(publicKey: Bytes, signature: Bytes, message: Bytes): boolean {
    if (!isStrictPublicKey(publicKey) || !isStrictSignature(signature)) return false;
    try {
      const a = Point.fromBytes(publicKey, false);
      const r = Point.fromBytes(signature.slice(0, 32), false);
      const k = littleEndian(sha512(concat(signature.subarray(0, 32), publicKey, message))) % Point.Fn.ORDER;
      const s = littleEndian(signature.subarray(32));
      return Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k)).equals(r);
    } catch {
      return false; // 32 bytes that are no point of the curve
    }
  },

  agreementPublicKey: (scalar: Bytes): Bytes => own(x25519.getPublicKey(scalar)),

  /** Null for a public key of small order or of another length. */
  agree(scalar: Bytes, publicKey: Bytes): Bytes | null {
    try {
      return own(x25519.getSharedSecret(scalar, publicKey));
    } catch {
      return null;
    }
  },
};

export type Primitives = typeof primitives;
export type Primitive = keyof Primitives;

/** Runs one primitive, wherever it runs. */
export type Run = <P extends Primitive>(primitive: P, ...given: Parameters<Primitives[P]>) => Promise<ReturnType<Primitives[P]>>;
