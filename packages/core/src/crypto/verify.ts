/**
 * Hashing and verifying on WebCrypto, and nothing that could sign or decrypt: all that the server has of cryptography.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import { isStrictPublicKey, isStrictSignature } from "./ed25519-checks.ts";
import type { Bytes, Verifier } from "./provider.ts";

/** Whether there is WebCrypto: in secure contexts and in Node. */
export function hasSubtle(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/** The platform's `SubtleCrypto`. Throws `crypto-missing` where there is none (a page over http://). */
export function subtleCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new KeyfoldError("crypto-missing", "This page has no WebCrypto. Open it over https:// or on localhost.");
  }
  return subtle;
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtleCrypto().digest("SHA-256", data));
}

/**
 * Strict Ed25519 (RFC 8032): S < L, A and R canonical and neither of small order, no cofactor.
 *
 * False for whatever does not verify, of whatever length; throws only `crypto-missing`.
 */
export async function verifyEd25519(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const subtle = subtleCrypto();
  if (!isStrictPublicKey(publicKey) || !isStrictSignature(signature)) return false;
  try {
    const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", key, signature, message);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotSupportedError") {
      throw new KeyfoldError("crypto-missing", "This browser has no Ed25519. Update it.", { cause });
    }
    return false; // 32 bytes that are no point of the curve: some engines refuse them on import
  }
}

/** The verifier on WebCrypto. */
export function webVerifier(): Verifier {
  return { sha256, verify: verifyEd25519 };
}
