/** Databases for tests. Where a server is missing, tests that need it say so and are skipped; in CI they fail. */
import { sql } from "kysely";
import { onTestFinished, type TestContext } from "vitest";
import { databaseOf } from "../src/database/database-of.ts";
import type { Database } from "../src/database/database.ts";
import { emptyDatabase, whyMissing, type DatabaseName } from "./database-servers.ts";

export { databaseNames, type DatabaseName } from "./database-servers.ts";

/** The one that the suite runs over. */
export const chosenDatabase = (process.env["KEYFOLD_TEST_DATABASE"] ?? "sqlite") as DatabaseName;

const missing = new Map<DatabaseName, Promise<string | undefined>>();

/** Skips the test where the database's server is missing; in CI that is a failure. */
export async function needs(name: DatabaseName, context: Pick<TestContext, "skip">): Promise<void> {
  if (!missing.has(name)) missing.set(name, whyMissing(name));
  const reason = await missing.get(name);
  if (reason === undefined) return;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  context.skip(reason);
}

/** An empty database for the test that is running. */
export async function freshDatabase(name: DatabaseName): Promise<string> {
  const { url, drop } = await emptyDatabase(name);
  onTestFinished(drop);
  return url;
}

const made: { url: string; drop: () => Promise<void> }[] = [];
const free: string[] = [];
const taken = new Map<string, string>();

/** A migrated database for the test that is running, by any name; made once for several tests, and emptied after each. */
export async function lent(name: Exclude<DatabaseName, "sqlite">, key: string): Promise<Database> {
  const known = taken.get(key);
  if (known !== undefined) return databaseOf(known);
  let url = free.pop();
  if (url === undefined) {
    const fresh = await emptyDatabase(name);
    made.push(fresh);
    url = fresh.url;
  }
  const lentUrl = url;
  taken.set(key, lentUrl);
  onTestFinished(async () => {
    taken.delete(key);
    await emptied(lentUrl);
    free.push(lentUrl);
  });
  return databaseOf(lentUrl);
}

async function emptied(url: string): Promise<void> {
  const database = await databaseOf(url);
  const tables = await database.query.introspection.getTables();
  for (const { name } of tables) if (!name.startsWith("schema_")) await sql`delete from ${sql.table(name)}`.execute(database.query);
  await database.close();
}

/** Drops what was lent. */
export async function dropLent(): Promise<void> {
  for (const { drop } of made.splice(0)) await drop();
  free.length = 0;
}
