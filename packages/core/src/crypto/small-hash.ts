/**
 * SHA-256 of short inputs, at once.
 *
 * `crypto.subtle.digest` takes longer to be asked than to hash a few hundred bytes: a promise and a turn through the engine's threads for each. A snapshot has a
 * line a node, so noble's implementation opens a large folder in about half the time. For long inputs the platform's is many times as fast.
 *
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "./provider.ts";

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256OfShort(data: Uint8Array): Bytes {
  return sha256(data);
}
