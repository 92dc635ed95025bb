/**
 * Verifies database against blobs: everything that is stored is read once. It changes nothing, and may run while the server works; what looks wrong is looked
 * at again before it is told. Memory does not grow with what is stored.
 *
 * @module
 */

import { patiently, type Database } from "../database/database.ts";
import type { BlobStore } from "../blobs/store.ts";
import { checkBlobs, checkParts } from "./blobs.ts";
import type { CheckCounts, Checking } from "./checking.ts";
import { Findings, type Finding, type FindingKind } from "./findings.ts";
import { checkFolder } from "./folder.ts";
import { checkOrphans } from "./orphans.ts";

export type { CheckCounts } from "./checking.ts";
export type { Finding, FindingKind } from "./findings.ts";

export interface CheckOptions {
  /** False: the store is not read, which is much faster. Default true. */
  readonly parts?: boolean;
  /** Called now and then. */
  readonly onProgress?: (progress: CheckCounts) => void;
  readonly signal?: AbortSignal;
}

export interface CheckReport extends CheckCounts {
  readonly clean: boolean;
  /** How many of each kind. */
  readonly counts: Readonly<Partial<Record<FindingKind, number>>>;
  /** The first 1,000. */
  readonly findings: readonly Finding[];
}

const page = 256;

/** Rejects with the signal's reason when it is called off, and as the database fails. A store that fails is a finding. */
export async function checkStore(database: Database, store: BlobStore, options: CheckOptions = {}): Promise<CheckReport> {
  const { parts = true, onProgress, signal } = options;
  const counts = { folders: 0, records: 0, blobs: 0, parts: 0, bytes: 0 };
  const findings = new Findings();
  const goOn = (): void => {
    signal?.throwIfAborted();
    onProgress?.({ ...counts });
  };
  const checking: Checking = { database, store, findings, counts, goOn };
  for await (const folder of folderIds(database)) {
    await checkFolder(checking, folder);
    counts.folders++;
    goOn();
  }
  await checkBlobs(checking);
  if (parts) await checkParts(checking);
  await checkOrphans(checking);
  return { ...counts, clean: Object.keys(findings.counts).length === 0, counts: findings.counts, findings: findings.list };
}

async function* folderIds(database: Database): AsyncGenerator<string, void, void> {
  let last = "";
  for (;;) {
    const after = last;
    const rows = await patiently(database, () =>
      database.query.selectFrom("folder").select("id").where("id", ">", after).orderBy("id").limit(page).execute(),
    );
    for (const { id } of rows) yield id;
    if (rows.length < page) return;
    last = rows.at(-1)!.id;
  }
}
