import * as fc from "fast-check";
import { expect, test } from "vitest";
import { blobOf, idOf, ops, versionOf } from "../../test/ops.ts";
import type { TreeNode } from "../interface/tree.ts";
import { applyOp } from "./fold.ts";
import { currentOf } from "./node.ts";
import type { Op } from "./op.ts";
import { Tree } from "./tree.ts";
import { TreeViews } from "./view.ts";

const mkdir = (n: number, parent: number | null, name: string): Op => ({
  op: "mkdir",
  node: idOf(n),
  parent: parent === null ? null : idOf(parent),
  name,
});
const add = (n: number, parent: number | null, name: string, blob = n): Op => ({
  op: "add",
  node: idOf(n),
  parent: parent === null ? null : idOf(parent),
  name,
  version: versionOf(blob),
});

function viewing(...list: Op[]) {
  const tree = new Tree();
  const views = new TreeViews(tree);
  const change = (...more: Op[]) => more.map((op) => applyOp(tree, op));
  change(...list);
  return {
    tree,
    views,
    change,
    names: (id: number | null) =>
      views
        .current()
        .children(id === null ? null : idOf(id))
        .map((n) => n.displayName),
  };
}

test("children in order of creation, also of what was moved in later", () => {
  const { names, change } = viewing(add(1, null, "first"), mkdir(2, null, "d"), add(3, 2, "third"), add(4, 2, "fourth"));
  change({ op: "move", node: idOf(1), parent: idOf(2) });
  expect(names(2)).toEqual(["first", "third", "fourth"]);
  expect(names(null)).toEqual(["d"]);
});

test("paths lead to nodes, and nodes to their paths; twins by the number they are shown with", () => {
  const { views } = viewing(mkdir(1, null, "2026"), mkdir(2, 1, "taxes"), add(3, 2, "a.pdf"), add(4, 2, "a.pdf"));
  const view = views.current();
  expect(view.resolve("/")).toBeNull();
  expect(view.resolve("/2026/taxes/a.pdf")?.id).toBe(idOf(3));
  expect(view.resolve("2026/taxes/a (2).pdf")?.id).toBe(idOf(4));
  expect(view.resolve("/2026/nothing")).toBeUndefined();
  expect(view.resolve("/2026/taxes/a.pdf/below")).toBeUndefined();
  expect(view.path(idOf(4)).map(({ displayName }) => displayName)).toEqual(["2026", "taxes", "a (2).pdf"]);
});

test("what is trashed is in the trash only, latest first, and makes no twin", () => {
  const { views, change, names } = viewing(add(1, null, "a"), add(2, null, "a"), mkdir(3, null, "d"), add(4, 3, "b"));
  change({ op: "trash", node: idOf(1) }, { op: "trash", node: idOf(3) });
  const view = views.current();
  expect(names(null)).toEqual(["a"]);
  expect(view.trash().map(({ id }) => id)).toEqual([idOf(3), idOf(1)]);
  expect(view.count).toEqual({ files: 1, directories: 0 });
  expect(view.get(idOf(4))?.trashed).toBe(false);
  expect([...view.descend(null)].map(({ id }) => id)).toEqual([idOf(2)]);
});

test("versions, the current one, and what is exposed in and below", () => {
  const { views, change } = viewing(mkdir(1, null, "d"), mkdir(2, 1, "e"), add(3, 2, "f", 1));
  change({ op: "replace", node: idOf(3), base: blobOf(1), version: { ...versionOf(2, 9), type: "text/plain", modified: 5 } });
  change({ op: "expose", versions: [blobOf(1)] });
  const view = views.current();
  expect(view.get(idOf(3))).toMatchObject({
    exposed: true,
    versions: [
      { blob: blobOf(1), exposed: true, type: "", modified: null, thumbnail: null },
      { blob: blobOf(2), exposed: false, type: "text/plain", modified: 5, thumbnail: blobOf(9) },
    ],
    current: { blob: blobOf(2) },
  });
  expect(view.get(idOf(1))?.exposed).toBe(true);
  change({ op: "reseal", node: idOf(3), from: blobOf(1), to: versionOf(5) });
  expect(views.current().get(idOf(1))?.exposed).toBe(false);
});

test("a view is the same object until something changes, and so are the nodes of a directory that did not change", () => {
  const { views, change } = viewing(mkdir(1, null, "d"), add(2, 1, "f"), mkdir(3, null, "e"), add(4, 3, "g"));
  const before = views.current();
  const untouched = before.children(idOf(3));
  expect(views.current()).toBe(before);
  change({ op: "rename", node: idOf(2), name: "h" });
  expect(views.current()).not.toBe(before);
  expect(views.current().children(idOf(3))).toBe(untouched);
  expect(views.current().children(idOf(1))[0]?.name).toBe("h");
});

test("a view tells what is pending, who added it, and who put it into the trash", () => {
  const tree = new Tree();
  const added: TreeNode["added"] = { at: 1, device: "x", here: true };
  const views = new TreeViews(tree, { isPending: (id) => id === idOf(1), added: () => added, trashed: () => added });
  applyOp(tree, add(1, null, "a"));
  expect(views.current().get(idOf(1))).toMatchObject({ pending: true, added, trashedBy: null });
  applyOp(tree, { op: "trash", node: idOf(1) });
  expect(views.current().get(idOf(1))?.trashedBy).toEqual(added);
});

test("counts, sizes and lists are those of the nodes one by one", () => {
  fc.assert(
    fc.property(ops(80), (list) => {
      const { tree, views } = viewing(...list);
      const view = views.current();
      const live = tree.nodes().filter(({ node }) => !tree.liesInTrash(node));
      const files = live.filter(({ kind }) => kind === "file");
      expect(view.count).toEqual({ files: files.length, directories: live.length - files.length });
      expect(view.size(null)).toBe(files.reduce((sum, node) => sum + (currentOf(node)?.descriptor.size ?? 0), 0));
      expect(new Set([...view.descend(null)].map(({ id }) => id))).toEqual(new Set(live.map(({ node }) => node)));
      for (const { node } of live) {
        expect(view.path(node).at(-1)?.id).toBe(node);
        expect(view.children(view.get(node)!.parent).find(({ id }) => id === node)).toEqual(view.get(node));
      }
    }),
  );
});

test("views that were looked at after every change show what one that is made at the end shows", () => {
  fc.assert(
    fc.property(ops(60), (list) => {
      const tree = new Tree();
      const views = new TreeViews(tree);
      for (const op of list) {
        applyOp(tree, op);
        const now = views.current();
        const fresh = new TreeViews(tree).current();
        expect(now.children(null)).toEqual(fresh.children(null));
        for (const { id } of fresh.descend(null)) {
          expect(now.children(id)).toEqual(fresh.children(id));
          expect(now.get(id)).toEqual(fresh.get(id));
        }
      }
    }),
  );
});

test("of a directory where one name changes the other nodes stay the same objects", () => {
  const { tree, views } = viewing(...Array.from({ length: 50 }, (_, n) => add(n, null, `file ${n}`)));
  const before = views.current().children(null);
  applyOp(tree, { op: "rename", node: idOf(7), name: "another" });
  const after = views.current().children(null);
  expect(after.filter((node, i) => node !== before[i]).map(({ name }) => name)).toEqual(["another"]);
  applyOp(tree, { op: "trash", node: idOf(3) });
  const less = views.current().children(null);
  expect(less.every((node) => after.includes(node))).toBe(true);
});
