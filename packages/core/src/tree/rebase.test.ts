import * as fc from "fast-check";
import { expect, test } from "vitest";
import { blobOf, idOf, ops, versionOf } from "../../test/ops.ts";
import { freeze, snapshotLines } from "../log/snapshot.ts";
import { applyOp } from "./fold.ts";
import type { Op } from "./op.ts";
import { rebase, seenBy, type PendingOp } from "./rebase.ts";
import { Tree } from "./tree.ts";

function folded(list: readonly Op[]): Tree {
  const tree = new Tree();
  for (const op of list) applyOp(tree, op);
  return tree;
}

/** Ops made on a tree, as a device keeps them: those with an effect, with what was there. */
function made(tree: Tree, list: readonly Op[]): PendingOp[] {
  return list.flatMap((op) => {
    const seen = seenBy(tree, op);
    return applyOp(tree, op) ? [seen === undefined ? { op } : { op, seen }] : [];
  });
}

/** What two devices come to: both start from `base`, the other one's ops are confirmed first. */
function meeting(base: readonly Op[], theirs: readonly Op[], ours: readonly Op[]) {
  const pending = made(folded(base), ours);
  const tree = folded([...base, ...theirs]);
  let next = 1000;
  const mark = tree.mark();
  const result = rebase(tree, pending, () => idOf(next++));
  return { tree, mark, pending, ...result };
}

const dir = (n: number, parent: number | null = null): Op => ({
  op: "mkdir",
  node: idOf(n),
  parent: parent === null ? null : idOf(parent),
  name: `d${n}`,
});
const file = (n: number, parent: number | null, blob: number, name = "report.pdf"): Op => ({
  op: "add",
  node: idOf(n),
  parent: parent === null ? null : idOf(parent),
  name,
  version: versionOf(blob),
});
const replace = (n: number, base: number, blob: number): Op => ({
  op: "replace",
  node: idOf(n),
  base: blobOf(base),
  version: versionOf(blob),
});

test("a version on a base that is stale stands beside the file, and what was built on it follows", () => {
  const { tree, report, ops } = meeting([dir(1), file(2, 1, 1)], [replace(2, 1, 2)], [replace(2, 1, 3), replace(2, 3, 4)]);
  expect(report.map(({ outcome, name }) => [outcome, name])).toEqual([
    ["conflict-copy", "report (conflict).pdf"],
    ["kept", "report (conflict).pdf"],
  ]);
  expect(ops.map(({ op }) => op.op)).toEqual(["add", "replace"]);
  expect(tree.get(idOf(1000))?.versions.map(({ descriptor }) => descriptor.blob)).toEqual([blobOf(3), blobOf(4)]);
  expect(tree.get(idOf(2))?.versions.map(({ descriptor }) => descriptor.blob)).toEqual([blobOf(1), blobOf(2)]);
});

test("a second conflict gets another name", () => {
  const theirs = [replace(2, 1, 2), file(5, null, 9, "report (conflict).pdf")];
  const { report } = meeting([file(2, null, 1)], theirs, [replace(2, 1, 3)]);
  expect(report[0]).toMatchObject({ outcome: "conflict-copy", name: "report (conflict 2).pdf" });
});

test("a new version of a file that was deleted for ever becomes a file under the nearest directory that is left", () => {
  const base = [dir(1), dir(2, 1), dir(3, 2), file(4, 3, 1)];
  const { tree, report } = meeting(base, [{ op: "purge", nodes: [2, 3, 4].map(idOf) }], [replace(4, 1, 2), dir(5, 3), file(6, 5, 7)]);
  expect(report.map(({ outcome }) => outcome)).toEqual(["added-again", "moved-up", "kept"]);
  expect(tree.get(idOf(4))).toMatchObject({ parent: idOf(1), name: "report.pdf" });
  expect(tree.get(idOf(5))?.parent).toBe(idOf(1));
  expect(tree.get(idOf(6))?.parent).toBe(idOf(5));
});

test("what was trashed is restored for changes to it and for what goes into it", () => {
  const base = [dir(1), dir(2, 1), file(3, 2, 1)];
  const trash: Op = { op: "trash", node: idOf(1) };
  const { tree, ops, report } = meeting(base, [trash], [replace(3, 1, 2), file(4, 2, 5, "new")]);
  expect(report.map(({ outcome }) => outcome)).toEqual(["restored", "kept"]);
  expect(ops.map(({ op }) => op.op)).toEqual(["restore", "replace", "add"]);
  expect(tree.liesInTrash(idOf(4))).toBe(false);
});

test("a rename that came true without us takes nothing out of the trash", () => {
  const rename: Op = { op: "rename", node: idOf(1), name: "same" };
  const { ops, report, tree } = meeting([dir(1)], [rename, { op: "trash", node: idOf(1) }], [rename]);
  expect([ops, report[0]?.outcome]).toEqual([[], "no-effect"]);
  expect(tree.get(idOf(1))?.trashed).toBe(true);
});

test("a change to what is gone, a move into what is gone, a move that became a circle", () => {
  const base = [dir(1), dir(2), dir(3), dir(4)];
  const theirs: Op[] = [
    { op: "purge", nodes: [idOf(1)] },
    { op: "move", node: idOf(3), parent: idOf(4) },
  ];
  const { report, ops } = meeting(base, theirs, [
    { op: "rename", node: idOf(1), name: "x" },
    { op: "move", node: idOf(2), parent: idOf(1) },
    { op: "move", node: idOf(4), parent: idOf(3) },
  ]);
  expect(report.map(({ outcome }) => outcome)).toEqual(["gone", "gone", "refused"]);
  expect(ops).toEqual([]);
});

test("a purge takes what is left of it, and nothing when something new lies in it", () => {
  const base = [dir(1), dir(2), file(3, 2, 1)];
  const purge: Op = { op: "purge", nodes: [1, 2, 3].map(idOf) };
  expect(meeting(base, [{ op: "purge", nodes: [idOf(1)] }], [purge]).ops.map(({ op }) => op)).toEqual([
    { op: "purge", nodes: [2, 3].map(idOf) },
  ]);
  const refused = meeting(base, [file(4, 2, 2, "new")], [purge]);
  expect([refused.report[0]?.outcome, refused.tree.get(idOf(4))?.name]).toEqual(["refused", "new"]);
});

test("every op of the result has an effect, in its order, on the confirmed state", () => {
  fc.assert(
    fc.property(ops(40), ops(15), ops(15), (base, theirs, ours) => {
      const { ops: result } = meeting(base, theirs, ours);
      const tree = folded([...base, ...theirs]);
      for (const { op } of result) expect(applyOp(tree, op)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("the tree holds the result, and goes back to the confirmed state", () => {
  fc.assert(
    fc.property(ops(40), ops(15), ops(15), (base, theirs, ours) => {
      const { tree, mark, ops: result } = meeting(base, theirs, ours);
      expect(freeze(tree).head).toEqual(freeze(folded([...base, ...theirs, ...result.map(({ op }) => op)])).head);
      tree.undo(mark);
      expect([...snapshotLines(freeze(tree))]).toEqual([...snapshotLines(freeze(folded([...base, ...theirs])))]);
    }),
    { numRuns: 200 },
  );
});

test("nothing that was uploaded is lost: its blob stands, or ours was already there, or it is told", () => {
  fc.assert(
    fc.property(ops(40), ops(15), ops(15), (base, theirs, ours) => {
      const { tree, pending, report } = meeting(base, theirs, ours);
      if (pending.some(({ op }) => op.op === "purge" || op.op === "reseal")) return; // may drop it again
      for (const [i, { op }] of pending.entries()) {
        if (op.op !== "add" && op.op !== "replace") continue;
        const { outcome } = report[i]!;
        if (outcome !== "refused" && outcome !== "no-effect") expect(tree.fileOf(op.version.blob)).toBeDefined();
        expect(outcome).not.toBe("gone");
      }
    }),
    { numRuns: 300 },
  );
});

test("with nothing of others in between all is kept as it was made", () => {
  fc.assert(
    fc.property(ops(40), ops(20), (base, ours) => {
      const { pending, ops: result, report } = meeting(base, [], ours);
      expect(result.map(({ op }) => op)).toEqual(pending.map(({ op }) => op));
      expect(report.every(({ outcome }) => outcome === "kept")).toBe(true);
    }),
  );
});
