/**
 * Records of a log as they go over the wire.
 *
 * @module
 */

import { joinPage, type Bytes } from "@keyfold/core/protocol";
import { patiently, type Batch, type Database } from "../database/database.ts";
import type { LogRecordTable } from "../database/tables.ts";

export interface Page {
  readonly bytes: Bytes;
  readonly count: number;
}

/** Records whose sizes are looked at for one page: more than 4 MiB of the smallest there are. */
const window = 20_000;

/** Whole records from `from` to `last` (both in it), at most `most` bytes, at least one if there is one. */
export async function readPage(database: Database, folder: string, from: number, last: number, most: number): Promise<Page> {
  const sizes = await patiently(database, () =>
    database.query
      .selectFrom("log_record")
      .select(["seq", "size"])
      .where("folder", "=", folder)
      .where("seq", ">=", from)
      .where("seq", "<=", last)
      .orderBy("seq")
      .limit(window)
      .execute(),
  );
  let total = 0;
  let end = from;
  for (const { seq, size } of sizes) {
    if (total > 0 && total + size > most) break;
    total += size;
    end = seq + 1;
  }
  if (end === from) return { bytes: new Uint8Array(), count: 0 };
  // One statement: a rekey that commits meanwhile is seen wholly or not at all. It makes records smaller, never larger.
  const rows = await patiently(database, () =>
    database.query
      .selectFrom("log_record as record")
      .leftJoin("sealed_body as body", (join) => join.onRef("body.folder", "=", "record.folder").onRef("body.seq", "=", "record.seq"))
      .select(["record.kind as kind", "record.size as size", "record.wire as wire", "body.bytes as body"])
      .where("record.folder", "=", folder)
      .where("record.seq", ">=", from)
      .where("record.seq", "<", end)
      .orderBy("record.seq")
      .execute(),
  );
  return { bytes: joinPage(rows.map(onTheWire)), count: rows.length };
}

function onTheWire({ kind, size, wire, body }: { kind: number; size: number; wire: Uint8Array; body: Uint8Array | null }): Uint8Array {
  // A body is filled up with zeros; `size` counts the length before the record too.
  return kind === 1 && body !== null ? body.subarray(0, size - 4) : wire;
}

/** Makes a row of `log_record` and, for an entry, of `sealed_body`. `wire` is kind and body; `spine` what will be left of an entry. */
export async function insertRecord(
  database: Database,
  batch: Batch,
  record: { folder: string; seq: number; wire: Bytes; spine?: Bytes },
): Promise<void> {
  const { folder, seq, wire, spine } = record;
  const row: LogRecordTable = { folder, seq, kind: wire[0]!, size: wire.length + 4, wire: spine ?? wire };
  await batch.insertInto("log_record").values(row).execute();
  if (spine !== undefined) {
    await batch
      .insertInto("sealed_body")
      .values({ folder, seq, bytes: database.filled(wire) })
      .execute();
  }
}

/** Length of a spine on the wire, the length before it included. */
const spineSize = 4 + 1 + 32 + 32 + 64;

/** Replaces the entries before `seq` by their spines. What could be decrypted is deleted; `erase` takes it out of the files. */
export async function forgetBodies(batch: Batch, folder: string, seq: number): Promise<void> {
  await batch
    .updateTable("log_record")
    .set({ kind: 3, size: spineSize })
    .where("folder", "=", folder)
    .where("seq", "<", seq)
    .where("kind", "=", 1)
    .execute();
  await batch.deleteFrom("sealed_body").where("folder", "=", folder).where("seq", "<", seq).execute();
}
