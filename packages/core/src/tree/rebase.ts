/**
 * Changes made here, brought onto a state that moved on (docs/format.md, section 4, "Conflicts").
 *
 * Conflicts are settled before sealing, by the device whose change comes later: a stale `base` becomes a sibling "name (conflict)", a change to
 * what was purged becomes an `add` under the nearest directory that is left, what was trashed is restored. What has no effect left is taken out.
 *
 * @module
 */

import type { ChangedSince } from "../interface/undo.ts";
import { applyOp } from "./fold.ts";
import { withSuffix } from "./name.ts";
import { currentOf } from "./node.ts";
import { blobsOf, type Add, type Meta, type Mkdir, type Move, type Op, type Purge, type Rename, type Replace, type Revert } from "./op.ts";
import { changedSince, type Trace } from "./trace.ts";
import type { Tree } from "./tree.ts";

/** What was there when a change was made: needed once it is there no more. */
export interface Seen {
  /** The node's name. */
  readonly name?: string;
  /** The directories it lies in, nearest first, without the root. */
  readonly ancestors?: readonly string[];
  /** A purge of what lay in the trash, all of it. */
  readonly inTrash?: true;
  /** An undo is meant for a node that stands so, and for no other. */
  readonly left?: Trace;
}

export interface PendingOp {
  readonly op: Op;
  readonly seen?: Seen;
}

/**
 * What became of a change:
 * - `kept`: as it was made
 * - `no-effect`: what it wanted is so already
 * - `conflict-copy`: another version came first; this one stands beside it under another name
 * - `added-again`: the file was deleted for ever meanwhile; this version stands as a new file
 * - `moved-up`: its directory was deleted for ever; it went to the nearest one that is left
 * - `restored`: it lay in the trash and was taken out
 * - `spared`: it was taken out of the trash meanwhile, and is not deleted
 * - `gone`: there is nothing left to change
 * - `refused`: it is not possible any more (too deep, too many, into itself; something new lies in what was to be purged)
 * - `changed-since`: what was to be undone was changed by another device first
 */
export type Outcome =
  | "kept"
  | "no-effect"
  | "conflict-copy"
  | "added-again"
  | "moved-up"
  | "restored"
  | "spared"
  | "gone"
  | "refused"
  | "changed-since";

export interface Settlement {
  /** Index of the pending op. */
  readonly index: number;
  readonly outcome: Outcome;
  /** The node that the change is about now, and its name, where there is one. */
  readonly node?: string;
  readonly name?: string;
  /** Of `changed-since`: how. */
  readonly since?: ChangedSince;
}

export interface RebasedOp extends PendingOp {
  /** Index of the pending op that it comes from. */
  readonly index: number;
}

export interface Rebased {
  /** Each with an effect, in this order. */
  readonly ops: readonly RebasedOp[];
  /** One for each pending op. */
  readonly report: readonly Settlement[];
}

function ancestorsOf(tree: Tree, parent: string | null): string[] {
  const ancestors: string[] = [];
  for (let at = parent; at !== null; at = tree.get(at)?.parent ?? null) ancestors.push(at);
  return ancestors;
}

/** What to remember with an op when it is made: call it before the op is applied. Undefined where the op needs nothing. */
export function seenBy(tree: Tree, op: Op): Seen | undefined {
  if (op.op === "mkdir" || op.op === "add") return { name: op.name, ancestors: ancestorsOf(tree, op.parent) };
  if (op.op === "purge") return stillInTrash(tree, op) === op ? { inTrash: true } : undefined;
  if (op.op !== "replace") return undefined;
  const node = tree.get(op.node);
  return node && { name: node.name, ancestors: ancestorsOf(tree, node.parent) };
}

/** What of a purge lies in the trash, or nowhere any more; the op itself where that is all of it. */
function stillInTrash(tree: Tree, op: Purge): Purge {
  const lies = (id: string | undefined): boolean => id === undefined || tree.get(id) === undefined || tree.liesInTrash(id);
  const nodes = op.nodes?.filter(lies);
  const versions = op.versions?.filter((blob) => lies(tree.fileOf(blob)?.node));
  const isWhole = nodes?.length === op.nodes?.length && versions?.length === op.versions?.length;
  return isWhole ? op : { op: "purge", ...(nodes === undefined ? {} : { nodes }), ...(versions === undefined ? {} : { versions }) };
}

/** Brings pending ops onto the tree and applies them there. Who wants the tree back as it was marks it before. */
export function rebase(tree: Tree, pending: readonly PendingOp[], newId: () => string): Rebased {
  const settling = new Settling(tree, newId);
  return { report: pending.map((one, index) => settling.settle(one, index)), ops: settling.ops };
}

class Settling {
  readonly ops: RebasedOp[] = [];
  readonly #tree: Tree;
  readonly #newId: () => string;
  /** Files that were made of conflicting versions, by the version's blob: later changes that build on it go there. */
  readonly #copies = new Map<string, string>();
  #index = 0;

  constructor(tree: Tree, newId: () => string) {
    this.#tree = tree;
    this.#newId = newId;
  }

  settle({ op, seen }: PendingOp, index: number): Settlement {
    this.#index = index;
    const since = seen?.left === undefined || !("node" in op) ? undefined : changedSince(this.#tree, op.node, seen.left);
    if (since !== undefined) return { index, outcome: "changed-since", since };
    const own = this.#ownOf(op, seen);
    const from = this.ops.length;
    const done = this.#emit(own, seen?.left) ? "kept" : this.#mend(own, seen);
    // What another device took out of the trash is not deleted by who did not know.
    const outcome = op.op === "purge" && own !== op ? "spared" : done;
    const last = this.ops.length > from ? this.ops.at(-1)!.op : own;
    const node = "node" in last ? last.node : undefined;
    const name = node === undefined ? undefined : (this.#tree.get(node)?.name ?? seen?.name);
    return { index, outcome, ...(node === undefined ? {} : { node }), ...(name === undefined ? {} : { name }) };
  }

  /** The op as it is meant now: for the file that its base became, without what was taken out of the trash. */
  #ownOf(op: Op, seen: Seen | undefined): Op {
    if (op.op === "purge") return seen?.inTrash === true ? stillInTrash(this.#tree, op) : op;
    const copy = op.op === "replace" ? this.#copies.get(op.base) : undefined;
    return copy === undefined || op.op !== "replace" ? op : { ...op, node: copy };
  }

  /** Applies an op; it is part of the result when it has an effect. */
  #emit(op: Op, left?: Trace): boolean {
    const seen = left === undefined ? seenBy(this.#tree, op) : { ...seenBy(this.#tree, op), left };
    if (!applyOp(this.#tree, op)) return false;
    this.ops.push({ index: this.#index, op, ...(seen === undefined ? {} : { seen }) });
    return true;
  }

  /** Emits all that is tried, or nothing where it comes to `undefined`. */
  #attempt(tried: () => Outcome | undefined): Outcome | undefined {
    const mark = this.#tree.mark();
    const count = this.ops.length;
    const outcome = tried();
    if (outcome === undefined) {
      this.#tree.undo(mark);
      this.ops.length = count;
    } else {
      this.#tree.keep(mark);
    }
    return outcome;
  }

  /** What can be made of an op that has no effect as it is. */
  #mend(op: Op, seen: Seen | undefined): Outcome {
    switch (op.op) {
      case "mkdir":
      case "add":
        return this.#mendPlaced(op, seen);
      case "replace":
        return this.#mendReplace(op, seen);
      case "rename":
      case "meta":
      case "revert":
      case "move":
        return this.#mendChange(op);
      case "purge":
        return this.#mendPurge(op);
      case "trash":
      case "restore":
      case "reseal":
        return this.#tree.get(op.node) === undefined ? "gone" : "no-effect";
      default:
        return "no-effect";
    }
  }

  #mendPlaced(op: Mkdir | Add, seen: Seen | undefined): Outcome {
    if (this.#tree.get(op.node) !== undefined) return "no-effect";
    if (op.op === "add" && !this.#isNew(op)) return "no-effect";
    const parent = this.#nearest(op.parent, seen?.ancestors ?? []);
    const outcome = parent === op.parent ? "restored" : "moved-up";
    return this.#place({ ...op, parent }, outcome) ?? "refused";
  }

  #mendReplace(op: Replace, seen: Seen | undefined): Outcome {
    if (!this.#isNew(op)) return "no-effect";
    const node = this.#tree.get(op.node);
    if (node === undefined) {
      const parent = this.#nearest(null, seen?.ancestors ?? []);
      const again: Add = { op: "add", node: op.node, parent, name: seen?.name ?? "file", version: op.version };
      return this.#place(again, "added-again") ?? "refused";
    }
    if (node.kind !== "file") return "refused";
    if (currentOf(node)?.descriptor.blob === op.base) {
      return this.#attempt(() => (this.#takeOut(op.node) && this.#emit(op) ? "restored" : undefined)) ?? "refused";
    }
    const name = this.#conflictName(node.parent, node.name);
    const copy: Add = { op: "add", node: this.#newId(), parent: node.parent, name, version: op.version };
    const outcome = this.#place(copy, "conflict-copy");
    if (outcome !== undefined) this.#copies.set(op.version.blob, copy.node);
    return outcome ?? "refused";
  }

  #mendChange(op: Rename | Meta | Revert | Move): Outcome {
    const target = op.op === "move" ? op.parent : null;
    if (this.#tree.get(op.node) === undefined || (target !== null && this.#tree.get(target) === undefined)) return "gone";
    const lay = this.#tree.liesInTrash(op.node) || (target !== null && this.#tree.liesInTrash(target));
    if (!lay) return op.op === "move" && this.#tree.get(op.node)!.parent !== target ? "refused" : "no-effect";
    return this.#attempt(() => (this.#takeOut(op.node) && this.#takeOut(target) && this.#emit(op) ? "restored" : undefined)) ?? "no-effect";
  }

  #mendPurge(op: Purge): Outcome {
    if (op.nodes !== undefined) {
      const nodes = op.nodes.filter((id) => this.#tree.get(id) !== undefined);
      if (nodes.length === 0) return "no-effect";
      return this.#emit({ op: "purge", nodes }) ? "kept" : "refused";
    }
    const isEarlier = (blob: string) => {
      const file = this.#tree.fileOf(blob);
      return file !== undefined && currentOf(file)?.descriptor.blob !== blob;
    };
    const versions = (op.versions ?? []).filter(isEarlier);
    return versions.length > 0 && this.#emit({ op: "purge", versions }) ? "kept" : "no-effect";
  }

  #isNew({ version }: Add | Replace): boolean {
    return blobsOf(version).every((blob) => this.#tree.isNewBlob(blob));
  }

  /** The first that is a directory still, in the trash or not; else the root. */
  #nearest(parent: string | null, ancestors: readonly string[]): string | null {
    const candidates = parent === null ? ancestors : [parent, ...ancestors];
    return candidates.find((id) => this.#tree.get(id)?.kind === "directory") ?? null;
  }

  #place(op: Mkdir | Add, outcome: Outcome): Outcome | undefined {
    return this.#attempt(() => (this.#takeOut(op.parent) && this.#emit(op) ? outcome : undefined));
  }

  /** Restores the node and the directories it lies in, as far as they carry the mark. */
  #takeOut(id: string | null): boolean {
    for (let at = id; at !== null; at = this.#tree.get(at)?.parent ?? null) {
      if (this.#tree.get(at)?.trashed && !this.#emit({ op: "restore", node: at })) return false;
    }
    return true;
  }

  #conflictName(parent: string | null, name: string): string {
    const taken = new Set(this.#tree.children(parent).map((node) => node.name));
    for (let n = 1; ; n++) {
      const candidate = withSuffix(name, n === 1 ? "(conflict)" : `(conflict ${n})`, "file");
      if (!taken.has(candidate)) return candidate;
    }
  }
}
