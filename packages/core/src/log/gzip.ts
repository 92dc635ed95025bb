/**
 * gzip (RFC 1952) as the log takes it: one member, nothing after it, never more unzipped than is allowed.
 *
 * fflate rather than `DecompressionStream`: engines differ in what they let stand after a member, and whether an entry opens must not depend on
 * the engine.
 *
 * @module
 */

import { Gunzip, gzipSync } from "fflate";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

/** DEFLATE makes at most this much of a byte (RFC 1951: 258 bytes of 2 bits). */
const greatestRatio = 1032;
/** Bytes unzipped at a time, at most. */
const piece = 4096;

/** An empty member. Behind the data it tells, by where it is found, that the data was one member and nothing more. */
const emptyMember: Bytes = gzipSync(new Uint8Array(0), { mtime: 0 });

const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ crcOfByte[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** One member, without a time in it. */
export function gzip(data: Uint8Array): Bytes {
  return gzipSync(data, { mtime: 0 });
}

/**
 * What one member holds. Throws `malformed` with reason `gzip` where the bytes are not exactly one whole member, and `too-large` where it holds
 * more than `limit` bytes; it never unzips more than that.
 */
export function gunzip(zipped: Bytes, limit: number): Bytes {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const members: number[] = [];
  const stream = new Gunzip((data) => {
    length += data.length;
    pieces.push(data);
  });
  stream.onmember = (offset) => members.push(offset);
  try {
    for (let offset = 0; offset < zipped.length;) {
      const step = Math.max(1, Math.min(piece, Math.floor((limit - length) / greatestRatio)));
      stream.push(zipped.subarray(offset, offset + step));
      offset += step;
      if (length > limit) throw new KeyfoldError("too-large", "An entry of the folder's history is too large.", { reason: "too-large" });
    }
    stream.push(emptyMember, true);
  } catch (cause) {
    if (cause instanceof KeyfoldError) throw cause;
    throw new KeyfoldError("malformed", "An entry of the folder's history is not gzip.", { reason: "gzip", cause });
  }
  const data = new Uint8Array(length);
  let offset = 0;
  for (const part of pieces) {
    data.set(part, offset);
    offset += part.length;
  }
  const isOneMember = members.length === 1 && members[0] === zipped.length;
  const trailer = new DataView(zipped.buffer, zipped.byteOffset, zipped.byteLength);
  if (
    !isOneMember ||
    trailer.getUint32(zipped.length - 8, true) !== crc32(data) ||
    trailer.getUint32(zipped.length - 4, true) !== length % 2 ** 32
  ) {
    throw new KeyfoldError("malformed", "An entry of the folder's history is not one whole gzip member.", { reason: "gzip" });
  }
  return data;
}
