import { expect, FixtureFolder, fixtureTransfer } from "../test/element-test.ts";
import { takenNames } from "./name-conflicts.ts";

const { state } = new FixtureFolder([
  { name: "2026", children: [{ name: "taxes", children: [{ name: "return.pdf" }] }] },
  { name: "plan.pdf" },
]);
const id = (path: string): string | null => state.tree.resolve(path)?.id ?? null;
const picked = (id: string, name: string, path: readonly string[] = [], node: string | null = null) =>
  fixtureTransfer({ id, name, path, node, status: "picked" });

describe("names that exist already", () => {
  it("are found where each file goes, not elsewhere", () => {
    const taken = takenNames(
      state.tree,
      [
        picked("a", "plan.pdf"),
        picked("b", "return.pdf"),
        picked("c", "return.pdf", ["taxes"], id("/2026")),
        picked("d", "return.pdf", ["new", "taxes"]),
      ],
      { node: null },
    );
    expect([...taken]).to.deep.equal(["a", "c"]);
  });

  it("are found below a path, and there are none where the path is not made yet", () => {
    expect([...takenNames(state.tree, [picked("a", "return.pdf")], "/2026/taxes")]).to.deep.equal(["a"]);
    expect([...takenNames(state.tree, [picked("a", "plan.pdf")], "/2027")]).to.deep.equal([]);
  });
});
