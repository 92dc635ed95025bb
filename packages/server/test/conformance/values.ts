/** What goes into a database comes out the same. */
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { changed, idsPerQuery, inChunks } from "../../src/database/database.ts";
import { bytesOf, newId } from "../owner.ts";
import type { Opened } from "./opened.ts";

export const folderRow = (id = newId()) => ({
  id,
  mode: 0,
  epoch: 0,
  seq: 0,
  head: bytesOf(32),
  keys: bytesOf(128),
  key_id: newId(),
  used: 0,
  created_at: 0,
});

export function values(opened: Opened): void {
  test("whole numbers up to 2^53 - 1 are numbers, and so are counts and sums of them", async () => {
    const { query } = await opened();
    await query
      .insertInto("folder")
      .values({ ...folderRow(), used: Number.MAX_SAFE_INTEGER, created_at: 1_800_000_000_000 })
      .execute();
    const row = await query.selectFrom("folder").selectAll().executeTakeFirstOrThrow();
    expect([row.used, row.created_at, row.seq]).toEqual([Number.MAX_SAFE_INTEGER, 1_800_000_000_000, 0]);
    await query
      .updateTable("folder")
      .set({ used: sql<number>`used - ${2 ** 52}` })
      .where("used", ">=", Number.MAX_SAFE_INTEGER)
      .execute();
    const { rows } = await sql<{ n: number; total: number }>`select count(*) as n, sum(used) as total from folder`.execute(query);
    expect(rows).toEqual([{ n: 1, total: 2 ** 52 - 1 }]);
  });

  test("bytes of any value and length, none at all, a piece of a longer array", async () => {
    const { query } = await opened();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const long = new Uint8Array(randomBytes(2000));
    const bodies = [new Uint8Array(), all, long.subarray(700, 1300), new Uint8Array(3), bytesOf(4 * 2 ** 20)];
    for (const [seq, bytes] of bodies.entries()) {
      await query
        .insertInto("sealed_body")
        .values({ folder: "f".repeat(32), seq, bytes: new Uint8Array(bytes) })
        .execute();
      await query
        .insertInto("sealed_body")
        .values({ folder: "e".repeat(32), seq, bytes: bytes })
        .execute();
    }
    for (const folder of ["f".repeat(32), "e".repeat(32)]) {
      const rows = await query.selectFrom("sealed_body").select("bytes").where("folder", "=", folder).orderBy("seq").execute();
      for (const [place, { bytes }] of rows.entries()) expect(Buffer.compare(bytes, bodies[place]!)).toBe(0);
    }
  });

  test("15 MiB in one row: what the smallest packet that servers come with lets through", async () => {
    const database = await opened();
    const { query } = database;
    const bytes = bytesOf(15 * 2 ** 20);
    await query
      .insertInto("sealed_body")
      .values({ folder: newId(), seq: 1, bytes: database.filled(bytes) })
      .execute();
    const row = await query.selectFrom("sealed_body").select("bytes").executeTakeFirstOrThrow();
    expect(Buffer.compare(row.bytes.subarray(0, bytes.length), bytes)).toBe(0);
  });

  test("nulls stay null, and the same bytes are found by comparison", async () => {
    const { query } = await opened();
    const token_hash = bytesOf(32);
    const row = { id: newId(), folder: newId(), token_hash, state: "waiting" as const, public_key: null, nonce: null, sealed: null };
    await query
      .insertInto("pairing")
      .values({ ...row, expires_at: 5 })
      .execute();
    const found = await query.selectFrom("pairing").selectAll().where("token_hash", "=", token_hash).executeTakeFirstOrThrow();
    expect([found.public_key, found.nonce, found.sealed, found.expires_at]).toEqual([null, null, null, 5]);
  });

  test("ids and words are compared and ordered byte by byte", async () => {
    const { query } = await opened();
    for (const name of ["a", "A", "b", "B", "-", "_"]) await query.insertInto("lease").values({ name, holder: "h", until_at: 0 }).execute();
    const rows = await query.selectFrom("lease").select("name").orderBy("name").execute();
    expect(rows.map(({ name }) => name)).toEqual(["-", "A", "B", "_", "a", "b"]);
    await query
      .insertInto("lease")
      .values({ name: "w".repeat(64), holder: "h".repeat(64), until_at: 0 })
      .execute();
    expect((await query.selectFrom("lease").select("holder").where("name", "=", "w".repeat(64)).executeTakeFirst())?.holder).toHaveLength(
      64,
    );
  });

  test("quotes, backslashes and zeros in a word are only characters", async () => {
    const { query } = await opened();
    const name = `'"\\\\ -- ; \\' %`;
    await query.insertInto("lease").values({ name, holder: "\\", until_at: 0 }).execute();
    expect(await query.selectFrom("lease").selectAll().where("name", "=", name).execute()).toEqual([{ name, holder: "\\", until_at: 0 }]);
  });

  test("a list of ids goes in pieces of 90, in and out", async () => {
    const { query } = await opened();
    const ids = Array.from({ length: 200 }, () => newId());
    let found = 0;
    for (const chunk of inChunks(ids)) {
      expect(chunk.length).toBeLessThanOrEqual(idsPerQuery);
      await query
        .insertInto("folder")
        .values(chunk.map((id) => folderRow(id)))
        .execute();
      found += (await query.selectFrom("folder").select("id").where("id", "in", chunk).limit(idsPerQuery).execute()).length;
    }
    expect(found).toBe(200);
  });

  test("an update counts the rows that it finds, changed or not; a deletion those that it takes", async () => {
    const { query } = await opened();
    const row = folderRow();
    await query.insertInto("folder").values(row).execute();
    const same = () => query.updateTable("folder").set({ used: 0 }).where("id", "=", row.id).where("seq", "=", 0).executeTakeFirst();
    expect([changed(await same()), changed(await same())]).toEqual([1, 1]);
    expect(changed(await query.updateTable("folder").set({ used: 1 }).where("seq", "=", 7).executeTakeFirst())).toBe(0);
    expect(changed(await query.deleteFrom("folder").where("id", "=", row.id).executeTakeFirst())).toBe(1);
    expect(changed(await query.deleteFrom("folder").where("id", "=", row.id).executeTakeFirst())).toBe(0);
  });

  test("positions count up by themselves", async () => {
    const { query } = await opened();
    const turn = (ticket: string) => query.insertInto("turn").values({ folder: "f", ticket, until_at: null, created_at: 0 }).execute();
    for (const ticket of ["x", "y", "z"]) await turn(ticket);
    const rows = await query.selectFrom("turn").select(["position", "ticket"]).orderBy("position").execute();
    expect(rows.map(({ ticket }) => ticket)).toEqual(["x", "y", "z"]);
    expect(rows.every(({ position }) => Number.isSafeInteger(position))).toBe(true);
  });
}
