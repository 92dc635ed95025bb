/**
 * A folder's log, from its genesis to its head, and what the entries of the present epoch say of blobs.
 *
 * @module
 */

import {
  constantTimeEqual,
  decodeClear,
  decodeRecord,
  pageSize,
  splitPage,
  verifyGenesis,
  verifyRecord,
  webVerifier,
  type Bytes,
  type Position,
} from "@keyfold/core/protocol";
import { sql } from "kysely";
import { blobRows } from "../blobs/life.ts";
import { patiently } from "../database/database.ts";
import type { FolderRow } from "../database/tables.ts";
import { findFolder } from "../folders.ts";
import { usedAndCounted } from "../jobs/recount.ts";
import { readPage } from "../log/page.ts";
import type { Checking } from "./checking.ts";
import type { Finding } from "./findings.ts";

const verifier = webVerifier();

/** How often a folder that is written to while it is read is looked at. */
const attempts = 5;

/**
 * What an entry or a rekey changes meanwhile may look wrong, and is not: of a folder that does not keep still, only that is told which was seen the time before, too. What
 * only looked wrong does not look so twice, for the second look takes the entry in.
 */
export async function checkFolder(checking: Checking, id: string): Promise<void> {
  let last: readonly Finding[] = [];
  for (let attempt = 1; ; attempt++) {
    const before = await findFolder(checking.database, id);
    if (before === undefined) return;
    const log = await lookAtLog(checking, before);
    const found = [...log.found, ...(await figureFindings(checking, id))];
    const after = found.length === 0 ? before : await findFolder(checking.database, id);
    if (after === undefined) return;
    const isSettled = after.seq === before.seq && after.epoch === before.epoch;
    if (isSettled || attempt === attempts) {
      for (const finding of isSettled ? found : seenTwice(last, found)) checking.findings.add(finding);
      checking.counts.records += log.records;
      return;
    }
    last = found;
  }
}

function seenTwice(last: readonly Finding[], now: readonly Finding[]): Finding[] {
  const seen = new Set(last.map((finding) => JSON.stringify(finding)));
  return now.filter((finding) => seen.has(JSON.stringify(finding)));
}

async function figureFindings({ database }: Checking, folder: string): Promise<Finding[]> {
  const figures = await patiently(database, () => usedAndCounted(database.query, folder));
  return figures === undefined || figures.used === figures.counted ? [] : [{ kind: "used-drift", folder }];
}

/** What is wrong with a log, and how many of its records were followed. */
async function lookAtLog(checking: Checking, row: FolderRow): Promise<{ readonly found: Finding[]; readonly records: number }> {
  const { database } = checking;
  const folder = row.id;
  const { count } = await patiently(database, () =>
    database.query
      .selectFrom("log_record")
      .select(sql<number | string>`count(*)`.as("count"))
      .where("folder", "=", folder)
      .where("seq", "<=", row.seq)
      .executeTakeFirstOrThrow(),
  );
  if (Number(count) !== row.seq + 1) return { found: [{ kind: "log-gap", folder }], records: 0 };

  const found: Finding[] = [];
  const lost = new Set<string>();
  let position: Position | undefined;
  let next = 0;
  while (next <= row.seq) {
    checking.goOn();
    const page = await readPage(database, folder, next, row.seq, pageSize);
    if (page.count === 0) return { found: [...found, { kind: "log-gap", folder, seq: next }], records: next };
    for (const wire of splitPage(page.bytes)) {
      const reached = await follow(position, wire, folder).catch(() => undefined);
      if (reached === undefined) return { found: [...found, { kind: "log-broken", folder, seq: next }], records: next };
      position = reached;
      if (position.epoch === row.epoch) found.push(...(await entryFindings(checking, position, wire, lost)));
      next++;
    }
  }
  if (position !== undefined && !isEnd(position, row)) found.push({ kind: "log-end", folder, seq: row.seq });
  for (const blob of lost) found.push({ kind: "blob-lost", folder, blob });
  return { found, records: next };
}

async function follow(position: Position | undefined, wire: Bytes, folder: string): Promise<Position> {
  const record = decodeRecord(wire);
  if (position !== undefined) return verifyRecord(verifier, position, record);
  if (record.kind !== "genesis") throw new Error("A log begins with its genesis.");
  return verifyGenesis(verifier, record, folder);
}

function isEnd({ seq, epoch, head, keys }: Position, row: FolderRow): boolean {
  const same = constantTimeEqual(head, new Uint8Array(row.head)) && constantTimeEqual(keys, new Uint8Array(row.keys));
  return same && seq === row.seq && epoch === row.epoch;
}

/** Of a record of the present epoch. `lost`: blobs that were added and are not live; a later entry may have dropped them. */
async function entryFindings(
  { database }: Checking,
  { folderId: folder, seq }: Position,
  wire: Bytes,
  lost: Set<string>,
): Promise<Finding[]> {
  const record = decodeRecord(wire);
  if (record.kind === "spine") return [{ kind: "body-missing", folder, seq }];
  if (record.kind !== "entry") return [];
  const { added, dropped } = decodeClear(record.clear);
  for (const blob of dropped) lost.delete(blob);
  const rows = await blobRows(database, folder, added);
  for (const blob of added) if (rows.get(blob)?.state !== "live") lost.add(blob);
  return [];
}
