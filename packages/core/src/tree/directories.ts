/**
 * What lies in and below each directory, kept up to date with each change: children, sums, a bound for the depth.
 *
 * A change costs as many steps as the node lies deep.
 *
 * @module
 */

import { currentOf, exposedIn, type Node } from "./node.ts";

/** Of what lies below and not in the trash; the directory itself is not counted, nor asked whether it lies in the trash. */
export interface Sums {
  readonly files: number;
  readonly directories: number;
  /** Bytes of current versions. */
  readonly bytes: number;
  /** Versions to be sealed anew. */
  readonly exposed: number;
}

export interface Directory extends Sums {
  /** Ids of children, trashed ones too, in no order that means anything. */
  readonly children: ReadonlySet<string>;
  /** Changes whenever a child, or a sum, changes. */
  readonly stamp: number;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

interface Entry extends Writable<Sums> {
  readonly children: Set<string>;
  stamp: number;
  /** No less than the levels below; brought down to them when it matters. */
  height: number;
}

const nothing: Sums = { files: 0, directories: 0, bytes: 0, exposed: 0 };

export class DirectoryIndex {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #entries = new Map<string | null, Entry>();
  #stamps = 0;

  constructor(nodes: ReadonlyMap<string, Node>) {
    this.#nodes = nodes;
    this.#entries.set(null, this.#empty());
  }

  #empty(): Entry {
    return { ...nothing, children: new Set(), stamp: ++this.#stamps, height: 0 };
  }

  get(id: string | null): Directory | undefined {
    return this.#entries.get(id);
  }

  /** In order of creation. */
  children(id: string | null): readonly Node[] {
    const nodes: Node[] = [];
    let sorted = true;
    for (const child of this.#entries.get(id)?.children ?? []) {
      const node = this.#nodes.get(child)!;
      if (nodes.length > 0 && nodes.at(-1)!.order > node.order) sorted = false;
      nodes.push(node);
    }
    return sorted ? nodes : nodes.sort((a, b) => a.order - b.order);
  }

  /** Before the node of `old` is replaced by `next`, or taken out. */
  leave(old: Node | undefined, next: Node | undefined): void {
    if (old === undefined) return;
    this.#sum(old, -1);
    if (next?.parent !== old.parent) this.#entries.get(old.parent)!.children.delete(old.node);
    if (next === undefined) this.#entries.delete(old.node);
  }

  /** After `next` was put in, in the place of `old`. */
  enter(old: Node | undefined, next: Node): void {
    if (old === undefined && next.kind === "directory") this.#entries.set(next.node, this.#empty());
    if (old?.parent !== next.parent || old === undefined) {
      this.#entries.get(next.parent)!.children.add(next.node);
      this.#raise(next.parent, 1 + (this.#entries.get(next.node)?.height ?? 0));
    }
    this.#sum(next, 1);
  }

  #contribution(node: Node): Sums {
    if (node.trashed) return nothing;
    if (node.kind === "file") {
      return { files: 1, directories: 0, bytes: currentOf(node)?.descriptor.size ?? 0, exposed: exposedIn(node) };
    }
    const below = this.#entries.get(node.node)!;
    return { files: below.files, directories: below.directories + 1, bytes: below.bytes, exposed: below.exposed };
  }

  /** Adds what the node contributes to the directories it lies in, up to one that is in the trash itself. */
  #sum(node: Node, sign: 1 | -1): void {
    const { files, directories, bytes, exposed } = this.#contribution(node);
    const changes = files > 0 || directories > 0 || exposed > 0;
    for (let at = node.parent; ;) {
      const entry = this.#entries.get(at)!;
      entry.stamp = ++this.#stamps;
      entry.files += sign * files;
      entry.directories += sign * directories;
      entry.bytes += sign * bytes;
      entry.exposed += sign * exposed;
      if (at === null || !changes) return;
      const directory = this.#nodes.get(at)!;
      if (directory.trashed) return;
      at = directory.parent;
    }
  }

  #raise(id: string | null, height: number): void {
    for (let at = id, needed = height; ; needed++) {
      const entry = this.#entries.get(at)!;
      if (entry.height >= needed) return;
      entry.height = needed;
      if (at === null) return;
      at = this.#nodes.get(at)!.parent;
    }
  }

  /** Whether the subtree's lowest level is at most `limit` when the node itself is put on `level`. */
  fitsOnLevel(id: string, level: number, limit: number): boolean {
    const entry = this.#entries.get(id);
    return level + (entry?.height ?? 0) <= limit || level + this.#lower(id) <= limit;
  }

  /** The true number of levels below; the bound is brought down to it. */
  #lower(id: string): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    let height = 0;
    for (const child of entry.children) height = Math.max(height, 1 + this.#lower(child));
    entry.height = height;
    return height;
  }

  /** Builds the index of all nodes. False where a parent is missing or no directory, or a node is below itself or too deep. */
  build(levels: number): boolean {
    this.#entries.clear();
    this.#entries.set(null, this.#empty());
    const directories: Node[] = [];
    for (const node of this.#nodes.values()) {
      if (node.kind !== "directory") continue;
      this.#entries.set(node.node, this.#empty());
      directories.push(node);
    }
    // Children of one directory mostly lie beside each other.
    let [parent, entry] = [null as string | null, this.#entries.get(null)];
    for (const node of this.#nodes.values()) {
      if (node.parent !== parent) entry = this.#entries.get((parent = node.parent));
      if (entry === undefined) return false;
      entry.children.add(node.node);
      if (node.kind === "directory") continue;
      entry.height = 1;
      if (!node.trashed) this.#add(entry, node);
    }
    const byLevel = this.#byLevel(directories, levels);
    if (byLevel === null) return false;
    // From below: the sums of a directory are whole before they are added to those of the one that it lies in.
    for (const level of byLevel.reverse()) {
      for (const directory of level) {
        const above = this.#entries.get(directory.parent)!;
        this.#add(above, directory);
        above.height = Math.max(above.height, 1 + this.#entries.get(directory.node)!.height);
      }
    }
    return true;
  }
  /** By level, the root's own directories first. Null where one lies below itself, or something lies too deep. */
  #byLevel(directories: readonly Node[], levels: number): Node[][] | null {
    const levelOf = new Map<string, number>();
    const found: Node[][] = [];
    for (const directory of directories) {
      const path: Node[] = [];
      for (let at: Node | undefined = directory; at !== undefined && !levelOf.has(at.node);) {
        path.push(at);
        if (path.length > levels) return null;
        at = at.parent === null ? undefined : this.#nodes.get(at.parent);
      }
      let level = levelOf.get(path.at(-1)?.parent ?? "") ?? 0;
      for (let at = path.pop(); at !== undefined; at = path.pop()) {
        levelOf.set(at.node, ++level);
        if (level > levels || (level === levels && this.#entries.get(at.node)!.children.size > 0)) return null;
        (found[level - 1] ??= []).push(at);
      }
    }
    return found;
  }

  #add(entry: Entry, node: Node): void {
    const { files, directories, bytes, exposed } = this.#contribution(node);
    entry.files += files;
    entry.directories += directories;
    entry.bytes += bytes;
    entry.exposed += exposed;
  }

  /** Takes over the other index, whose nodes are this one's now. */
  become(other: DirectoryIndex): void {
    this.#entries.clear();
    for (const [id, entry] of other.#entries) this.#entries.set(id, { ...entry, stamp: ++this.#stamps });
  }
}
