/** What is done from the list with what it shows: rename, move, drop, trash, download; and where that is not offered. */
import { KeyfoldError } from "@keyfold/core";
import { beginNodeDrag } from "../file-actions/node-drag.ts";
import { cell, drawn, drawnAgain, focusedRow, idOf, named, opened, press, rows } from "../test/drawn-list.ts";
import { directory, droppedTransfer, file } from "../test/dropped.ts";
import { drawnTree, expect, FixtureFolder, isAccessible, part, textOf, waitUntil } from "../test/element-test.ts";

describe("keyfold-list", () => {
  describe("renaming", () => {
    it("selects the name without its ending, renames with Enter, and can be undone", async () => {
      const { list, folder } = await drawn();
      cell(named(list, "Offer letter.pdf")).focus();
      await press(list, "F2");
      await drawnAgain(list);
      const field = part<HTMLInputElement>(list, ".rename");
      expect(field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)).to.equal("Offer letter");
      field.value = "Offer, final.pdf";
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Offer, final.pdf")).not.to.equal(undefined);
      expect(textOf(part(list, ".status"))).to.contain("Renamed.");
      part(list, ".status .button").click();
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Offer letter.pdf")).not.to.equal(undefined);
    });

    it("leaves it with Escape, and says why a name will not do", async () => {
      const { list, folder } = await drawn();
      const rename = async (value: string, key: string) => {
        cell(named(list, "Offer letter.pdf")).focus();
        await press(list, "F2");
        await drawnAgain(list);
        const field = part<HTMLInputElement>(list, ".rename");
        field.value = value;
        field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        await drawnAgain(list);
      };
      await rename("Other.pdf", "Escape");
      await rename("x".repeat(256), "Enter");
      expect(folder.calls.filter((call) => call.name === "rename")).to.have.length(0);
      expect(textOf(part(list, ".status.bad [role=alert]"))).to.contain("255");
    });
  });

  it("cuts here and pastes there", async () => {
    const { list, folder } = await drawn();
    cell(named(list, "Offer letter.pdf")).focus();
    await press(list, "x", { ctrlKey: true });
    expect(named(list, "Offer letter.pdf").classList.contains("cut")).to.equal(true);
    list.current = idOf(folder, "/Contracts");
    await drawnAgain(list);
    cell(named(list, "2026")).focus();
    await press(list, "v", { ctrlKey: true });
    await drawnAgain(list);
    expect(folder.state.tree.resolve("/Contracts/Offer letter.pdf")).not.to.equal(undefined);
    await press(list, "z", { ctrlKey: true });
    await drawnAgain(list);
    expect(folder.state.tree.resolve("/Offer letter.pdf")).not.to.equal(undefined);
  });

  it("moves by the dialog", async () => {
    const { list, folder } = await drawn();
    list.selection = [idOf(folder, "/Offer letter.pdf")];
    await drawnAgain(list);
    named(list, "Offer letter.pdf").querySelector<HTMLElement>(".icon-button")?.click();
    const menu = part(list, "keyfold-menu");
    await waitUntil(() => menu.shadowRoot?.querySelector(".menu:popover-open") != null);
    await isAccessible(menu);
    [...(menu.shadowRoot?.querySelectorAll<HTMLElement>("button") ?? [])].find((item) => textOf(item).startsWith("Move to…"))?.click();
    const move = part(list, "keyfold-move");
    await opened(move);
    const tree = part(move, "keyfold-tree");
    await waitUntil(() => (tree.shadowRoot?.querySelectorAll("[role=treeitem]").length ?? 0) > 1);
    await isAccessible(move);
    const place = [...(tree.shadowRoot?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])].find((item) =>
      item.ariaLabel?.startsWith("Photos"),
    );
    place?.click();
    await waitUntil(() => textOf(part(move, "footer .primary")) === "Move to Photos");
    part(move, "footer .primary").click();
    await waitUntil(() => folder.state.tree.resolve("/Photos/Offer letter.pdf") !== undefined);
  });

  it("moves what is dropped on a row that is a directory", async () => {
    const { list, folder } = await drawn();
    const dataTransfer = new DataTransfer();
    const drag = (type: string) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true });
    beginNodeDrag(drag("dragstart"), folder, [idOf(folder, "/Offer letter.pdf")]);
    named(list, "Photos").dispatchEvent(drag("drop"));
    await waitUntil(() => folder.state.tree.resolve("/Photos/Offer letter.pdf") !== undefined);
  });

  it("looks dropped files over before they are sent to where they were dropped", async () => {
    const { list, folder } = await drawn();
    const drop = new DragEvent("drop", { bubbles: true, cancelable: true, composed: true });
    Object.defineProperty(drop, "dataTransfer", {
      value: droppedTransfer([
        directory(
          "2026",
          Array.from({ length: 300 }, (_, index) => file(`${index}.txt`, "x")),
        ),
      ]),
    });
    named(list, "Photos").dispatchEvent(drop);
    await waitUntil(() => folder.uploads.value.length === 300);
    expect(folder.uploads.value.every((transfer) => transfer.status === "picked" && transfer.node === idOf(folder, "/Photos"))).to.equal(
      true,
    );
    const lookOver = part(list, "keyfold-look-over");
    await opened(lookOver);
    expect(textOf(part(lookOver, "h2"))).to.equal("Send 300 files to Photos");
    part(lookOver, ".primary").click();
    expect(folder.uploads.value.every((transfer) => transfer.status === "waiting")).to.equal(true);
  });

  describe("the trash", () => {
    it("takes what is deleted, and gives it back with Undo", async () => {
      const { list, folder } = await drawn();
      cell(named(list, "Photos")).focus();
      await press(list, "Delete");
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Photos")).to.equal(undefined);
      expect(textOf(part(list, ".status"))).to.contain("Moved 1 item to the trash.");
      expect(focusedRow(list)).to.equal("Searches");
      part(list, ".status .button").click();
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Photos")).not.to.equal(undefined);
    });

    it("undoes with Ctrl+Z, does it again with Ctrl+Shift+Z, and says why it does not undo", async () => {
      const { list, folder } = await drawn();
      cell(named(list, "Photos")).focus();
      await press(list, "Delete");
      await drawnAgain(list);
      await press(list, "z", { ctrlKey: true });
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Photos")).not.to.equal(undefined);
      await press(list, "Z", { ctrlKey: true, shiftKey: true });
      await drawnAgain(list);
      expect(folder.state.tree.resolve("/Photos")).to.equal(undefined);
      folder.failing.set("undo", new KeyfoldError("changed-since", "changed", { reason: "restored" }));
      part(list, ".status .button").click();
      await drawnAgain(list);
      expect(textOf(part(list, "[role=alert]"))).to.equal("Not undone: it was taken out of the trash already.");
      folder.failing.set("undo", new KeyfoldError("changed-since", "changed", { reason: "constructor" }));
      await press(list, "z", { ctrlKey: true });
      await drawnAgain(list);
      expect(textOf(part(list, "[role=alert]"))).to.equal("That was changed again since. It stays as it is.");
    });

    it("tells when each was put there", async () => {
      const { list, folder } = await drawn();
      await folder.trash(["/Photos"]);
      list.current = "trash";
      await drawnAgain(list);
      expect(textOf(part(list, ".col-modified[role=columnheader]"))).to.equal("Deleted");
      expect(textOf(named(list, "Photos").querySelector(".col-modified"))).to.contain("June 4");
    });

    it("restores, and asks before it deletes for ever", async () => {
      const { list, folder } = await drawn();
      await folder.trash(["/Photos", "/Identity"]);
      list.current = "trash";
      await drawnAgain(list);
      expect(rows(list)).to.have.length(2);
      cell(named(list, "Photos")).focus();
      await press(list, "Delete");
      const ask = part(list, "keyfold-ask");
      await opened(ask);
      await isAccessible(ask);
      expect(folder.calls.some((call) => call.name === "purge")).to.equal(false);
      part(ask, "footer .danger").click();
      await waitUntil(() => folder.calls.some((call) => call.name === "purge"));
      await drawnAgain(list);
      expect(rows(list)).to.have.length(1);
    });
  });

  it("downloads what is chosen: one, or several as a zip", async () => {
    const { list, folder } = await drawn();
    list.selection = [idOf(folder, "/Photos"), idOf(folder, "/Offer letter.pdf")];
    await drawnAgain(list);
    part(list, '.toolbar [aria-label="Download as zip"]').click();
    await waitUntil(() => folder.calls.some((call) => call.name === "save"));
    expect(folder.calls.find((call) => call.name === "save")?.args[0]).to.have.length(2);
  });

  it("says what went wrong, with its words", async () => {
    const { list, folder } = await drawn();
    folder.failing.set("trash", new KeyfoldError("quota", "full"));
    cell(named(list, "Photos")).focus();
    await press(list, "Delete");
    await drawnAgain(list);
    expect(textOf(part(list, ".status.bad [role=alert]"))).to.equal("The folder is full.");
  });

  it("offers no changes where the folder can only be read", async () => {
    const { list, folder } = await drawn(new FixtureFolder(drawnTree, { access: "read" }));
    expect(list.shadowRoot?.querySelectorAll(".toolbar > .button")).to.have.length(0);
    cell(named(list, "Photos")).focus();
    await press(list, "Delete");
    await press(list, "F2");
    expect(folder.calls).to.have.length(0);
    expect(list.shadowRoot?.querySelector(".rename") == null).to.equal(true);
  });

  it("offers only the actions that the page allows", async () => {
    const { list, folder } = await drawn(undefined, { actions: "download" });
    cell(named(list, "Photos")).focus();
    await press(list, "Delete");
    expect(folder.calls).to.have.length(0);
    expect(list.shadowRoot?.querySelectorAll(".toolbar > .button")).to.have.length(0);
  });
});
