/** What a drop carries, with the real reader's habit: at most 100 entries a call, and none at the end. */

export function file(name: string, content: string, handle?: FileSystemFileHandle): FileSystemFileEntry {
  const made = new File([content], name);
  return {
    isFile: true,
    isDirectory: false,
    name,
    handle,
    file: (resolve: (file: File) => void) => queueMicrotask(() => resolve(made)),
  } as unknown as FileSystemFileEntry;
}

export function directory(name: string, entries: readonly FileSystemEntry[]): FileSystemDirectoryEntry {
  return {
    isFile: false,
    isDirectory: true,
    name,
    createReader() {
      let given = 0;
      return {
        readEntries(resolve: (entries: FileSystemEntry[]) => void) {
          const some = entries.slice(given, given + 100);
          given += some.length;
          queueMicrotask(() => resolve(some));
        },
      };
    },
  } as unknown as FileSystemDirectoryEntry;
}

/** Items that forget what they hold once the event is over, as browsers' do. */
export function droppedTransfer(entries: readonly FileSystemEntry[]): DataTransfer {
  let over = false;
  queueMicrotask(() => (over = true));
  const items = entries.map((entry) => ({
    kind: "file",
    type: "",
    webkitGetAsEntry: () => (over ? null : entry),
    getAsFile: () => null,
    getAsFileSystemHandle: async () => (entry as unknown as { handle?: FileSystemFileHandle }).handle ?? null,
  }));
  return { types: ["Files"], items, files: [], dropEffect: "none" } as unknown as DataTransfer;
}
