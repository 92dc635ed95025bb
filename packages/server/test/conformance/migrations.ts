/** Migrating: once, forward from every schema there ever was, whoever begins and wherever it ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql, type Kysely } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { databaseOf } from "../../src/database/database-of.ts";
import { patiently, type Database } from "../../src/database/database.ts";
import { migrations } from "../../src/database/migrations.ts";
import type { Tables } from "../../src/database/tables.ts";
import { freshDatabase, type DatabaseName } from "../databases.ts";
import { bytesOf, newId } from "../owner.ts";

const schemas = new URL("../schemas/", import.meta.url);
const versions = migrations.map(({ version }) => version);

/** The versions whose schemas are kept, as the statements that made them: one file a version and database, never changed. */
const keptVersions = [...new Set(readdirSync(schemas).map((name) => Number(/-(\d+)\.sql$/.exec(name)?.[1])))].toSorted((a, b) => a - b);

function statementsOf(name: DatabaseName, version: number): string[] {
  return readFileSync(new URL(`${name}-${version}.sql`, schemas), "utf8")
    .split(";\n")
    .filter((text) => text !== "");
}

async function opened(url: string): Promise<Database> {
  const database = await databaseOf(url);
  onTestFinished(() => database.close());
  return database;
}

const run = (query: Kysely<Tables>, text: string) => sql.raw(text).execute(query);

/** Makes the schema as a version left it. */
async function makeAsOf(database: Database, version: number): Promise<void> {
  const { query, name } = database;
  const markers = name === "mysql" ? ["schema_version", "schema_begun"] : ["schema_version"];
  for (const marker of markers)
    await run(query, `create table ${marker} (version ${name === "sqlite" ? "integer not null" : "bigint primary key"})`);
  for (const past of versions.filter((one) => one <= version)) {
    for (const statement of statementsOf(name, past)) await run(query, statement);
    for (const marker of markers) await run(query, `insert into ${marker} (version) values (${past})`);
  }
}

/** Tables, their columns, and what may be null. */
async function shapeOf({ query }: Database): Promise<unknown> {
  const tables = await query.introspection.getTables();
  return tables
    .map(({ name, columns }) => ({
      name,
      columns: columns.map(({ name, dataType, isNullable, isAutoIncrementing }) => [name, dataType, isNullable, isAutoIncrementing]),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function versionsIn({ query }: Database): Promise<number[]> {
  const { rows } = await sql<{ version: number }>`select version from schema_version order by version`.execute(query);
  return rows.map(({ version }) => version);
}

/** A row in tables of each version. */
async function insertRows(database: Database, version: number): Promise<Record<string, unknown[]>> {
  const { query } = database;
  const [folder, id, hash] = [newId(), newId(), bytesOf(32)];
  const rows: Record<string, unknown[]> = {};
  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))}) values (${sql.join(Object.values(row))})`.execute(
      query,
    );
    rows[table] = [row];
  };
  await insert("folder", {
    id: folder,
    mode: 0,
    epoch: 2,
    seq: 9,
    head: hash,
    keys: bytesOf(128),
    key_id: id,
    used: 2 ** 41,
    created_at: 1_700_000_000_000,
  });
  await insert("log_record", { folder, seq: 9, kind: 1, size: 1200, wire: bytesOf(161) });
  await insert("sealed_body", { folder, seq: 9, bytes: database.filled(bytesOf(1196)) });
  await insert("blob", { folder, id, state: "live", sealed_size: 1080, missing: 0, added_epoch: 2, due_at: null, passes: 0, cursor: 0 });
  await insert("part", { folder, blob: id, part: 0, hash, stored: 1 });
  await insert("server_secret", { name: "server", secret: hash });
  if (version >= 5) {
    const share = { id, folder, epoch: 2, state: "live", version: 3, seq: 9, expires: 0, download_limit: 0, downloads: 4, guesses: 0 };
    await insert("share", { ...share, token_hash: hash, kept: new Uint8Array(), signature: bytesOf(64), due_at: null });
    await insert("share_manifest", { share: id, size: 50, bytes: database.filled(bytesOf(50)) });
  }
  if (version >= 6) {
    await insert("pairing", {
      id,
      folder,
      token_hash: hash,
      state: "waiting",
      public_key: null,
      nonce: null,
      sealed: null,
      expires_at: 99,
    });
  }
  return rows;
}

const plain = (row: unknown): unknown =>
  Object.fromEntries(
    Object.entries(row as object).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value]),
  );

async function migrateInAProcess(url: string): Promise<number> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", "--import", here("../source.mjs"), here("./migrate-child.ts"), url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit") as Promise<[number]>;
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  started.push(() => child.stdin.end("go\n"));
  return (await exited)[0];
}
const started: (() => void)[] = [];

export function migrating(name: DatabaseName): void {
  describe("migration", () => {
    test("by many at once happens once", async () => {
      const url = await freshDatabase(name);
      const databases = await Promise.all([1, 2, 3, 4].map(() => opened(url)));
      const migrateAll = () => Promise.all(databases.map((database) => patiently(database, () => database.migrate())));
      await migrateAll();
      await migrateAll();
      expect(await versionsIn(databases[0]!)).toEqual(versions);
    });

    test("by two processes that begin at the same moment happens once", async () => {
      const url = await freshDatabase(name);
      const both = [migrateInAProcess(url), migrateInAProcess(url)];
      await expect.poll(() => started.length, { timeout: 60_000 }).toBe(2);
      for (const go of started.splice(0)) go();
      expect(await Promise.all(both)).toEqual([0, 0]);
      expect(await versionsIn(await opened(url))).toEqual(versions);
    });

    test("of a database that a newer release wrote is refused, and leaves it as it is", async () => {
      const database = await opened(await freshDatabase(name));
      await database.migrate();
      await sql`insert into schema_version (version) values (99)`.execute(database.query);
      const before = await shapeOf(database);
      await expect(database.migrate()).rejects.toMatchObject({ code: "update-needed" });
      expect(await shapeOf(database)).toEqual(before);
      expect(await versionsIn(database)).toEqual([...versions, 99]);
    });

    for (const version of keptVersions) {
      test(`forward from the schema of version ${version} keeps every row, and comes to the same schema as a new database`, async () => {
        const [database, fresh] = [await opened(await freshDatabase(name)), await opened(await freshDatabase(name))];
        await makeAsOf(database, version);
        const rows = await insertRows(database, version);
        await database.migrate();
        await fresh.migrate();
        expect(await shapeOf(database)).toEqual(await shapeOf(fresh));
        expect(await versionsIn(database)).toEqual(versions);
        for (const [table, kept] of Object.entries(rows)) {
          const { rows: now } = await sql`select * from ${sql.table(table)}`.execute(database.query);
          expect(now.map(plain)).toMatchObject(kept.map(plain) as object[]);
        }
      });
    }

    // PostgreSQL and SQLite take a migration back as a whole; MySQL commits each of its statements.
    if (name === "mysql") {
      test("that ended in its middle is gone on with, wherever that was", async () => {
        const fresh = await opened(await freshDatabase(name));
        await fresh.migrate();
        const shape = await shapeOf(fresh);
        const statements = statementsOf(name, 1);
        for (let done = 0; done <= statements.length; done += 6) {
          const database = await opened(await freshDatabase(name));
          for (const marker of ["schema_version", "schema_begun"])
            await run(database.query, `create table ${marker} (version bigint primary key)`);
          await run(database.query, "insert into schema_begun (version) values (1)");
          for (const statement of statements.slice(0, done)) await run(database.query, statement);
          await database.migrate();
          expect(await shapeOf(database)).toEqual(shape);
          expect(await versionsIn(database)).toEqual(versions);
        }
      });
    } else {
      test("that ends in its middle leaves nothing", async () => {
        const database = await opened(await freshDatabase(name));
        await run(database.query, "create table pairing (somebody_elses integer)");
        await expect(database.migrate()).rejects.toThrow();
        expect((await database.query.introspection.getTables()).map((table) => table.name)).toEqual(["pairing"]);
        await run(database.query, "drop table pairing");
        await database.migrate();
        expect(await versionsIn(database)).toEqual(versions);
      });
    }

    test("does not take a stranger's table of the same name for its own", async () => {
      const database = await opened(await freshDatabase(name));
      await run(database.query, "create table folder (somebody_elses integer)");
      await expect(database.migrate()).rejects.toThrow(/folder/);
    });
  });
}
