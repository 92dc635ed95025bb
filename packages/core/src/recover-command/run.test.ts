import { DatabaseSync } from "node:sqlite";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBase64url } from "../crypto/encoding.ts";
import { exportReadKey } from "../key/schedule.ts";
import { generateKey, writeKeyFile } from "../index.ts";
import { contentOf, copyOf, hashesIn, inventory, largeSize, lostFolder, sha256, type LostFolder } from "../../test/lost-folder.ts";
import { devicesForThisTest } from "../../test/devices-on-server.ts";
import { provider } from "../../test/device.ts";
import { run } from "./run.ts";

let lost: LostFolder;
let keyFile: string;
const folders: string[] = [];

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "keyfold-recovered-"));
  folders.push(folder);
  return folder;
}

async function copied(): Promise<string> {
  const copy = await copyOf(lost.server.dataDir);
  folders.push(copy);
  return copy;
}

async function textFile(text: string): Promise<string> {
  const path = join(await temporary(), "key.txt");
  await writeFile(path, text);
  return path;
}

interface Told {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

async function recover(args: readonly string[], input = ""): Promise<Told> {
  let [out, said] = ["", ""];
  const code = await run(args, {
    input: Readable.from([input]) as NodeJS.ReadStream,
    out: (text) => (out += text),
    say: (text) => (said += text),
    isLive: false,
  });
  return { code, out, said };
}

beforeAll(async () => {
  lost = await lostFolder();
  keyFile = await textFile(await lost.keyFile());
}, 60_000);

afterAll(async () => {
  await lost.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

const sources = [
  ["a server that runs", async () => lost.server.url],
  ["a copy made while the server ran, its write-ahead log beside it", copied],
] as const;

describe.each(sources)("from %s", (_name, from) => {
  it("every current file comes back, with its bytes, its time and a harmless name", async () => {
    const to = await temporary();
    const { code, out } = await recover(["--from", await from(), "--to", to, "--key", keyFile]);
    expect(out).toContain(`${lost.current.size} files recovered and verified.`);
    expect(code).toBe(0);
    expect(await hashesIn(to)).toEqual(new Map(lost.current));
    expect((await stat(join(to, "plain.txt"))).mtime.toISOString()).toBe("2026-01-02T03:04:06.000Z");
    expect(await readdir(join(to, "empty directory"))).toEqual([]);
  });

  it("trash and earlier versions come on request", async () => {
    const to = await temporary();
    const { code } = await recover(["--from", await from(), "--to", to, "--key", keyFile, "--trash", "--versions"]);
    expect(code).toBe(0);
    expect(await hashesIn(to)).toEqual(new Map([...lost.current, ...lost.trash, ...lost.versions]));
  });

  it("a read key alone reads all of it", async () => {
    const to = await temporary();
    const read = toBase64url(await exportReadKey(provider, lost.key));
    const { code } = await recover(["--from", await from(), "--to", to, "--folder", lost.folder.id], `${read}\n`);
    expect(code).toBe(0);
    expect(await hashesIn(to)).toEqual(new Map(lost.current));
  });

  it("another key opens nothing, and writes nothing", async () => {
    const to = await temporary();
    const root = Uint8Array.from(generateKey());
    const { code, said } = await recover(["--from", await from(), "--to", to], writeKeyFile({ root, keyId: "0".repeat(32) }));
    expect(said).toMatch(/opens no folder/);
    expect(code).toBe(2);
    expect(await readdir(to)).toEqual([]);
  });
});

describe("a copy", () => {
  it("is left as it was, with a write-ahead log and without one", async () => {
    const copy = await copied();
    expect((await stat(join(copy, "keyfold.db-wal"))).size).toBeGreaterThan(0);
    const before = await inventory(copy);
    await recover(["--from", copy, "--list", "--key", keyFile]);
    expect(await inventory(copy)).toEqual(before);

    new DatabaseSync(join(copy, "keyfold.db")).exec("pragma wal_checkpoint(truncate)");
    const { code } = await recover(["--from", copy, "--list", "--key", keyFile]);
    expect(code).toBe(0);
    await rm(join(copy, "keyfold.db-wal"), { force: true });
    await rm(join(copy, "keyfold.db-shm"), { force: true });
    const without = await inventory(copy);
    expect((await recover(["--from", copy, "--list", "--key", keyFile])).code).toBe(0);
    expect(await inventory(copy)).toEqual(without);
  });

  it("is recovered twice into one folder without writing anything anew; what is there is left alone", async () => {
    const copy = await copied();
    const to = await temporary();
    await recover(["--from", copy, "--to", to, "--key", keyFile]);
    const again = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(again.code).toBe(0);
    expect(again.out).toContain(`${lost.current.size} were there already, the same`);
    await writeFile(join(to, "plain.txt"), "mine");
    const third = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(third.out).toContain("LEFT ALONE  plain.txt");
    expect(third.code).toBe(1);
    expect(await readFile(join(to, "plain.txt"), "utf8")).toBe("mine");
  });

  it("a part with one bit flipped costs that file and no other; what is good of it is kept on request", async () => {
    const copy = await copied();
    const part = await partOf(copy, largeSize, 1);
    const bytes = await readFile(part);
    bytes[1000]! ^= 1;
    await writeFile(part, bytes);
    const to = await temporary();
    const { code, out } = await recover(["--from", copy, "--to", to, "--key", keyFile, "--keep-damaged"]);
    expect(code).toBe(1);
    expect(out).toContain("DAMAGED     photos/2026/large.bin");
    const found = await hashesIn(to);
    const damaged = found.get("photos/2026/large.bin.damaged");
    found.delete("photos/2026/large.bin.damaged");
    expect(found).toEqual(new Map([...lost.current].filter(([path]) => path !== "photos/2026/large.bin")));
    // The second of the parts is zeros.
    const expected = contentOf(largeSize, 2);
    const [start, end] = [4 * 1048560 - 40, 8 * 1048560 - 40];
    expected.fill(0, start, end);
    expect(damaged).toBe(sha256(expected));
  });

  it("a part that is missing costs that file and no other, and nothing is written of it unasked", async () => {
    const copy = await copied();
    await rm(await partOf(copy, largeSize, 2));
    const to = await temporary();
    const { code, out } = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(code).toBe(1);
    expect(out).toContain("DAMAGED     photos/2026/large.bin: Part 3 of 3 is missing.");
    expect(await hashesIn(to)).toEqual(new Map([...lost.current].filter(([path]) => path !== "photos/2026/large.bin")));
  });

  it("a table of parts that is lost is made up for by the parts themselves", async () => {
    const copy = await copied();
    edit(copy, "delete from part");
    const to = await temporary();
    expect((await recover(["--from", copy, "--to", to, "--key", keyFile])).code).toBe(0);
    expect(await hashesIn(to)).toEqual(new Map(lost.current));
  });

  it("an entry whose body is lost costs what it added; what came after it comes back", async () => {
    const copy = await copied();
    const last = recordOf(copy, "select max(seq) as seq from sealed_body");
    const victim = await entryThatAdds(copy, "README");
    expect(victim).toBeLessThan(last);
    edit(copy, `delete from sealed_body where seq = ${victim}`);
    const to = await temporary();
    const { code, out } = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(code).toBe(1);
    expect(out).toContain(`Entry ${victim} of the history is lost`);
    // Without its elder twin "readme" keeps its name.
    const expected = new Map([...lost.current].filter(([path]) => path !== "README" && path !== "readme (2)"));
    expected.set("readme", lost.current.get("readme (2)")!);
    expect(await hashesIn(to)).toEqual(expected);
  });

  it("a record that is missing altogether ends the history there, and what was there before comes back", async () => {
    const copy = await copied();
    const victim = await entryThatAdds(copy, "README");
    edit(copy, `delete from sealed_body where seq = ${victim}`, `delete from log_record where seq = ${victim}`);
    const to = await temporary();
    const { code, out } = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(code).toBe(1);
    expect(out).toContain(`record ${victim} of`);
    const found = await hashesIn(to);
    expect(found.has("plain.txt")).toBe(true);
    expect(found.has("README")).toBe(false);
    for (const [path, hash] of found) expect(lost.current.get(path)).toBe(hash);
  });

  it("a record that was changed ends the history there", async () => {
    const copy = await copied();
    const victim = await entryThatAdds(copy, "README");
    edit(copy, `update sealed_body set bytes = zeroblob(length(bytes)) where seq = ${victim}`);
    const { code, out } = await recover(["--from", copy, "--list", "--key", keyFile]);
    expect(out).toContain(`breaks off at record ${victim}`);
    expect(code).toBe(1);
  });

  it("where the lock's snapshot is lost, what was uploaded before it comes back without names", async () => {
    const copy = await copied();
    const snapshot = await snapshotBlob(copy);
    await rm(join(copy, "blobs", lost.folder.id, snapshot.slice(0, 2), `${snapshot}.0`));
    const to = await temporary();
    const { code, out } = await recover(["--from", copy, "--to", to, "--key", keyFile]);
    expect(code).toBe(1);
    expect(out).toMatch(/snapshot at record \d+ cannot be read/);
    const found = new Set((await hashesIn(to)).values());
    // What was exposed by the lock was sealed anew since, and each reseal names its content; the rest was added later.
    for (const [path, hash] of lost.current) expect([path, found.has(hash)]).toEqual([path, true]);
  });

  it("an older copy is recovered, and said to be older, where the key file has a checkpoint", async () => {
    const { position } = recordAt(await copied());
    const text = writeKeyFile({ root: lost.key, keyId: lost.keyId, checkpoint: { epoch: 1, seq: position + 7, head: "ab".repeat(32) } });
    const { code, out } = await recover(["--from", await copied(), "--list", "--key", await textFile(text)]);
    expect(out).toContain(`This is an OLDER copy of the folder: its history ends at record ${position}`);
    expect(out).toContain("plain.txt");
    expect(code).toBe(1);
  });

  it("another history than the checkpoint's is told, and the checkpoint of this one is not", async () => {
    const { position, head } = recordAt(await copied());
    const told = async (hex: string): Promise<Told> =>
      recover([
        "--from",
        await copied(),
        "--list",
        "--key",
        await textFile(writeKeyFile({ root: lost.key, keyId: lost.keyId, checkpoint: { epoch: 1, seq: position, head: hex } })),
      ]);
    expect((await told("ab".repeat(32))).out).toContain("ANOTHER history");
    const right = await told(head);
    expect(right.out).not.toContain("ANOTHER history");
    expect(right.code).toBe(0);
  });
});

describe("the key", () => {
  it("is taken from standard input, with one wrong character corrected", async () => {
    const text = (await lost.keyFile()).replace(/^3 {2}(.)/m, (_row, character: string) => `3  ${character === "7" ? "8" : "7"}`);
    const { code } = await recover(["--from", await copied(), "--list"], text);
    expect(code).toBe(0);
  });

  it("is never taken from an argument", async () => {
    const rows = (await lost.keyFile()).match(/^[1-8] {2}\S+$/gm)!.map((row) => row.slice(3));
    const { code, said } = await recover(["--from", "x", "--list", rows.join("-")]);
    expect(said).toContain("must not be an argument");
    expect(said).not.toContain(rows[0]!);
    expect(code).toBe(2);
  });

  it("names the rows that are wrong", async () => {
    const text = (await lost.keyFile()).replace(/^5 {2}(.....)/m, "5  UUUUU");
    const { code, said } = await recover(["--from", await copied(), "--list"], text);
    expect(said).toContain("Look at row 5.");
    expect(code).toBe(2);
  });
});

describe("an open folder", () => {
  it("comes back with the read key that it publishes; a locked one does not", async () => {
    const { devices, server } = await devicesForThisTest();
    const folder = await devices.client().create();
    await folder.upload([new File(["open"], "open.txt")]);
    await folder.close();
    await server.stop();
    const to = await temporary();
    expect((await recover(["--from", server.dataDir, "--to", to, "--open", "--folder", folder.id])).code).toBe(0);
    expect(await readFile(join(to, "open.txt"), "utf8")).toBe("open");
    const locked = await recover(["--from", await copied(), "--list", "--open", "--folder", lost.folder.id]);
    expect(locked.said).toContain("locked");
    expect(locked.code).toBe(2);
  });
});

// What a test does to a copy.

function edit(copy: string, ...statements: string[]): void {
  const database = new DatabaseSync(join(copy, "keyfold.db"));
  for (const statement of statements) database.exec(statement);
  database.close();
}

function recordOf(copy: string, sql: string): number {
  const database = new DatabaseSync(join(copy, "keyfold.db"));
  const row = database.prepare(sql).get() as { seq: number };
  database.close();
  return row.seq;
}

function recordAt(copy: string): { position: number; head: string } {
  const database = new DatabaseSync(join(copy, "keyfold.db"));
  const row = database.prepare("select seq, head from folder").get() as { seq: number; head: Uint8Array };
  database.close();
  return { position: row.seq, head: Buffer.from(row.head).toString("hex") };
}

/** The file of a part of the file of that many bytes. */
async function partOf(copy: string, size: number, part: number): Promise<string> {
  const node = [...lost.folder.state.tree.descend(null)].find(({ current }) => current?.size === size)!;
  const blob = node.current!.blob;
  return join(copy, "blobs", lost.folder.id, blob.slice(0, 2), `${blob}.${part}`);
}

/** Seq of the entry that added the file of this name: the one whose clear part names its blob. */
async function entryThatAdds(copy: string, name: string): Promise<number> {
  const blob = [...lost.folder.state.tree.descend(null)].find((node) => node.name === name)!.current!.blob;
  return recordOf(copy, `select seq from sealed_body where instr(hex(bytes), upper('${blob}')) > 0`);
}

/** The blob that the first entry of the epoch adds. */
async function snapshotBlob(copy: string): Promise<string> {
  const database = new DatabaseSync(join(copy, "keyfold.db"));
  const sql = "select bytes from sealed_body where seq = (select min(seq) from sealed_body)";
  const { bytes } = database.prepare(sql).get() as { bytes: Uint8Array };
  database.close();
  // u8 kind | u32 clear length | u32 n | blob ids
  return Buffer.from(bytes.subarray(9, 25)).toString("hex");
}
