/** Migrating: once, forward from every schema there ever was, whoever begins and wherever it ended. */
import { readFileSync } from "node:fs";
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { databaseOf } from "../../src/database/database-of.ts";
import { patiently, type Database } from "../../src/database/database.ts";
import { migrations } from "../../src/database/migrations.ts";
import type { Tables } from "../../src/database/tables.ts";
import { freshDatabase, type DatabaseName } from "../databases.ts";
import { compiled } from "../schemas/compiled.ts";
import { MigratingProcesses } from "./migrating-processes.ts";
import { insertRows } from "./rows.ts";

const schemas = new URL("../schemas/", import.meta.url);
const versions = migrations.map(({ version }) => version);

/** The statements that made a version's schema: one file a version and database, never changed (`schemas/keep.ts`). */
function keptStatements(name: DatabaseName, version: number): string {
  return readFileSync(new URL(`${name}-${version}.sql`, schemas), "utf8");
}

function statementsOf(name: DatabaseName, version: number): string[] {
  return keptStatements(name, version)
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

/** But those that migrating itself keeps. */
async function tablesIn({ query }: Database): Promise<string[]> {
  const tables = await query.introspection.getTables();
  return tables
    .map((table) => table.name)
    .filter((table) => !table.startsWith("schema_"))
    .toSorted();
}

async function versionsIn({ query }: Database): Promise<number[]> {
  const { rows } = await sql<{ version: number }>`select version from schema_version order by version`.execute(query);
  return rows.map(({ version }) => version);
}

const plain = (row: unknown): unknown =>
  Object.fromEntries(
    Object.entries(row as object).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value]),
  );

export function migrating(name: DatabaseName): void {
  describe("migration", () => {
    let processes: MigratingProcesses;
    beforeAll(() => void (processes = new MigratingProcesses()));
    afterAll(() => processes.kill());

    test.each(migrations)("$version does what it did when it was kept", async (migration) => {
      expect(await compiled(name, migration)).toBe(keptStatements(name, migration.version));
    });

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
      await processes.migrate(url);
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

    test.each(versions)(
      "forward from version %i, by two processes at once, keeps every row and comes to a new database's schema",
      async (version) => {
        const [url, fresh] = [await freshDatabase(name), await opened(await freshDatabase(name))];
        const database = await opened(url);
        await makeAsOf(database, version);
        const rows = await insertRows(database, version);
        expect(Object.keys(rows).toSorted()).toEqual(await tablesIn(database));
        await processes.migrate(url);
        await fresh.migrate();
        expect(await shapeOf(database)).toEqual(await shapeOf(fresh));
        expect(await versionsIn(database)).toEqual(versions);
        for (const [table, kept] of Object.entries(rows)) {
          const { rows: now } = await sql`select * from ${sql.table(table)}`.execute(database.query);
          expect(now.map(plain)).toMatchObject(kept.map(plain) as object[]);
        }
      },
    );

    // PostgreSQL and SQLite take a migration back as a whole; MySQL commits each of its statements.
    if (name === "mysql") {
      test("that ended in its middle is gone on with, wherever that was", async () => {
        const fresh = await opened(await freshDatabase(name));
        await fresh.migrate();
        const shape = await shapeOf(fresh);
        const places = versions.map((version) => ({ version, done: Math.floor(statementsOf(name, version).length / 2) }));
        places.push({ version: 1, done: 0 }, { version: 1, done: statementsOf(name, 1).length });
        for (const { version, done } of places) {
          const database = await opened(await freshDatabase(name));
          await makeAsOf(database, version - 1);
          await run(database.query, `insert into schema_begun (version) values (${version})`);
          for (const statement of statementsOf(name, version).slice(0, done)) await run(database.query, statement);
          await database.migrate();
          expect(await shapeOf(database), `${version}, ${done} statements`).toEqual(shape);
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
