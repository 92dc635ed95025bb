/**
 * The life of a blob: `open → live → dropped → deleting → gone`, each step one conditional update.
 *
 * A folder's row is written before its blobs' states change, so that two such batches on one folder follow one another on every database.
 * `used` counts what is open, held or live.
 *
 * @module
 */

import { day, hour } from "../clock.ts";
import { droppedDays, openDays, unwrittenHours } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { changed, inChunks, patiently, type Batch, type Database } from "../database/database.ts";
import type { BlobRow } from "../database/tables.ts";
import { Refusal } from "../refusal.ts";

export const openLife = openDays * day;
export const droppedLife = droppedDays * day;
export const unwrittenLife = unwrittenHours * hour;

/** Thrown inside an append's batch when an added blob cannot become live; the batch is rolled back, `whyNotLive` tells the reason. */
export class NotAllLive extends Error {}

/**
 * Moves what an entry adds and drops. Inside the batch whose first statement was the folder's row.
 *
 * What it drops is kept for the days of grace; but what `reseal` drops is deleted at once (format, section 4): the owner says which those are (`atOnce`), and
 * a blob that came in an earlier epoch was exposed by the rekey since, whatever is said. Returns whether there is anything to delete now.
 *
 * Throws `NotAllLive`.
 */
export async function moveBlobs(
  batch: Batch,
  place: { folder: string; epoch: number },
  lists: { added: readonly string[]; dropped: readonly string[]; atOnce?: ReadonlySet<string> },
  now: number,
): Promise<boolean> {
  const { folder, epoch } = place;
  let added = 0;
  for (const ids of inChunks(lists.added)) {
    added += changed(
      await batch
        .updateTable("blob")
        .set({ state: "live", added_epoch: epoch, due_at: null })
        .where("folder", "=", folder)
        .where("id", "in", ids)
        .where("state", "in", ["open", "held"])
        .where("missing", "=", 0)
        .executeTakeFirst(),
    );
  }
  if (added !== lists.added.length) throw new NotAllLive();

  let freed = 0;
  let exposed = 0;
  for (const ids of inChunks(lists.dropped)) {
    const live = await batch
      .selectFrom("blob")
      .select(["id", "sealed_size", "added_epoch"])
      .where("folder", "=", folder)
      .where("id", "in", ids)
      .where("state", "=", "live")
      .execute();
    const goes = (blob: { id: string; added_epoch: number | null }): boolean =>
      blob.added_epoch !== epoch || lists.atOnce?.has(blob.id) === true;
    const kept = live.filter((blob) => !goes(blob)).map(({ id }) => id);
    const deleted = live.filter(goes).map(({ id }) => id);
    if (kept.length > 0) {
      await batch
        .updateTable("blob")
        .set({ state: "dropped", due_at: now + droppedLife })
        .where("folder", "=", folder)
        .where("id", "in", kept)
        .execute();
    }
    if (deleted.length > 0) {
      await batch
        .updateTable("blob")
        .set({ state: "deleting", due_at: now, passes: 0, cursor: 0 })
        .where("folder", "=", folder)
        .where("id", "in", deleted)
        .execute();
    }
    exposed += deleted.length;
    freed += live.reduce((sum, blob) => sum + blob.sealed_size, 0);
  }
  if (freed > 0) await release(batch, folder, freed);
  return exposed > 0;
}

/** Sealed bytes of some blobs. */
export async function sizeOf(batch: Batch, folder: string, ids: readonly string[]): Promise<number> {
  let size = 0;
  for (const chunk of inChunks(ids)) {
    const rows = await batch.selectFrom("blob").select("sealed_size").where("folder", "=", folder).where("id", "in", chunk).execute();
    size += rows.reduce((sum, row) => sum + row.sealed_size, 0);
  }
  return size;
}

/** Gives room back. Also a batch's first statement: it takes the folder's row. */
export async function release(batch: Batch, folder: string, bytes: number): Promise<void> {
  await batch
    .updateTable("folder")
    .set({ used: sql<number>`used - ${bytes}` })
    .where("id", "=", folder)
    .execute();
}

/** What kept blobs from becoming live: they were added before, or they are not complete or not this folder's. */
export async function whyNotLive(database: Database, folder: string, added: readonly string[]): Promise<Refusal> {
  const rows = await blobRows(database, folder, added);
  const spent = added.filter((id) => {
    const row = rows.get(id);
    return row !== undefined && (row.added_epoch !== null || row.state === "live" || row.state === "dropped");
  });
  if (spent.length > 0) return new Refusal("blob-spent", { members: { blobs: spent } });
  const missing = added.filter((id) => {
    const row = rows.get(id);
    return row === undefined || row.missing > 0 || (row.state !== "open" && row.state !== "held");
  });
  return new Refusal("blob-missing", { members: { blobs: missing } });
}

/** The rows of some blobs, by id. */
export async function blobRows(database: Database, folder: string, ids: readonly string[]): Promise<Map<string, BlobRow>> {
  const rows = new Map<string, BlobRow>();
  for (const chunk of inChunks([...new Set(ids)])) {
    const found = await patiently(database, () =>
      database.query.selectFrom("blob").selectAll().where("folder", "=", folder).where("id", "in", chunk).execute(),
    );
    for (const row of found) rows.set(row.id, row);
  }
  return rows;
}

/**
 * Gives up blobs that are still open (and, with `expiredBy`, whose time is over). Others among them stay as they are.
 * Returns how many were given up.
 */
export async function giveUp(batch: Batch, folder: string, ids: readonly string[], now: number, expiredBy?: number): Promise<number> {
  // The folder's row first: an append that makes one of them live has committed before, or waits.
  await release(batch, folder, 0);
  let count = 0;
  for (const chunk of inChunks(ids)) {
    let open = batch
      .selectFrom("blob")
      .select(["id", "sealed_size"])
      .where("folder", "=", folder)
      .where("id", "in", chunk)
      .where("state", "=", "open");
    if (expiredBy !== undefined) open = open.where("due_at", "<=", expiredBy);
    const rows = await open.execute();
    if (rows.length === 0) continue;
    await batch
      .updateTable("blob")
      .set({ state: "deleting", due_at: now, passes: 0, cursor: 0 })
      .where("folder", "=", folder)
      .where(
        "id",
        "in",
        rows.map(({ id }) => id),
      )
      .where("state", "=", "open")
      .execute();
    await release(
      batch,
      folder,
      rows.reduce((sum, row) => sum + row.sealed_size, 0),
    );
    count += rows.length;
  }
  return count;
}
