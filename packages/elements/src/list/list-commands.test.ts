import { expect } from "@open-wc/testing";
import { commandOf } from "./list-commands.ts";

const key = (name: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("commands of a list", () => {
  it("come by Ctrl or by the command key, in either case", () => {
    expect(commandOf(key("x", { ctrlKey: true }), false)).to.equal("cut");
    expect(commandOf(key("V", { metaKey: true }), false)).to.equal("paste");
    expect(commandOf(key("x", { ctrlKey: true, shiftKey: true }), false)).to.equal(null);
  });

  it("undo, and do it again in either of the two ways that people know", () => {
    expect(commandOf(key("z", { ctrlKey: true }), false)).to.equal("undo");
    expect(commandOf(key("Z", { ctrlKey: true, shiftKey: true }), false)).to.equal("redo");
    expect(commandOf(key("y", { metaKey: true }), false)).to.equal("redo");
  });

  it("leave Enter and Space to the control that has the focus", () => {
    expect(commandOf(key("Enter"), true)).to.equal(null);
    expect(commandOf(key(" "), true)).to.equal(null);
    expect(commandOf(key(" "), false)).to.equal("toggle");
    expect(commandOf(key("Delete"), true)).to.equal("trash");
  });

  it("know the two ways up, and the menu without a menu key", () => {
    expect(commandOf(key("Backspace"), false)).to.equal("up");
    expect(commandOf(key("ArrowUp", { altKey: true }), false)).to.equal("up");
    expect(commandOf(key("F10", { shiftKey: true }), false)).to.equal("menu");
    expect(commandOf(key("F10"), false)).to.equal(null);
  });

  it("are not letters", () => {
    expect(commandOf(key("a"), false)).to.equal(null);
  });
});
