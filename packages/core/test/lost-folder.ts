/**
 * A folder that is to be recovered: locked with a key that the test keeps, with all that makes recovery hard, on a real server.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey, memoryStore, Keyfold, type Folder } from "../src/index.ts";
import { deriveOwnerKeys } from "../src/key/schedule.ts";
import { provider } from "./device.ts";
import { localServer, type LocalServer } from "./local-server.ts";

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Content that is the same in every run, and no two files' alike. */
export function contentOf(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed * 2654435761 + 1; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

export const largeSize = 9 * 1024 * 1024;

export interface LostFolder {
  readonly server: LocalServer;
  readonly folder: Folder;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly keyId: string;
  /** SHA-256 of current files by the path that they are recovered under. */
  readonly current: ReadonlyMap<string, string>;
  readonly trash: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
  /** A key file as the ceremony writes it. */
  keyFile(): Promise<string>;
  close(): Promise<void>;
}

/** Files as they are named, and as they must come out. */
const names: readonly (readonly [path: readonly string[], name: string, size: number, recovered: string])[] = [
  [[], "plain.txt", 1000, "plain.txt"],
  [[], "empty", 0, "empty"],
  [["photos", "2026"], "large.bin", largeSize, "photos/2026/large.bin"],
  [["photos"], "one.jpg", 70_000, "photos/one.jpg"],
  [["Évian"], "CON", 10, "Évian/_CON"],
  [[], "../../etc/passwd", 20, ".._.._etc_passwd"],
  [[], "..", 21, "_"],
  [["a:b*c"], 'who? "me".txt', 30, "a_b_c/who_ _me_.txt"],
  [[], "\u202egpj.exe", 31, "_gpj.exe"],
  [[], "trailing. . ", 32, "trailing"],
  [[], "README", 40, "README"],
  [[], "readme", 41, "readme (2)"],
  [[], "Trash", 42, "Trash"],
  [[], `${"ü".repeat(125)}.text`, 43, `${"ü".repeat(125)}.text`],
];

/** Some of it was uploaded before the lock, and some after. */
export async function lostFolder(): Promise<LostFolder> {
  const server = await localServer();
  const client = new Keyfold({ server: server.url, pollInterval: 3_600_000, store: memoryStore() });
  const folder = await client.create();
  const current = new Map<string, string>();
  const put = async (path: readonly string[], name: string, bytes: Uint8Array<ArrayBuffer>, replace = false): Promise<void> => {
    const file = new File([bytes], name, { lastModified: Date.UTC(2026, 0, 2, 3, 4, 6) });
    await folder.upload([{ file, name, path }], { conflict: replace ? "replace" : "keep-both" });
  };
  const half = names.length / 2;
  const upload = async (from: number, to: number): Promise<void> => {
    for (const [i, [path, name, size, recovered]] of names.entries()) {
      if (i < from || i >= to) continue;
      const bytes = contentOf(size, i);
      await put(path, name, bytes);
      current.set(recovered, sha256(bytes));
    }
  };
  await upload(0, half);
  const key = Uint8Array.from(generateKey());
  await folder.lock(key);
  await upload(half, names.length);

  const versions = new Map<string, string>();
  for (let i = 0; i < 3; i++) {
    const bytes = contentOf(5000 + i, 100 + i);
    await put(["photos"], "report.pdf", bytes, true);
    if (i < 2) versions.set(`Earlier versions/photos/report (version ${i + 1}).pdf`, sha256(bytes));
    else current.set("photos/report.pdf", sha256(bytes));
  }
  const trash = new Map<string, string>();
  await put(["old"], "thrown.txt", contentOf(300, 200));
  await put([], "away.txt", contentOf(301, 201));
  await folder.trash(["/old", "/away.txt"]);
  // The file that is called Trash keeps its name; the place for the trash makes way.
  trash.set("Trash (2)/old/thrown.txt", sha256(contentOf(300, 200)));
  trash.set("Trash (2)/away.txt", sha256(contentOf(301, 201)));
  await folder.createDirectory("/empty directory");
  await folder.settled();
  const { keyId } = await deriveOwnerKeys(provider, key);
  return {
    server,
    folder,
    key,
    keyId,
    current,
    trash,
    versions,
    async keyFile() {
      const { writeKeyFile } = await import("../src/index.ts");
      return writeKeyFile({ root: key, keyId });
    },
    async close() {
      await folder.close();
      await server.remove();
    },
  };
}

/** A copy of a data folder, made as `cp -r` makes one. */
export async function copyOf(dataDir: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "keyfold-copy-"));
  await cp(dataDir, copy, { recursive: true });
  return copy;
}

/** Every file below a directory: its path with slashes, and the SHA-256 of its content. */
export async function hashesIn(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(
      path
        .slice(directory.length + 1)
        .split("\\")
        .join("/"),
      sha256(await readFile(path)),
    );
  }
  return found;
}

/** Paths, sizes and times of all there is: whether a copy was left as it was. */
export async function inventory(directory: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs, mode } = await stat(path);
    lines.push(`${path.slice(directory.length)} ${entry.isFile() ? size : ""} ${mtimeMs} ${mode}`);
  }
  return lines.toSorted();
}

export async function withoutFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
