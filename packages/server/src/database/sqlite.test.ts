import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, temporaryFolder } from "../../test/mount.ts";
import { bytesOf, newId, newOwner } from "../../test/owner.ts";
import { changed, patiently, transact, type Database } from "./database.ts";
import { migrations } from "./migrations.ts";
import { sqlite } from "./sqlite.ts";

async function opened() {
  const path = join(await temporaryFolder(), "test.db");
  const database = sqlite(path);
  await database.migrate();
  return { path, database };
}

describe("migration", () => {
  test("by many at once happens once", async () => {
    const path = join(await temporaryFolder(), "test.db");
    const databases = [1, 2, 3, 4].map(() => sqlite(path));
    const migrateAll = () => Promise.all(databases.map((database) => patiently(database, () => database.migrate())));
    await migrateAll();
    await migrateAll();
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(databases[0]!.query);
    expect(rows).toEqual(migrations.map(({ version }) => ({ version })));
    await Promise.all(databases.map((database) => database.close()));
  });

  test("of a database that a newer release wrote is refused", async () => {
    const { database } = await opened();
    await sql`insert into schema_version (version) values (99)`.execute(database.query);
    await expect(database.migrate()).rejects.toMatchObject({ code: "update-needed" });
    await database.close();
  });
});

test("what the documentation promises about the file is so", async () => {
  const { database } = await opened();
  const pragma = async (name: string) =>
    Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(database.query)).rows[0]!)[0];
  expect(await pragma("journal_mode")).toBe("wal");
  expect(await pragma("synchronous")).toBe(2);
  expect(await pragma("secure_delete")).toBe(1);
  expect(await pragma("temp_store")).toBe(2);
  expect(await pragma("page_size")).toBe(4096);
  await database.close();
});

test("light batches can be flushed at any time: before the first, after many, in a file that was closed and opened again, in memory", async () => {
  const { path, database } = await opened();
  const kept = async (database: Database) =>
    (await sql<{ n: number }>`select count(*) as n from sealed_body`.execute(database.query)).rows[0]!.n;
  const insert = (database: Database, seq: number) =>
    database.light((batch) =>
      batch
        .insertInto("sealed_body")
        .values({ folder: newId(), seq, bytes: new Uint8Array(9) })
        .execute(),
    );
  await database.flush();
  await Promise.all(
    Array.from({ length: 20 }, async (_, seq) => {
      await insert(database, seq);
      await database.flush();
    }),
  );
  await database.close();
  const again = sqlite(path);
  await again.migrate();
  await again.flush();
  expect(await kept(again)).toBe(20);
  await insert(again, 20);
  await again.flush();
  expect(await again.erase()).toBe(true);
  await insert(again, 21);
  await again.flush();
  expect(await kept(again)).toBe(22);
  await again.close();

  const memory = sqlite(":memory:");
  await memory.migrate();
  await insert(memory, 0);
  await memory.flush();
  await memory.close();
});

test("a row that is filled up shares its page with no other, whatever its length", async () => {
  const { database } = await opened();
  let length = 1;
  for (let i = 0; i < 300; i++, length += 1 + ((i * 97) % 700)) {
    const bytes = database.filled(new Uint8Array(length));
    await database.query
      .insertInto("sealed_body")
      .values({ folder: newId(), seq: i % 2 === 0 ? i : 2 ** 50 + i, bytes })
      .execute();
  }
  const { rows } = await sql<{
    most: number;
  }>`select max(ncell) as most from dbstat where name = 'sealed_body' and pagetype = 'leaf'`.execute(database.query);
  expect(rows[0]?.most).toBe(1);
  await database.close();
});

test("rows that come and go in any order leave nothing of themselves in the file", async () => {
  const { path, database } = await opened();
  const kept: { folder: string; seq: number; secret: Buffer }[] = [];
  const erased: Buffer[] = [];
  for (let i = 0; i < 1200; i++) {
    if (kept.length === 0 || i % 5 < 3) {
      const row = { folder: newId(), seq: i, secret: randomBytes(200 + ((i * 37) % 3000)) };
      kept.push(row);
      await sql`insert into sealed_body (rowid, folder, seq, bytes) values (${(i * 7919) % 100_003}, ${row.folder}, ${row.seq}, ${database.filled(row.secret)})`.execute(
        database.query,
      );
    } else {
      const [row] = kept.splice((i * 31) % kept.length, 1);
      await database.query.deleteFrom("sealed_body").where("folder", "=", row!.folder).where("seq", "=", row!.seq).execute();
      erased.push(row!.secret);
    }
  }
  expect(await database.erase()).toBe(true);
  const file = (await readFile(path)).toString("latin1");
  const pieces = new Set<string>();
  for (let start = 0; start + 16 <= file.length; start++) pieces.add(file.slice(start, start + 16));
  const left = erased.filter((secret) => {
    for (let start = 0; start + 16 <= secret.length; start += 16) if (pieces.has(secret.toString("latin1", start, start + 16))) return true;
    return false;
  });
  expect(erased.length).toBeGreaterThan(400);
  expect(left).toHaveLength(0);
  await database.close();
}, 30_000);

describe("a batch", () => {
  test("that finds the database locked is repeated until it is free", async () => {
    const { path, database } = await opened();
    const other = new SqliteFile(path);
    other.exec("begin immediate");
    let runs = 0;
    await transact(database, async (batch) => {
      runs++;
      // The other lets go only once the first try has failed.
      if (runs === 2) other.exec("commit");
      await batch.insertInto("lease").values({ name: "x", holder: "y", until_at: 0 }).execute();
    });
    expect(runs).toBe(2);
    other.close();
    await database.close();
  });

  test("that fails leaves nothing, and its error goes through", async () => {
    const { database } = await opened();
    const failed = transact(database, async (batch) => {
      await batch.insertInto("lease").values({ name: "x", holder: "y", until_at: 0 }).execute();
      throw new RangeError("no");
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(await database.query.selectFrom("lease").selectAll().execute()).toEqual([]);
    await database.close();
  });

  test("reports duplicates as such", async () => {
    const { database } = await opened();
    const insert = () => database.query.insertInto("lease").values({ name: "x", holder: "y", until_at: 0 }).execute();
    await insert();
    const error: unknown = await insert().catch((thrown: unknown) => thrown);
    expect(database.fault(error)).toBe("duplicate");
    expect(database.fault(new Error("x"))).toBe("other");
    expect(changed(await database.query.updateTable("lease").set({ until_at: 1 }).where("name", "=", "x").executeTakeFirst())).toBe(1);
    await database.close();
  });
});

test("while another process holds the database, writes are 503 busy with a time to come back, and go through afterwards", async () => {
  const { send, directory } = await mount();
  const owner = await newOwner(send, base);
  const other = new SqliteFile(join(directory, "keyfold.db"));
  other.exec("begin immediate");
  const refused = await owner.append();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(await codeOf(refused)).toBe("busy");
  expect((await owner.call("GET", "/usage")).status).toBe(200); // reading goes on
  other.exec("commit");
  other.close();
  expect((await owner.append({ sealed: bytesOf(1052) })).status).toBe(200);
}, 20_000);
