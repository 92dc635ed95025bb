/** Laws of the rebase: what a device's own changes come to on a state that others moved on. */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { freeze, snapshotLines } from "../../src/log/snapshot.ts";
import { applyOp } from "../../src/tree/fold.ts";
import type { Op } from "../../src/tree/op.ts";
import { purgeOps } from "../../src/tree/purge.ts";
import { rebase, seenBy, type PendingOp } from "../../src/tree/rebase.ts";
import { traceOf } from "../../src/tree/trace.ts";
import { Tree } from "../../src/tree/tree.ts";
import { idOf, ops } from "../ops.ts";
import { law, type Law } from "./law.ts";

export function folded(list: readonly Op[]): Tree {
  const tree = new Tree();
  for (const op of list) applyOp(tree, op);
  return tree;
}

/** Ops made on a tree, as a device keeps them: those with an effect, with what was there. */
export function made(tree: Tree, list: readonly Op[]): PendingOp[] {
  return list.flatMap((op) => {
    const seen = seenBy(tree, op);
    return applyOp(tree, op) ? [seen === undefined ? { op } : { op, seen }] : [];
  });
}

/** What two devices come to: both start from `base`, the other one's ops are confirmed first. */
export function meeting(base: readonly Op[], theirs: readonly Op[], ours: readonly Op[]) {
  const pending = made(folded(base), ours);
  const tree = folded([...base, ...theirs]);
  let next = 1000;
  const mark = tree.mark();
  const result = rebase(tree, pending, () => idOf(next++));
  return { tree, mark, pending, ...result };
}

const linesOf = (tree: Tree): string[] => [...snapshotLines(freeze(tree))];
/** As the outbox keeps it. */
const kept = (pending: readonly PendingOp[]): PendingOp[] => JSON.parse(JSON.stringify(pending)) as PendingOp[];

export const rebaseLaws: readonly Law[] = [
  law(
    "every op of the result has an effect, in its order, on the confirmed state",
    300,
    [ops(40), ops(15), ops(15)],
    (base, theirs, ours) => {
      const { ops: result } = meeting(base, theirs, ours);
      const tree = folded([...base, ...theirs]);
      for (const { op } of result) ok(applyOp(tree, op));
    },
  ),
  law("the tree holds the result, and goes back to the confirmed state", 200, [ops(40), ops(15), ops(15)], (base, theirs, ours) => {
    const { tree, mark, ops: result } = meeting(base, theirs, ours);
    deepStrictEqual(linesOf(tree), linesOf(folded([...base, ...theirs, ...result.map(({ op }) => op)])));
    tree.undo(mark);
    deepStrictEqual(linesOf(tree), linesOf(folded([...base, ...theirs])));
  }),
  law(
    "nothing that was uploaded is lost: its blob stands, or ours was already there, or it is told",
    300,
    [ops(40), ops(15), ops(15)],
    (base, theirs, ours) => {
      const { tree, pending, report } = meeting(base, theirs, ours);
      if (pending.some(({ op }) => op.op === "purge" || op.op === "reseal")) return; // may drop it again
      for (const [i, { op }] of pending.entries()) {
        if (op.op !== "add" && op.op !== "replace") continue;
        const { outcome } = report[i]!;
        if (outcome !== "refused" && outcome !== "no-effect") ok(tree.fileOf(op.version.blob));
        notStrictEqual(outcome, "gone");
      }
    },
  ),
  law("with nothing of others in between all is kept as it was made", 100, [ops(40), ops(20)], (base, ours) => {
    const { pending, ops: result, report } = meeting(base, [], ours);
    deepStrictEqual(
      result.map(({ op }) => op),
      pending.map(({ op }) => op),
    );
    ok(report.every(({ outcome }) => outcome === "kept"));
  }),
  law(
    "rebased once more on the same state, or after a reload, nothing changes any more",
    200,
    [ops(40), ops(15), ops(15)],
    (base, theirs, ours) => {
      const { tree, mark, ops: result } = meeting(base, theirs, ours);
      const lines = linesOf(tree);
      tree.undo(mark);
      const again = rebase(tree, kept(result.map(({ op, seen }) => (seen === undefined ? { op } : { op, seen }))), () => idOf(9999));
      ok(again.report.every(({ outcome }) => outcome === "kept"));
      deepStrictEqual(linesOf(tree), lines);
    },
  ),
  law(
    "what was purged in the trash goes only as far as it lies there still",
    300,
    [ops(60), ops(20), fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
    (base, theirs, chosen) => {
      const before = folded(base);
      const trashed = chosen.map(idOf).filter((id) => before.liesInTrash(id));
      const pending = kept(made(before, purgeOps(before, trashed)));
      const tree = folded([...base, ...theirs]);
      const alive = tree.nodes().filter(({ node }) => !tree.liesInTrash(node));
      rebase(tree, pending, () => idOf(9999));
      for (const node of alive) deepStrictEqual(tree.get(node.node), node);
    },
  ),
  law(
    "an undo brings its node back to what it was, or leaves everything as the others left it",
    400,
    [ops(60), fc.constantFrom("rename", "move", "trash", "restore"), fc.nat({ max: 9 }), fc.option(fc.nat({ max: 9 })), ops(12)],
    (base, kind, at, to, theirs) => {
      const [node, parent] = [idOf(at), to === null ? null : idOf(to)];
      const own: Record<typeof kind, Op> = {
        rename: { op: "rename", node, name: "renamed by us" },
        move: { op: "move", node, parent },
        trash: { op: "trash", node },
        restore: { op: "restore", node },
      };
      const here = folded(base);
      const was = here.get(node);
      if (was === undefined || !applyOp(here, own[kind])) return;
      const back: Record<typeof kind, Op> = {
        rename: { op: "rename", node, name: was.name },
        move: { op: "move", node, parent: was.parent },
        trash: { op: "restore", node },
        restore: { op: "trash", node },
      };
      const left = traceOf(here, node)!;
      const confirmed = [...base, own[kind], ...theirs];
      const tree = folded(confirmed);
      const before = tree.get(node);
      const { ops: result, report } = rebase(tree, kept([{ op: back[kind], seen: { left } }]), () => idOf(9999));
      const { outcome, since } = report[0]!;
      if (outcome === "changed-since") {
        ok(since);
        deepStrictEqual(linesOf(tree), linesOf(folded(confirmed)));
        return;
      }
      // Where the node stands as it was left, nothing but the place that it goes back to can be in the way.
      strictEqual(before?.name, left.name);
      const now = tree.get(node)!;
      if (outcome === "kept") deepStrictEqual([now.name, now.parent, now.trashed], [was.name, was.parent, was.trashed]);
      else ok(result.length === 0 || kind === "move");
    },
  ),
];
