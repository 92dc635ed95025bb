/**
 * Taking back one's own last changes to the tree, and doing them again.
 *
 * Undoing is a change like any other: made at once, kept durably, sent when it can be. It is made only where every node it touches stands as the change
 * left it; the same is asked once more when it is sent, so that nothing which another device did meanwhile is undone with it.
 *
 * @module
 */
import type { BlobId, Deed, NodeId } from "../interface/tree.ts";
import type { ChangedSince, Undoable } from "../interface/undo.ts";
import type { Proposal } from "../sync/proposals.ts";
import type { Traces } from "../sync/replica.ts";
import { Source } from "../sync/source.ts";
import { changedError } from "../sync/trouble.ts";
import { currentOf } from "../tree/node.ts";
import type { Op } from "../tree/op.ts";
import { changedSince, traceOf, type Trace } from "../tree/trace.ts";
import type { Tree } from "../tree/tree.ts";
import { move, trash } from "./changes.ts";

/** Changes remembered. */
const REMEMBERED = 50;

type Kind = Undoable["kind"];

/** What undoes each kind; and that in turn, done again, the same table. */
const INVERSE: Readonly<Record<Kind, Kind>> = { mkdir: "trash", rename: "rename", move: "move", trash: "restore", restore: "trash" };

interface Step {
  readonly node: NodeId;
  /** Undefined: it was made. */
  readonly before: Trace | undefined;
  readonly after: Trace;
}

interface Done {
  readonly shown: Undoable;
  /** What was done last: the change, or its undo. */
  readonly act: Kind;
  readonly steps: readonly Step[];
}

export interface UndoPort {
  /** Confirmed and pending as one. */
  readonly tree: () => Tree;
  readonly propose: (ops: readonly Op[], left?: Traces) => Proposal;
  /** Where a version came from. */
  readonly came: (blob: BlobId) => Deed | null;
}

export class UndoStack {
  readonly undoable = new Source<Undoable | null>(null);
  readonly redoable = new Source<Undoable | null>(null);
  readonly #port: UndoPort;
  #done: readonly Done[] = [];
  #undone: readonly Done[] = [];

  constructor(port: UndoPort) {
    this.#port = port;
  }

  /** Makes a change that can be taken back. `ops` are of that kind, on these nodes. Resolves when it is kept. */
  async change(shown: Undoable, ops: (tree: Tree) => readonly Op[]): Promise<void> {
    const { done, kept } = this.#make(shown, shown.kind, ops);
    if (done !== null) this.#set([...this.#done, done], []);
    await this.#unlessUnkept(kept, done);
  }

  /** Takes back the last change. Resolves, once that is kept, with what it was; null where there was none. Rejects with `changed-since`. */
  async undo(): Promise<Undoable | null> {
    const last = this.#done.at(-1);
    if (last === undefined) return null;
    const rest = this.#done.slice(0, -1);
    const { done, kept } = this.#turn(last, last.shown, () => this.#set(rest, this.#undone));
    this.#set(rest, done === null ? this.#undone : [...this.#undone, done]);
    await this.#unlessUnkept(kept, done);
    return last.shown;
  }

  /** Does again what was taken back last, as `undo`. */
  async redo(): Promise<Undoable | null> {
    const last = this.#undone.at(-1);
    if (last === undefined) return null;
    const rest = this.#undone.slice(0, -1);
    const { done, kept } = this.#turn(last, { ...last.shown }, () => this.#set(this.#done, rest));
    this.#set(done === null ? this.#done : [...this.#done, done], rest);
    await this.#unlessUnkept(kept, done);
    return last.shown;
  }

  /** Lets go of changes to nodes that are deleted for ever. */
  tidy(): void {
    const tree = this.#port.tree();
    const stands = ({ steps }: Done): boolean => steps.every(({ node }) => tree.get(node) !== undefined);
    this.#set(this.#done.filter(stands), this.#undone.filter(stands));
  }

  forget(): void {
    this.#set([], []);
  }

  /** Does the inverse of what was done last. Where that is refused for good it is not offered again. */
  #turn(last: Done, shown: Undoable, refused: () => void): { done: Done | null; kept: Promise<void> } {
    const tree = this.#port.tree();
    const refuse = (since: ChangedSince): never => {
      refused();
      throw changedError(since);
    };
    const left = new Map<NodeId, Trace>();
    for (const { node, before, after } of last.steps) {
      const since = this.#changed(tree, node, after) ?? (last.act === "move" ? wayBack(tree, node, before?.parent ?? null) : undefined);
      if (since !== undefined) refuse(since);
      const { holds } = after;
      left.set(node, { ...traceOf(tree, node)!, ...(holds === undefined ? {} : { holds }) });
    }
    const ops = back(tree, last);
    const traces = new Map(ops.flatMap((op) => ("node" in op && left.has(op.node) ? [[op, left.get(op.node)!] as const] : [])));
    return this.#make(
      shown,
      INVERSE[last.act],
      () => ops,
      last.steps.map(({ node }) => node),
      traces,
    );
  }

  /** A new version that was made on this device is no reason to refuse. */
  #changed(tree: Tree, node: NodeId, left: Trace): ChangedSince | undefined {
    const since = changedSince(tree, node, left);
    if (since !== "replaced") return since;
    const found = tree.get(node);
    const blob = found && currentOf(found)?.descriptor.blob;
    return blob !== undefined && this.#port.came(blob)?.here === false ? since : undefined;
  }

  #make(
    shown: Undoable,
    act: Kind,
    ops: (tree: Tree) => readonly Op[],
    nodes: readonly NodeId[] = shown.nodes,
    left?: Traces,
  ): { done: Done | null; kept: Promise<void> } {
    const before = new Map(nodes.map((node) => [node, traceOf(this.#port.tree(), node)]));
    const { kept } = this.#port.propose(ops(this.#port.tree()), left);
    const tree = this.#port.tree();
    const steps = nodes.flatMap((node): Step[] => {
      const after = traceOf(tree, node);
      const was = before.get(node);
      if (after === undefined || JSON.stringify(was) === JSON.stringify(after)) return [];
      return [{ node, before: was, after: shown.kind === "mkdir" ? { ...after, holds: shown.nodes } : after }];
    });
    return { done: steps.length === 0 ? null : { shown, act, steps }, kept };
  }

  /** What could not be kept was not done. */
  async #unlessUnkept(kept: Promise<void>, done: Done | null): Promise<void> {
    try {
      await kept;
    } catch (error) {
      this.#set(
        this.#done.filter((other) => other !== done),
        this.#undone.filter((other) => other !== done),
      );
      throw error;
    }
  }

  #set(done: readonly Done[], undone: readonly Done[]): void {
    this.#done = done.slice(-REMEMBERED);
    this.#undone = undone;
    this.undoable.set(this.#done.at(-1)?.shown ?? null);
    this.redoable.set(this.#undone.at(-1)?.shown ?? null);
  }
}

/** Why the directory that a node would go back to does not take it; undefined where it does. */
function wayBack(tree: Tree, node: NodeId, parent: NodeId | null): ChangedSince | undefined {
  if (parent === null) return undefined;
  if (tree.get(parent) === undefined) return "deleted";
  if (tree.liesInTrash(parent)) return "trashed";
  return tree.isWithin(parent, node) ? "moved" : undefined;
}

/** The ops that undo what was done. */
function back(tree: Tree, { act, steps }: Done): readonly Op[] {
  const nodes = steps.map(({ node }) => node);
  switch (act) {
    case "mkdir":
    case "restore":
      return trash(tree, nodes);
    case "trash":
      return nodes.map((node) => ({ op: "restore", node }));
    case "rename":
      return steps.map(({ node, before }) => ({ op: "rename", node, name: before!.name }));
    default:
      return steps.flatMap(({ node, before }) => move(tree, [node], before!.parent));
  }
}
