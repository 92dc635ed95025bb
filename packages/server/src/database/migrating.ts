/**
 * What migrating is on every database.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { patiently, type Database } from "./database.ts";
import { migrations, type Migration } from "./migrations.ts";

/** Throws `update-needed` where a newer release has been at work. */
export function refuseNewer(versions: readonly number[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (versions.some((version) => version > newest)) throw new KeyfoldError("update-needed", "The database was written by a newer Keyfold.");
}

/** The migrations after the newest of these versions, in their order. */
export function waiting(versions: readonly number[]): Migration[] {
  const current = Math.max(0, ...versions);
  return migrations.filter(({ version }) => version > current);
}

/**
 * For whoever reads without migrating. Throws `invalid-argument` where there are no tables of ours, `update-needed` where those of a newer release are, and
 * `server-failed` where a server of this one has not migrated them yet.
 */
export async function refuseOtherSchema(database: Database): Promise<void> {
  const tables = await patiently(database, () => database.query.introspection.getTables());
  if (!tables.some(({ name }) => name === "schema_version")) {
    throw new KeyfoldError("invalid-argument", "This database has no tables of Keyfold. Is it another one? (--data, --database)");
  }
  const { rows } = await patiently(database, () => sql<{ version: number }>`select version from schema_version`.execute(database.query));
  const versions = rows.map(({ version }) => version);
  refuseNewer(versions);
  if (waiting(versions).length > 0) {
    throw new KeyfoldError(
      "server-failed",
      "The database was written by an older Keyfold: start a server of this one first, which migrates it.",
    );
  }
}
