import { expect, test } from "vitest";
import { idOf, versionOf } from "../../test/ops.ts";
import type { FoldedEntry } from "../log/chain.ts";
import { applyOp } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { Chronicle, type Told } from "./chronicle.ts";

const [here, there] = ["a".repeat(32), "b".repeat(32)];

/** A log of entries, folded and told to a chronicle one by one. */
function telling(chronicle: Chronicle, tree = new Tree()) {
  const tell = (seq: number, ops: readonly Op[], { device = here, epoch = 0, isFirst = false } = {}): void => {
    const effects = ops.map((op) => applyOp(tree, op));
    const folded: FoldedEntry = { seq, epoch, entry: { id: idOf(seq), device, at: seq * 1000, ops }, ops, effects, isFirst };
    chronicle.note(folded, tree);
  };
  return { tree, tell };
}

const node = idOf(1);
const begin: readonly Op[] = [{ op: "add", node, parent: null, name: "f", version: versionOf(1) }];
const trash: Op = { op: "trash", node };
const restore: Op = { op: "restore", node };
const kept = (chronicle: Chronicle, tree: Tree): Told => JSON.parse(JSON.stringify(chronicle.export(tree))) as Told;

test("what was trashed, and each version, keeps who did it and when, also sealed anew and over a reload", () => {
  const chronicle = new Chronicle(here);
  const { tree, tell } = telling(chronicle);
  tell(1, begin);
  tell(2, [{ op: "replace", node, base: versionOf(1).blob, version: versionOf(2) }], { device: there });
  tell(3, [{ op: "reseal", node, from: versionOf(1).blob, to: versionOf(3) }, trash], { device: there });
  const expectAll = (one: Chronicle): void => {
    expect(one.came(versionOf(3).blob)).toEqual({ at: 1000, device: here, here: true });
    expect(one.came(versionOf(2).blob)).toEqual({ at: 2000, device: there, here: false });
    expect(one.came(versionOf(1).blob)).toBeNull();
    expect(one.trashMark(node)).toEqual({ entry: idOf(3), at: 3000, deed: { at: 3000, device: there, here: false } });
  };
  expectAll(chronicle);
  const again = new Chronicle(here, 3);
  again.restore(kept(chronicle, tree));
  expectAll(again);
  const { tell: on } = telling(again, tree);
  on(4, [restore]);
  expect(again.trashMark(node)).toBeNull();
});

test("a mark that was kept before the state it is found in is not taken for the one that stands there", () => {
  const chronicle = new Chronicle(here);
  const { tree, tell } = telling(chronicle);
  tell(1, [...begin, trash]);
  const told = kept(chronicle, tree);
  // Restored and trashed again by others, and all of that in a snapshot of theirs.
  const later = new Chronicle(here, 3);
  later.restore(told);
  expect(later.trashMark(node)).toBeNull();
  expect(later.added(node)?.at).toBe(1000);
  // What an earlier edition kept says nothing of marks.
  const { added, shared, exposed } = told;
  const old = new Chronicle(here, 1);
  old.restore({ added, shared, exposed });
  expect([old.trashMark(node), old.added(node)?.at]).toEqual([null, 1000]);
});

test("after a change of the key a mark stays the same where nothing was missed, and is another where entries were", () => {
  const first = (seq: number, missed: boolean) => {
    const chronicle = new Chronicle(here);
    const { tell } = telling(chronicle);
    tell(1, [...begin, trash]);
    tell(missed ? seq + 1 : seq, [{ op: "snapshot", descriptor: versionOf(9), covers: 1, state: "A".repeat(43) }], {
      epoch: 1,
      isFirst: true,
    });
    return chronicle.trashMark(node);
  };
  expect(first(3, false)).toMatchObject({ entry: idOf(1), deed: { at: 1000 } });
  expect(first(3, true)).toEqual({ entry: idOf(4), at: 4000, deed: null });
});

test("who wrote an entry is known by its place, also over a reload; of the newest 10,000, and not of what was not read", () => {
  const chronicle = new Chronicle(here);
  const { tree, tell } = telling(chronicle);
  for (let seq = 1; seq <= 10_010; seq++) tell(seq, [], { device: seq % 2 === 0 ? here : there });
  const known = (one: Chronicle): (string | undefined)[] => [10, 11, 10_009, 10_010, 10_011].map((seq) => one.wrote(seq)?.device);
  expect(known(chronicle)).toEqual([undefined, there, there, here, undefined]);
  expect(chronicle.wrote(10_010)).toEqual({ at: 10_010_000, device: here, here: true });
  const told = kept(chronicle, tree);

  const again = new Chronicle(here, 10_010);
  again.restore(told);
  expect(known(again)).toEqual([undefined, there, there, here, undefined]);
  // Far on, what was kept is too old to be kept once more.
  const later = new Chronicle(here, 30_000);
  later.restore(told);
  telling(later, tree).tell(30_001, []);
  expect(kept(later, tree).wrote).toEqual([[here, [[30_001, 30_001_000]]]]);
  // An earlier edition did not keep it.
  const { wrote: _, ...earlier } = told;
  const old = new Chronicle(here, 10_010);
  old.restore(earlier);
  expect(old.wrote(10_010)).toBeNull();
});
