import * as fc from "fast-check";
import { expect, test } from "vitest";
import { blobOf, idOf, ops, versionOf } from "../../test/ops.ts";
import { Difference, noting } from "./difference.ts";
import { applyOp } from "./fold.ts";
import { purgeOps } from "./purge.ts";
import { Tree } from "./tree.ts";

test("each op has an effect, drops at most 500 blobs, and in the end nothing of it is left", () => {
  fc.assert(
    fc.property(ops(80), fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (list, chosen) => {
      const tree = new Tree();
      for (const op of list) applyOp(tree, op);
      for (const op of purgeOps(tree, chosen.map(idOf))) expect(applyOp(tree, op)).toBe(true);
      for (const n of chosen) expect(tree.get(idOf(n))).toBeUndefined();
    }),
  );
});

test("a deep directory of thousands, and a file of thousands of versions", () => {
  const tree = new Tree();
  applyOp(tree, { op: "mkdir", node: idOf(1), parent: null, name: "d" });
  applyOp(tree, { op: "mkdir", node: idOf(2), parent: idOf(1), name: "e" });
  for (let n = 10; n < 3010; n++)
    applyOp(tree, { op: "add", node: idOf(n), parent: idOf(2), name: "f", version: versionOf(n, 10_000 + n) });
  for (let n = 0; n < 1500; n++) {
    applyOp(tree, { op: "replace", node: idOf(10), base: blobOf(n === 0 ? 10 : 20_000 + n - 1), version: versionOf(20_000 + n) });
  }
  for (const op of purgeOps(tree, [idOf(1)])) {
    const difference = new Difference();
    expect(noting(tree, difference, () => applyOp(tree, op))).toBe(true);
    expect(difference.size).toBeLessThanOrEqual(500);
  }
  expect(tree.nodeCount).toBe(0);
});
