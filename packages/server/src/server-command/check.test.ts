import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { startCommand } from "../../test/command.ts";
import { emptyDatabase, readerOf } from "../../test/database-servers.ts";
import { databaseNames, freshDatabase, needs, type DatabaseName } from "../../test/databases.ts";
import { sendBy, temporaryFolder } from "../../test/mount.ts";
import { newOwner } from "../../test/owner.ts";
import type { CheckReport } from "../check/check.ts";
import { databaseOf } from "../database/database-of.ts";
import { migrations } from "../database/migrations.ts";
import { sqlite } from "../database/sqlite.ts";
import { run } from "./run.ts";

vi.setConfig({ testTimeout: 120_000 });

/** The same without a process of its own. */
async function checkedHere(args: readonly string[], environment: Record<string, string> = {}) {
  let [out, errors] = ["", ""];
  const code = await run({
    args: ["check", ...args],
    environment,
    version: "1.2.3",
    say: (text) => void (out += text),
    complain: (text) => void (errors += text),
    onSignal: () => undefined,
  });
  return { code, out, errors };
}

async function checked(args: readonly string[], environment: Record<string, string> = {}) {
  const command = startCommand(["check", ...args], environment);
  const code = await command.exited;
  return { code, out: command.out(), errors: command.errors() };
}

/** A server over a database that anybody may read, with a folder of four blobs. */
async function site(name: DatabaseName) {
  const dataDir = await temporaryFolder();
  const database = await emptyDatabase(name);
  let dropReader = async (): Promise<void> => undefined;
  onTestFinished(async () => {
    await database.drop();
    await dropReader();
  });
  const server = startCommand(["--port", "0"], { KEYFOLD_DATA: dataDir, KEYFOLD_DATABASE_URL: database.url });
  const base = await server.listening;
  const owner = await newOwner(sendBy(fetch, base), base);
  const blobs = [await owner.upload(), await owner.upload(), await owner.upload(), await owner.upload()] as const;
  await owner.append({ added: [...blobs] });
  const reader = await readerOf(name, database.url);
  dropReader = reader.drop;
  return {
    server,
    dataDir,
    url: database.url,
    reading: { KEYFOLD_DATA: dataDir, KEYFOLD_DATABASE_URL: reader.url },
    folder: owner.folder,
    blobs,
  };
}

async function everythingIn(url: string, dataDir: string): Promise<unknown> {
  const database = await databaseOf(url);
  const rows: Record<string, unknown> = {};
  for (const { name } of await database.query.introspection.getTables()) {
    rows[name] = (await sql`select * from ${sql.table(name)}`.execute(database.query)).rows;
  }
  await database.close();
  const files: Record<string, string> = {};
  const store = join(dataDir, "blobs");
  for (const entry of await readdir(store, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    files[path] = entry.isFile() ? (await readFile(path)).toString("hex") : "";
  }
  return { rows, files };
}

describe.each(databaseNames)("check over %s", (name) => {
  beforeEach((context) => needs(name, context));

  test("finds nothing while the server works, and every damage afterwards; it changes nothing, and may do no more than read", async () => {
    const { server, dataDir, url, reading, folder, blobs } = await site(name);
    const whole = await checked([], reading);
    expect(whole).toEqual({
      code: 0,
      out: "Clean.\nLooked at: folders 1, records 2, blobs 4, parts 4 (4320 bytes).\n",
      errors: "",
    });

    server.process.kill("SIGTERM");
    await server.exited;
    const [flipped, lost, shortened, rowless] = blobs;
    const fileOf = (blob: string) => join(dataDir, "blobs", folder, blob.slice(0, 2), `${blob}.0`);
    const bytes = await readFile(fileOf(flipped));
    bytes[500] = bytes[500]! ^ 1;
    await writeFile(fileOf(flipped), bytes);
    await rm(fileOf(lost));
    await writeFile(fileOf(shortened), (await readFile(fileOf(shortened))).subarray(0, 1000));
    const database = await databaseOf(url);
    await database.query.deleteFrom("part").where("blob", "=", rowless).execute();
    await database.query.updateTable("folder").set({ used: 1 }).execute();
    await database.close();

    const before = await everythingIn(url, dataDir);
    const damaged = await checked([], reading);
    expect([damaged.code, damaged.errors]).toEqual([1, ""]);
    const lines = damaged.out.trimEnd().split("\n");
    const inRows = [`used-drift folder=${folder}`, `blob-incomplete folder=${folder} blob=${rowless}`];
    expect(lines.slice(0, -2).toSorted()).toEqual(
      [
        ...inRows,
        `part-damaged folder=${folder} blob=${flipped} index=0`,
        `part-damaged folder=${folder} blob=${shortened} index=0`,
        `part-missing folder=${folder} blob=${lost} index=0`,
      ].toSorted(),
    );
    expect(lines.at(-2)).toMatch(/^Found: .*part-damaged 2.*\.$/);
    expect(lines.at(-1)).toBe("Looked at: folders 1, records 2, blobs 4, parts 3 (3240 bytes).");

    const inRowsOnly = await checked(["--skip-parts"], reading);
    expect(inRowsOnly.code).toBe(1);
    expect(inRowsOnly.out.trimEnd().split("\n").slice(0, -2).toSorted()).toEqual(inRows.toSorted());

    const asJson = await checked(["--json"], reading);
    expect(asJson.code).toBe(1);
    const report = JSON.parse(asJson.out) as CheckReport;
    expect(report).toMatchObject({ clean: false, folders: 1, parts: 3, bytes: 3240 });
    expect(report.counts).toEqual({ "used-drift": 1, "blob-incomplete": 1, "part-damaged": 2, "part-missing": 1 });
    expect(report.findings).toContainEqual({ kind: "part-missing", folder, blob: lost, index: 0 });
    expect(await everythingIn(url, dataDir)).toEqual(before);
  });

  test("a database of another release is left as it is, and is not said to be clean", async () => {
    const url = await freshDatabase(name);
    const database = await databaseOf(url);
    onTestFinished(() => database.close());
    const environment = { KEYFOLD_DATA: await temporaryFolder(), KEYFOLD_DATABASE_URL: url };
    const says = async () => (({ code, errors }) => [code, errors])(await checkedHere([], environment));
    expect(await says()).toEqual([2, expect.stringContaining("no tables of Keyfold")]);
    await database.migrate();
    const newest = migrations.at(-1)!.version;
    await sql`delete from schema_version where version = ${newest}`.execute(database.query);
    expect(await says()).toEqual([3, expect.stringContaining("older")]);
    const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(database.query);
    expect(rows.map(({ version }) => version)).not.toContain(newest);
    await sql`insert into schema_version (version) values (99)`.execute(database.query);
    expect(await says()).toEqual([3, expect.stringContaining("newer")]);
  });
});

describe("check", () => {
  test("says its help and its version", async () => {
    expect(await checkedHere(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--skip-parts"), errors: "" });
    expect(await checkedHere(["--version"])).toEqual({ code: 0, out: "1.2.3\n", errors: "" });
  });

  test.for<[string[], Record<string, string>, string]>([
    [["--port", "1"], {}, "no flag --port"],
    [["--json=yes"], {}, "no value, or there is a word too many"],
    [["--data=x", "everything"], {}, "a word too many"],
    [["--database", "oracle:x"], {}, "postgres:, mysql: or sqlite:"],
    [["--blobs", "s3://bucket"], {}, "AWS_ACCESS_KEY_ID"],
    [["--database", "postgres://me:hunter2@host/db"], {}, "KEYFOLD_DATABASE_URL"],
    [[], { KEYFOLD_DATABASE_URL_FILE: "/nowhere/hunter2" }, "KEYFOLD_DATABASE_URL_FILE"],
  ])("with %j and %j is not begun", async ([args, environment, message]) => {
    const { code, out, errors } = await checkedHere(args, { KEYFOLD_DATA: await temporaryFolder(), ...environment });
    expect([code, out, errors]).toEqual([2, "", expect.stringContaining(message)]);
    expect(errors.trim().split("\n")).toHaveLength(1);
    expect(errors).not.toContain("hunter2");
  });

  test("where nothing lies, makes nothing", async () => {
    const dataDir = await temporaryFolder();
    expect(await checkedHere(["--data", dataDir])).toEqual({ code: 2, out: "", errors: "The database file cannot be opened.\n" });
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("is not clean where the database does not answer, and does not say where that is", async () => {
    const url = "postgres://somebody:hunter2@127.0.0.1:9/secretname";
    const { code, out, errors } = await checkedHere([], { KEYFOLD_DATA: await temporaryFolder(), KEYFOLD_DATABASE_URL: url });
    expect([code, out]).toEqual([3, ""]);
    expect(errors).toMatch(/./);
    for (const secret of ["hunter2", "secretname", "somebody"]) expect(errors).not.toContain(secret);
  });

  test("more findings than are listed are counted", async () => {
    const dataDir = await temporaryFolder();
    const database = sqlite(join(dataDir, "keyfold.db"));
    await database.migrate();
    await sql`with recursive number (n) as (select 1 union all select n + 1 from number where n < 1200)
      insert into blob (folder, id, state, sealed_size, missing, passes, cursor) select 'folder', printf('%032x', n), 'live', 1080, 1, 0, 0 from number`.execute(
      database.query,
    );
    await database.close();
    const { code, out } = await checkedHere(["--data", dataDir]);
    const lines = out.trimEnd().split("\n");
    expect([code, lines.length]).toEqual([1, 1000 + 3]);
    expect(lines.slice(-3)).toEqual([
      "and 201 more, which are only counted",
      "Found: blob-incomplete 1200, orphan 1.",
      "Looked at: folders 0, records 0, blobs 1200, parts 0 (0 bytes).",
    ]);
  });
});
