/**
 * What has to be done from time to time: expiry, deletion, erasure, recount, scrub. Idempotent, in small steps, under a lease.
 *
 * The lease saves work and guards nothing: each step is one conditional update on the state that it was decided by. A process that sleeps through its
 * lease and goes on finds its steps done, and changes nothing.
 *
 * `serve()` runs it on a timer; elsewhere a cron job or a queue calls `app.maintain()`.
 *
 * @module
 */

import { giveUp, release, unwrittenLife } from "../blobs/life.ts";
import { expireAudit, forgetAudit } from "../audit/writing.ts";
import { second } from "../clock.ts";
import { changed, patiently, transact, type Batch, type Database } from "../database/database.ts";
import { randomId } from "../folders.ts";
import { forgetCounts } from "../limits/rate-store.ts";
import { forgetPairings } from "../pairings.ts";
import { finishRemovals } from "../removal.ts";
import type { Services } from "../services.ts";
import { endShares, expireShares } from "../shares/ending.ts";
import { forgetSubjects } from "../subjects/folders.ts";
import { forgetDeadLetters } from "../webhooks/dead-letters.ts";
import { collectDeleted, type Budget } from "./collect.ts";
import { erase } from "./erase.ts";
import { underLease } from "./lease.ts";
import { recount } from "./recount.ts";
import { scrubAlone, unscrubbed, type ScrubReport } from "./scrub.ts";

export interface MaintainOptions {
  /** Milliseconds to spend, about. Default 10,000. What is not done then is done the next time; something of each job is done every time. */
  readonly budgetMs?: number;
  /** Whether stored parts are looked at, too. Default true; false where something else calls `scrub()`. */
  readonly scrub?: boolean;
  /** Whose run this is, in at most 64 characters: one that was cut off, and is begun again under the same name, need not wait for its own lease to end. */
  readonly holder?: string;
}

/** How much was done; all zero when another process is at it. */
export interface MaintainReport {
  /** Blobs that were never added in time. */
  readonly expired: number;
  /** Dropped blobs whose days of grace are over. */
  readonly released: number;
  /** Passes over blobs that are being deleted. */
  readonly deleted: number;
  /** Open folders that were never written to, and folders of whose deletion the last step but that of their blobs was done. */
  readonly folders: number;
  /** Shares whose time is over. */
  readonly shares: number;
  /** Whether what was deleted is out of the database's files. */
  readonly erased: boolean;
  /** Folders whose figure of used bytes was put right. */
  readonly recounted: number;
  /** Stored parts that were compared with their hashes. */
  readonly scrubbed: ScrubReport;
}

const nothing: MaintainReport = {
  expired: 0,
  released: 0,
  deleted: 0,
  folders: 0,
  shares: 0,
  erased: true,
  recounted: 0,
  scrubbed: unscrubbed,
};

/** A turn that nobody came back for. */
const turnAge = 60 * second;

export async function maintain(services: Services, options: MaintainOptions = {}): Promise<MaintainReport> {
  const { budgetMs = 10_000, holder } = options;
  const end = performance.now() + budgetMs;
  const budget: Budget = () => performance.now() < end;
  const report = await underLease(services, "maintain", { holder, budgetMs }, async () => {
    const erased = await erase(services);
    await forgetNonces(services);
    await forgetPairings(services);
    await forgetCounts(services.database, services.clock());
    const expired = await expireOpen(services, budget);
    const released = await endGrace(services, budget);
    const removed = await finishRemovals(services, budget);
    const deleted = await collectDeleted(services, budget);
    const folders = removed + (await removeUnwritten(services, budget));
    const shares = await expireShares(services, budget);
    await expireAudit(services.database, services.acts.audit, services.clock());
    await forgetDeadLetters(services);
    const recounted = await recount(services, budget);
    const scrubbed = options.scrub === false ? unscrubbed : await scrubAlone(services, budget, { holder, budgetMs });
    return { expired, released, deleted, folders, shares, erased: (await erase(services)) && erased, recounted, scrubbed };
  });
  return report ?? nothing;
}

async function forgetNonces({ database, clock }: Services): Promise<void> {
  await patiently(database, () => database.query.deleteFrom("used_nonce").where("expires_at", "<", clock()).execute());
  await patiently(database, () =>
    database.query
      .deleteFrom("turn")
      .where("created_at", "<", clock() - turnAge)
      .execute(),
  );
}

/** Blobs of a state whose time has come, the longest due first, as many as one list of ids takes. */
function dueBlobs(database: Database, state: "open" | "dropped", now: number): Promise<{ folder: string; id: string }[]> {
  return patiently(database, () =>
    database.query
      .selectFrom("blob")
      .select(["folder", "id"])
      .where("state", "=", state)
      .where("due_at", "<=", now)
      .orderBy("due_at")
      .limit(90)
      .execute(),
  );
}

async function expireOpen({ database, clock }: Services, budget: Budget): Promise<number> {
  let count = 0;
  do {
    const now = clock();
    const due = await dueBlobs(database, "open", now);
    if (due.length === 0) return count;
    for (const [folder, blobs] of Map.groupBy(due, (row) => row.folder)) {
      count += await transact(database, (batch) =>
        giveUp(
          batch,
          folder,
          blobs.map(({ id }) => id),
          now,
          now,
        ),
      );
    }
  } while (budget());
  return count;
}

async function endGrace({ database, clock }: Services, budget: Budget): Promise<number> {
  let count = 0;
  do {
    const now = clock();
    const due = await dueBlobs(database, "dropped", now);
    if (due.length === 0) return count;
    for (const [folder, blobs] of Map.groupBy(due, (row) => row.folder)) {
      const ended = await patiently(database, () =>
        database.query
          .updateTable("blob")
          .set({ state: "deleting", due_at: now, passes: 0, cursor: 0 })
          .where("folder", "=", folder)
          .where(
            "id",
            "in",
            blobs.map(({ id }) => id),
          )
          .where("state", "=", "dropped")
          .where("due_at", "<=", now)
          .executeTakeFirst(),
      );
      count += changed(ended);
    }
  } while (budget());
  return count;
}

/** Open folders without an entry and without a blob, a day after they were made. */
async function removeUnwritten({ database, clock }: Services, budget: Budget): Promise<number> {
  let count = 0;
  do {
    const before = clock() - unwrittenLife;
    const unwritten = await patiently(database, () =>
      database.query
        .selectFrom("folder")
        .select("id")
        .where("seq", "=", 0)
        .where("mode", "=", 0)
        .where("created_at", "<=", before)
        .where((where) => where.not(where.exists(where.selectFrom("blob").select("blob.id").whereRef("blob.folder", "=", "folder.id"))))
        .limit(90)
        .execute(),
    );
    if (unwritten.length === 0) return count;
    let removed = 0;
    for (const { id } of unwritten) removed += await transact(database, (batch) => removeFolder(batch, id, clock()));
    if (removed === 0) return count; // all of them were written to meanwhile
    count += removed;
  } while (budget());
  return count;
}

async function removeFolder(batch: Batch, id: string, now: number): Promise<number> {
  // The folder's row first: a blob that is being created has been by the time the next statement looks, or waits and finds no folder.
  await release(batch, id, 0);
  const removed = await batch
    .deleteFrom("folder")
    .where("id", "=", id)
    .where("seq", "=", 0)
    .where((where) => where.not(where.exists(where.selectFrom("blob").select("blob.id").where("blob.folder", "=", id))))
    .executeTakeFirst();
  if (changed(removed) === 0) return 0;
  await batch.deleteFrom("folder_key").where("folder", "=", id).execute();
  await batch.deleteFrom("log_record").where("folder", "=", id).execute();
  await batch.deleteFrom("published_key").where("folder", "=", id).execute();
  await endShares(batch, id, now);
  await forgetSubjects(batch, id);
  await batch.deleteFrom("turn").where("folder", "=", id).execute();
  await forgetAudit(batch, id);
  await batch.insertInto("erasure").values({ id: randomId(), created_at: now }).execute();
  return 1;
}
