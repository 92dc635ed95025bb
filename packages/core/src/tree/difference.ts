/**
 * What an entry changes for the server: blobs that stand after it and did not before, blobs that ceased to stand, items that were filed.
 *
 * It is the difference of two states, noted while the ops are folded: a blob that is added and purged in one entry is in neither list.
 *
 * @module
 */

import type { ClearLists } from "../protocol/clear.ts";
import type { Tree } from "./tree.ts";

export class Difference {
  readonly added = new Set<string>();
  readonly dropped = new Set<string>();
  readonly consumed = new Set<string>();

  /** Ids in the three lists together. */
  get size(): number {
    return this.added.size + this.dropped.size + this.consumed.size;
  }

  /** A blob begins to stand. Returns how to take that back. */
  stands(blob: string): () => void {
    this.added.add(blob);
    return () => this.added.delete(blob);
  }

  /** A blob ceases to stand. Returns how to take that back. */
  ceases(blob: string): () => void {
    if (this.added.delete(blob)) return () => this.added.add(blob);
    this.dropped.add(blob);
    return () => this.dropped.delete(blob);
  }

  /** An item is filed. Returns how to take that back. */
  consumes(item: string): () => void {
    if (this.consumed.has(item)) return () => {};
    this.consumed.add(item);
    return () => this.consumed.delete(item);
  }

  /** The lists, ascending. */
  lists(): ClearLists {
    const sorted = (ids: ReadonlySet<string>) => [...ids].sort();
    return { added: sorted(this.added), dropped: sorted(this.dropped), consumed: sorted(this.consumed) };
  }
}

/** Folds with a difference noted. */
export function noting<Result>(tree: Tree, difference: Difference, fold: () => Result): Result {
  const outer = tree.difference;
  tree.difference = difference;
  try {
    return fold();
  } finally {
    tree.difference = outer;
  }
}

/**
 * The difference of two whole states: what a rekey's first entry changes, since it replaces the tree by a snapshot.
 *
 * An item counts as filed by it only where its file did not stand before.
 */
export function differenceOfStates(before: Tree, after: Tree): Difference {
  const difference = new Difference();
  for (const blob of after.standingBlobs()) if (!before.isStanding(blob)) difference.added.add(blob);
  for (const blob of before.standingBlobs()) if (!after.isStanding(blob)) difference.dropped.add(blob);
  for (const { node, from } of after.nodes()) if (from !== undefined && before.get(node) === undefined) difference.consumed.add(from.item);
  return difference;
}

/** Whether two clear parts name the same ids. Both must be ascending. */
export function sameLists(a: ClearLists, b: ClearLists): boolean {
  const same = (x: readonly string[], y: readonly string[]) => x.length === y.length && x.every((id, i) => id === y[i]);
  return same(a.added, b.added) && same(a.dropped, b.dropped) && same(a.consumed, b.consumed);
}
