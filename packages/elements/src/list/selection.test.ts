import { expect } from "@open-wc/testing";
import { emptySelection, extendTo, keepExisting, selectAll, selectOnly, toggle } from "./selection.ts";

const order = ["a", "b", "c", "d", "e"];

describe("choosing rows", () => {
  it("extends from where it began, either way, and anew each time", () => {
    const from = selectOnly("c");
    expect(extendTo(from, "e", order).ids).to.deep.equal(["c", "d", "e"]);
    expect(extendTo(extendTo(from, "e", order), "a", order).ids).to.deep.equal(["a", "b", "c"]);
  });

  it("begins a range at the row itself where there was none", () => {
    expect(extendTo(emptySelection, "b", order).ids).to.deep.equal(["b"]);
  });

  it("takes in and leaves out one by one", () => {
    const two = toggle(toggle(emptySelection, "b"), "d");
    expect(two.ids).to.deep.equal(["b", "d"]);
    expect(toggle(two, "b").ids).to.deep.equal(["d"]);
  });

  it("chooses all in the order that is shown", () => {
    expect(selectAll(order, emptySelection).ids).to.deep.equal(order);
  });

  it("forgets what went away, and its anchor", () => {
    expect(keepExisting({ ids: ["a", "b"], anchor: "b" }, (id) => id === "a")).to.deep.equal({ ids: ["a"], anchor: null });
    const same = selectOnly("a");
    expect(keepExisting(same, () => true)).to.equal(same);
  });
});
