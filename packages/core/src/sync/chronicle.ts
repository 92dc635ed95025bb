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
import type { CachedSnapshot } from "./record-cache.ts";
import { Tail } from "./snapshots.ts";

/** A trash mark: the entry that set it, or, where that one could not be read, the one that this device first found it in. */
export interface TrashMark {
  readonly seq: number;
  /** What that entry says of its time, milliseconds since 1970. */
  readonly at: number;
  /** Null where it is not known who set it. */
  readonly deed: Deed | null;
}

/** What one device did at one time, and to what. */
type Deeds = readonly (readonly [at: number, device: string, ids: readonly string[]])[];

/** What a chronicle knows, to be kept. */
export interface Told {
  readonly added: Deeds;
  readonly came: Deeds;
  readonly trashed: readonly (readonly [seq: number, at: number, device: string | null, nodes: readonly NodeId[]])[];
  readonly shared: readonly string[];
  readonly exposed: { readonly epoch: number; readonly total: number };
}

export class Chronicle {
  readonly tail = new Tail();
  /** Ids of shares that the log made in this epoch, also of those that it ended. */
  readonly shared = new Set<string>();
  readonly #device: string;
  readonly #added = new Map<NodeId, Deed>();
  readonly #came = new Map<BlobId, Deed>();
  readonly #trashed = new Map<NodeId, TrashMark>();
  #exposed = { epoch: -1, total: 0 };
  #last = { epoch: -1, seq: -1 };

  /** `device`: this one's id. */
  constructor(device: string) {
    this.#device = device;
  }

  /** What comes next follows on this place, in its epoch. */
  begin({ epoch, seq }: { readonly epoch: number; readonly seq: number }): void {
    this.#last = { epoch, seq };
  }

  /** An entry was folded; `tree` is the confirmed state after it. Returns the snapshots that it brought. */
  note({ seq, epoch, entry, ops, effects }: FoldedEntry, tree: Tree): readonly CachedSnapshot[] {
    const snapshots: CachedSnapshot[] = [];
    if (epoch !== this.#exposed.epoch) this.shared.clear();
    const isFirst = epoch > 0 && epoch !== this.#last.epoch;
    // Entries that could not be read may have restored what lies in the trash again: nothing known of its marks counts any more.
    if (isFirst && seq !== this.#last.seq + 2) this.#trashed.clear();
    this.#last = { epoch, seq };
    const deed = this.#deed(entry.at, entry.device);
    for (const [i, op] of ops.entries()) {
      if (effects[i] !== true || op === undefined) continue;
      if (op.op === "snapshot") {
        this.tail.reset(seq);
        snapshots.push({ seq, covers: op.covers, blob: op.descriptor.blob });
      }
      // A first entry tells once more what was done before it, by whichever device.
      else if (!isFirst) this.#tell(op, seq, deed);
    }
    if (isFirst) {
      for (const node of tree.trashed) if (!this.#trashed.has(node)) this.#trashed.set(node, { seq, at: entry.at, deed: null });
    }
    const { size } = tree.exposed;
    // The first entry of an epoch exposes everything that stands; later ones only by `expose`.
    const before = epoch === this.#exposed.epoch ? this.#exposed.total : 0;
    this.#exposed = { epoch, total: Math.max(before, size) };
    return snapshots;
  }

  #deed(at: number, device: string): Deed {
    return { at, device, here: device === this.#device };
  }

  #tell(op: Op, seq: number, deed: Deed): void {
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
        this.#trashed.set(op.node, { seq, at: deed.at, deed });
        break;
      case "share":
        this.shared.add(op.share);
        break;
      case "restore":
        this.#trashed.delete(op.node);
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

  /** When and by which device a node was added, where the log still tells. */
  added(node: NodeId): Deed | null {
    return this.#added.get(node) ?? null;
  }

  /** When and by which device a version came, where the log still tells. */
  came(blob: BlobId): Deed | null {
    return this.#came.get(blob) ?? null;
  }

  /** The node's trash mark, once it is confirmed. */
  trashMark(node: NodeId): TrashMark | null {
    return this.#trashed.get(node) ?? null;
  }

  /** All that is known, of what is in the tree. */
  export(tree: Tree): Told {
    const trashed = gathered(this.#trashed, (node) => tree.get(node)?.trashed === true);
    return {
      added: deedsOf(this.#added, (node) => tree.get(node) !== undefined),
      came: deedsOf(this.#came, (blob) => tree.isStanding(blob)),
      trashed: trashed.map(([{ seq, at, deed }, nodes]) => [seq, at, deed?.device ?? null, nodes] as const),
      shared: [...this.shared],
      exposed: this.#exposed,
    };
  }

  /** Takes back what was kept; what the log told since counts, up to the state in `tree`. */
  restore({ added, came, trashed, shared, exposed }: Told, tree: Tree): void {
    for (const id of shared) this.shared.add(id);
    if (this.#exposed.epoch <= exposed.epoch) this.#exposed = { ...exposed, total: Math.max(exposed.total, this.#exposed.total) };
    for (const [at, device, nodes] of added) takeBack(this.#added, nodes, this.#deed(at, device));
    for (const [at, device, blobs] of came) takeBack(this.#came, blobs, this.#deed(at, device));
    for (const [seq, at, device, nodes] of trashed) {
      const marked = nodes.filter((node) => tree.get(node)?.trashed === true);
      takeBack(this.#trashed, marked, { seq, at, deed: device === null ? null : this.#deed(at, device) });
    }
  }

  /** Versions that were exposed when the folder was locked. */
  get exposedTotal(): number {
    return this.#exposed.total;
  }
}

/** The ids of each value that passes, together. */
function gathered<T>(known: ReadonlyMap<string, T>, stands: (id: string) => boolean): (readonly [T, readonly string[]])[] {
  const byValue = new Map<T, string[]>();
  for (const [id, value] of known) {
    if (!stands(id)) continue;
    const ids = byValue.get(value);
    if (ids === undefined) byValue.set(value, [id]);
    else ids.push(id);
  }
  return [...byValue];
}

function deedsOf(known: ReadonlyMap<string, Deed>, stands: (id: string) => boolean): Deeds {
  return gathered(known, stands).map(([{ at, device }, ids]) => [at, device, ids] as const);
}

function takeBack<T>(into: Map<string, T>, ids: readonly string[], value: T): void {
  for (const id of ids) if (!into.has(id)) into.set(id, value);
}
