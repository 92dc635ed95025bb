import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyOp, blobOf, idOf, ops, versionOf } from "../../test/ops.ts";
import { vectorSuite } from "../../test/vectors.ts";
import { toHex } from "../crypto/encoding.ts";
import { webVerifier } from "../crypto/verify.ts";
import { freeze, snapshotLines, stateHash } from "../log/snapshot.ts";
import { Difference, differenceOfStates, noting } from "./difference.ts";
import { applyOp, foldFirstEntry, foldValue } from "./fold.ts";
import type { Op } from "./op.ts";
import { readOp } from "./read-op.ts";
import { Tree } from "./tree.ts";

interface FoldCase {
  name: string;
  opsJson: string;
  effects: boolean[];
  state: string;
  tree?: string;
}

vectorSuite<FoldCase[]>("fold", (cases, count) => {
  test.each(cases)("$name", async ({ opsJson, effects, state, tree: lines }) => {
    const tree = new Tree();
    const start = tree.mark();
    const found = (JSON.parse(opsJson) as unknown[]).map((op) => foldValue(tree, op));
    expect(found).toEqual(effects);
    if (lines !== undefined) expect([...snapshotLines(freeze(tree))].map((line) => `${line}\n`).join("")).toBe(lines);
    expect(toHex(await stateHash(webVerifier(), freeze(tree)))).toBe(state);
    tree.undo(start);
    expect(freeze(tree)).toEqual(freeze(new Tree()));
    count();
  });
});

function folded(list: readonly Op[]): Tree {
  const tree = new Tree();
  for (const op of list) applyOp(tree, op);
  return tree;
}

/** Everything that can be read of a tree. */
function everything(tree: Tree) {
  const sums = tree
    .nodes()
    .filter(({ kind }) => kind === "directory")
    .map(({ node }) => node);
  return {
    frozen: freeze(tree).head,
    nodes: [...snapshotLines(freeze(tree))],
    standing: [...tree.standingBlobs()].toSorted(),
    exposed: [...tree.exposed].map(([blob, node]) => `${blob} ${node}`).toSorted(),
    trashed: [...tree.trashed].toSorted(),
    children: [null, ...sums].map((id) => tree.children(id).map(({ node }) => node)),
    sums: [null, ...sums].map((id) => {
      const { files, directories, bytes, exposed } = tree.directory(id)!;
      return { files, directories, bytes, exposed };
    }),
  };
}

/** The same state, put together anew from its nodes. */
function rebuilt(tree: Tree): Tree {
  const copy = new Tree();
  expect(copy.fill(tree.nodes(), [])).toBe(true);
  return copy;
}

test("every op that is generated is well-formed", () => {
  fc.assert(
    fc.property(anyOp, (op) => {
      expect(readOp(JSON.parse(JSON.stringify(op)))).toEqual(op);
    }),
  );
});

test("the same ops come to the same state", () => {
  fc.assert(
    fc.property(ops(), (list) => {
      expect(everything(folded(list))).toEqual(everything(folded(list)));
    }),
  );
});

test("an op has an effect exactly when the state changes", () => {
  fc.assert(
    fc.property(ops(), (list) => {
      const tree = new Tree();
      for (const op of list) {
        const before = everything(tree);
        expect(applyOp(tree, op)).toBe(JSON.stringify(everything(tree)) !== JSON.stringify(before));
      }
    }),
  );
});

test("what is undone leaves no trace", () => {
  fc.assert(
    fc.property(ops(), ops(20), ops(20), (list, first, second) => {
      const tree = folded(list);
      const before = everything(tree);
      const { version } = tree;
      const outer = tree.mark();
      for (const op of first) applyOp(tree, op);
      const between = everything(tree);
      const inner = tree.mark();
      for (const op of second) applyOp(tree, op);
      tree.undo(inner);
      expect(everything(tree)).toEqual(between);
      tree.undo(outer);
      expect(everything(tree)).toEqual(before);
      expect(tree.version).toBeGreaterThanOrEqual(version);
      for (const op of first) applyOp(tree, op);
      expect(everything(tree)).toEqual(between);
    }),
  );
});

test("a mark inside another is used up by itself: the outer one still goes back", () => {
  const tree = new Tree();
  const outer = tree.mark();
  const inner = tree.mark();
  applyOp(tree, { op: "mkdir", node: idOf(1), parent: null, name: "d" });
  tree.keep(inner);
  tree.undo(outer);
  expect(tree.nodeCount).toBe(0);
});

test("sums and children are those of a tree put together anew", () => {
  fc.assert(
    fc.property(ops(100), (list) => {
      const tree = folded(list);
      const { sums, children, exposed } = everything(tree);
      expect(everything(rebuilt(tree))).toMatchObject({ sums, children, exposed });
    }),
  );
});

test("the difference of an entry is that of the states before and after it", () => {
  fc.assert(
    fc.property(ops(), ops(15), (list, entry) => {
      const before = folded(list);
      const after = folded(list);
      const difference = new Difference();
      noting(after, difference, () => entry.forEach((op) => applyOp(after, op)));
      const whole = differenceOfStates(before, after);
      expect([difference.lists().added, difference.lists().dropped]).toEqual([whole.lists().added, whole.lists().dropped]);
    }),
  );
});

test("the first entry of an epoch exposes all that stands and empties drops, shares and earlier snapshots", () => {
  fc.assert(
    fc.property(ops(), (list) => {
      const tree = folded(list);
      const snapshot: Op = { op: "snapshot", descriptor: versionOf(99), covers: 7, state: "A".repeat(43) };
      expect(foldFirstEntry(tree, [snapshot])).toEqual([true]);
      expect(tree.snapshots.map(({ blob }) => blob)).toEqual([blobOf(99)]);
      expect([tree.drops.size, tree.shares.size]).toEqual([0, 0]);
      const versions = tree.nodes().flatMap((node) => node.versions);
      expect(versions.every(({ exposed }) => exposed)).toBe(true);
      expect(tree.exposed.size).toBe(versions.length);
    }),
  );
});

test("a directory may be moved down again after what was deep in it is gone", () => {
  const tree = new Tree();
  const mkdir = (n: number, parent: number | null) =>
    applyOp(tree, { op: "mkdir", node: idOf(n), parent: parent === null ? null : idOf(parent), name: "d" });
  for (let n = 0; n < 60; n++) mkdir(n, n === 0 ? null : n - 1); // 60 levels
  for (let n = 100; n < 110; n++) mkdir(n, n === 100 ? null : n - 1); // 10 levels
  expect(applyOp(tree, { op: "move", node: idOf(100), parent: idOf(59) })).toBe(false);
  expect(applyOp(tree, { op: "purge", nodes: [104, 105, 106, 107, 108, 109].map(idOf) })).toBe(true);
  expect(applyOp(tree, { op: "move", node: idOf(100), parent: idOf(59) })).toBe(true);
  expect(tree.levelOf(idOf(103))).toBe(64);
});

test("a million nodes is the limit, trashed ones too", () => {
  const tree = new Tree();
  for (let n = 0; n < 1_000_000; n++) applyOp(tree, { op: "mkdir", node: idOf(n), parent: null, name: "d" });
  applyOp(tree, { op: "trash", node: idOf(5) });
  const one: Op = { op: "mkdir", node: idOf(1_000_000), parent: null, name: "d" };
  expect(applyOp(tree, one)).toBe(false);
  applyOp(tree, { op: "purge", nodes: [idOf(5)] });
  expect(applyOp(tree, one)).toBe(true);
}, 30_000);

test("text that nests very deep is looked at without a deep stack", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
  expect(readOp({ op: "meta", node: idOf(1), meta: { deep } })).toBeUndefined();
  expect(readOp({ op: "mkdir", node: idOf(1), parent: null, name: "d", x: deep })).toMatchObject({ op: "mkdir" });
});

test("keys that JavaScript knows otherwise are plain keys", () => {
  const op = JSON.parse(`{"op":"meta","node":"${idOf(1)}","meta":{"__proto__":{"a":1},"constructor":2}}`) as unknown;
  const tree = new Tree();
  applyOp(tree, { op: "mkdir", node: idOf(1), parent: null, name: "d" });
  expect(foldValue(tree, op)).toBe(true);
  expect([...snapshotLines(freeze(tree))][1]).toContain('"meta":{"__proto__":{"a":1},"constructor":2}');
});
