/**
 * Keeps the index of names in step with a tree: all of it once, then only what changed.
 *
 * @module
 */

import type { Node } from "../tree/node.ts";
import type { Tree } from "../tree/tree.ts";
import type { NameIndex } from "./name-index.ts";
import type { WordColumns } from "./word-columns.ts";

/** Nodes that are taken in between two looks at the clock. */
const atOnce = 512;
/** Changed nodes above which columns are filled anew rather than mended. */
const manyChanges = 2000;

export class IndexFeed {
  readonly #index: NameIndex;
  readonly #columns: WordColumns;
  #tree: Tree | null = null;
  #stop: (() => void) | null = null;
  /** The tree's nodes when it was followed first, and how many of them are in the index. */
  #nodes: readonly Node[] = [];
  #taken = 0;
  /** Ids of nodes that changed since. */
  readonly #changed = new Set<string>();

  constructor(index: NameIndex, columns: WordColumns) {
    this.#index = index;
    this.#columns = columns;
  }

  /** The tree to keep in step with from now on; null forgets all names. */
  follow(tree: Tree | null): void {
    if (tree === this.#tree) return;
    this.#stop?.();
    this.#stop = null;
    this.#tree = tree;
    this.#begin();
    if (tree === null) return;
    this.#stop = tree.watch((id) => {
      if (id === null) this.#begin();
      else this.#changed.add(id);
    });
  }

  #begin(): void {
    this.#index.clear();
    this.#columns.clear();
    this.#changed.clear();
    this.#nodes = this.#tree?.nodes() ?? [];
    this.#taken = 0;
  }

  /** Takes in what is missing. May be left at any step and begun again. */
  *catchUp(): Generator<void> {
    while (this.#taken < this.#nodes.length) {
      this.#index.put(this.#nodes[this.#taken++]!);
      if (this.#taken % atOnce === 0) yield;
    }
    this.#nodes = [];
    this.#taken = 0;
    if (this.#changed.size > manyChanges) this.#columns.clear();
    let steps = 0;
    for (const id of this.#changed) {
      this.#changed.delete(id);
      const node = this.#tree?.get(id);
      const place = node === undefined ? this.#index.remove(id) : this.#index.put(node);
      if (place !== undefined) this.#columns.refresh(place);
      if (++steps % atOnce === 0) yield;
    }
  }
}
