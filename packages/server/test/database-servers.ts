/**
 * Databases of their own, on real servers: `KEYFOLD_TEST_POSTGRES`, `KEYFOLD_TEST_MYSQL`, or those of this machine. Of no test: the soak uses them, too.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { databaseOf } from "../src/database/database-of.ts";
import type { Database } from "../src/database/database.ts";

export type DatabaseName = Database["name"];
export const databaseNames = ["sqlite", "postgres", "mysql"] as const satisfies readonly DatabaseName[];

const servers: Record<Exclude<DatabaseName, "sqlite">, string> = {
  postgres: process.env["KEYFOLD_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres",
  mysql: process.env["KEYFOLD_TEST_MYSQL"] ?? "mysql://root@127.0.0.1:3306/mysql",
};

/** What keeps a database's server from being tested; undefined: nothing. */
export async function whyMissing(name: DatabaseName): Promise<string | undefined> {
  if (name === "sqlite") return undefined;
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

let count = 0;

async function onServer(name: Exclude<DatabaseName, "sqlite">, statement: string): Promise<void> {
  const server = await databaseOf(servers[name]);
  try {
    await sql.raw(statement).execute(server.query);
  } finally {
    await server.close();
  }
}

/**
 * The URL by which a user comes to a database that may read its tables, as they are now, and nothing else. `drop` must be called once the database is gone. SQLite has no
 * users: there it is the database's own.
 */
export async function readerOf(name: DatabaseName, url: string): Promise<{ url: string; drop: () => Promise<void> }> {
  if (name === "sqlite") return { url, drop: async () => undefined };
  const user = `keyfold_reader_${process.pid}_${count++}`;
  const reader = new URL(url);
  const database = reader.pathname.slice(1);
  reader.username = user;
  if (name === "mysql") {
    await onServer(name, `create user '${user}'@'%' identified by '${user}'`);
    await onServer(name, `grant select on ${database}.* to '${user}'@'%'`);
    reader.password = user;
    return { url: reader.href, drop: () => onServer(name, `drop user '${user}'@'%'`) };
  }
  await onServer(name, `create role ${user} login`);
  const owner = await databaseOf(url);
  await sql.raw(`grant select on all tables in schema public to ${user}`).execute(owner.query);
  await owner.close();
  return { url: reader.href, drop: () => onServer(name, `drop role ${user}`) };
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
