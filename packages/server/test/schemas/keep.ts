/**
 * Keeps the statements of each migration that is not kept yet, a file a version and database: to be run, and committed, with a new migration.
 *
 *     cd packages/server && node --import ./test/source.mjs test/schemas/keep.ts
 *
 * What is kept is never written again: databases were made by it.
 */
import { writeFileSync } from "node:fs";
import { migrations } from "../../src/database/migrations.ts";
import { databaseNames } from "../database-servers.ts";
import { compiled } from "./compiled.ts";

for (const migration of migrations) {
  for (const name of databaseNames) {
    const file = new URL(`${name}-${migration.version}.sql`, import.meta.url);
    try {
      writeFileSync(file, await compiled(name, migration), { flag: "wx" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}
