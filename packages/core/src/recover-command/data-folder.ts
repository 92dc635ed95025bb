/**
 * A data folder on this machine, read by Node's own SQLite, and left exactly as it is.
 *
 * SQLite makes and removes files beside a database in WAL mode even when it only reads. So a database without a write-ahead log is opened as
 * immutable, and one with a log is copied with it to a temporary folder and read there.
 *
 * @module
 */

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as NodeSqlite from "node:sqlite";
import { KeyfoldError } from "../error.ts";
import type { DataCopy, Row } from "../recover/index.ts";

/** Opens the folder that holds `keyfold.db` and `blobs/`. Throws `not-found` where there is none, `malformed` where it is not a database. */
export async function openDataFolder(folder: string): Promise<DataCopy> {
  const path = join(folder, "keyfold.db");
  if (!existsSync(path)) throw new KeyfoldError("not-found", "There is no keyfold.db in that folder.", { reason: "database" });
  const { DatabaseSync } = await nodeSqlite();
  const hasLog = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  const staged = hasLog ? mkdtempSync(join(tmpdir(), "keyfold-recover-")) : null;
  const drop = (): void => {
    if (staged !== null) rmSync(staged, { recursive: true, force: true });
  };
  let database: NodeSqlite.DatabaseSync;
  try {
    let place = pathToFileURL(path);
    if (staged === null) place.search = "?immutable=1";
    else {
      copyFileSync(path, join(staged, "keyfold.db"));
      copyFileSync(`${path}-wal`, join(staged, "keyfold.db-wal"));
      place = pathToFileURL(join(staged, "keyfold.db"));
    }
    database = new DatabaseSync(place, { readOnly: true });
  } catch (cause) {
    drop();
    throw new KeyfoldError("malformed", "The database cannot be opened.", { cause, reason: "database" });
  }
  return {
    query: (sql, values) => database.prepare(sql).all(...values) as Row[],
    file: async (part) => readPart(join(folder, ...part.split("/"))),
    close() {
      database.close();
      drop();
    },
  };
}

/** Null where the file is not there; a file that cannot be read counts as missing too: the person hears which. */
function readPart(path: string): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return null;
  }
}

/** Node 22 calls its SQLite experimental, in a warning that would stand in the middle of a report. */
async function nodeSqlite(): Promise<typeof NodeSqlite> {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return await import("node:sqlite");
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "This Node has no SQLite of its own. Take 22.18 or newer.", { cause });
  } finally {
    process.emitWarning = emitWarning;
  }
}
