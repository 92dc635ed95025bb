/**
 * gzip (RFC 1952) as the log takes it: one member, nothing after it, never more unzipped than is allowed.
 *
 * fflate rather than `DecompressionStream`: engines differ in what they let stand after a member, and whether an entry opens must not depend on
 * the engine.
 *
 * @module
 */

import { gzipSync, inflateSync } from "fflate";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

const trailerLength = 8;
/** Flags of the header (RFC 1952 section 2.3.1). */
const flags = { crc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
/** DEFLATE makes at most this much of a byte (258 bytes of 2 bits). */
const greatestRatio = 1032;

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

function notGzip(cause?: unknown): KeyfoldError {
  return new KeyfoldError("malformed", "An entry of the folder's history is not one whole gzip member.", { reason: "gzip", cause });
}

/** Where the header ends. */
function headerLength(zipped: Bytes): number {
  if (zipped.length < 10 || zipped[0] !== 0x1f || zipped[1] !== 0x8b || zipped[2] !== 8) throw notGzip();
  const flag = zipped[3]!;
  if ((flag & flags.reserved) !== 0) throw notGzip();
  let end = 10;
  if (flag & flags.extra) end += 2 + ((zipped[end] ?? 0) | ((zipped[end + 1] ?? 0) << 8));
  for (const text of [flags.name, flags.comment]) {
    if (!(flag & text)) continue;
    const zero = zipped.indexOf(0, end);
    if (zero < 0) throw notGzip();
    end = zero + 1;
  }
  if (flag & flags.crc) {
    const crc = (zipped[end] ?? 0) | ((zipped[end + 1] ?? 0) << 8);
    if (crc !== (crc32(zipped.subarray(0, end)) & 0xffff)) throw notGzip();
    end += 2;
  }
  return end;
}

/** Inflates into `out`, never beyond it. Returns the bytes made, all of `out` where there were more. */
function inflateInto(deflated: Bytes, out: Bytes): Bytes {
  try {
    return inflateSync(deflated, { out });
  } catch (cause) {
    throw notGzip(cause);
  }
}

/** Whether DEFLATE's last block ends in the last byte: without that byte it is cut short. */
function endsExactly(deflated: Bytes, out: Bytes): boolean {
  try {
    inflateSync(deflated.subarray(0, -1), { out });
    return false;
  } catch {
    return true;
  }
}

/**
 * What one member holds. Throws `malformed` with reason `gzip` where the bytes are not exactly one whole member, and `too-large` where it holds
 * more than `limit` bytes; it never unzips more than that.
 */
export function gunzip(zipped: Bytes, limit: number): Bytes {
  const start = headerLength(zipped);
  const end = zipped.length - trailerLength;
  // An empty block is 10 bits; fflate takes no bytes at all for a whole stream.
  if (end - start < 2) throw notGzip();
  const trailer = new DataView(zipped.buffer, zipped.byteOffset + end, trailerLength);
  const crc = trailer.getUint32(0, true);
  const size = trailer.getUint32(4, true);
  if (size > zipped.length * greatestRatio) throw notGzip();
  if (size > limit) throw new KeyfoldError("too-large", "An entry of the folder's history is too large.", { reason: "too-large" });
  const deflated = zipped.subarray(start, end);
  const out = new Uint8Array(size + 1); // one more, to see whether there is more than the member says
  const data = inflateInto(deflated, out);
  if (data.length !== size || crc32(data) !== crc || !endsExactly(deflated, new Uint8Array(size + 1))) throw notGzip();
  return data;
}
