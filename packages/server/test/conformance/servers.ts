/** What only a database across a network has: rows that are locked, sessions that end, answers that are lost. */
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { databaseOf } from "../../src/database/database-of.ts";
import { changed, patiently, transact, type Batch, type Database } from "../../src/database/database.ts";
import { mysql } from "../../src/database/mysql.ts";
import { postgres } from "../../src/database/postgres.ts";
import type { DatabaseName } from "../databases.ts";
import { bytesOf } from "../owner.ts";
import { proxyTo, type Proxy } from "../proxy.ts";
import type { Opened } from "./opened.ts";
import { folderRow } from "./values.ts";

type ServerName = Exclude<DatabaseName, "sqlite">;

/** Ends the session that a batch runs in, from outside. */
async function endSession(name: ServerName, batch: Batch, other: Database): Promise<void> {
  const own = name === "postgres" ? sql<{ id: number }>`select pg_backend_pid() as id` : sql<{ id: number }>`select connection_id() as id`;
  const { id } = (await own.execute(batch)).rows[0]!;
  await sql.raw(name === "postgres" ? `select pg_terminate_backend(${id})` : `kill ${id}`).execute(other.query);
}

const use = (batch: Batch, id: string) =>
  batch
    .updateTable("folder")
    .set({ used: sql<number>`used + 1` })
    .where("id", "=", id)
    .execute();

/** An error that the server itself reports with this code or number. */
const signalled: Record<ServerName, (code: string) => string> = {
  postgres: (code) => `do $$ begin raise exception 'x' using errcode = '${code}'; end $$`,
  mysql: (code) => `signal sqlstate 'HY000' set mysql_errno = ${code}, message_text = 'x'`,
};

export function onServers(name: ServerName, opened: Opened, urlOfTest: () => Promise<string>): void {
  async function throughProxy(): Promise<{ database: Database; proxy: Proxy }> {
    const url = new URL(await urlOfTest());
    const proxy = await proxyTo(Number(url.port), url.hostname);
    onTestFinished(() => proxy.close());
    url.host = `127.0.0.1:${proxy.port}`;
    const database = await databaseOf(url.href);
    onTestFinished(() => database.close());
    return { database, proxy };
  }

  test("two batches that lock each other out both happen", async () => {
    const database = await opened();
    const [a, b] = [folderRow(), folderRow()];
    await database.query.insertInto("folder").values([a, b]).execute();
    let first = 0;
    let go: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => (go = resolve));
    const batch = (mine: string, others: string) => {
      let runs = 0;
      return transact(database, async (batch) => {
        await use(batch, mine);
        if (runs++ === 0) {
          if (++first === 2) go();
          await bothHoldOne;
        }
        await use(batch, others);
      });
    };
    await Promise.all([batch(a.id, b.id), batch(b.id, a.id)]);
    const rows = await database.query.selectFrom("folder").select("used").execute();
    expect(rows).toEqual([{ used: 2 }, { used: 2 }]);
  });

  test("a batch that finds a row locked is repeated until it is free", async () => {
    const [database, other] = [await opened(), await opened()];
    const row = folderRow();
    await database.query.insertInto("folder").values(row).execute();
    const lock = await other.query.startTransaction().execute();
    await lock.updateTable("folder").set({ used: 5 }).where("id", "=", row.id).execute();
    let runs = 0;
    await transact(database, async (batch) => {
      // The other lets go only once the first try has failed.
      if (++runs === 2) await lock.commit().execute();
      await use(batch, row.id);
    });
    expect(runs).toBe(2);
    expect((await database.query.selectFrom("folder").select("used").executeTakeFirstOrThrow()).used).toBe(6);
  });

  test("a session that an administrator ends inside a batch, at any statement, costs a repetition", async () => {
    const [database, other] = [await opened(), await opened()];
    const row = folderRow();
    await database.query.insertInto("folder").values(row).execute();
    for (const place of [0, 1]) {
      let runs = 0;
      await transact(database, async (batch) => {
        const isFirst = runs++ === 0;
        if (isFirst && place === 0) await endSession(name, batch, other);
        await use(batch, row.id);
        if (isFirst && place === 1) await endSession(name, batch, other);
        await batch.selectFrom("folder").select("id").execute();
      });
      expect(runs).toBe(2);
    }
    expect((await database.query.selectFrom("folder").select("used").executeTakeFirstOrThrow()).used).toBe(2);
  });

  if (name === "postgres") {
    test("the pool says how many connections it has, and how many of them are in use", async () => {
      const database = await opened();
      const row = folderRow();
      await database.query.insertInto("folder").values(row).execute();
      await transact(database, async (batch) => {
        await use(batch, row.id);
        const { open, idle, waiting } = database.pool!();
        expect([open - idle, waiting]).toEqual([1, 0]);
      });
      const { open, idle } = database.pool!();
      expect(open).toBeGreaterThan(0);
      expect(idle).toBe(open);
    });
  }

  test("connections that are reset while nobody uses them are made anew", async () => {
    await opened();
    const { database, proxy } = await throughProxy();
    for (let round = 0; round < 5; round++) {
      const rows = await Promise.all(
        [1, 2, 3].map(() => patiently(database, () => database.query.selectFrom("folder").select("id").execute())),
      );
      expect(rows).toEqual([[], [], []]);
      proxy.reset();
    }
  });

  test("a commit whose answer is lost is repeated, and the guard finds that it has happened", async () => {
    await opened();
    const { database, proxy } = await throughProxy();
    const row = folderRow();
    await database.query.insertInto("folder").values(row).execute();
    for (let seq = 0; seq < 20; seq++) {
      const lost = proxy.loseAnswerTo("commit");
      const counts: number[] = [];
      await transact(database, async (batch) => {
        const moved = await batch
          .updateTable("folder")
          .set({ seq: seq + 1 })
          .where("id", "=", row.id)
          .where("seq", "=", seq)
          .executeTakeFirst();
        counts.push(changed(moved));
        if (changed(moved) === 1)
          await batch
            .insertInto("sealed_body")
            .values({ folder: row.id, seq, bytes: bytesOf(9) })
            .execute();
      });
      await lost;
      expect(counts).toEqual([1, 0]);
    }
    expect(await database.query.selectFrom("sealed_body").select("seq").execute()).toHaveLength(20);
  });

  test("a server that nobody reaches is busy for five seconds, and then told so", async () => {
    const url = new URL(await urlOfTest());
    const nobody = await proxyTo(1);
    await nobody.close();
    url.host = `127.0.0.1:${nobody.port}`;
    const database = await databaseOf(url.href);
    onTestFinished(() => database.close());
    const failed: unknown = await database.query
      .selectFrom("folder")
      .select("id")
      .execute()
      .catch((error: unknown) => error);
    expect(database.fault(failed)).toBe("busy");
    await expect(patiently(database, () => database.migrate())).rejects.toMatchObject({ code: "busy" });
  });

  test("what the server says of itself is understood", async () => {
    const database = await opened();
    const { query } = database;
    const of = async (code: string) =>
      database.fault(
        await sql
          .raw(signalled[name](code))
          .execute(query)
          .catch((error: unknown) => error),
      );
    const codes =
      name === "postgres"
        ? {
            busy: ["40001", "40P01", "55P03", "57014", "57P03", "53300", "25006", "08006"],
            full: ["53100"],
            duplicate: ["23505"],
            other: ["42P01", "22001"],
          }
        : { busy: ["1205", "1213", "1040", "1290", "1317", "1927"], full: ["1021", "1114"], duplicate: ["1062"], other: ["1146", "1406"] };
    for (const [meaning, list] of Object.entries(codes)) for (const code of list) expect([code, await of(code)]).toEqual([code, meaning]);
  });

  if (name === "mysql") {
    test("a table that is full is full", async () => {
      const database = await opened();
      const { query } = database;
      const failed: unknown = await query
        .connection()
        .execute(async (connection) => {
          for (const text of ["set session max_heap_table_size = 16384", "create temporary table small (bytes char(250)) engine = memory"])
            await sql.raw(text).execute(connection);
          for (let row = 0; row < 1000; row++) await sql`insert into small values (${"x".repeat(250)})`.execute(connection);
        })
        .catch((error: unknown) => error);
      expect(database.fault(failed)).toBe("full");
    });

    test("sessions are as the design wants them", async () => {
      const { query } = await opened();
      const variable = async (variable: string) =>
        (await sql<{ Value: string }>`show variables like ${sql.lit(variable)}`.execute(query)).rows[0]?.Value;
      expect([await variable("tx_isolation"), await variable("transaction_isolation")]).toContain("READ-COMMITTED");
      expect(await variable("sql_mode")).toContain("STRICT_ALL_TABLES");
      expect(await variable("wait_timeout")).toBe("30");
      const { rows } = await sql<{
        engine: string;
      }>`select distinct engine as engine from information_schema.tables where table_schema = database()`.execute(query);
      expect(rows).toEqual([{ engine: "InnoDB" }]);
    });
  } else {
    test("a light batch does not wait for the disk, and after a flush the log is on the disk up to it", async () => {
      const database = await opened();
      const settings = async (query: Batch | Database["query"]) =>
        (await sql<{ s: string }>`select current_setting('synchronous_commit') as s`.execute(query)).rows[0]!.s;
      for (let seq = 0; seq < 20; seq++) {
        await database.light(async (batch) => {
          expect(await settings(batch)).toBe("off");
          await batch
            .insertInto("sealed_body")
            .values({ folder: "f", seq, bytes: bytesOf(3000) })
            .execute();
        });
        const { rows: marks } = await sql<{ written: string }>`select pg_current_wal_insert_lsn()::text as written`.execute(database.query);
        await database.flush();
        const { rows } = await sql<{ ok: boolean }>`select pg_current_wal_flush_lsn() >= ${marks[0]!.written}::pg_lsn as ok`.execute(
          database.query,
        );
        expect(rows[0]?.ok).toBe(true);
      }
      expect(await settings(database.query)).not.toBe("off");
    });

    test("while a snapshot is older than a deletion it is not erased, and afterwards it is", async () => {
      const [database, reader] = [await opened(), await opened()];
      const snapshot = await reader.query.startTransaction().setIsolationLevel("repeatable read").execute();
      await snapshot.selectFrom("folder").select("id").execute();
      await database.query
        .insertInto("sealed_body")
        .values({ folder: "f", seq: 1, bytes: bytesOf(9000) })
        .execute();
      await database.query.deleteFrom("sealed_body").execute();
      expect(await database.erase()).toBe(false);
      await snapshot.commit().execute();
      expect(await database.erase()).toBe(true);
      const { rows } = await sql<{ dead: number }>`select pg_relation_size('sealed_body') as dead`.execute(database.query);
      expect(rows[0]?.dead).toBe(0);
    });
  }

  test("with `rebuildOnErase` the tables' files are written anew, without what was deleted", async () => {
    const database = await opened();
    const url = await urlOfTest();
    const rebuilding =
      name === "postgres" ? postgres({ connectionString: url, rebuildOnErase: true }) : mysql({ uri: url, rebuildOnErase: true });
    onTestFinished(() => rebuilding.close());
    const size = async (): Promise<number> =>
      (
        await (
          name === "postgres"
            ? sql<{ size: number }>`select pg_total_relation_size('sealed_body') as size`
            : sql<{
                size: number;
              }>`select file_size as size from information_schema.innodb_sys_tablespaces where name = concat(database(), '/sealed_body')`
        ).execute(database.query)
      ).rows[0]!.size;
    for (let seq = 0; seq < 60; seq++)
      await database.query
        .insertInto("sealed_body")
        .values({ folder: "f", seq, bytes: bytesOf(40_000) })
        .execute();
    const before = await size();
    await database.query.deleteFrom("sealed_body").where("seq", ">", 0).execute();
    expect(await rebuilding.erase()).toBe(true);
    expect(await size()).toBeLessThan(before / 4);
    expect(await database.query.selectFrom("sealed_body").select("seq").execute()).toEqual([{ seq: 0 }]);
  });

  test("a URL that cannot be read, or a driver that is not asked for, tells no password", async () => {
    const failed: unknown = await databaseOf(`${name}://user:hunter2@[bad:1/x`)
      .then((database) => database.query.selectFrom("folder").execute())
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    for (let error: unknown = failed; error instanceof Error; error = error.cause)
      expect(`${error.message}${JSON.stringify(error)}`).not.toContain("hunter2");
    await expect(databaseOf("oracle://x")).rejects.toMatchObject({ code: "invalid-argument" });
  });
}
