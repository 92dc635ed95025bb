/**
 * A folder's deletion as a whole.
 *
 * One transaction takes the folder's row away, and with it everything that needs the row: sessions, appends, uploads, links. From then on the folder is
 * `gone` for everybody, which its tombstone remembers for good, as do the ids of its keys (no other folder may begin with them). What remains is taken
 * out step by step, by whoever comes by: records, sealed bodies, and the blobs, which go the way of every other blob that is deleted.
 *
 * @module
 */

import type { Bytes } from "@keyfold/core/protocol";
import { forgetAudit } from "./audit/writing.ts";
import { changed, patiently, transact, type Batch, type Database } from "./database/database.ts";
import { existingFolder, randomId } from "./folders.ts";
import { collectDeleted, type Budget } from "./jobs/collect.ts";
import { erase } from "./jobs/erase.ts";
import { Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";
import { forgetSubjects } from "./subjects/folders.ts";
import { endShares } from "./shares/ending.ts";

/** Records, and blobs, taken out in one transaction. */
const stride = 90;

/** Milliseconds after an answer that go into taking out; the rest `maintain()` does. */
const background = 10_000;

/**
 * Deletes a folder for its owner, who says what it is at: `head`, after the last record that they have seen. So nobody deletes what they do not know of.
 *
 * Throws `conflict` when the log has grown, `gone` when it was deleted before.
 */
export async function deleteFolder(services: Services, folder: string, head: Bytes): Promise<void> {
  if (!(await markRemoved(services, folder, head))) {
    await existingFolder(services.database, folder);
    throw new Refusal("conflict");
  }
  removeSoon(services);
}

/** Deletes a folder for the host. Idempotent; false when there is none. */
export async function removeFolder(services: Services, folder: string): Promise<boolean> {
  const removed = await markRemoved(services, folder);
  if (removed) removeSoon(services);
  return removed;
}

/** The first step, after which the folder is gone. False when it is not there, or not at `head`. */
export async function markRemoved({ database, clock }: Pick<Services, "database" | "clock">, id: string, head?: Bytes): Promise<boolean> {
  return transact(database, async (batch) => {
    let row = batch.deleteFrom("folder").where("id", "=", id);
    if (head !== undefined) row = row.where("head", "=", head);
    if (changed(await row.executeTakeFirst()) === 0) return false;
    const now = clock();
    await batch.insertInto("removed_folder").values({ folder: id, removed_at: now, pending: 1 }).execute();
    await batch.deleteFrom("published_key").where("folder", "=", id).execute();
    await forgetBeside(batch, id);
    await endShares(batch, id, now);
    await batch.insertInto("erasure").values({ id: randomId(), created_at: now }).execute();
    return true;
  });
}

/** What hangs on a folder besides its log and its blobs. */
async function forgetBeside(batch: Batch, folder: string): Promise<void> {
  await batch.deleteFrom("pairing").where("folder", "=", folder).execute();
  await batch.deleteFrom("turn").where("folder", "=", folder).execute();
  await forgetSubjects(batch, folder);
  await forgetAudit(batch, folder);
}

function removeSoon(services: Services): void {
  services.background(async () => {
    const end = performance.now() + background;
    const budget: Budget = () => performance.now() < end;
    await finishRemovals(services, budget);
    await erase(services);
    await collectDeleted(services, budget);
  });
}

/** Takes out what deleted folders left. Returns the folders of which nothing but blobs that are being deleted is left. */
export async function finishRemovals(services: Pick<Services, "database" | "clock">, budget: Budget): Promise<number> {
  const { database } = services;
  let count = 0;
  do {
    const waiting = await patiently(database, () =>
      database.query.selectFrom("removed_folder").select("folder").where("pending", "=", 1).limit(stride).execute(),
    );
    if (waiting.length === 0) return count;
    for (const { folder } of waiting) {
      if (!(await takeOut(services, folder, budget))) return count;
      count++;
    }
  } while (budget());
  return count;
}

/** False when time ran out; something was done all the same. */
async function takeOut({ database, clock }: Pick<Services, "database" | "clock">, folder: string, budget: Budget): Promise<boolean> {
  for (const step of [giveBlobsUp, dropBodies, dropRecords]) {
    while (await step(database, folder, clock())) if (!budget()) return false;
  }
  await transact(database, async (batch) => {
    await batch.updateTable("removed_folder").set({ pending: 0 }).where("folder", "=", folder).execute();
    await forgetBeside(batch, folder); // one that began while the folder went
    await batch.insertInto("erasure").values({ id: randomId(), created_at: clock() }).execute();
  });
  return true;
}

/** Each of these does a little, and says whether there was anything to do. */
type Step = (database: Database, folder: string, now: number) => Promise<boolean>;

const giveBlobsUp: Step = async (database, folder, now) => {
  const rows = await patiently(database, () =>
    database.query.selectFrom("blob").select("id").where("folder", "=", folder).where("state", "!=", "deleting").limit(stride).execute(),
  );
  if (rows.length === 0) return false;
  const ids = rows.map(({ id }) => id);
  await patiently(database, () =>
    database.query
      .updateTable("blob")
      .set({ state: "deleting", due_at: now, passes: 0, cursor: 0 })
      .where("folder", "=", folder)
      .where("id", "in", ids)
      .where("state", "!=", "deleting")
      .execute(),
  );
  return true;
};

function dropFrom(table: "sealed_body" | "log_record"): Step {
  return async (database, folder) => {
    const rows = await patiently(database, () =>
      database.query.selectFrom(table).select("seq").where("folder", "=", folder).orderBy("seq").limit(stride).execute(),
    );
    const last = rows.at(-1);
    if (last === undefined) return false;
    await patiently(database, () => database.query.deleteFrom(table).where("folder", "=", folder).where("seq", "<=", last.seq).execute());
    return true;
  };
}

const dropBodies = dropFrom("sealed_body");
const dropRecords = dropFrom("log_record");
