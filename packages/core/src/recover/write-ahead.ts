/**
 * SQLite's write-ahead log, put into the database that it belongs to: for readers that are given both as bytes and have no shared memory.
 *
 * What was committed last lies in `-wal` until a checkpoint; a copy without it is an older copy. Source: SQLite, "Database File Format", section 4.
 *
 * @module
 */

import type { Bytes } from "../crypto/provider.ts";

const walHeader = 32;
const frameHeader = 24;
/** What SQLite takes for one: powers of two. */
const pageSizes: ReadonlySet<number> = new Set(Array.from({ length: 8 }, (_, i) => 512 << i));

/** Bytes beyond what database and log hold together, twice over, that a commit may say the database has: pages that are free are not always written. */
const mostUnwritten = 16 * 1024 * 1024;

/** s0, s1 of "4.2 Checksum Algorithm" over bytes whose length is a multiple of 8. */
function checksum(bytes: DataView, littleEndian: boolean, [s0, s1]: readonly [number, number]): [number, number] {
  for (let at = 0; at < bytes.byteLength; at += 8) {
    s0 = (s0 + bytes.getUint32(at, littleEndian) + s1) >>> 0;
    s1 = (s1 + bytes.getUint32(at + 4, littleEndian) + s0) >>> 0;
  }
  return [s0, s1];
}

/**
 * The database with every committed transaction of the log in it, marked as one without a log. The log counts up to its first frame that does not
 * hold, as SQLite itself reads it; one that is no log counts as empty. A commit that makes far more of the database than there is does not hold.
 */
export function withWriteAhead(database: Bytes, log: Bytes | null): Bytes {
  const most = log === null ? 0 : 2 * (database.length + log.length) + mostUnwritten;
  const pages = log === null ? null : committedPages(log, most);
  const result = new Uint8Array(pages === null ? database.length : pages.size);
  result.set(database.subarray(0, result.length));
  for (const [offset, page] of pages?.at ?? []) if (offset < result.length) result.set(page, offset);
  // File format versions (offsets 18 and 19): 2 asks for a log, 1 does not.
  if (result[18] === 2) result[18] = 1;
  if (result[19] === 2) result[19] = 1;
  return result;
}

/** Offsets in the database and what stands there after the last commit; null where there is none. */
function committedPages(log: Bytes, most: number): { readonly at: ReadonlyMap<number, Bytes>; readonly size: number } | null {
  if (log.length < walHeader) return null;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return null;
  const littleEndian = magic === 0x377f0682;
  const pageSize = view.getUint32(8);
  if (!pageSizes.has(pageSize)) return null;
  const part = (offset: number, length: number): DataView => new DataView(log.buffer, log.byteOffset + offset, length);
  let sums = checksum(part(0, 24), littleEndian, [0, 0]);
  if (sums[0] !== view.getUint32(24) || sums[1] !== view.getUint32(28)) return null;

  const at = new Map<number, Bytes>();
  let pending: [number, Bytes][] = [];
  let size: number | null = null;
  for (let offset = walHeader; offset + frameHeader + pageSize <= log.length; offset += frameHeader + pageSize) {
    // The salts say which turn of the log a frame is of.
    if (view.getUint32(offset + 8) !== view.getUint32(16) || view.getUint32(offset + 12) !== view.getUint32(20)) break;
    sums = checksum(part(offset, 8), littleEndian, sums);
    sums = checksum(part(offset + frameHeader, pageSize), littleEndian, sums);
    if (sums[0] !== view.getUint32(offset + 16) || sums[1] !== view.getUint32(offset + 20)) break;
    const page = view.getUint32(offset);
    const pagesAfterCommit = view.getUint32(offset + 4);
    if (page === 0 || pagesAfterCommit * pageSize > most) break;
    pending.push([(page - 1) * pageSize, log.subarray(offset + frameHeader, offset + frameHeader + pageSize)]);
    if (pagesAfterCommit === 0) continue;
    for (const [where, bytes] of pending) at.set(where, bytes);
    pending = [];
    size = pagesAfterCommit * pageSize;
  }
  return size === null ? null : { at, size };
}
