/**
 * SQLite through better-sqlite3: the embedded default.
 *
 * WAL with `synchronous=FULL`: what was answered is on the disk. `secure_delete`: what was deleted is overwritten with zeros. `temp_store=memory`:
 * no temporary file ever holds a page.
 *
 * @module
 */

import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { KeyfoldError } from "@keyfold/core/protocol";
import SqliteFile from "better-sqlite3";
import { CompiledQuery, Kysely, sql, SqliteDialect, type SqliteStatement } from "kysely";
import { flushDirectory, sharedFlush } from "../flush.ts";
import type { Database, Fault } from "./database.ts";
import { refuseNewer, waiting } from "./migrating.ts";
import type { ColumnTypes } from "./migrations.ts";
import type { Tables } from "./tables.ts";

const pageLength = 4096;

/** How long SQLite itself waits for a lock, milliseconds. Short, for the whole process waits with it; `transact` repeats with patience. */
const lockWait = 100;

const statementsKept = 256;

export const columnTypes: ColumnTypes = {
  id: "text",
  word: "text",
  bytes: "blob",
  body: "blob",
  integer: "integer",
  position: (table) => table.addColumn("position", "integer", (column) => column.primaryKey().autoIncrement()),
  keyed: (table) => table.modifyEnd(sql`without rowid`),
};

/** Statements by their text: preparing one costs more than running it. */
class Statements {
  readonly #file: SqliteFile.Database;
  readonly #kept = new Map<string, SqliteStatement>();
  readonly #rollback: SqliteStatement;
  constructor(file: SqliteFile.Database) {
    this.#file = file;
    const rollback = () => {
      // On a full disk SQLite has rolled back by itself; to do it again would be an error, and hide the one that matters.
      if (file.inTransaction) file.exec("rollback");
      return { changes: 0, lastInsertRowid: 0 };
    };
    this.#rollback = { reader: false, all: () => [], run: rollback, iterate: () => [].values() };
  }
  prepare(text: string): SqliteStatement {
    if (text === "rollback") return this.#rollback;
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    const statement: SqliteStatement = this.#file.prepare(text);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= statementsKept && oldest.done !== true) this.#kept.delete(oldest.value);
    this.#kept.set(text, statement);
    return statement;
  }
  close(): void {
    this.#kept.clear();
    this.#file.close();
  }
}

/**
 * The write-ahead log, flushed in a thread beside. A commit under `synchronous=normal` is in it but not on the disk; this puts it there, as `full` would
 * have done with the whole process waiting. Frames are chained by checksums, so whatever a loss of power leaves is a beginning of the log, and
 * checkpoints flush by themselves (SQLite, "Write-Ahead Logging", section 2.2).
 */
class WriteAheadLog {
  readonly #path: string;
  #handle: FileHandle | undefined;
  /** Whether its directory's entry is on the disk. */
  #isListed = false;
  readonly flush = sharedFlush(() => this.#flush());

  constructor(database: string) {
    this.#path = `${database}-wal`;
  }

  async #flush(): Promise<void> {
    this.#handle ??= await open(this.#path, "r");
    // It may be new, and nothing but a full commit would flush its directory.
    if (!this.#isListed) await flushDirectory(dirname(this.#path));
    this.#isListed = true;
    await this.#handle.datasync();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

function faultOf(error: unknown): Fault {
  const code = error instanceof SqliteFile.SqliteError ? error.code : "";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return "busy";
  // A full disk can also show as a failed write or a failed growth of the shared memory.
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_WRITE" || code === "SQLITE_IOERR_SHMSIZE") return "full";
  if (code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_UNIQUE") return "duplicate";
  return "other";
}

/**
 * Length that fills whole pages: the payload of a table's leaf cell is kept on its page up to usable size − 35 bytes, and beyond that in overflow
 * pages of usable size − 4 (SQLite file format, section 1.6). So this payload leaves no room for a second cell, and overflow pages are never shared.
 * `overhead` is the most that the row's other columns and the record's header take.
 */
function filledLength(length: number, overhead: number): number {
  const first = pageLength - 35 - overhead;
  return length <= first ? first : first + Math.ceil((length - first) / (pageLength - 4)) * (pageLength - 4);
}

/** Record header (at most 1 + 1 + 1 + 3), folder id (32), seq (at most 8). */
const rowOverhead = 46;

export interface SqliteOptions {
  /** Nothing is written to the file, and it is not made. (SQLite may still put an empty `-wal` and a `-shm` beside it.) Default false. */
  readonly readOnly?: boolean;
}

/**
 * A database in one file, made where it is not there.
 *
 * @param path The file; `-wal` and `-shm` beside it belong to it. `:memory:` is for tests.
 */
export function sqlite(path: string, { readOnly = false }: SqliteOptions = {}): Database {
  let file: SqliteFile.Database;
  try {
    file = new SqliteFile(path, { timeout: lockWait, readonly: readOnly, fileMustExist: readOnly });
    file.pragma("temp_store = memory");
    if (!readOnly) {
      file.pragma(`page_size = ${pageLength}`);
      file.pragma("journal_mode = wal");
      file.pragma("synchronous = full");
      file.pragma("secure_delete = on");
    }
    // A database that was made with other pages would break what `filled` relies on.
    if (file.pragma("page_size", { simple: true }) !== pageLength) throw new Error("pages of another size");
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "The database file cannot be opened.", { cause });
  }
  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new Statements(file) }) });
  const log = file.memory ? undefined : new WriteAheadLog(path);

  return {
    name: "sqlite",
    query,
    fault: faultOf,

    async light(batch) {
      // The connection is ours alone inside, and the setting holds for the transactions that begin while it stands.
      return query.connection().execute(async (connection) => {
        file.pragma("synchronous = normal");
        try {
          return await connection.transaction().execute(batch);
        } finally {
          file.pragma("synchronous = full");
        }
      });
    },

    async flush() {
      await log?.flush();
    },

    async migrate() {
      await query.connection().execute(async (connection) => {
        const run = (text: string) => connection.executeQuery(CompiledQuery.raw(text));
        await run("begin immediate");
        try {
          await run("create table if not exists schema_version (version integer not null)");
          const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(connection);
          const known = rows.map(({ version }) => version);
          refuseNewer(known);
          for (const migration of waiting(known)) {
            await migration.up(connection as unknown as Kysely<unknown>, columnTypes);
            await sql`insert into schema_version (version) values (${migration.version})`.execute(connection);
          }
          await run("commit");
        } catch (error) {
          await run("rollback");
          throw error;
        }
      });
    },

    filled(bytes) {
      const filled = new Uint8Array(filledLength(bytes.length, rowOverhead));
      filled.set(bytes);
      return filled;
    },

    async erase() {
      // Through Kysely, whose connection is taken by one batch at a time: a checkpoint inside a transaction fails.
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(query);
      return rows[0]?.busy === 0;
    },

    async close() {
      await log?.close();
      await query.destroy();
      // Kysely closes only what it has begun to use.
      if (file.open) file.close();
    },
  };
}
