/**
 * How shares end: taken back, over with their epoch, expired. What could be opened goes at once; a row stays for a while, so that whoever has the link
 * is told that it was one.
 *
 * @module
 */

import { endedShareDays, shareGuessSeconds, takeHours } from "@keyfold/core/protocol";
import { day, hour, second } from "../clock.ts";
import { changed, inChunks, patiently, transact, type Batch } from "../database/database.ts";
import type { ShareState } from "../database/tables.ts";
import { randomId } from "../folders.ts";
import type { Budget } from "../jobs/collect.ts";
import type { Services } from "../services.ts";

const endedLife = endedShareDays * day;

/** Ends those of the ids that are live. Inside a batch that has written already. Returns how many. */
async function end(batch: Batch, ids: readonly string[], state: Exclude<ShareState, "live">, now: number): Promise<number> {
  let count = 0;
  for (const chunk of inChunks(ids)) {
    const ended = await batch
      .updateTable("share")
      .set({ state, due_at: now + endedLife, kept: new Uint8Array() })
      .where("id", "in", chunk)
      .where("state", "=", "live")
      .executeTakeFirst();
    count += changed(ended);
    await batch.deleteFrom("share_manifest").where("share", "in", chunk).execute();
    await batch.deleteFrom("share_blob").where("share", "in", chunk).execute();
    await batch.deleteFrom("share_take").where("share", "in", chunk).execute();
    await batch.deleteFrom("share_guess").where("share", "in", chunk).execute();
  }
  if (count > 0) await batch.insertInto("erasure").values({ id: randomId(), created_at: now }).execute();
  return count;
}

/** Ends every share of a folder: with its epoch, or with the folder. Inside the batch whose first statement was the folder's row. */
export async function endShares(batch: Batch, folder: string, now: number): Promise<void> {
  const live = await batch.selectFrom("share").select("id").where("folder", "=", folder).where("state", "!=", "revoked").execute();
  const ids = live.map(({ id }) => id);
  await end(batch, ids, "revoked", now);
  // What expired in that epoch is of no interest to the owners of the next one.
  for (const chunk of inChunks(ids)) await batch.updateTable("share").set({ state: "revoked" }).where("id", "in", chunk).execute();
}

/** Takes one back. Idempotent; another folder's stays as it is. True when it was live. */
export async function revokeShare({ database, clock, acts }: Services, folder: string, share: string): Promise<boolean> {
  return transact(database, async (batch) => {
    const mine = await batch
      .updateTable("share")
      .set({ guesses: 0 })
      .where("id", "=", share)
      .where("folder", "=", folder)
      .executeTakeFirst();
    if (changed(mine) === 0) return false;
    const ended = await end(batch, [share], "revoked", clock());
    // One that had expired is not shown to owners any more either.
    await batch.updateTable("share").set({ state: "revoked" }).where("id", "=", share).execute();
    if (ended > 0) await acts.note(batch, folder, { event: "share-revoked", share });
    return ended > 0;
  });
}

/** What `maintain()` does: ends expired shares, and forgets ended ones, old downloads and old guesses. Returns how many expired. */
export async function expireShares({ database, clock }: Services, budget: Budget): Promise<number> {
  const now = clock();
  await patiently(database, () => database.query.deleteFrom("share").where("state", "!=", "live").where("due_at", "<=", now).execute());
  await patiently(database, () =>
    database.query
      .deleteFrom("share_take")
      .where("taken_at", "<=", now - takeHours * hour)
      .execute(),
  );
  await patiently(database, () =>
    database.query
      .deleteFrom("share_guess")
      .where("guessed_at", "<=", now - shareGuessSeconds * second)
      .execute(),
  );
  let count = 0;
  do {
    const due = await patiently(database, () =>
      database.query.selectFrom("share").select("id").where("state", "=", "live").where("due_at", "<=", now).limit(90).execute(),
    );
    if (due.length === 0) return count;
    count += await transact(database, (batch) =>
      end(
        batch,
        due.map(({ id }) => id),
        "expired",
        now,
      ),
    );
  } while (budget());
  return count;
}
