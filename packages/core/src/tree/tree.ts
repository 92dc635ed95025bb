/**
 * The state of a folder: nodes, blobs, drops, shares, kept keys, snapshots (docs/format.md, section 4).
 *
 * A tree changes in place, and only through the fold. Its nodes are immutable values, replaced as a whole, so what a reader holds never
 * changes under it. `mark` and `undo` let changes that are not confirmed yet be folded on top and taken off again, at a cost of their own
 * number, whatever the size of the folder.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Difference } from "./difference.ts";
import { DirectoryIndex, type Directory } from "./directories.ts";
import type { DropTerms, ShareTerms } from "./op.ts";
import type { Node } from "./node.ts";

/** Nodes in a folder, trashed ones too, at most. */
export const nodesLimit = 1_000_000;
/** Levels of nodes below the root, at most. */
export const levelsLimit = 64;

/** A moment to which `undo` goes back. Marks nest. */
export interface Mark {
  /** Changes noted before it. */
  readonly at: number;
  /** It was the first: with it noting begins, and ends. */
  readonly isOutermost: boolean;
}

/** Where a blob stands: the file of which it is a version, or null for thumbnails and snapshots. */
type Standing = string | null;

export class Tree {
  readonly #nodes = new Map<string, Node>();
  /** Whether the map's order is the order of creation; it is not after a purge was undone. */
  #inOrder = true;
  #nextOrder = 0;
  readonly #directories = new DirectoryIndex(this.#nodes);
  readonly #standing = new Map<string, Standing>();
  readonly #spent = new Set<string>();
  readonly #exposed = new Map<string, string>();
  readonly #trashed = new Set<string>();
  readonly #drops = new Map<string, DropTerms>();
  readonly #shares = new Map<string, ShareTerms>();
  readonly #keeps = new Map<number, string>();
  #snapshots: readonly Descriptor[] = [];
  #version = 0;
  #journal: (() => void)[] | null = null;
  readonly #watchers = new Set<(node: string | null) => void>();

  /** Where blobs that begin or cease to stand are noted while an entry is folded. */
  difference: Difference | null = null;

  // Reading

  /** Grows with every change, those that are undone too. */
  get version(): number {
    return this.#version;
  }
  /** Nodes, trashed ones too. */
  get nodeCount(): number {
    return this.#nodes.size;
  }
  get(id: string): Node | undefined {
    return this.#nodes.get(id);
  }
  /** All nodes in order of creation. */
  nodes(): readonly Node[] {
    const nodes = [...this.#nodes.values()];
    return this.#inOrder ? nodes : nodes.sort((a, b) => a.order - b.order);
  }
  /** Children, trashed ones too, in order of creation; null is the root. */
  children(parent: string | null): readonly Node[] {
    return this.#directories.children(parent);
  }
  /** Index of a directory: what is below it, and a stamp that changes with it. */
  directory(id: string | null): Directory | undefined {
    return this.#directories.get(id);
  }
  /** Whether the node, or a directory it is in, carries the trash mark. */
  liesInTrash(id: string): boolean {
    for (let node = this.#nodes.get(id); node !== undefined; node = node.parent === null ? undefined : this.#nodes.get(node.parent)) {
      if (node.trashed) return true;
    }
    return false;
  }
  /** 1 for what lies in the root; 0 for the root. */
  levelOf(id: string | null): number {
    let level = 0;
    for (let at = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) level++;
    return level;
  }
  /** Whether a node is the other, or lies below it. */
  isWithin(id: string | null, other: string): boolean {
    for (let at = id; at !== null; at = this.#nodes.get(at)?.parent ?? null) if (at === other) return true;
    return false;
  }
  /** Whether the node's subtree has its lowest level below `limit` when the node itself is put on `level`. */
  fitsOnLevel(id: string, level: number): boolean {
    return this.#directories.fitsOnLevel(id, level, levelsLimit);
  }
  /** Whether a blob's id was never seen in this folder. */
  isNewBlob(blob: string): boolean {
    return !this.#standing.has(blob) && !this.#spent.has(blob);
  }
  isStanding(blob: string): boolean {
    return this.#standing.has(blob);
  }
  /** The file of which the blob is a version that stands. */
  fileOf(blob: string): Node | undefined {
    const id = this.#standing.get(blob);
    return id == null ? undefined : this.#nodes.get(id);
  }
  /** Blobs that stand: versions, thumbnails, snapshots. */
  standingBlobs(): Iterable<string> {
    return this.#standing.keys();
  }
  /** Blob ids that occurred and no longer stand. */
  spentBlobs(): Iterable<string> {
    return this.#spent;
  }
  /** Versions to be sealed anew: blob and its node. */
  get exposed(): ReadonlyMap<string, string> {
    return this.#exposed;
  }
  /** Nodes that carry the trash mark themselves, latest last. */
  get trashed(): ReadonlySet<string> {
    return this.#trashed;
  }
  get drops(): ReadonlyMap<string, DropTerms> {
    return this.#drops;
  }
  get shares(): ReadonlyMap<string, ShareTerms> {
    return this.#shares;
  }
  /** Sealed inbox keys of earlier epochs. */
  get keeps(): ReadonlyMap<number, string> {
    return this.#keeps;
  }
  /** The last two snapshots, older first. */
  get snapshots(): readonly Descriptor[] {
    return this.#snapshots;
  }

  /** Calls back at once with the id of each node that is put, replaced or taken out, undone changes too; with null where all nodes are others. */
  watch(watcher: (node: string | null) => void): () => void {
    const mine = (node: string | null): void => watcher(node);
    this.#watchers.add(mine);
    return () => this.#watchers.delete(mine);
  }

  // Going back

  /** From here on changes can be undone, until they are undone or kept. */
  mark(): Mark {
    const isOutermost = this.#journal === null;
    this.#journal ??= [];
    return { at: this.#journal.length, isOutermost };
  }
  /** Takes off all changes since the mark, which is used up by that. */
  undo(mark: Mark): void {
    const journal = this.#journal ?? [];
    while (journal.length > mark.at) {
      journal.pop()?.();
      this.#version++;
    }
    if (mark.isOutermost) this.#journal = null;
  }
  /** Lets the changes since the mark stand, which is used up by that; marks before it can still be gone back to. */
  keep(mark: Mark): void {
    if (mark.isOutermost) this.#journal = null;
  }
  #did(undo: () => void): void {
    this.#version++;
    this.#journal?.push(undo);
  }

  // Changing: for the fold only

  /** Puts a node in, or in the place of the one that has its id. */
  put(node: Omit<Node, "order">): void {
    const old = this.#nodes.get(node.node);
    const next: Node = { ...node, parent: this.#own(node.parent), order: old?.order ?? this.#nextOrder++ };
    this.#set(old, next);
    this.#did(() => (old === undefined ? this.#unset(next) : this.#set(next, old)));
  }
  /** The directory's own id, so that a text with it need not be kept for each of its children. */
  #own(parent: string | null): string | null {
    return parent === null ? null : (this.#nodes.get(parent)?.node ?? parent);
  }
  /** Takes a node out that has no children. */
  remove(node: Node): void {
    this.#unset(node);
    this.#did(() => {
      this.#inOrder = false;
      this.#set(undefined, node);
    });
  }
  #set(old: Node | undefined, next: Node): void {
    this.#directories.leave(old, next);
    this.#nodes.set(next.node, next);
    this.#directories.enter(old, next);
    for (const watcher of this.#watchers) watcher(next.node);
    if (!next.trashed) this.#trashed.delete(next.node);
    else this.#trashed.add(next.node);
    if (old?.versions !== next.versions) {
      for (const { descriptor, exposed } of old?.versions ?? []) if (exposed) this.#exposed.delete(descriptor.blob);
      for (const { descriptor, exposed } of next.versions) if (exposed) this.#exposed.set(descriptor.blob, next.node);
    }
  }
  #unset(node: Node): void {
    this.#directories.leave(node, undefined);
    this.#nodes.delete(node.node);
    for (const watcher of this.#watchers) watcher(node.node);
    this.#trashed.delete(node.node);
    for (const { descriptor, exposed } of node.versions) if (exposed) this.#exposed.delete(descriptor.blob);
  }

  /** A blob begins to stand. Its id must be new. */
  stand(blob: string, where: Standing): void {
    this.#standing.set(blob, where);
    const noted = this.difference?.stands(blob);
    this.#did(() => {
      this.#standing.delete(blob);
      noted?.();
    });
  }
  /** A blob ceases to stand; its id is never free again. */
  spend(blob: string): void {
    const where = this.#standing.get(blob) ?? null;
    this.#standing.delete(blob);
    this.#spent.add(blob);
    const noted = this.difference?.ceases(blob);
    this.#did(() => {
      this.#spent.delete(blob);
      this.#standing.set(blob, where);
      noted?.();
    });
  }
  /** An item of a drop is filed. */
  consume(item: string): void {
    const noted = this.difference?.consumes(item);
    if (noted !== undefined) this.#did(noted);
  }
  setDrop(id: string, terms: DropTerms | undefined): void {
    this.#setIn(this.#drops, id, terms);
  }
  setShare(id: string, terms: ShareTerms | undefined): void {
    this.#setIn(this.#shares, id, terms);
  }
  setKeep(epoch: number, keys: string | undefined): void {
    this.#setIn(this.#keeps, epoch, keys);
  }
  setSnapshots(snapshots: readonly Descriptor[]): void {
    const old = this.#snapshots;
    this.#snapshots = snapshots;
    this.#did(() => {
      this.#snapshots = old;
    });
  }
  #setIn<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
    const old = map.get(key);
    const set = (to: Value | undefined) => (to === undefined ? map.delete(key) : map.set(key, to));
    set(value);
    this.#did(() => set(old));
  }

  /**
   * Becomes the other tree, which must not be used after it. Cannot be undone: nothing unconfirmed may lie on top.
   */
  become(other: Tree): void {
    if (this.#journal !== null) throw new KeyfoldError("invalid-argument", "A tree cannot be replaced under changes that may be undone.");
    const fill = <Key, Value>(own: Map<Key, Value>, from: Map<Key, Value>) => {
      own.clear();
      for (const [key, value] of from) own.set(key, value);
    };
    fill(this.#nodes, other.#nodes);
    fill(this.#standing, other.#standing);
    fill(this.#exposed, other.#exposed);
    fill(this.#drops, other.#drops);
    fill(this.#shares, other.#shares);
    fill(this.#keeps, other.#keeps);
    this.#spent.clear();
    for (const blob of other.#spent) this.#spent.add(blob);
    this.#trashed.clear();
    for (const id of other.#trashed) this.#trashed.add(id);
    this.#inOrder = other.#inOrder;
    this.#nextOrder = other.#nextOrder;
    this.#directories.become(other.#directories);
    this.#snapshots = other.#snapshots;
    this.#version++;
    for (const watcher of this.#watchers) watcher(null);
  }

  /** A tree of the nodes, whose `order` ascends. False where they are not a tree within the limits. For snapshots only. */
  fill(nodes: readonly Node[], spent: readonly string[]): boolean {
    for (const blob of spent) this.#spent.add(blob);
    let blobs = 0;
    for (const node of nodes) {
      this.#nodes.set(node.node, node);
      if (node.trashed) this.#trashed.add(node.node);
      for (const { descriptor, exposed } of node.versions) {
        const { blob, thumbnail } = descriptor;
        this.#standing.set(blob, node.node);
        if (thumbnail !== undefined) this.#standing.set(thumbnail.blob, null);
        blobs += thumbnail === undefined ? 1 : 2;
        if (exposed) this.#exposed.set(blob, node.node);
      }
    }
    this.#nextOrder = (nodes.at(-1)?.order ?? -1) + 1;
    this.#version++;
    // Each id once, and none that is spent.
    if (this.#nodes.size !== nodes.length || this.#standing.size !== blobs) return false;
    if (this.#spent.size > 0) for (const blob of this.#standing.keys()) if (this.#spent.has(blob)) return false;
    return this.#nodes.size <= nodesLimit && this.#directories.build(levelsLimit);
  }
}
