/**
 * The two bundle bodies: many small parts in one request, and in one answer.
 *
 *     sent:  blob(16) | u32 index | hash(32) | u32 length | bytes    each
 *     read:  blob(16) | u32 index | u32 length | bytes               each; length 0xFFFFFFFF: cannot be had, and no bytes
 *
 * @module
 */

import { fromHex, readU32, toHex, writeU32 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { largestPartCount } from "./geometry.ts";
import { bundleParts, bundleSize } from "./limits.ts";

export interface SentPart {
  /** Hex id. */
  readonly blob: string;
  readonly index: number;
  /** SHA-256 of `bytes`; not checked here. */
  readonly hash: Bytes;
  readonly bytes: Bytes;
}

export interface ReadPart {
  /** Hex id. */
  readonly blob: string;
  readonly index: number;
  /** null: the server does not have it. */
  readonly bytes: Bytes | null;
}

/** Bytes before each part in a bundle that is sent. */
export const sentHeaderLength = 16 + 4 + 32 + 4;
/** Bytes before each part in a bundle that is read. */
export const readHeaderLength = 16 + 4 + 4;
/** A whole bundle that is sent, at most. */
export const largestSentBundle = bundleSize + bundleParts * sentHeaderLength;

const unavailable = 0xffffffff;

/** The body of `POST …/parts`. Throws `invalid-argument` above 256 parts or 4 MiB. */
export function encodeSentBundle(parts: readonly SentPart[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  if (parts.length === 0 || parts.length > bundleParts || length > bundleSize) {
    throw new KeyfoldError("invalid-argument", "A bundle has 1 to 256 parts and at most 4 MiB.");
  }
  const body = new Uint8Array(length + parts.length * sentHeaderLength);
  let offset = 0;
  for (const { blob, index, hash, bytes } of parts) {
    body.set(fromHex(blob, 16), offset);
    writeU32(body, offset + 16, index);
    if (hash.length !== 32) throw new KeyfoldError("invalid-argument", "A part's hash has 32 bytes.");
    body.set(hash, offset + 20);
    writeU32(body, offset + 52, bytes.length);
    body.set(bytes, offset + sentHeaderLength);
    offset += sentHeaderLength + bytes.length;
  }
  return body;
}

/** The parts of a body of `POST …/parts`, as views into it. Throws `malformed`; `too-large` above 256 parts or 4 MiB. */
export function decodeSentBundle(body: Bytes): SentPart[] {
  const parts: SentPart[] = [];
  let offset = 0;
  let length = 0;
  while (offset < body.length) {
    const start = offset + sentHeaderLength;
    if (start > body.length) throw new KeyfoldError("malformed", "A bundle ends inside the header of a part.");
    const end = start + readU32(body, offset + 52);
    if (end > body.length) throw new KeyfoldError("malformed", "A bundle ends inside a part.");
    const index = readU32(body, offset + 16);
    if (index >= largestPartCount) throw new KeyfoldError("malformed", "A blob has at most 2^18 parts.");
    length += end - start;
    if (parts.length === bundleParts || length > bundleSize)
      throw new KeyfoldError("too-large", "A bundle has at most 256 parts and 4 MiB.");
    const blob = toHex(body.subarray(offset, offset + 16));
    parts.push({ blob, index, hash: body.subarray(offset + 20, offset + 52), bytes: body.subarray(start, end) });
    offset = end;
  }
  if (parts.length === 0) throw new KeyfoldError("malformed", "A bundle has at least one part.");
  return parts;
}

/** The answer of `POST …/parts/read`. */
export function encodeReadBundle(parts: readonly ReadPart[]): Bytes {
  const body = new Uint8Array(parts.reduce((sum, { bytes }) => sum + readHeaderLength + (bytes?.length ?? 0), 0));
  let offset = 0;
  for (const { blob, index, bytes } of parts) {
    body.set(fromHex(blob, 16), offset);
    writeU32(body, offset + 16, index);
    writeU32(body, offset + 20, bytes === null ? unavailable : bytes.length);
    offset += readHeaderLength;
    if (bytes === null) continue;
    body.set(bytes, offset);
    offset += bytes.length;
  }
  return body;
}

/** The parts in an answer of `POST …/parts/read`, as views into it. Throws `malformed`. */
export function decodeReadBundle(body: Bytes): ReadPart[] {
  const parts: ReadPart[] = [];
  let offset = 0;
  while (offset < body.length) {
    const start = offset + readHeaderLength;
    if (start > body.length) throw new KeyfoldError("malformed", "A bundle ends inside the header of a part.");
    const blob = toHex(body.subarray(offset, offset + 16));
    const index = readU32(body, offset + 16);
    const length = readU32(body, offset + 20);
    if (length === unavailable) {
      parts.push({ blob, index, bytes: null });
      offset = start;
      continue;
    }
    if (start + length > body.length) throw new KeyfoldError("malformed", "A bundle ends inside a part.");
    parts.push({ blob, index, bytes: body.subarray(start, start + length) });
    offset = start + length;
  }
  return parts;
}
