import { expect } from "@open-wc/testing";
import { placeAfter } from "./grid-keys.ts";

const table = { count: 10, columns: [0, 1, 3, 5], across: 1, page: 4, rightToLeft: false };
const cards = { count: 8, columns: [1], across: 3, page: 2, rightToLeft: false };
const at = (index: number, column = 1) => ({ index, column });

describe("keys of the grid pattern", () => {
  it("walks rows and keeps the column", () => {
    expect(placeAfter("ArrowDown", false, at(3, 3), table)).to.deep.equal(at(4, 3));
    expect(placeAfter("ArrowUp", false, at(0), table)).to.deep.equal(at(0));
    expect(placeAfter("ArrowDown", false, at(9), table)).to.deep.equal(at(9));
    expect(placeAfter("PageDown", false, at(8), table)).to.deep.equal(at(9));
  });

  it("walks the columns that can be seen, and stops at the ends", () => {
    expect(placeAfter("ArrowRight", false, at(2, 1), table)).to.deep.equal(at(2, 3));
    expect(placeAfter("ArrowLeft", false, at(2, 3), table)).to.deep.equal(at(2, 1));
    expect(placeAfter("ArrowRight", false, at(2, 5), table)).to.deep.equal(at(2, 5));
  });

  it("turns left and right in right-to-left pages", () => {
    expect(placeAfter("ArrowLeft", false, at(2, 1), { ...table, rightToLeft: true })).to.deep.equal(at(2, 3));
  });

  it("goes to the ends of the row, and of all with Ctrl", () => {
    expect(placeAfter("Home", false, at(4, 3), table)).to.deep.equal(at(4, 0));
    expect(placeAfter("End", true, at(4, 3), table)).to.deep.equal(at(9, 5));
  });

  it("walks cards in two directions; below the last full line is the last card", () => {
    expect(placeAfter("ArrowDown", false, at(1), cards)).to.deep.equal(at(4));
    expect(placeAfter("ArrowDown", false, at(5), cards)).to.deep.equal(at(7));
    expect(placeAfter("ArrowDown", false, at(6), cards)).to.deep.equal(at(6));
    expect(placeAfter("ArrowRight", false, at(2), cards)).to.deep.equal(at(3));
    expect(placeAfter("End", false, at(3), cards)).to.deep.equal(at(5));
  });

  it("leaves other keys alone", () => {
    expect(placeAfter("a", false, at(1), table)).to.equal(null);
  });
});
