/**
 * The port that everything above SQL is written against; one file a database implements it (`sqlite.ts`).
 *
 * Rules for whoever writes a batch: read and verify outside; the first statement of a transaction is a write that is guarded by what was read;
 * nothing inside awaits anything but the database. So a batch can be repeated, and SQLite's deferred transactions never have to upgrade a lock.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** What an error of the driver means. */
export type Fault =
  /** Locked by another process, a deadlock, a serialization failure: the same batch may succeed when repeated. */
  | "busy"
  /** No room on the disk. */
  | "full"
  /** A primary key or a unique column has the value already. */
  | "duplicate"
  | "other";

export interface Database {
  readonly name: "sqlite" | "postgres" | "mysql";
  readonly query: Kysely<Tables>;
  /** Brings the tables to this release's version, under a lock that holds across processes. Idempotent. */
  migrate(): Promise<void>;
  fault(error: unknown): Fault;
  /**
   * A batch that is seen by all once it is committed, and survives the end of the process, but need not survive a loss of power until a later
   * batch has been committed by `query`. Saves waiting for the disk.
   */
  light<Result>(batch: (transaction: Batch) => Promise<Result>): Promise<Result>;
  /** Resolves when every light batch that was committed before this call survives a loss of power, too. Does not hold the process up meanwhile. */
  flush(): Promise<void>;
  /**
   * Zeros after `bytes`, so that a row of `sealed_body` or `published_key` shares no page with another: where pages are rebuilt, copies of
   * neighbours may stay behind in unused space, out of reach of any later deletion.
   */
  filled(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Takes what was deleted out of the database's files. False when it cannot be done now (another process is reading). */
  erase(): Promise<boolean>;
  /** Where there is a pool: its connections, those that are idle, and requests that wait for one. */
  pool?(): { readonly open: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

export type Batch = Transaction<Tables>;

/** What a count or a sum comes as: PostgreSQL's are wider than a number. */
export type Sum = number | string | bigint;

/** Ids in one `in (…)`. */
export const idsPerQuery = 90;

/** How long a batch that finds the database busy is repeated, milliseconds. */
const patience = 5_000;

/** What waits for a batch to be committed. */
const afterwards = new WeakMap<Batch, (() => void)[]>();

/** Calls `then` once the batch is committed, and never where it is not. */
export function afterCommit(batch: Batch, then: () => void): void {
  const waiting = afterwards.get(batch);
  if (waiting === undefined) afterwards.set(batch, [then]);
  else waiting.push(then);
}

/**
 * Runs a batch; repeats it while the database is busy.
 *
 * Throws `busy` after five seconds, `storage-full` when there is no room, and what the batch throws.
 */
export async function transact<Result>(database: Database, batch: (transaction: Batch) => Promise<Result>): Promise<Result> {
  return committing(database, batch, (run) => database.query.transaction().execute(run));
}

/** The same for a batch whose loss with the power does no harm (`Database.light`). */
export async function transactLightly<Result>(database: Database, batch: (transaction: Batch) => Promise<Result>): Promise<Result> {
  return committing(database, batch, (run) => database.light(run));
}

async function committing<Result>(
  database: Database,
  batch: (transaction: Batch) => Promise<Result>,
  execute: (run: (transaction: Batch) => Promise<Result>) => Promise<Result>,
): Promise<Result> {
  let committed: Batch | undefined;
  const result = await patiently(database, () =>
    execute((transaction) => {
      committed = transaction;
      return batch(transaction);
    }),
  );
  for (const then of (committed && afterwards.get(committed)) ?? []) then();
  return result;
}

/** Runs one statement (or reads) with the same patience as a batch, or with so many milliseconds of it. */
export async function patiently<Result>(database: Database, run: () => Promise<Result>, milliseconds = patience): Promise<Result> {
  const end = performance.now() + milliseconds;
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const fault = database.fault(error);
      if (fault === "full") throw new KeyfoldError("storage-full", "The database's disk is full.", { cause: error });
      if (fault !== "busy") throw error;
      if (performance.now() >= end) throw new KeyfoldError("busy", "The database is busy.", { cause: error });
      const wait = Math.min(250, 5 * 2 ** attempt) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** A list in pieces of 90: what all databases take as parameters of one statement. */
export function* inChunks<Item>(items: readonly Item[]): Generator<readonly Item[], void, void> {
  for (let start = 0; start < items.length; start += idsPerQuery) yield items.slice(start, start + idsPerQuery);
}

/** Rows that an update or a deletion changed. */
export function changed(result: { numUpdatedRows?: bigint; numDeletedRows?: bigint } | undefined): number {
  return Number(result?.numUpdatedRows ?? result?.numDeletedRows ?? 0n);
}
