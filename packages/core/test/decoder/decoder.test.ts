/**
 * The format is what its page says: a decoder that was written from docs/format.md alone, in another language, opens what this one wrote.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyOf, lostFolder, sha256, withoutFolder, type LostFolder } from "../lost-folder.ts";
import { decode, findPython } from "./python.ts";

const python = findPython();
if (python === undefined) {
  // oxlint-disable-next-line no-console -- a test that did not run must not be quiet
  console.warn("\n!!! The independent decoder was NOT RUN: there is no Python with `cryptography` here !!!\n");
}

interface Decoded {
  readonly path: readonly string[];
  readonly live: boolean;
  readonly current: boolean;
  readonly sha256: string;
}

describe.skipIf(python === undefined)("the decoder in Python", () => {
  let lost: LostFolder;
  let copy: string;
  beforeAll(async () => {
    lost = await lostFolder();
    copy = await copyOf(lost.server.dataDir);
  }, 120_000);
  afterAll(async () => {
    await lost.close();
    await withoutFolder(copy);
  });

  it("follows genesis, entries, rekey, snapshot, and opens every version, with the same SHA-256", () => {
    const decoded = JSON.parse(decode(python!, ["folder", copy], Buffer.from(lost.key).toString("hex"))) as Decoded[];
    const of = (wanted: (one: Decoded) => boolean): string[] =>
      decoded
        .filter(wanted)
        .map((one) => one.sha256)
        .sort();
    expect(of(({ live, current }) => live && current)).toEqual([...lost.current.values()].sort());
    expect(of(({ live }) => !live)).toEqual([...lost.trash.values()].sort());
    expect(of(({ live, current }) => live && !current)).toEqual([...lost.versions.values()].sort());
    const { tree } = lost.folder.state;
    const paths = [...tree.descend(null)].filter(({ kind }) => kind === "file").map(({ id }) => tree.path(id).map(({ name }) => name));
    expect(
      decoded
        .filter(({ live, current }) => live && current)
        .map(({ path }) => path.join("\0"))
        .sort(),
    ).toEqual(paths.map((path) => path.join("\0")).sort());
  });

  it("refuses a data folder in which one bit of a sealed entry was changed", async () => {
    const broken = await copyOf(lost.server.dataDir);
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(join(broken, "keyfold.db"));
    const { seq, bytes } = database.prepare("select seq, bytes from sealed_body order by seq desc limit 1").get() as {
      seq: number;
      bytes: Uint8Array;
    };
    bytes[200]! ^= 1;
    database.prepare("update sealed_body set bytes = ? where seq = ?").run(bytes, seq);
    database.close();
    expect(() => decode(python!, ["folder", broken], Buffer.from(lost.key).toString("hex"))).toThrow(/InvalidSignature/);
    await withoutFolder(broken);
  });

  it.each(["/photos/2026/large.bin", "/empty", "/plain.txt"])("opens %s as it is exported for Tink", async (path) => {
    const { keyset, associatedData, size, sealedSize, ciphertext } = lost.folder.exportSealed(path);
    const sealed = new Uint8Array(await new Response(ciphertext).arrayBuffer());
    expect(sealed.length).toBe(sealedSize);
    const folder = await mkdtemp(join(tmpdir(), "keyfold-tink-"));
    await writeFile(join(folder, "keyset.json"), keyset);
    const content = new Uint8Array(await (await lost.folder.download(path)).arrayBuffer());
    expect(decode(python!, ["tink", join(folder, "keyset.json"), associatedData, String(size)], sealed)).toBe(sha256(content));
    await rm(folder, { recursive: true });
  });

  it("opens an earlier version as it is exported for Tink", async () => {
    const node = lost.folder.state.tree.resolve("/photos/report.pdf")!;
    const { keyset, associatedData, size, ciphertext } = lost.folder.exportSealed({ node: node.id }, node.versions[0]!.blob);
    const folder = await mkdtemp(join(tmpdir(), "keyfold-tink-"));
    await writeFile(join(folder, "keyset.json"), keyset);
    const sealed = new Uint8Array(await new Response(ciphertext).arrayBuffer());
    const opened = decode(python!, ["tink", join(folder, "keyset.json"), associatedData, String(size)], sealed);
    expect(opened).toBe(lost.versions.get("Earlier versions/photos/report (version 1).pdf"));
    await rm(folder, { recursive: true });
  });
});
