/**
 * What the log tells besides the tree: who added, trashed and replaced what and when (for display; the fold knows no clock), how many versions a lock
 * exposed, how much has been written since the last snapshot.
 *
 * @module
 */
import type { BlobId, Deed, NodeId } from "../interface/tree.ts";
import type { FoldedEntry } from "../log/chain.ts";
import type { Op } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import type { Tree } from "../tree/tree.ts";
import { Tail } from "./snapshots.ts";

/** A trash mark: the entry that set it, or, where that one could not be read, the one that this device first found it in. */
export interface TrashMark {
  readonly seq: number;
  /** What that entry says of its time, milliseconds since 1970. */
  readonly at: number;
  /** Null where it is not known who set it. */
  readonly deed: Deed | null;
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

  /** An entry was folded; `tree` is the confirmed state after it. */
  note({ seq, epoch, entry, effects }: FoldedEntry, tree: Tree): void {
    if (epoch !== this.#exposed.epoch) this.shared.clear();
    const isFirst = epoch > 0 && epoch !== this.#last.epoch;
    // Entries that could not be read may have restored what lies in the trash again: nothing known of its marks counts any more.
    if (isFirst && seq !== this.#last.seq + 2) this.#trashed.clear();
    this.#last = { epoch, seq };
    const deed: Deed = { at: entry.at, device: entry.device, here: entry.device === this.#device };
    for (const [i, value] of entry.ops.entries()) {
      const op = effects[i] === true ? readOp(value) : undefined;
      if (op?.op === "snapshot") this.tail.reset(seq);
      // A first entry tells once more what was done before it, by whichever device.
      else if (op !== undefined && !isFirst) this.#tell(op, seq, deed);
    }
    if (isFirst) {
      for (const node of tree.trashed) if (!this.#trashed.has(node)) this.#trashed.set(node, { seq, at: entry.at, deed: null });
    }
    const { size } = tree.exposed;
    // The first entry of an epoch exposes everything that stands; later ones only by `expose`.
    const before = epoch === this.#exposed.epoch ? this.#exposed.total : 0;
    this.#exposed = { epoch, total: Math.max(before, size) };
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

  /** Versions that were exposed when the folder was locked. */
  get exposedTotal(): number {
    return this.#exposed.total;
  }
}
