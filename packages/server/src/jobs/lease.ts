/**
 * One process at a time does a job: a row with a holder and an end.
 *
 * What is done under a lease must be right even when two hold it (a process that slept through its end): it saves work, it guards nothing.
 *
 * @module
 */

import { second } from "../clock.ts";
import { changed, transact, type Database } from "../database/database.ts";
import { randomId } from "../folders.ts";
import type { Services } from "../services.ts";

/** Takes the lease when it is free, over, or already this holder's. */
export async function takeLease(database: Database, name: string, holder: string, now: number, length: number): Promise<boolean> {
  const until_at = now + length;
  return transact(database, async (batch) => {
    const taken = await batch
      .updateTable("lease")
      .set({ holder, until_at })
      .where("name", "=", name)
      .where((where) => where.or([where("until_at", "<=", now), where("holder", "=", holder)]))
      .executeTakeFirst();
    if (changed(taken) > 0) return true;
    const known = await batch.selectFrom("lease").select("holder").where("name", "=", name).executeTakeFirst();
    if (known !== undefined) return false;
    await batch.insertInto("lease").values({ name, holder, until_at }).execute();
    return true;
  }).catch((error: unknown) => {
    if (database.fault(error) === "duplicate") return false; // somebody else made the row
    throw error;
  });
}

export async function giveBackLease(database: Database, name: string, holder: string): Promise<void> {
  await transact(database, (batch) =>
    batch.updateTable("lease").set({ until_at: 0 }).where("name", "=", name).where("holder", "=", holder).execute(),
  );
}

/** Whose a run is, and how long it may take about. */
export interface Tenure {
  /** At most 64 characters. Whoever was cut off and begins again under the same name goes on under its own lease. Default: one that is drawn. */
  readonly holder?: string | undefined;
  readonly budgetMs: number;
}

/** What a run may need beyond its budget, until others take it for dead. */
const leeway = 60 * second;

/** Runs under a lease; undefined where another holds it. */
export async function underLease<Result>(
  { database, clock }: Pick<Services, "database" | "clock">,
  name: string,
  { holder = randomId(), budgetMs }: Tenure,
  run: () => Promise<Result>,
): Promise<Result | undefined> {
  if (!(await takeLease(database, name, holder, clock(), budgetMs + leeway))) return undefined;
  try {
    return await run();
  } finally {
    await giveBackLease(database, name, holder);
  }
}
