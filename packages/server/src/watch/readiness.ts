/**
 * Whether this process can serve: its tables are up to date, its database and its store answer, and it is not ending.
 *
 * @module
 */

import type { BlobStore } from "../blobs/store.ts";
import type { Database } from "../database/database.ts";

export type Check = "ok" | "failed" | "slow";

export interface Readiness {
  readonly ready: boolean;
  readonly database: Check;
  readonly store: Check;
  readonly ending: boolean;
}

export interface ReadinessPorts {
  readonly database: Database;
  readonly store: BlobStore;
  /** Resolves once the tables are up to date. */
  readonly migrated: () => Promise<void>;
  readonly draining: () => boolean;
  /** Milliseconds until a check counts as slow. Default 2,000. */
  readonly patience?: number;
}

/** How long an answer is given again, milliseconds: whoever asks often does no harm. */
const keptFor = 1000;

/** Where nothing lies: a store that says so answers. Neither a part nor a logo has such a key. */
export const probeKey = "ready:00:00000000:0";

/** Asks; many at once ask together. */
export function readinessOf({ database, store, migrated, draining, patience = 2000 }: ReadinessPorts): () => Promise<Readiness> {
  let asked: { readonly at: number; readonly checks: Promise<readonly [Check, Check]> } | undefined;
  const look = (): Promise<readonly [Check, Check]> =>
    Promise.all([
      checked(patience, async () => {
        await migrated();
        await database.query.selectFrom("lease").select("name").limit(1).execute();
      }),
      checked(patience, () => store.get(probeKey)),
    ]);
  return async () => {
    if (asked === undefined || performance.now() - asked.at > keptFor) asked = { at: performance.now(), checks: look() };
    const [databaseCheck, storeCheck] = await asked.checks;
    const ending = draining();
    return { ready: databaseCheck === "ok" && storeCheck === "ok" && !ending, database: databaseCheck, store: storeCheck, ending };
  };
}

async function checked(patience: number, check: () => Promise<unknown>): Promise<Check> {
  const { promise, resolve } = Promise.withResolvers<Check>();
  const timer = setTimeout(() => resolve("slow"), patience);
  try {
    return await Promise.race([check().then(() => "ok" as const), promise]);
  } catch {
    return "failed";
  } finally {
    clearTimeout(timer);
  }
}
