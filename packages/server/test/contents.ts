/** What a database holds: of SQLite the bytes of its files, of a server's what its rows have (its files are out of a client's sight). */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { TestMount } from "./mount.ts";

export async function contentsOf({ directory, options }: TestMount): Promise<Buffer> {
  const { database } = options;
  if (database.name === "sqlite") {
    const names = (await readdir(directory)).filter((name) => name.startsWith("keyfold.db"));
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
  }
  const values: Uint8Array[] = [];
  for (const { name } of await database.query.introspection.getTables()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(database.query);
    for (const row of rows) {
      for (const value of Object.values(row)) values.push(value instanceof Uint8Array ? value : Buffer.from(String(value)));
    }
  }
  return Buffer.concat(values);
}
