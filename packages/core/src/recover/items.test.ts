import { describe, expect, it } from "vitest";
import { versionOf } from "../../test/ops.ts";
import { applyOp } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { pathText, recoveryItems, type ItemChoice } from "./items.ts";

const id = (n: number): string => n.toString(16).padStart(32, "0");
const mkdir = (n: number, parent: string | null, name: string): Op => ({ op: "mkdir", node: id(n), parent, name });
const add = (n: number, parent: string | null, name: string): Op => ({ op: "add", node: id(n), parent, name, version: versionOf(n) });

function paths(ops: readonly Op[], choice: ItemChoice = {}): string[] {
  const tree = new Tree();
  for (const op of ops) applyOp(tree, op);
  return recoveryItems(tree, [], choice).map(pathText);
}

describe("what is written", () => {
  it("has directories before what is in them, empty ones too", () => {
    expect(paths([mkdir(1, null, "a"), mkdir(2, id(1), "b"), add(3, id(2), "c"), mkdir(4, null, "empty")])).toEqual([
      "a/",
      "a/b/",
      "a/b/c",
      "empty/",
    ]);
  });

  it("leaves the trash and earlier versions out unless they are asked for", () => {
    const ops: Op[] = [
      mkdir(1, null, "kept"),
      add(2, id(1), "file.txt"),
      { op: "replace", node: id(2), base: versionOf(2).blob, version: versionOf(3) },
      mkdir(4, null, "thrown"),
      add(5, id(4), "inside"),
      add(6, id(4), "thrown before"),
      { op: "trash", node: id(6) },
      { op: "trash", node: id(4) },
    ];
    expect(paths(ops)).toEqual(["kept/", "kept/file.txt"]);
    expect(paths(ops, { trash: true })).toEqual(["kept/", "kept/file.txt", "Trash/thrown before", "Trash/thrown/", "Trash/thrown/inside"]);
    expect(paths(ops, { versions: true })).toEqual(["kept/", "kept/file.txt", "Earlier versions/kept/file (version 1).txt"]);
  });

  it("gives way where the folder has a name of ours, and tells twins' versions apart", () => {
    const ops: Op[] = [
      mkdir(1, null, "TRASH"),
      add(2, null, "a.txt"),
      { op: "replace", node: id(2), base: versionOf(2).blob, version: versionOf(3) },
      add(4, null, "thrown"),
      { op: "trash", node: id(4) },
      mkdir(5, null, "Earlier versions"),
      add(6, id(5), "a (version 1).txt"),
    ];
    expect(paths(ops, { trash: true, versions: true })).toEqual([
      "TRASH/",
      "a.txt",
      "Earlier versions/",
      "Earlier versions/a (version 1).txt",
      "Trash (2)/thrown",
      "Earlier versions (2)/a (version 1).txt",
    ]);
  });

  it("never climbs out, whatever names say", () => {
    const names = ["..", ".", "../..", "/etc", "C:\\x", "\0", "a/../b", "…", "\u202e..", ". .", "~"];
    for (const path of paths(names.flatMap((name, n) => [mkdir(2 * n + 1, null, name), add(2 * n + 2, id(2 * n + 1), name)]))) {
      for (const segment of path.replace(/\/$/, "").split("/"))
        expect([path, segment]).not.toEqual([path, expect.stringMatching(/^\.{0,2}$|[\\:\0]/)]);
    }
  });

  it("shortens a path that most systems would refuse, and keeps the name", () => {
    const name = "ü".repeat(127);
    const ops: Op[] = Array.from({ length: 20 }, (_, n) => mkdir(n + 1, n === 0 ? null : id(n), name));
    const last = paths([...ops, add(99, id(20), "deep.txt")]).at(-1)!;
    expect(new TextEncoder().encode(last).length).toBeLessThan(1024);
    expect(last.split("/")).toEqual([name, versionOf(99).blob, "deep.txt"]);
  });
});
