/** What the list shows, and how one goes about in it. */
import { html } from "lit";
import { searchOf } from "../search/folder-search.ts";
import { cell, drawn, drawnAgain, focusedRow, idOf, named, nameOf, opened, press, rows } from "../test/drawn-list.ts";
import { drawnTree, expect, FixtureFolder, isAccessible, oneEvent, part, placed, textOf } from "../test/element-test.ts";
import type { FixtureNode } from "../test/element-test.ts";
import type { KeyfoldList } from "./list.ts";

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
