import { html } from "lit";
import { KeyfoldError } from "@keyfold/core";
import "../define/list.ts";
import { beginNodeDrag } from "../file-actions/node-drag.ts";
import { searchOf } from "../search/folder-search.ts";
import { directory, droppedTransfer, file } from "../test/dropped.ts";
import type { FixtureNode } from "../test/element-test.ts";
import {
  drawnTree,
  expect,
  fixture,
  FixtureFolder,
  isAccessible,
  oneEvent,
  part,
  placed,
  settled,
  textOf,
  waitUntil,
} from "../test/element-test.ts";
import type { KeyfoldList } from "./list.ts";

const rows = (list: KeyfoldList): HTMLElement[] => [...(list.shadowRoot?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
const nameOf = (row: HTMLElement): string => (row.matches(".card") ? row : row.querySelector('[data-column="name"]'))?.ariaLabel ?? "";
const named = (list: KeyfoldList, name: string): HTMLElement => {
  const found = rows(list).find((row) => nameOf(row).startsWith(name));
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
};
const idOf = (folder: FixtureFolder, path: string): string => {
  const node = folder.state.tree.resolve(path);
  if (node == null) throw new Error(`no node ${path}`);
  return node.id;
};
const cell = (row: HTMLElement): HTMLElement =>
  row.matches(".card") ? row : (row.querySelector<HTMLElement>('[data-column="name"]') ?? row);

async function drawn(
  folder = new FixtureFolder(drawnTree),
  given: Partial<KeyfoldList> = {},
  width = 900,
  height = 700,
): Promise<{ list: KeyfoldList; folder: FixtureFolder }> {
  const box = await fixture<HTMLElement>(html`<div><keyfold-list .folder=${folder}></keyfold-list></div>`);
  const list = box.querySelector<KeyfoldList>("keyfold-list");
  if (list === null) throw new Error("no list");
  box.style.inlineSize = `${width}px`;
  list.style.blockSize = `${height}px`;
  Object.assign(list, given);
  await drawnAgain(list);
  return { list, folder };
}

/** After what a browser tells by itself: sizes, scrolling. */
async function drawnAgain(list: KeyfoldList): Promise<void> {
  await settled(list);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  await settled(list);
}

async function press(list: KeyfoldList, key: string, options: KeyboardEventInit = {}): Promise<void> {
  const target = list.shadowRoot?.activeElement ?? part(list, ".body");
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...options }));
  await settled(list);
  await settled(list);
}

/** A dialog that is open, and has come to rest: colours are measured. */
async function opened(element: Element): Promise<void> {
  await waitUntil(() => element.shadowRoot?.querySelector("dialog")?.open === true);
  await Promise.all((element.shadowRoot?.querySelector("dialog")?.getAnimations() ?? []).map((animation) => animation.finished));
}

const focusedRow = (list: KeyfoldList): string => {
  const row = list.shadowRoot?.activeElement?.closest<HTMLElement>("[data-id]");
  return row == null ? "" : (nameOf(row).split(", Unprotected")[0] ?? "");
};

describe("keyfold-list", () => {
  it("is accessible: table, grid, trash, empty, opening, chosen", async () => {
    const { list, folder } = await drawn();
    await isAccessible(list);
    list.selection = [idOf(folder, "/Photos"), idOf(folder, "/Offer letter.pdf")];
    await drawnAgain(list);
    await isAccessible(list);
    list.view = "grid";
    await drawnAgain(list);
    await isAccessible(list);
    list.current = "trash";
    await drawnAgain(list);
    await isAccessible(list);
    folder.pose({ status: "opening" });
    await drawnAgain(list);
    await isAccessible(list);
  });

  it("shows directories first, with the word while the folder is open", async () => {
    const { list, folder } = await drawn();
    expect(rows(list).map(nameOf).slice(0, 6)).to.deep.equal([
      "Contracts, Unprotected",
      "Identity, Unprotected",
      "Mortgage, Unprotected",
      "Photos, Unprotected",
      "Searches, Unprotected",
      "Boundary wall.jpg",
    ]);
    folder.pose({ status: "signed-in" });
    await drawnAgain(list);
    expect(nameOf(rows(list)[0] as HTMLElement)).to.equal("Contracts");
  });

  it("marks what waits for the server", async () => {
    const { list } = await drawn(new FixtureFolder([{ name: "New", children: [], pending: true }]));
    expect(nameOf(named(list, "New"))).to.equal("New, Unprotected, Waiting");
  });

  it("says how many rows there are, and which one each is", async () => {
    const { list } = await drawn();
    const grid = part(list, "[role=grid]");
    expect(grid.getAttribute("aria-rowcount")).to.equal("13");
    expect(rows(list)[0]?.getAttribute("aria-rowindex")).to.equal("2");
  });

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

  it("asks before it navigates", async () => {
    const { list } = await drawn();
    list.addEventListener("keyfold-navigate", (event) => event.preventDefault());
    named(list, "Photos").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    expect(list.current).to.equal(null);
  });

  it("asks before it opens a file, and shows it large otherwise", async () => {
    const { list, folder } = await drawn();
    const told = oneEvent(list, "keyfold-open");
    named(list, "Questions").dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    expect((await told).detail).to.deep.equal({ id: idOf(folder, "/Questions for the seller.md") });
    const preview = part(list, "keyfold-preview-dialog");
    await opened(preview);
  });

  it("walks back by the breadcrumbs", async () => {
    const { list, folder } = await drawn();
    list.current = idOf(folder, "/Contracts/2026");
    await drawnAgain(list);
    const crumbs = [...(list.shadowRoot?.querySelectorAll<HTMLElement>(".crumb") ?? [])];
    expect(crumbs.map((crumb) => textOf(crumb))).to.deep.equal(["My folder", "Contracts"]);
    expect(textOf(part(list, ".breadcrumb h2"))).to.equal("2026");
    crumbs[1]?.click();
    expect(list.current).to.equal(idOf(folder, "/Contracts"));
  });

  it("sorts by the heads, the newest and largest first", async () => {
    const { list } = await drawn();
    const heads = [...(list.shadowRoot?.querySelectorAll<HTMLElement>(".head button") ?? [])];
    heads[2]?.click();
    await drawnAgain(list);
    expect(list.sort).to.equal("-size");
    expect(nameOf(rows(list)[5] as HTMLElement)).to.equal("Survey report.pdf");
    expect(part(list, ".col-size[role=columnheader]").ariaSort).to.equal("descending");
  });

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

  it("shows what a search finds, with its place, and the filters", async () => {
    const { list, folder } = await drawn();
    searchOf(folder).setText("garden", null);
    await drawnAgain(list);
    expect(rows(list)).to.have.length(1);
    expect(textOf(part(list, ".breadcrumb"))).to.equal("1 file found");
    expect(textOf(rows(list)[0])).to.contain("My folder / Photos");
    searchOf(folder).toggle("large", null);
    await drawnAgain(list);
    expect(textOf(part(list, ".blank h3"))).to.equal("Nothing found");
  });

  it("teaches where there is nothing", async () => {
    const { list } = await drawn(new FixtureFolder([]));
    expect(textOf(part(list, ".blank"))).to.contain("Nothing here yet");
    expect(textOf(part(list, ".blank"))).to.contain("Add files");
  });

  describe("ten thousand", () => {
    const many: readonly FixtureNode[] = Array.from({ length: 10_000 }, (_, index) => ({ name: `Photo ${index}.jpg` }));

    it("draws a part, and keeps the focused row while it is scrolled away", async () => {
      const { list } = await drawn(new FixtureFolder(many));
      expect(rows(list).length).to.be.greaterThan(10);
      expect(rows(list).length).to.be.lessThan(200);
      cell(named(list, "Photo 2.jpg")).focus();
      await drawnAgain(list);
      const body = part(list, ".body");
      body.scrollTop = 200_000;
      await oneEvent(body, "scroll");
      await drawnAgain(list);
      expect(rows(list).length).to.be.lessThan(200);
      expect(rows(list).some((row) => nameOf(row) === "Photo 5005.jpg")).to.equal(true);
      expect(focusedRow(list)).to.equal("Photo 2.jpg");
      await press(list, "ArrowDown");
      await drawnAgain(list);
      expect(focusedRow(list)).to.equal("Photo 3.jpg");
      expect(body.scrollTop).to.be.lessThan(1000);
    });

    it("goes to the last row with one key", async () => {
      const { list } = await drawn(new FixtureFolder(many));
      cell(named(list, "Photo 2.jpg")).focus();
      await press(list, "End", { ctrlKey: true });
      await drawnAgain(list);
      expect(focusedRow(list)).to.equal("Photo 9999.jpg");
      expect(part(list, ".body").scrollTop).to.be.greaterThan(300_000);
    });

    it("draws a part of the cards too", async () => {
      const { list } = await drawn(new FixtureFolder(many), { view: "grid" });
      expect(rows(list).length).to.be.greaterThan(10);
      expect(rows(list).length).to.be.lessThan(200);
      cell(rows(list)[0] as HTMLElement).focus();
      await press(list, "ArrowDown");
      expect(focusedRow(list)).to.match(/^Photo 4\.jpg,/u);
    });
  });

  it("is two lines a row in a narrow place", async () => {
    const { list } = await drawn(undefined, {}, 360);
    expect(named(list, "Offer letter.pdf").offsetHeight).to.equal(60);
    expect(named(list, "Offer letter.pdf").querySelector(".under")?.checkVisibility()).to.equal(true);
    await isAccessible(list);
  });

  it("behaves the same whether properties are set before or after it is attached", async () => {
    const folder = new FixtureFolder(drawnTree);
    const before = document.createElement("keyfold-list") as KeyfoldList;
    Object.assign(before, { folder, view: "grid", current: idOf(folder, "/Contracts") });
    const after = await placed<KeyfoldList>(html`<keyfold-list .folder=${folder}></keyfold-list>`);
    after.after(before);
    Object.assign(after, { view: "grid", current: idOf(folder, "/Contracts") });
    await drawnAgain(before);
    await drawnAgain(after);
    expect(rows(before).map(nameOf)).to.deep.equal(rows(after).map(nameOf));
    before.remove();
  });
});
