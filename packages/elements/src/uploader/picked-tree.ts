/** What a person picked, dropped or pasted: files with the directories above them, and directories that hold no file. */
import type { PickedFile } from "@keyfold/core";

export interface PickedTree {
  readonly files: readonly PickedFile[];
  /** Paths of directories without files in them or below, outermost first. */
  readonly directories: readonly (readonly string[])[];
}

/** From `<input type="file">`, with `webkitdirectory` or without. */
export function pickedByInput(files: Iterable<File>): PickedTree {
  return { files: Array.from(files, (file) => ({ file, path: file.webkitRelativePath.split("/").slice(0, -1) })), directories: [] };
}

/**
 * From a drop or the clipboard. Call it inside the event: the entries are taken at once (the list is emptied when the handler returns), and read
 * after that.
 */
export function pickedByTransfer(transfer: DataTransfer): Promise<PickedTree> {
  const items = Array.from(transfer.items).filter((item) => item.kind === "file");
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, handle: handleOf(item), file: item.getAsFile() }));
  if (taken.every(({ entry }) => entry === null)) return Promise.resolve(pickedByInput(transfer.files));
  return collect(taken);
}

interface Taken {
  readonly entry: FileSystemEntry | null;
  readonly handle: Promise<FileSystemHandle | null>;
  readonly file: File | null;
}

async function collect(taken: readonly Taken[]): Promise<PickedTree> {
  const files: PickedFile[] = [];
  const directories: (readonly string[])[] = [];
  for (const { entry, handle, file } of taken) {
    if (entry === null) {
      if (file !== null) files.push({ file });
    } else if (isDirectory(entry)) {
      await walk(entry, [entry.name], files, directories);
    } else {
      const kept = await handle;
      const read = file ?? (await fileOf(entry as FileSystemFileEntry));
      files.push(kept?.kind === "file" ? { file: read, handle: kept as FileSystemFileHandle } : { file: read });
    }
  }
  return { files, directories };
}

async function walk(
  directory: FileSystemDirectoryEntry,
  path: readonly string[],
  files: PickedFile[],
  directories: (readonly string[])[],
): Promise<void> {
  const entries = await entriesOf(directory);
  if (entries.length === 0) directories.push(path);
  for (const entry of entries) {
    if (isDirectory(entry)) await walk(entry, [...path, entry.name], files, directories);
    else files.push({ file: await fileOf(entry as FileSystemFileEntry), path });
  }
}

/** Chromium gives at most 100 entries a call: it is asked until it gives none. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Not in TypeScript's library yet: https://wicg.github.io/file-system-access/#api-datatransferitem-getasfilesystemhandle */
interface HandleSource {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Where the browser offers it the handle is kept, so that a reload need not ask for the file again. */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  const source = item as unknown as HandleSource;
  return source.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);
}
