/** Write-ahead logs whose every checksum is right, whatever they say (SQLite, "Database File Format", section 4). */
import { concat, u32 } from "../src/crypto/encoding.ts";
import type { Bytes } from "../src/crypto/provider.ts";

export interface WalFrame {
  readonly page: number;
  /** Pages of the database after it; 0 where it commits nothing. */
  readonly commits: number;
}

/** Section 4.2, big-endian. */
function sumsOf(bytes: Bytes, [s0, s1]: readonly [number, number]): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    s0 = (s0 + view.getUint32(at) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4) + s0) >>> 0;
  }
  return [s0, s1];
}

/** Each page is filled with its number. */
export function walOf(pageSize: number, frames: readonly WalFrame[]): Bytes {
  const salts = concat(u32(7), u32(8));
  const head = concat(u32(0x377f0683), u32(3007000), u32(pageSize), u32(0), salts);
  let sums = sumsOf(head, [0, 0]);
  const parts: Bytes[] = [head, u32(sums[0]), u32(sums[1])];
  for (const { page, commits } of frames) {
    const begin = concat(u32(page), u32(commits));
    const content = new Uint8Array(Math.min(pageSize, 65_536)).fill(page & 0xff);
    sums = sumsOf(content, sumsOf(begin, sums));
    parts.push(begin, salts, u32(sums[0]), u32(sums[1]), content);
  }
  return concat(...parts);
}
