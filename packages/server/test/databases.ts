/**
 * Databases for tests, on real servers: `KEYFOLD_TEST_POSTGRES`, `KEYFOLD_TEST_MYSQL`, or those of this machine.
 *
 * Where a server is missing, tests that need it say so and are skipped; in CI they fail.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { onTestFinished, type TestContext } from "vitest";
import { databaseOf } from "../src/database/database-of.ts";
import type { Database } from "../src/database/database.ts";

export type DatabaseName = Database["name"];
export const databaseNames = ["sqlite", "postgres", "mysql"] as const satisfies readonly DatabaseName[];

/** The one that the suite runs over. */
export const chosenDatabase = (process.env["KEYFOLD_TEST_DATABASE"] ?? "sqlite") as DatabaseName;

const servers: Record<Exclude<DatabaseName, "sqlite">, string> = {
  postgres: process.env["KEYFOLD_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres",
  mysql: process.env["KEYFOLD_TEST_MYSQL"] ?? "mysql://root@127.0.0.1:3306/mysql",
};

const missing = new Map<DatabaseName, Promise<string | undefined>>();

async function whyMissing(name: Exclude<DatabaseName, "sqlite">): Promise<string | undefined> {
  const server = await databaseOf(servers[name]);
  try {
    await sql`select 1`.execute(server.query);
    return undefined;
  } catch (error) {
    return `NOT TESTED: no ${name} at ${new URL(servers[name]).host} (${error instanceof Error ? error.message : String(error)})`;
  } finally {
    await server.close();
  }
}

/** Skips the test where the database's server is missing; in CI that is a failure. */
export async function needs(name: DatabaseName, context: Pick<TestContext, "skip">): Promise<void> {
  if (name === "sqlite") return;
  if (!missing.has(name)) missing.set(name, whyMissing(name));
  const reason = await missing.get(name);
  if (reason === undefined) return;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  context.skip(reason);
}

let count = 0;

async function onServer(name: Exclude<DatabaseName, "sqlite">, statement: string): Promise<void> {
  const server = await databaseOf(servers[name]);
  try {
    await sql.raw(statement).execute(server.query);
  } finally {
    await server.close();
  }
}

/** An empty database of its own, by its URL. `drop` must be called once nobody uses it. */
export async function emptyDatabase(name: DatabaseName): Promise<{ url: string; drop: () => Promise<void> }> {
  if (name === "sqlite") {
    const folder = await mkdtemp(join(tmpdir(), "keyfold-"));
    return { url: join(folder, "keyfold.db"), drop: () => rm(folder, { recursive: true, force: true }) };
  }
  const own = `keyfold_test_${process.pid}_${Date.now().toString(36)}_${count++}`;
  await onServer(name, `create database ${own}`);
  const url = new URL(servers[name]);
  url.pathname = `/${own}`;
  // What a killed process left connected must not keep a test's database.
  const force = name === "postgres" ? " with (force)" : "";
  return { url: url.href, drop: () => onServer(name, `drop database if exists ${own}${force}`) };
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
