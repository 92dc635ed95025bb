/**
 * MySQL 8 and MariaDB 10.6 through mysql2: for several processes over one database.
 *
 * READ COMMITTED, so that a batch sees what was committed while it waited for its first, guarded write, and gaps between rows are not locked. Updates are
 * counted by the rows they find, whether or not these change.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { KeyfoldError } from "@keyfold/core/protocol";
import { Kysely, MysqlDialect, sql } from "kysely";
import mysql2, { type Pool, type PoolOptions } from "mysql2";
import type { Database } from "./database.ts";
import { refuseNewer, waiting } from "./migrating.ts";
import type { ColumnTypes } from "./migrations.ts";
import { mysqlFault } from "./mysql-fault.ts";
import { preparedPool } from "./mysql-pool.ts";
import { erasedTables, type Tables } from "./tables.ts";

/** What `mysql2.createPool` takes: `uri`, `connectionLimit` (10), `ssl`, `connectTimeout` (5,000), and the rest. */
export interface MysqlOptions extends PoolOptions {
  /**
   * Writes the tables of deleted secrets anew at each erasure (`optimize table`), which gives their old files back to the file system: for small installations.
   * Default false: the server's own purge takes deleted rows out.
   */
  readonly rebuildOnErase?: boolean;
}

/** How long a process waits for another one's migration, seconds. */
const migrationWait = 60;

/** One idempotent statement has been run before: table, column or index is there, or is gone. */
const doneBefore = new Set([1050, 1051, 1060, 1061, 1091]);

export const columnTypes: ColumnTypes = {
  id: sql`char(32) character set ascii collate ascii_bin`,
  word: sql`varchar(64) character set ascii collate ascii_bin`,
  bytes: sql`varbinary(512)`,
  body: sql`mediumblob`,
  integer: "bigint",
  position: (table) => table.addColumn("position", "bigint", (column) => column.autoIncrement().primaryKey()),
  keyed: (table) => table,
};

/**
 * A database of a MySQL or MariaDB server. Connects at the first use.
 *
 * Throws `invalid-argument` where the URL is none.
 *
 * @param options `mysql://user:password@host:3306/database`, or what `mysql2.createPool` takes.
 */
export function mysql(options: string | MysqlOptions): Database {
  const { rebuildOnErase = false, ...given } = typeof options === "string" ? { uri: options } : options;
  const connectionLimit = given.connectionLimit ?? 10;
  let pool: Pool;
  try {
    pool = mysql2.createPool({
      connectTimeout: 5_000,
      // Below the session's own `wait_timeout`.
      idleTimeout: 20_000,
      maxIdle: Math.max(1, connectionLimit - 1),
      maxPreparedStatements: 256,
      ...given,
      connectionLimit,
      charset: "utf8mb4",
      flags: ["FOUND_ROWS"],
      multipleStatements: false,
      supportBigNumbers: true,
      bigNumberStrings: false,
      decimalNumbers: true,
    });
  } catch {
    throw new KeyfoldError("invalid-argument", "The database's URL cannot be read."); // without its cause, which may name the password
  }
  const query = new Kysely<Tables>({ dialect: new MysqlDialect({ pool: preparedPool(pool) }) });

  return {
    name: "mysql",
    query,
    fault: mysqlFault,

    // How a commit is flushed is a setting of the whole server (`innodb_flush_log_at_trx_commit`): there is no lighter one.
    light: (batch) => query.transaction().execute(batch),
    flush: async () => undefined,

    migrate: () => migrate(pool),

    filled: (bytes) => new Uint8Array(bytes),

    async erase() {
      if (rebuildOnErase) await sql.raw(`optimize local table ${erasedTables.map((table) => `\`${table}\``).join(", ")}`).execute(query);
      return true;
    },

    async close() {
      await query.destroy();
    },
  };
}

/**
 * Here each statement that changes the schema commits at once, so that a migration can end in its middle. What it had begun is written down; only then a
 * statement that finds its work done already is taken for its own earlier self, and not for a stranger's table.
 *
 * The lock belongs to the session: through a pooler that shares sessions it would not hold.
 */
async function migrate(pool: Pool): Promise<void> {
  let resumes = false;
  const isDone = (error: unknown): boolean =>
    resumes && error instanceof Error && "errno" in error && doneBefore.has(error.errno as number);
  const schema = new Kysely<unknown>({ dialect: new MysqlDialect({ pool: preparedPool(pool, isDone) }) });
  await schema.connection().execute(async (connection) => {
    await sql.raw("set session default_storage_engine = InnoDB").execute(connection);
    const { rows: names } = await sql<{ name: string }>`select database() as name`.execute(connection);
    // A lock's name is at most 64 characters long, and the server's, not the database's.
    const lock = `keyfold:${createHash("sha256").update(String(names[0]?.name)).digest("hex").slice(0, 48)}`;
    const { rows: locks } = await sql<{ got: number | null }>`select get_lock(${lock}, ${migrationWait}) as got`.execute(connection);
    if (locks[0]?.got !== 1) throw new KeyfoldError("busy", "Another process is migrating the database.");
    try {
      await sql`create table if not exists schema_version (version bigint primary key)`.execute(connection);
      await sql`create table if not exists schema_begun (version bigint primary key)`.execute(connection);
      const done = await versionsIn(connection, "schema_version");
      refuseNewer(done);
      const begun = new Set(await versionsIn(connection, "schema_begun"));
      for (const migration of waiting(done)) {
        const { version } = migration;
        resumes = begun.has(version);
        if (!resumes) await sql`insert into schema_begun (version) values (${version})`.execute(connection);
        await migration.up(connection, columnTypes);
        await sql`insert into schema_version (version) values (${version})`.execute(connection);
      }
    } finally {
      await sql`select release_lock(${lock})`.execute(connection).catch(() => undefined); // it ends with its session, too
    }
  });
}

async function versionsIn(connection: Kysely<unknown>, table: string): Promise<number[]> {
  const { rows } = await sql<{ version: number }>`select version from ${sql.table(table)}`.execute(connection);
  return rows.map(({ version }) => version);
}
