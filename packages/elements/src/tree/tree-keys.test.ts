import { drawnTree, expect, FixtureFolder } from "../test/element-test.ts";
import { stepOf } from "./tree-keys.ts";
import { rowKey, treeRows } from "./tree-rows.ts";

const { tree } = new FixtureFolder(drawnTree).state;
const contracts = tree.resolve("/Contracts")?.id ?? "";
const rows = treeRows(tree, { root: null, expanded: new Set([rowKey(null), contracts]), directoriesOnly: true, language: "en" });
const shape = (index: number, rightToLeft = false) => ({ rows, index, page: 3, rightToLeft });
const key = (name: string, held: { ctrlKey?: boolean; shiftKey?: boolean } = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
});

describe("keys of the tree pattern", () => {
  it("go in where a row is open, and out to the parent", () => {
    expect(rows.map((row) => row.node?.name ?? "")).to.deep.equal(["", "Contracts", "2026", "Identity", "Mortgage", "Photos", "Searches"]);
    expect(stepOf(key("ArrowRight"), shape(1))).to.deep.equal({ go: 2 });
    expect(stepOf(key("ArrowLeft"), shape(2))).to.deep.equal({ go: 1 });
    expect(stepOf(key("ArrowLeft"), shape(1))).to.deep.equal({ toggle: rows[1] });
  });

  it("turn in right-to-left pages", () => {
    expect(stepOf(key("ArrowLeft"), shape(1, true))).to.deep.equal({ go: 2 });
    expect(stepOf(key("ArrowRight"), shape(2, true))).to.deep.equal({ go: 1 });
  });

  it("stay where there is nothing to open", () => {
    expect(stepOf(key("ArrowRight"), shape(4))).to.deep.equal({ go: 4 });
    expect(stepOf(key("ArrowLeft"), shape(0))).to.deep.equal({ toggle: rows[0] });
  });

  it("leave the page's own shortcuts alone", () => {
    expect(stepOf(key("r", { ctrlKey: true }), shape(1))).to.equal(null);
    expect(stepOf(key("Tab"), shape(1))).to.equal(null);
    expect(stepOf(key("x", { ctrlKey: true, shiftKey: true }), shape(1))).to.equal(null);
  });

  it("undo, and do it again", () => {
    expect(stepOf(key("z", { ctrlKey: true }), shape(1))).to.equal("undo");
    expect(stepOf(key("Z", { ctrlKey: true, shiftKey: true }), shape(1))).to.equal("redo");
    expect(stepOf(key("y", { ctrlKey: true }), shape(1))).to.equal("redo");
  });
});
