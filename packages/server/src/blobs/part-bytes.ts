/**
 * The bytes of parts, on the path where their number matters.
 *
 * `crypto.subtle.digest` copies its input twice before it hashes, and a new `Uint8Array` is written with zeros first: for 4 MiB both take about as long as the
 * hashing itself.
 *
 * @module
 */

import { createHash, hash } from "node:crypto";
import { partSize, type Bytes } from "@keyfold/core/protocol";

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function partHash(bytes: Bytes): Bytes {
  return new Uint8Array(hash("sha256", bytes, "buffer"));
}

/** SHA-256 of what comes in pieces. */
export function partHasher(): { readonly update: (piece: Uint8Array) => void; readonly digest: () => Bytes } {
  const sha256 = createHash("sha256");
  return { update: (piece) => void sha256.update(piece), digest: () => new Uint8Array(sha256.digest()) };
}

/** Bytes in a buffer of their own with whatever was in memory before: only for who overwrites them all. */
export function unfilled(length: number): Bytes {
  const { buffer } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer, 0, length);
}

/** Buffers that are kept for the next parts; those beyond go to the garbage collector, which is what they are kept from. */
const buffersKept = 8;
const free: Bytes[] = [];

/** A buffer of a part's size, with whatever was in it before. */
export function takePartBuffer(): Bytes {
  return free.pop() ?? unfilled(partSize);
}

/** Gives a buffer back that nobody reads or writes any more. One that may still be in use is simply not given back. */
export function givePartBuffer(buffer: Bytes): void {
  if (free.length < buffersKept) free.push(buffer);
}
