/**
 * The last changes to a folder's tree and how to take them back: undoing is a new change, so it works offline and on every device.
 *
 * @module
 */
import type { Folder, NodeId, Readable } from "@keyfold/core";

export interface Done {
  readonly kind: "move" | "rename" | "trash" | "restore" | "create";
  /** How many nodes it touched. */
  readonly count: number;
  /** Where to, for words; null is the root, undefined where it does not apply. */
  readonly to?: NodeId | null;
  undo(): Promise<void>;
}

const remembered = 50;

/** A folder's own stack; its value is the last change that can still be undone. */
export class UndoStack implements Readable<Done | null> {
  #done: readonly Done[] = [];
  readonly #listeners = new Set<() => void>();

  get value(): Done | null {
    return this.#done.at(-1) ?? null;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(done: Done): void {
    this.#replace([...this.#done, done].slice(-remembered));
  }

  /** Takes back the last change; null when there is none. Where it fails the change stays undone-able no more: its reason would not go away. */
  async undo(): Promise<Done | null> {
    const last = this.value;
    if (last === null) return null;
    this.#replace(this.#done.slice(0, -1));
    await last.undo();
    return last;
  }

  #replace(done: readonly Done[]): void {
    this.#done = done;
    for (const listener of this.#listeners) listener();
  }
}

const stacks = new WeakMap<Folder, UndoStack>();

export function undoOf(folder: Folder): UndoStack {
  let stack = stacks.get(folder);
  if (stack === undefined) stacks.set(folder, (stack = new UndoStack()));
  return stack;
}
