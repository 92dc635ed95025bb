/**
 * A database by its URL. The driver is loaded when it is asked for, and so only where it is installed.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import type { Database } from "./database.ts";
import { sqlite } from "./sqlite.ts";

export interface OpenOptions {
  /** For whoever only reads: a file that is not there is not made. A server's database goes by its user's rights. Default false. */
  readonly readOnly?: boolean;
}

/**
 * `postgres://…` (or `postgresql://…`), `mysql://…` (or `mariadb://…`), `sqlite:path` (or `sqlite:///path`, `file:…`, or a path alone).
 *
 * Throws `invalid-argument` for another scheme, and where the driver's package (`pg`, `mysql2`) is not installed.
 */
export async function databaseOf(url: string, options: OpenOptions = {}): Promise<Database> {
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case "postgres":
    case "postgresql":
      return (await loaded("pg", () => import("./postgres.ts"))).postgres(url);
    case "mysql":
    case "mariadb":
      return (await loaded("mysql2", () => import("./mysql.ts"))).mysql(url.replace(/^mariadb:/i, "mysql:"));
    case "sqlite":
    case "file":
      return sqlite(url.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, ""), options);
    case undefined:
      return sqlite(url, options);
    default:
      throw new KeyfoldError("invalid-argument", "The database's URL begins with postgres:, mysql: or sqlite:.");
  }
}

async function loaded<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", `This database needs the package ${name}: npm install ${name}.`, { cause });
  }
}
