/**
 * Sizes that tell little: Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford, "Reducing Metadata Leakage from Encrypted Files and
 * Communication with PURBs", 2019) and the frame around small sealed texts.
 *
 * @module
 */

import { readU32, writeU32 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

/** Below this nothing is told apart. */
const smallestPadded = 1024;

/**
 * A length of 2 to 2^53 - 1 bytes rounded up so that its binary form ends in zeros: at most 12 % more, less the larger it is.
 *
 * Lengths go beyond 2^32, where bit operators of JavaScript wrap; hence powers and divisions by powers of two, which are exact.
 */
export function padme(length: number): number {
  let exponent = 1;
  while (2 ** (exponent + 1) <= length) exponent++;
  const bitsOfExponent = exponent.toString(2).length;
  const unit = 2 ** (exponent - bitsOfExponent);
  return Math.ceil(length / unit) * unit;
}

/** Bytes that `size` bytes take with their padding: Padmé(max(size, 1024)). */
export function paddedSize(size: number): number {
  return padme(Math.max(size, smallestPadded));
}

/** `u32 n | data(n) | zeros`, in all Padmé(max(n + 4, 1024)) bytes: the plaintext of every sealed text of the log. */
export function frame(data: Uint8Array): Bytes {
  const framed = new Uint8Array(paddedSize(data.length + 4));
  writeU32(framed, 0, data.length);
  framed.set(data, 4);
  return framed;
}

/** What a frame holds, as a view into it. Throws `malformed` with reason `frame` on any other length and on a padding byte that is not zero. */
export function unframe(framed: Bytes): Bytes {
  const length = framed.length < 4 ? -1 : readU32(framed, 0);
  if (length < 0 || framed.length !== paddedSize(length + 4) || !isZeroFrom(framed, length + 4)) {
    throw new KeyfoldError("malformed", "A sealed text is not framed as it must be.", { reason: "frame" });
  }
  return framed.subarray(4, length + 4);
}

/** Whether all bytes from `start` on are zero; four at a time, since the padding of a large file is megabytes. */
export function isZeroFrom(bytes: Uint8Array, start: number): boolean {
  const first = Math.min(bytes.length, start + ((4 - ((bytes.byteOffset + start) % 4)) % 4));
  const wordCount = Math.floor((bytes.length - first) / 4);
  let seen = 0;
  for (let i = start; i < first; i++) seen |= bytes[i]!;
  if (wordCount > 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + first, wordCount);
    for (let i = 0; i < wordCount; i++) seen |= words[i]!; // an iterator here is ten times slower
  }
  for (let i = first + 4 * wordCount; i < bytes.length; i++) seen |= bytes[i]!;
  return seen === 0;
}
