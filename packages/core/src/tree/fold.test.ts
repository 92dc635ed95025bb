import { expect, test } from "vitest";
import { vectorSuite } from "../../test/vectors.ts";
import { toHex } from "../crypto/encoding.ts";
import { webVerifier } from "../crypto/verify.ts";
import { freeze, snapshotLines, stateHash } from "../log/snapshot.ts";
import { foldValue } from "./fold.ts";
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
