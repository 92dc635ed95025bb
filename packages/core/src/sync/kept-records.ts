/** What this device kept of the folder's history, record by record: verified again, with the place after each. */
import { toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { verifyRun, type Verified } from "../log/run.ts";
import { splitPage } from "../protocol/record.ts";
import type { RecordCache } from "./record-cache.ts";

export interface KeptRecord extends Verified {
  /** `u8 kind | body`. */
  readonly bytes: Bytes;
}

export interface KeptRecordsPort {
  readonly provider: CryptoProvider;
  readonly cache: RecordCache;
  readonly folder: string;
}

/** Oldest first, without gaps; none where nothing was kept, and none after one that does not hold. */
export async function keptRecords({ provider, cache, folder }: KeptRecordsPort): Promise<KeptRecord[]> {
  await cache.write();
  const index = await cache.index();
  const records: KeptRecord[] = [];
  let from = index?.chunks[0]?.before ?? null;
  for (const chunk of index?.chunks ?? []) {
    const page = await cache.page(chunk);
    if (page === null) break;
    try {
      const encoded = [...splitPage(page)];
      const run = await verifyRun(provider, encoded, { from, isRekeying: false, folderId: folder, knownHeads: undefined });
      records.push(...run.verified.map((one, i) => ({ ...one, bytes: encoded[i]! })));
      from = run.verified.at(-1)?.after ?? from;
      if (run.failure !== undefined) break;
    } catch {
      break; // a page that is none
    }
  }
  return records;
}

/** The heads that they stand for, hex by seq, the place before the first one's too. */
export function headsOf(records: readonly KeptRecord[]): Map<number, string> {
  const heads = new Map<number, string>();
  const before = records[0]?.before ?? null;
  if (before !== null) heads.set(before.seq, toHex(before.head));
  for (const { after } of records) heads.set(after.seq, toHex(after.head));
  return heads;
}
