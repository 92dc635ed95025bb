/** Batches: all or nothing, one after the other, repeated where the database asks for it. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { changed, patiently, transact, transactLightly, type Batch, type Database } from "../../src/database/database.ts";
import { newId } from "../owner.ts";
import type { Opened } from "./opened.ts";
import { folderRow } from "./values.ts";

export function batches(opened: Opened): void {
  for (const [name, run] of Object.entries({ "a batch": transact, "a light batch": transactLightly })) {
    test(`${name} that throws leaves nothing, and its error goes through`, async () => {
      const database = await opened();
      const failed = run(database, async (batch) => {
        await batch.insertInto("folder").values(folderRow()).execute();
        throw new RangeError("no");
      });
      await expect(failed).rejects.toThrow(RangeError);
      expect(await database.query.selectFrom("folder").selectAll().execute()).toEqual([]);
    });

    test(`${name} that fails at its last statement leaves nothing, and the next one is whole`, async () => {
      const database = await opened();
      const row = folderRow();
      await database.query.insertInto("folder").values(row).execute();
      const lease = (batch: Batch) => batch.insertInto("lease").values({ name: "x", holder: "y", until_at: 0 }).execute();
      const failed: unknown = await run(database, async (batch) => {
        await lease(batch);
        await batch.insertInto("folder").values(row).execute();
      }).catch((error: unknown) => error);
      expect(database.fault(failed)).toBe("duplicate");
      expect(await database.query.selectFrom("lease").selectAll().execute()).toEqual([]);
      await run(database, lease);
      expect(await database.query.selectFrom("lease").selectAll().execute()).toHaveLength(1);
    });
  }

  test("of a hundred who go for one seq, over four pools, one wins each time", async () => {
    const first = await opened();
    // A process has one connection to SQLite, whose calls hold it up: two would wait for each other. Several processes are in `test/soak/`.
    const databases = first.name === "sqlite" ? [first] : [first, ...(await Promise.all([opened(), opened(), opened()]))];
    const row = folderRow();
    await first.query.insertInto("folder").values(row).execute();
    for (let seq = 0; seq < 3; seq++) {
      const won = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          transact(databases[i % databases.length]!, async (batch) => {
            const moved = await batch
              .updateTable("folder")
              .set({ seq: seq + 1 })
              .where("id", "=", row.id)
              .where("seq", "=", seq)
              .executeTakeFirst();
            if (changed(moved) === 1)
              await batch
                .insertInto("sealed_body")
                .values({ folder: row.id, seq, bytes: new Uint8Array(9) })
                .execute();
            return changed(moved);
          }),
        ),
      );
      expect(won.filter((count) => count === 1)).toHaveLength(1);
    }
    expect(await first.query.selectFrom("sealed_body").select("seq").orderBy("seq").execute()).toEqual([
      { seq: 0 },
      { seq: 1 },
      { seq: 2 },
    ]);
  });

  test("whoever waited for a row sees, from then on, what the one before has done", async () => {
    const [first, second] = [await opened(), await opened()];
    const row = folderRow();
    await first.query.insertInto("folder").values(row).execute();
    const seen = await Promise.all(
      [first, second].map((database) =>
        transact(database, async (batch) => {
          await batch
            .updateTable("folder")
            .set({ used: sql<number>`used + 1` })
            .where("id", "=", row.id)
            .execute();
          const { length } = await batch.selectFrom("lease").select("name").execute();
          await batch.insertInto("lease").values({ name: newId(), holder: "h", until_at: 0 }).execute();
          return length;
        }),
      ),
    );
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  test("what a reader sees is committed, and a reader does not wait for a batch", async () => {
    const [first, second] = [await opened(), await opened()];
    const row = folderRow();
    await first.query.insertInto("folder").values(row).execute();
    const used = async (): Promise<number> => (await second.query.selectFrom("folder").select("used").executeTakeFirstOrThrow()).used;
    await transact(first, async (batch) => {
      await batch.updateTable("folder").set({ used: 7 }).where("id", "=", row.id).execute();
      expect(await used()).toBe(0);
    });
    expect(await used()).toBe(7);
  });

  test("what is inserted twice is a duplicate, over a primary key of one column and of two", async () => {
    const database = await opened();
    const { query } = database;
    const lease = () => query.insertInto("lease").values({ name: "x", holder: "y", until_at: 0 }).execute();
    const body = () =>
      query
        .insertInto("sealed_body")
        .values({ folder: "f", seq: 1, bytes: new Uint8Array(1) })
        .execute();
    for (const insert of [lease, body]) {
      await insert();
      expect(database.fault(await insert().catch((error: unknown) => error))).toBe("duplicate");
    }
    for (const other of [new Error("x"), new TypeError("y"), "z", undefined, null, { code: "23505" }])
      expect(database.fault(other)).toBe("other");
    const wrong: unknown = await sql`select nothing from nowhere`.execute(query).catch((error: unknown) => error);
    expect(database.fault(wrong)).toBe("other");
  });

  test("light batches can be flushed at any time: before the first, after many, by many at once", async () => {
    const database = await opened();
    await database.flush();
    await Promise.all(
      Array.from({ length: 20 }, async (_, seq) => {
        await transactLightly(database, (batch) =>
          batch
            .insertInto("sealed_body")
            .values({ folder: "f", seq, bytes: new Uint8Array(9) })
            .execute(),
        );
        await database.flush();
      }),
    );
    expect(await database.query.selectFrom("sealed_body").select("seq").execute()).toHaveLength(20);
    // The batch that comes after is not a light one.
    await transact(database, (batch) => batch.deleteFrom("sealed_body").execute());
  });

  test("what was deleted can be erased, again and again, while others write", async () => {
    const database = await opened();
    const write = (seq: number) =>
      patiently(database, () =>
        database.query
          .insertInto("sealed_body")
          .values({ folder: "f", seq, bytes: database.filled(new Uint8Array(5000)) })
          .execute(),
      );
    for (let seq = 0; seq < 10; seq++) await write(seq);
    await database.query.deleteFrom("sealed_body").where("seq", "<", 5).execute();
    expect(await erasedAtLast(database)).toBe(true);
    await Promise.all([erasedAtLast(database), write(10), write(11)]);
    expect(await database.query.selectFrom("sealed_body").select("seq").execute()).toHaveLength(7);
  });
}

/** A checkpoint while somebody writes is put off; a later one is not. */
async function erasedAtLast(database: Database): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) if (await database.erase()) return true;
  return false;
}
