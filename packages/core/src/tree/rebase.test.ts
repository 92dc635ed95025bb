import { expect, test } from "vitest";
import { testLaws } from "../../test/laws/in-tests.ts";
import { folded, meeting, rebaseLaws } from "../../test/laws/rebase.ts";
import { blobOf, idOf, versionOf } from "../../test/ops.ts";
import type { Op } from "./op.ts";
import { rebase } from "./rebase.ts";
import { traceOf } from "./trace.ts";

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

test("a purge in the trash spares what was taken out of it meanwhile, with all below, and earlier versions of it", () => {
  const base: Op[] = [dir(1), dir(2, 1), file(3, 2, 1), dir(4), file(5, 4, 5), replace(5, 5, 6)];
  const trash = (n: number): Op => ({ op: "trash", node: idOf(n) });
  const restore = (n: number): Op => ({ op: "restore", node: idOf(n) });
  const inTrash = [...base, trash(3), trash(1), trash(4)];
  const purge: Op = { op: "purge", nodes: [1, 2, 3, 4, 5].map(idOf) };
  const { ops, report, tree } = meeting(inTrash, [restore(1)], [purge]);
  // The file keeps a mark of its own in the directory that came back.
  expect(ops.map(({ op }) => op)).toEqual([{ op: "purge", nodes: [3, 4, 5].map(idOf) }]);
  expect([report[0]?.outcome, tree.get(idOf(2))?.name]).toEqual(["spared", "d2"]);
  expect(meeting(inTrash, [restore(1), restore(3), restore(4)], [purge])).toMatchObject({ ops: [], report: [{ outcome: "spared" }] });
  const versions: Op = { op: "purge", versions: [blobOf(5)] };
  expect(meeting(inTrash, [restore(4)], [versions])).toMatchObject({ ops: [], report: [{ outcome: "spared" }] });
  expect(meeting([...base], [trash(4), restore(4)], [versions]).report[0]?.outcome).toBe("kept");
});

test("an undo is dropped where its node stands otherwise than it was left, and says how", () => {
  const base = [dir(1), dir(2), file(3, 1, 1, "new name")];
  const back: Op = { op: "rename", node: idOf(3), name: "old name" };
  const after = (...theirs: Op[]) => {
    const tree = folded([...base, ...theirs]);
    const left = traceOf(folded(base), idOf(3))!;
    const { ops, report } = rebase(tree, [{ op: back, seen: { left } }], () => idOf(99));
    return [ops.length, report[0]?.outcome, report[0]?.since];
  };
  expect(after()).toEqual([1, "kept", undefined]);
  expect(after({ op: "rename", node: idOf(3), name: "theirs" })).toEqual([0, "changed-since", "renamed"]);
  expect(after({ op: "move", node: idOf(3), parent: idOf(2) })).toEqual([0, "changed-since", "moved"]);
  expect(after({ op: "trash", node: idOf(1) })).toEqual([0, "changed-since", "trashed"]);
  expect(after({ op: "purge", nodes: [idOf(3)] })).toEqual([0, "changed-since", "deleted"]);
  expect(after({ op: "replace", node: idOf(3), base: blobOf(1), version: { ...versionOf(7), modified: 7 } })).toEqual([
    0,
    "changed-since",
    "replaced",
  ]);
  expect(after({ op: "reseal", node: idOf(3), from: blobOf(1), to: versionOf(7) })).toEqual([1, "kept", undefined]);
  expect(after({ op: "meta", node: idOf(3), meta: { colour: "red" } })).toEqual([1, "kept", undefined]);
});

testLaws(rebaseLaws);
