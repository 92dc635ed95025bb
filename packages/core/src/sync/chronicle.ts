/**
 * What the log tells besides the tree: who added, trashed and replaced what and when (for display; the fold knows no clock), how many versions a lock
 * exposed, how much has been written since the last snapshot.
 *
 * @module
 */
import type { BlobId, Deed, NodeId } from "../interface/tree.ts";
import type { FoldedEntry } from "../log/chain.ts";
import type { Op } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";
import type { CachedSnapshot } from "./cache-index.ts";
import { Tail } from "./snapshots.ts";

/** A trash mark. */
export interface TrashMark {
  /** Id of the entry that set it, or, where that one could not be read, of the one that this device first found it in. */
  readonly entry: string;
  /** What that entry says of its time, milliseconds since 1970. */
  readonly at: number;
  /** Null where it is not known who set it. */
  readonly deed: Deed | null;
}

type ByDeed<Id> = readonly (readonly [at: number, device: string, ids: readonly Id[]])[];

/** What a chronicle knows, to be kept. */
export interface Told {
  /** Of the last entry that it knows of. */
  readonly seq: number;
  /** What each entry added. */
  readonly added: ByDeed<NodeId>;
  /** Versions that each entry brought. */
  readonly came: ByDeed<BlobId>;
  readonly trashed: readonly (readonly [entry: string, at: number, device: string | null, node: NodeId])[];
  readonly shared: readonly string[];
  readonly exposed: { readonly epoch: number; readonly total: number };
  /** Entries that each device wrote: place and time. */
  readonly wrote: readonly (readonly [device: string, entries: readonly (readonly [seq: number, at: number])[]])[];
}

/** Entries whose device is known, the newest: as many as a server keeps rows in its audit log, where it is not told otherwise. */
const entriesKnown = 10_000;

export class Chronicle {
  readonly tail = new Tail();
  /** Ids of shares that the log made in this epoch, also of those that it ended. */
  readonly shared = new Set<string>();
  readonly #device: string;
  /** Seq of the last record in the snapshot that it begins behind. */
  readonly #began: number;
  readonly #added = new Map<NodeId, Deed>();
  readonly #came = new Map<BlobId, Deed>();
  readonly #trashed = new Map<NodeId, TrashMark>();
  /** By seq. */
  readonly #wrote = new Map<number, Deed>();
  #exposed = { epoch: -1, total: 0 };
  #seq: number;

  /** `device`: this one's id. `began`: seq of the last record in the state that it begins with; −1 for the log's beginning. */
  constructor(device: string, began = -1) {
    this.#device = device;
    this.#began = began;
    this.#seq = began;
  }

  /** An entry was folded; `tree` is the confirmed state after it. Returns the snapshots that it brought. */
  note({ seq, epoch, entry, ops, effects, isFirst }: FoldedEntry, tree: Tree): readonly CachedSnapshot[] {
    const snapshots: CachedSnapshot[] = [];
    const deed = this.#deed(entry.at, entry.device);
    this.#wrote.set(seq, deed);
    this.#wrote.delete(seq - entriesKnown);
    if (epoch !== this.#exposed.epoch) this.shared.clear();
    // Entries that could not be read may have restored what lies in the trash again: nothing known of its marks counts any more.
    if (isFirst && seq !== this.#seq + 2) this.#trashed.clear();
    this.#seq = seq;
    for (const [i, op] of ops.entries()) {
      if (effects[i] !== true || op === undefined) continue;
      if (op.op === "snapshot") {
        this.tail.reset(seq);
        snapshots.push({ seq, covers: op.covers, blob: op.descriptor.blob });
      }
      // A first entry tells once more what was done before it, by whichever device.
      else if (!isFirst) this.#tell(op, entry.id, deed);
    }
    if (isFirst) {
      for (const node of tree.trashed) {
        if (!this.#trashed.has(node)) this.#trashed.set(node, { entry: entry.id, at: entry.at, deed: null });
      }
    }
    const { size } = tree.exposed;
    // The first entry of an epoch exposes everything that stands; later ones only by `expose`.
    const before = epoch === this.#exposed.epoch ? this.#exposed.total : 0;
    this.#exposed = { epoch, total: Math.max(before, size) };
    return snapshots;
  }

  #tell(op: Op, entry: string, deed: Deed): void {
    switch (op.op) {
      case "mkdir":
        this.#added.set(op.node, deed);
        break;
      case "add":
        this.#added.set(op.node, deed);
        this.#came.set(op.version.blob, deed);
        break;
      case "replace":
        this.#came.set(op.version.blob, deed);
        break;
      case "reseal": {
        // Sealed anew, it is the same version.
        const came = this.#came.get(op.from);
        if (came !== undefined) this.#came.set(op.to.blob, came);
        this.#came.delete(op.from);
        break;
      }
      case "trash":
        this.#trashed.set(op.node, { entry, at: deed.at, deed });
        break;
      case "restore":
        this.#trashed.delete(op.node);
        break;
      case "share":
        this.shared.add(op.share);
        break;
      case "purge":
        for (const node of op.nodes ?? []) {
          this.#added.delete(node);
          this.#trashed.delete(node);
        }
        for (const blob of op.versions ?? []) this.#came.delete(blob);
        break;
      default: // tells nothing that is shown
    }
  }

  #deed(at: number, device: string): Deed {
    return { at, device, here: device === this.#device };
  }

  /** When and by which device a node was added, where the log still tells. */
  added(node: NodeId): Deed | null {
    return this.#added.get(node) ?? null;
  }

  /** When and by which device a version came, where the log still tells. */
  came(blob: BlobId): Deed | null {
    return this.#came.get(blob) ?? null;
  }

  /** When and by which device the entry at this place was written, where this device has read it. */
  wrote(seq: number): Deed | null {
    return this.#wrote.get(seq) ?? null;
  }

  /** The node's trash mark, once it is confirmed. */
  trashMark(node: NodeId): TrashMark | null {
    return this.#trashed.get(node) ?? null;
  }

  /** All that is known, of what is in the tree. */
  export(tree: Tree): Told {
    return {
      seq: this.#seq,
      added: byDeed(this.#added, (node) => tree.get(node) !== undefined),
      came: byDeed(this.#came, (blob) => tree.isStanding(blob)),
      trashed: [...this.#trashed]
        .filter(([node]) => tree.get(node)?.trashed)
        .map(([node, { entry, at, deed }]) => [entry, at, deed?.device ?? null, node] as const),
      shared: [...this.shared],
      exposed: this.#exposed,
      wrote: byDevice([...this.#wrote].filter(([seq]) => seq > this.#seq - entriesKnown)),
    };
  }

  /** Takes back what was kept; what the log told since counts. What an earlier edition kept has less in it. */
  restore(told: Partial<Told> & Pick<Told, "added" | "shared" | "exposed">): void {
    const { seq = -1, added, came = [], trashed = [], shared, exposed, wrote = [] } = told;
    for (const id of shared) this.shared.add(id);
    if (this.#exposed.epoch <= exposed.epoch) this.#exposed = { ...exposed, total: Math.max(exposed.total, this.#exposed.total) };
    this.#take(this.#added, added);
    this.#take(this.#came, came);
    for (const [device, entries] of wrote) {
      for (const [place, at] of entries) if (!this.#wrote.has(place)) this.#wrote.set(place, this.#deed(at, device));
    }
    // Between it and what this one begins with a mark may have become another.
    if (seq < this.#began) return;
    for (const [entry, at, device, node] of trashed) {
      const deed = device === null ? null : this.#deed(at, device);
      if (!this.#trashed.has(node)) this.#trashed.set(node, { entry, at, deed });
    }
  }

  #take<Id>(into: Map<Id, Deed>, kept: ByDeed<Id>): void {
    for (const [at, device, ids] of kept) {
      const deed = this.#deed(at, device);
      for (const id of ids) if (!into.has(id)) into.set(id, deed);
    }
  }

  /** Versions that were exposed when the folder was locked. */
  get exposedTotal(): number {
    return this.#exposed.total;
  }
}

function byDeed<Id>(deeds: ReadonlyMap<Id, Deed>, stands: (id: Id) => boolean): ByDeed<Id> {
  const grouped = new Map<Deed, Id[]>();
  for (const [id, deed] of deeds) {
    if (!stands(id)) continue;
    const ids = grouped.get(deed);
    if (ids === undefined) grouped.set(deed, [id]);
    else ids.push(id);
  }
  return Array.from(grouped, ([{ at, device }, ids]) => [at, device, ids] as const);
}

function byDevice(wrote: Iterable<readonly [seq: number, deed: Deed]>): Told["wrote"] {
  const grouped = Map.groupBy(wrote, ([, { device }]) => device);
  return Array.from(grouped, ([device, entries]) => [device, entries.map(([seq, { at }]) => [seq, at] as const)] as const);
}
