/**
 * The collector: removes the objects of blobs that are being deleted, and then their rows.
 *
 * It never lists a store: it removes every index that the sealed size implies. A day later it does so again, for a request that was under way when the
 * first pass went by; then the row goes.
 *
 * @module
 */

import { partCountOf } from "@keyfold/core/protocol";
import { partKey } from "../blobs/store.ts";
import { day } from "../clock.ts";
import { changed, patiently, transact, type Database } from "../database/database.ts";
import type { BlobRow } from "../database/tables.ts";
import type { Services } from "../services.ts";

/** Objects removed between two looks at the time, and at most that many are removed again after a crash. */
const stride = 512;

/** Between the two passes over a blob. */
const secondPass = day;

/** Whether there is time left. */
export type Budget = () => boolean;

/** Does what is due of the passes over `deleting` blobs. Returns the blobs whose pass was ended. */
export async function collectDeleted(services: Services, budget: Budget): Promise<number> {
  const { database, clock } = services;
  let passes = 0;
  do {
    const due = await patiently(database, () =>
      database.query
        .selectFrom("blob")
        .selectAll()
        .where("state", "=", "deleting")
        .where("due_at", "<=", clock())
        .orderBy("due_at")
        .limit(64)
        .execute(),
    );
    if (due.length === 0) return passes;
    for (const blob of due) {
      if (!(await pass(services, blob, budget))) return passes;
      passes++;
    }
  } while (budget());
  return passes;
}

/** One pass over one blob, from where it was left. False when time ran out inside. */
async function pass(services: Services, blob: BlobRow, budget: Budget): Promise<boolean> {
  const { database, store, clock } = services;
  const count = partCountOf(blob.sealed_size);
  for (let start = blob.cursor; start < count; start += stride) {
    const end = Math.min(count, start + stride);
    // Still as it was read: who slept here must not remove what another has ended.
    if (!(await step(database, blob, { cursor: start }))) return true;
    const keys = Array.from({ length: end - start }, (_, i) => partKey(blob.folder, blob.id, start + i));
    await store.remove(keys);
    if (end === count) break;
    await step(database, blob, { cursor: end });
    if (!budget()) return false;
  }
  if (blob.passes === 0) await step(database, blob, { cursor: 0, passes: 1, due_at: clock() + secondPass });
  else await removeRows(database, blob);
  return true;
}

/** False when the blob is at another pass, or gone. */
async function step(database: Database, blob: BlobRow, to: { cursor: number; passes?: number; due_at?: number }): Promise<boolean> {
  const stepped = await patiently(database, () =>
    database.query
      .updateTable("blob")
      .set(to)
      .where("folder", "=", blob.folder)
      .where("id", "=", blob.id)
      .where("state", "=", "deleting")
      .where("passes", "=", blob.passes)
      .executeTakeFirst(),
  );
  return changed(stepped) === 1;
}

async function removeRows(database: Database, blob: BlobRow): Promise<void> {
  await transact(database, async (batch) => {
    const removed = await batch
      .deleteFrom("blob")
      .where("folder", "=", blob.folder)
      .where("id", "=", blob.id)
      .where("state", "=", "deleting")
      .where("passes", "=", blob.passes)
      .executeTakeFirst();
    if (changed(removed) === 0) return;
    await batch.deleteFrom("damaged_part").where("folder", "=", blob.folder).where("blob", "=", blob.id).execute();
    await batch.deleteFrom("part").where("folder", "=", blob.folder).where("blob", "=", blob.id).execute();
  });
}

/** After an answer: what has just been dropped without grace, or given up, goes now. Should the process end first, `maintain()` does it. */
export function collectSoon(services: Services): void {
  services.background(() => {
    const end = performance.now() + 10_000;
    return collectDeleted(services, () => performance.now() < end);
  });
}
