import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { walOf } from "../../test/write-ahead-log.ts";
import { withWriteAhead } from "./write-ahead.ts";

let folder: string;
let database: Uint8Array<ArrayBuffer>;
let log: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyfold-wal-"));
  const path = join(folder, "a.db");
  const open = new DatabaseSync(path);
  open.exec("pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table t (n integer primary key, text text)");
  open.exec("insert into t values (0, 'in the database')");
  open.exec("pragma wal_checkpoint(truncate)");
  // Commits that lie in the log alone: pages added, pages written twice, pages freed.
  for (let n = 1; n <= 60; n++) open.prepare("insert into t values (?, ?)").run(n, "x".repeat(n * 97));
  open.exec("update t set text = 'changed' where n % 7 = 0; delete from t where n > 50");
  await copyFile(path, join(folder, "b.db"));
  database = new Uint8Array(await readFile(path));
  log = new Uint8Array(await readFile(`${path}-wal`));
  open.close();
});

afterAll(() => rm(folder, { recursive: true }));

/** What SQLite reads in a database without a log. */
async function rowsIn(bytes: Uint8Array): Promise<unknown> {
  const path = join(folder, "read.db");
  await writeFile(path, bytes);
  const open = new DatabaseSync(path, { readOnly: true });
  const rows: unknown = open.prepare("select n, text from t order by n").all();
  expect(open.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  open.close();
  return rows;
}

/** What SQLite reads of both files. */
async function rowsOf(bytes: Uint8Array, wal: Uint8Array): Promise<unknown> {
  const path = join(folder, "both.db");
  await rm(`${path}-shm`, { force: true });
  await writeFile(path, bytes);
  await writeFile(`${path}-wal`, wal);
  const open = new DatabaseSync(path);
  const rows: unknown = open.prepare("select n, text from t order by n").all();
  open.close();
  return rows;
}

describe("a write-ahead log", () => {
  it("puts every committed change into the database, as SQLite does", async () => {
    expect(await rowsIn(withWriteAhead(database, log))).toEqual(await rowsOf(database, log));
  });

  it("that ends in the middle counts up to its last whole commit, as SQLite counts", async () => {
    for (const length of [0, 20, 32, 100, 5_000, Math.floor(log.length / 3), Math.floor(log.length / 2), log.length - 1]) {
      const cut = log.slice(0, length);
      expect(await rowsIn(withWriteAhead(database, cut))).toEqual(await rowsOf(database, cut));
    }
  });

  it("that is damaged counts up to the damage, as SQLite counts", async () => {
    for (const at of [3, 17, 25, 40, 70, 9_000, Math.floor(log.length / 2)]) {
      const damaged = log.slice();
      damaged[at]! ^= 0x10;
      expect(await rowsIn(withWriteAhead(database, damaged))).toEqual(await rowsOf(database, damaged));
    }
  });

  it("may be missing", async () => {
    expect(await rowsIn(withWriteAhead(database, null))).toEqual([{ n: 0, text: "in the database" }]);
  });

  it("whose checksums fit counts up to the first frame that says what cannot be", () => {
    const before = new Uint8Array(1024).fill(9);
    const good = { page: 2, commits: 2 };
    const changed = Uint8Array.from([...before.slice(0, 512), ...new Uint8Array(512).fill(2)]);
    expect(withWriteAhead(before, walOf(512, [good]))).toEqual(changed);
    expect(withWriteAhead(before, walOf(512, [good, { page: 0, commits: 2 }]))).toEqual(changed);
    // Two terabytes.
    expect(withWriteAhead(before, walOf(512, [good, { page: 1, commits: 0xffffffff }]))).toEqual(changed);
    for (const pageSize of [0, 5, 511, 513, 131_072]) {
      expect(withWriteAhead(before, walOf(pageSize, [{ page: 1, commits: 1 }]))).toEqual(before);
    }
  });
});
