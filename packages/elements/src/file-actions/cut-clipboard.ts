/**
 * Cut and paste inside a folder. What was cut belongs to the folder, not to an element: cut in one list, paste in another, or onto the tree.
 * Nothing is written to the system's clipboard: ids mean nothing elsewhere, and names have no business there.
 *
 * @module
 */
import type { Folder, NodeId, Readable } from "@keyfold/core";

export class CutClipboard implements Readable<ReadonlySet<NodeId>> {
  #ids: ReadonlySet<NodeId> = new Set();
  readonly #listeners = new Set<() => void>();

  get value(): ReadonlySet<NodeId> {
    return this.#ids;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  cut(ids: Iterable<NodeId>): void {
    this.#replace(new Set(ids));
  }

  clear(): void {
    if (this.#ids.size > 0) this.#replace(new Set());
  }

  /** Gives what was cut and forgets it: it is pasted once. */
  take(): readonly NodeId[] {
    const ids = [...this.#ids];
    this.clear();
    return ids;
  }

  #replace(ids: ReadonlySet<NodeId>): void {
    this.#ids = ids;
    for (const listener of this.#listeners) listener();
  }
}

const clipboards = new WeakMap<Folder, CutClipboard>();

export function clipboardOf(folder: Folder): CutClipboard {
  let clipboard = clipboards.get(folder);
  if (clipboard === undefined) clipboards.set(folder, (clipboard = new CutClipboard()));
  return clipboard;
}
