/** Choosing rows, with a pointer, a finger and the keyboard. */
import { cell, drawn, drawnAgain, focusedRow, idOf, named, nameOf, opened, press, rows } from "../test/drawn-list.ts";
import { expect, isAccessible, part, waitUntil } from "../test/element-test.ts";

describe("keyfold-list", () => {
  describe("choosing", () => {
    it("takes one with a click, more with Ctrl and Shift, and tells the ids", async () => {
      const { list, folder } = await drawn();
      const told: (readonly string[])[] = [];
      list.addEventListener("keyfold-select", (event) => told.push((event as CustomEvent<{ ids: readonly string[] }>).detail.ids));
      const click = (name: string, options: MouseEventInit = {}) =>
        named(list, name).dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true, ...options }));
      click("Identity");
      click("Photos", { shiftKey: true });
      click("Mortgage", { ctrlKey: true });
      expect(told.map((ids) => ids.length)).to.deep.equal([1, 3, 2]);
      expect(list.selection).to.deep.equal([idOf(folder, "/Identity"), idOf(folder, "/Photos")]);
      await drawnAgain(list);
      expect(named(list, "Identity").ariaSelected).to.equal("true");
      expect(named(list, "Mortgage").ariaSelected).to.equal("false");
    });

    it("takes all with Ctrl+A and none with Escape", async () => {
      const { list } = await drawn();
      cell(named(list, "Contracts")).focus();
      await press(list, "a", { ctrlKey: true });
      expect(list.selection).to.have.length(12);
      await press(list, "Escape");
      expect(list.selection).to.have.length(0);
    });

    it("adds with the checkbox", async () => {
      const { list } = await drawn();
      for (const name of ["Contracts", "Photos"]) named(list, name).querySelector<HTMLInputElement>(".checkbox")?.click();
      expect(list.selection).to.have.length(2);
    });

    it("begins with a long press of a finger; then taps choose", async () => {
      const { list, folder } = await drawn();
      const touch = (name: string, type: string) =>
        named(list, name).dispatchEvent(new PointerEvent(type, { pointerType: "touch", bubbles: true, composed: true }));
      touch("Offer letter.pdf", "pointerdown");
      await waitUntil(() => list.selection.length === 1);
      touch("Offer letter.pdf", "pointerup");
      named(list, "Offer letter.pdf").click();
      expect(list.selection).to.deep.equal([idOf(folder, "/Offer letter.pdf")]);
      touch("Survey report.pdf", "pointerdown");
      touch("Survey report.pdf", "pointerup");
      named(list, "Survey report.pdf").click();
      expect(list.selection).to.have.length(2);
    });

    it("forgets what went away, or into the trash", async () => {
      const { list, folder } = await drawn();
      list.selection = [idOf(folder, "/Photos"), idOf(folder, "/Identity")];
      await drawnAgain(list);
      await folder.trash(["/Identity"]);
      await drawnAgain(list);
      expect(list.selection).to.deep.equal([idOf(folder, "/Photos")]);
      await folder.purge(["/Photos"]);
      await drawnAgain(list);
      expect(list.selection).to.deep.equal([]);
    });
  });

  describe("by keyboard", () => {
    it("has one cell in the tab order and walks rows with the selection", async () => {
      const { list, folder } = await drawn();
      expect(part(list, ".table").querySelectorAll('[tabindex="0"]')).to.have.length(1);
      cell(named(list, "Contracts")).focus();
      await press(list, "ArrowDown");
      expect(focusedRow(list)).to.equal("Identity");
      expect(list.selection).to.deep.equal([idOf(folder, "/Identity")]);
      await press(list, "ArrowDown", { shiftKey: true });
      expect(list.selection).to.have.length(2);
      await press(list, "End", { ctrlKey: true });
      expect(focusedRow(list)).to.equal("Survey report.pdf");
    });

    it("walks into the cells and to the row's button", async () => {
      const { list } = await drawn();
      cell(named(list, "Contracts")).focus();
      for (let step = 0; step < 6; step++) await press(list, "ArrowRight");
      expect(list.shadowRoot?.activeElement?.ariaLabel).to.equal("More: Contracts");
      await press(list, "Home");
      expect(list.shadowRoot?.activeElement?.ariaLabel).to.equal("Select Contracts");
    });

    it("opens with Enter, goes up with Backspace", async () => {
      const { list, folder } = await drawn();
      cell(named(list, "Contracts")).focus();
      await press(list, "Enter");
      expect(list.current).to.equal(idOf(folder, "/Contracts"));
      await drawnAgain(list);
      expect(rows(list).map(nameOf)).to.deep.equal(["2026, Unprotected"]);
      expect(focusedRow(list)).to.equal("2026");
      await press(list, "Backspace");
      expect(list.current).to.equal(null);
    });

    it("goes to a name that is typed", async () => {
      const { list } = await drawn();
      cell(named(list, "Contracts")).focus();
      await press(list, "o");
      expect(focusedRow(list)).to.equal("Offer letter.pdf");
    });

    it("shows the shortcuts with ?", async () => {
      const { list } = await drawn();
      cell(named(list, "Contracts")).focus();
      await press(list, "?");
      const shortcuts = part(list, "keyfold-shortcuts");
      await opened(shortcuts);
      await isAccessible(shortcuts);
    });
  });
});
