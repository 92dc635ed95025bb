/**
 * The copy of a data folder that a person chose or dropped: found by `keyfold.db`, wherever it lies in what was given, and read file by file when
 * one is needed.
 *
 * @module
 */
import { copySource, withWriteAhead, type RecoverySource } from "@keyfold/core/recover";
import { openSqlite } from "./sqlite.ts";

/** A directory of whatever kind the browser gave. */
interface Place {
  readonly name: string;
  file(name: string): Promise<File | null>;
  directory(name: string): Promise<Place | null>;
  directories(): Promise<readonly Place[]>;
}

/** The copy, and whether the sealed parts are beside its database. */
export interface PickedCopy {
  readonly name: string;
  readonly source: RecoverySource;
  readonly hasBlobs: boolean;
}

/** Levels below what was given at which the database is looked for. */
const depth = 3;

/** Throws `no-database` or `not-database` (as the message of an `Error`) where it is no copy. */
export class NotACopy extends Error {
  readonly fault: "noDatabase" | "notDatabase";
  constructor(fault: "noDatabase" | "notDatabase", cause?: unknown) {
    super(fault, { cause });
    this.fault = fault;
  }
}

export async function openPicked(given: Place): Promise<PickedCopy> {
  const root = await find(given, depth);
  if (root === null) throw new NotACopy("noDatabase");
  const database = await bytesOf(await root.file("keyfold.db"));
  const log = await bytesOf(await root.file("keyfold.db-wal"));
  try {
    const { query, close } = await openSqlite(withWriteAhead(database ?? new Uint8Array(), log));
    const source = copySource({ query, close, file: async (path) => bytesOf(await fileAt(root, path.split("/"))) });
    return { name: root.name === "" ? "keyfold.db" : root.name, source, hasBlobs: (await root.directory("blobs")) !== null };
  } catch (error) {
    throw new NotACopy("notDatabase", error);
  }
}

async function find(place: Place, levels: number): Promise<Place | null> {
  if ((await place.file("keyfold.db")) !== null) return place;
  if (levels === 0) return null;
  for (const below of await place.directories()) {
    const found = below.name === "blobs" ? null : await find(below, levels - 1);
    if (found !== null) return found;
  }
  return null;
}

async function fileAt(place: Place, path: readonly string[]): Promise<File | null> {
  let at: Place | null = place;
  for (const name of path.slice(0, -1)) at = (await at?.directory(name)) ?? null;
  return at?.file(path.at(-1) ?? "") ?? null;
}

/** Null for what is not there, and for what the disk does not give any more. */
async function bytesOf(file: File | null): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return file === null ? null : new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** From `<input type="file" webkitdirectory>`. */
export function placeOfFiles(files: Iterable<File>): Place {
  interface Branch {
    readonly files: Map<string, File>;
    readonly below: Map<string, Branch>;
  }
  const branch = (): Branch => ({ files: new Map(), below: new Map() });
  const root = branch();
  for (const file of files) {
    const path = (file.webkitRelativePath || file.name).split("/");
    let at = root;
    for (const name of path.slice(0, -1)) {
      const next = at.below.get(name) ?? branch();
      at.below.set(name, next);
      at = next;
    }
    at.files.set(path.at(-1) ?? "", file);
  }
  const place = (name: string, { files, below }: Branch): Place => ({
    name,
    file: (wanted) => Promise.resolve(files.get(wanted) ?? null),
    directory: (wanted) => Promise.resolve(below.has(wanted) ? place(wanted, below.get(wanted)!) : null),
    directories: () => Promise.resolve([...below].map(([name, inside]) => place(name, inside))),
  });
  return place("", root);
}

/** From a drop. Call it inside the event: what was dropped is taken at once. */
export async function placeOfDrop(transfer: DataTransfer): Promise<Place> {
  // Handles, where there are any: of a page that was opened from a file, Chromium lets no entry be read.
  const items = Array.from(transfer.items).filter(({ kind }) => kind === "file");
  const taken = items.map((item) => ({ handle: handleOf(item), entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const directories: Place[] = [];
  const files: File[] = [];
  for (const { handle, entry, file } of taken) {
    const held = await handle;
    if (held?.kind === "directory") directories.push(placeOfHandle(held as FileSystemDirectoryHandle));
    else if (held === null && entry?.isDirectory === true) directories.push(placeOfEntry(entry as FileSystemDirectoryEntry));
    else if (file !== null) files.push(file);
  }
  return {
    name: "",
    file: (wanted) => Promise.resolve(files.find(({ name }) => name === wanted) ?? null),
    directory: (wanted) => Promise.resolve(directories.find(({ name }) => name === wanted) ?? null),
    directories: () => Promise.resolve(directories),
  };
}

/** Not in TypeScript's library yet: https://wicg.github.io/file-system-access/ */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  const source = item as unknown as { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };
  return source.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch {
    return null;
  }
}

function placeOfHandle(handle: FileSystemDirectoryHandle): Place {
  return {
    name: handle.name,
    file: (name) => orNull(handle.getFileHandle(name).then((found) => found.getFile())),
    directory: (name) => orNull(handle.getDirectoryHandle(name).then(placeOfHandle)),
    async directories() {
      const found: Place[] = [];
      for await (const entry of handle.values()) if (entry.kind === "directory") found.push(placeOfHandle(entry));
      return found;
    },
  };
}

function placeOfEntry(entry: FileSystemDirectoryEntry): Place {
  const file = (name: string): Promise<File> =>
    new Promise((resolve, reject) => entry.getFile(name, {}, (found) => (found as FileSystemFileEntry).file(resolve, reject), reject));
  const directory = (name: string): Promise<Place> =>
    new Promise((resolve, reject) =>
      entry.getDirectory(name, {}, (found) => resolve(placeOfEntry(found as FileSystemDirectoryEntry)), reject),
    );
  return {
    name: entry.name,
    file: (name) => orNull(file(name)),
    directory: (name) => orNull(directory(name)),
    async directories() {
      const reader = entry.createReader();
      const found: Place[] = [];
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (some.length === 0) return found;
        found.push(...some.filter(({ isDirectory }) => isDirectory).map((one) => placeOfEntry(one as FileSystemDirectoryEntry)));
      }
    },
  };
}
