/**
 * What the log tells besides the tree: who added what and when (for display; the fold knows no clock), how many versions a lock exposed, how much has
 * been written since the last snapshot.
 *
 * @module
 */
import type { NodeId, TreeNode } from "../interface/tree.ts";
import type { FoldedEntry } from "../log/chain.ts";
import type { Tree } from "../tree/tree.ts";
import type { CachedSnapshot } from "./record-cache.ts";
import { Tail } from "./snapshots.ts";

type Added = NonNullable<TreeNode["added"]>;

/** What a chronicle knows, to be kept. */
export interface Told {
  /** What each entry added. */
  readonly added: readonly (readonly [at: number, device: string, nodes: readonly NodeId[]])[];
  readonly shared: readonly string[];
  readonly exposed: { readonly epoch: number; readonly total: number };
}

export class Chronicle {
  readonly tail = new Tail();
  /** Ids of shares that the log made in this epoch, also of those that it ended. */
  readonly shared = new Set<string>();
  readonly #device: string;
  readonly #added = new Map<NodeId, Added>();
  #exposed = { epoch: -1, total: 0 };

  /** `device`: this one's id. */
  constructor(device: string) {
    this.#device = device;
  }

  /** An entry was folded; `tree` is the confirmed state after it. Returns the snapshots that it brought. */
  note({ seq, epoch, entry, ops, effects }: FoldedEntry, tree: Tree): readonly CachedSnapshot[] {
    const snapshots: CachedSnapshot[] = [];
    const added: Added = { at: entry.at, device: entry.device, here: entry.device === this.#device };
    if (epoch !== this.#exposed.epoch) this.shared.clear();
    for (const [i, op] of ops.entries()) {
      if (effects[i] !== true) continue;
      if (op?.op === "add" || op?.op === "mkdir") this.#added.set(op.node, added);
      else if (op?.op === "snapshot") {
        this.tail.reset(seq);
        snapshots.push({ seq, covers: op.covers, blob: op.descriptor.blob });
      } else if (op?.op === "share") this.shared.add(op.share);
    }
    const { size } = tree.exposed;
    // The first entry of an epoch exposes everything that stands; later ones only by `expose`.
    const before = epoch === this.#exposed.epoch ? this.#exposed.total : 0;
    this.#exposed = { epoch, total: Math.max(before, size) };
    return snapshots;
  }

  /** When and by which device a node was added, where the log still tells. */
  added(node: NodeId): Added | null {
    return this.#added.get(node) ?? null;
  }

  /** All that is known, of the nodes in the tree. */
  export(tree: Tree): Told {
    const byEntry = new Map<Added, NodeId[]>();
    for (const [node, added] of this.#added) {
      if (tree.get(node) === undefined) continue;
      const nodes = byEntry.get(added);
      if (nodes === undefined) byEntry.set(added, [node]);
      else nodes.push(node);
    }
    const added = Array.from(byEntry, ([{ at, device }, nodes]) => [at, device, nodes] as const);
    return { added, shared: [...this.shared], exposed: this.#exposed };
  }

  /** Takes back what was kept; what the log told since counts. */
  restore({ added: kept, shared, exposed }: Told): void {
    for (const id of shared) this.shared.add(id);
    if (this.#exposed.epoch <= exposed.epoch) this.#exposed = { ...exposed, total: Math.max(exposed.total, this.#exposed.total) };
    for (const [at, device, nodes] of kept) {
      const added: Added = { at, device, here: device === this.#device };
      for (const node of nodes) if (!this.#added.has(node)) this.#added.set(node, added);
    }
  }

  /** Versions that were exposed when the folder was locked. */
  get exposedTotal(): number {
    return this.#exposed.total;
  }
}
