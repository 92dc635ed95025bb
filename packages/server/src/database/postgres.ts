/**
 * PostgreSQL through pg, from version 13 on: for several processes over one database.
 *
 * Every answer waits for the server's own `synchronous_commit`. READ COMMITTED, the server's default: a batch's first statement is a guarded write, so that
 * whoever comes second waits, and then sees what the first has done (`database.ts`).
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Client, Pool, types, type ClientConfig, type CustomTypesConfig, type PoolConfig } from "pg";
import { sharedFlush } from "../flush.ts";
import { hasCode, isLostConnection } from "./connection-fault.ts";
import type { Database, Fault } from "./database.ts";
import type { ColumnTypes } from "./migrations.ts";
import { refuseNewer, waiting } from "./migrating.ts";
import { erasedTables, type Tables } from "./tables.ts";

/** What `pg.Pool` takes: `connectionString`, `max` (10), `ssl`, `connectionTimeoutMillis` (5,000), `statement_timeout`, and the rest. */
export interface PostgresOptions extends PoolConfig {
  /**
   * Writes the tables of deleted secrets anew at each erasure (`vacuum full`), which gives their old files back to the file system. They are locked meanwhile:
   * for small installations. Default false: a plain `vacuum`.
   */
  readonly rebuildOnErase?: boolean;
}

/** Milliseconds. A process that was stopped inside a batch must not keep a folder's row from the others for longer. */
const limits = {
  connectionTimeoutMillis: 5_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  statement_timeout: 30_000,
  /** Of the client's own clock: where the network has swallowed the answer. */
  query_timeout: 35_000,
} as const;

/** How long a process waits for another one's migration, milliseconds. */
const migrationWait = 60_000;

/** How long `erase` waits for readers that began before it, milliseconds. */
const readerWait = 1_000;

/** "keyfold", as the number of an advisory lock. */
const migrationLock = "30229394592066660";

export const columnTypes: ColumnTypes = {
  id: sql`text collate "C"`,
  word: sql`text collate "C"`,
  bytes: "bytea",
  body: "bytea",
  integer: "bigint",
  position: (table) => table.addColumn("position", "bigint", (column) => column.generatedByDefaultAsIdentity().primaryKey()),
  keyed: (table) => table,
};

/** A connection that is never used again once it has stopped answering, and whose end between two statements is no fault of the process. */
class WatchedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on("error", () => undefined);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    const watched = (...given: unknown[]): unknown => {
      const result = query(...given);
      if (result instanceof Promise) result.catch((error: unknown) => isUnanswered(error) && void this.end().catch(() => undefined));
      return result;
    };
    this.query = watched as typeof this.query;
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

/** Whole numbers as numbers: everything in the tables is below 2^53. Sums of them are `numeric`. */
const numbers: ReadonlySet<number> = new Set([types.builtins.INT8, types.builtins.NUMERIC]);
const parsers: CustomTypesConfig = {
  getTypeParser: (...[id, format]: Parameters<typeof types.getTypeParser>) => (numbers.has(id) ? Number : types.getTypeParser(id, format)),
};

const busy = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "55P03", // lock_timeout
  "57014", // statement_timeout
  "57P01", // the server is shut down, or an administrator ended the session
  "57P02",
  "57P03", // … is starting
  "57P05", // idle too long
  "25P03", // … inside a transaction
  "25006", // read-only: a standby, after a change of roles
  "53300", // too many connections
]);

const lostMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout)/;

function faultOf(error: unknown): Fault {
  if (error instanceof Error && lostMessages.test(error.message)) return "busy";
  if (hasCode(error, "23505")) return "duplicate";
  if (hasCode(error, "53100")) return "full";
  return hasCode(error, ...busy) || hasCode(error, /^08/) || isLostConnection(error) ? "busy" : "other";
}

/**
 * A database of a PostgreSQL server. Connects at the first use; `migrate()` makes the tables in the first schema of `search_path`.
 *
 * Throws `invalid-argument` where the URL is none.
 *
 * @param options `postgres://user:password@host:5432/database?sslmode=verify-full`, or what `pg.Pool` takes.
 */
export function postgres(options: string | PostgresOptions): Database {
  const { rebuildOnErase = false, ...given } = typeof options === "string" ? { connectionString: options } : options;
  let pool: Pool;
  try {
    pool = new Pool({ application_name: "keyfold", keepAlive: true, ...limits, ...given, Client: WatchedClient, types: parsers });
  } catch {
    throw new KeyfoldError("invalid-argument", "The database's URL cannot be read."); // without its cause, which names the password
  }
  pool.on("error", () => undefined); // a connection that nobody was using has ended
  const query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

  // A transaction that writes a record to the log, of no content, and commits it as any other: which puts all of the log before it on the disk.
  // (That a number was drawn would not do: a commit that has logged nothing does not wait.)
  const flush = sharedFlush(async () => {
    await sql`select pg_logical_emit_message(true, 'keyfold', '')`.execute(query);
  });

  return {
    name: "postgres",
    query,
    fault: faultOf,
    flush,

    // "Asynchronous Commit" in the manual: what may be lost is the end of the log, and never what comes before something that was kept.
    async light(batch) {
      return query.transaction().execute(async (transaction) => {
        await sql`set local synchronous_commit = off`.execute(transaction);
        return batch(transaction);
      });
    },

    // One transaction for all versions. The lock is the transaction's, so that it holds through a pooler as well.
    async migrate() {
      await query.transaction().execute(async (transaction) => {
        await sql.raw(`set local lock_timeout = ${migrationWait}`).execute(transaction);
        await sql.raw(`set local statement_timeout = 0`).execute(transaction);
        await sql.raw(`select pg_advisory_xact_lock(${migrationLock})`).execute(transaction);
        await sql`create table if not exists schema_version (version bigint primary key)`.execute(transaction);
        const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(transaction);
        const known = rows.map(({ version }) => version);
        refuseNewer(known);
        for (const migration of waiting(known)) {
          await migration.up(transaction as unknown as Kysely<unknown>, columnTypes);
          await sql`insert into schema_version (version) values (${migration.version})`.execute(transaction);
        }
      });
    },

    filled: (bytes) => new Uint8Array(bytes),

    pool: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),

    async erase() {
      const isClear = await readersAreGone(query);
      for (const table of erasedTables) await sql.raw(`vacuum ${rebuildOnErase ? "(full) " : ""}"${table}"`).execute(query);
      return isClear;
    },

    async close() {
      await query.destroy();
      if (!pool.ending) await pool.end();
    },
  };
}

/**
 * Whether a vacuum can take out all that was deleted before: no snapshot is older. Waits a second for the short ones. Snapshots of other users are hidden
 * from those who are not in `pg_read_all_stats`.
 */
async function readersAreGone(query: Kysely<Tables>): Promise<boolean> {
  const { rows: marks } = await sql<{ mark: string }>`select pg_current_xact_id()::xid::text as mark`.execute(query);
  const mark = marks[0]!.mark;
  const end = performance.now() + readerWait;
  for (;;) {
    const { rows } = await sql<{ older: number }>`
      select count(*) as older from (
        select backend_xmin as oldest from pg_stat_activity where pid <> pg_backend_pid()
        union all select xmin from pg_replication_slots
        union all select transaction from pg_prepared_xacts
      ) as readers where age(oldest) > age(${mark}::xid)`.execute(query);
    if (rows[0]?.older === 0) return true;
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
