import { html } from "lit";
import "../define/search.ts";
import { drawnTree, expect, FixtureFolder, isAccessible, oneEvent, part, placed, settled, textOf } from "../test/element-test.ts";
import { searchOf } from "./folder-search.ts";
import type { FolderSearch } from "./folder-search.ts";
import type { KeyfoldSearch } from "./search.ts";

async function drawn(folder = new FixtureFolder(drawnTree)) {
  const search = await placed<KeyfoldSearch>(html`<keyfold-search .folder=${folder}></keyfold-search>`);
  return { search, folder };
}

async function type(search: KeyfoldSearch, text: string): Promise<void> {
  const input = part<HTMLInputElement>(search, "input");
  input.value = text;
  input.dispatchEvent(new Event("input"));
  await settled(search);
}

describe("keyfold-search", () => {
  it("is accessible, with filters too", async () => {
    const { search } = await drawn();
    await isAccessible(search);
    search.chips = true;
    await settled(search);
    await type(search, "a");
    await isAccessible(search);
  });

  it("tells how many were found, in all subfolders, and nothing else", async () => {
    const { search } = await drawn();
    const told = oneEvent(search, "keyfold-search");
    await type(search, "garden");
    expect((await told).detail).to.deep.equal({ count: 1 });
    expect(textOf(part(search, "[role=status]"))).to.equal("1 file found.");
  });

  it("finds a kind by its word", async () => {
    const { search } = await drawn();
    const told = oneEvent(search, "keyfold-search");
    await type(search, "image");
    expect((await told).detail).to.deep.equal({ count: 4 });
  });

  it("filters without any word", async () => {
    const { search } = await drawn(new FixtureFolder([...drawnTree, { name: "From phone.jpg", fromDrop: true }]));
    search.chips = true;
    await settled(search);
    const told = oneEvent(search, "keyfold-search");
    part(search, ".chip").click();
    expect((await told).detail).to.deep.equal({ count: 1 });
    expect(part(search, ".chip").ariaPressed).to.equal("true");
  });

  it("gets the focus with /, unless a letter is being typed", async () => {
    const { search } = await drawn();
    const pressed = (target: EventTarget): KeyboardEvent => {
      const event = new KeyboardEvent("keydown", { key: "/", bubbles: true, composed: true, cancelable: true });
      target.dispatchEvent(event);
      return event;
    };
    const other = document.createElement("input");
    document.body.append(other);
    expect(pressed(other).defaultPrevented).to.equal(false);
    other.remove();
    expect(pressed(document.body).defaultPrevented).to.equal(true);
    expect(search.shadowRoot?.activeElement?.localName).to.equal("input");
  });

  it("clears with Escape", async () => {
    const { search, folder } = await drawn();
    await type(search, "garden");
    part(search, "input").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await settled(search);
    expect(searchOf(folder).value).to.equal(null);
    expect(part<HTMLInputElement>(search, "input").value).to.equal("");
  });

  it("looks only below its root", async () => {
    const { search, folder } = await drawn();
    search.root = folder.state.tree.resolve("/Identity")?.id ?? null;
    await settled(search);
    const told = oneEvent(search, "keyfold-search");
    await type(search, "garden");
    expect((await told).detail).to.deep.equal({ count: 0 });
  });

  it("keeps two folders apart", async () => {
    const one = await drawn();
    const other = await drawn();
    await type(one.search, "garden");
    expect(searchOf(other.folder).value).to.equal(null);
  });

  it("looks in one subfolder where the list stands in it, and says so only then", async () => {
    const { search, folder } = await drawn();
    search.chips = true;
    await settled(search);
    const chips = () => [...(search.shadowRoot?.querySelectorAll(".chip") ?? [])].map((chip) => textOf(chip));
    expect(chips()).not.to.contain("In this subfolder");
    searchOf(folder).standIn(folder.state.tree.resolve("/Photos")?.id ?? null);
    await settled(search);
    expect(chips()).to.contain("In this subfolder");
    await type(search, "jpg");
    const told = oneEvent(search, "keyfold-search");
    searchOf(folder).toggle("here", null);
    expect((await told).detail).to.deep.equal({ count: 1 });
  });

  it("adds kinds to each other, and narrows by the rest", async () => {
    const { search, folder } = await drawn();
    const counts = async (...chips: readonly Parameters<FolderSearch["toggle"]>[0][]): Promise<number | undefined> => {
      searchOf(folder).clear();
      for (const chip of chips) searchOf(folder).toggle(chip, null);
      await settled(search);
      return searchOf(folder).found.value?.total;
    };
    expect(await counts("pdf")).to.equal(3);
    expect(await counts("photos")).to.equal(4);
    expect(await counts("photos", "pdf")).to.equal(7);
    expect(await counts("photos", "pdf", "large")).to.equal(1);
    expect(await counts("videos")).to.equal(0);
  });

  it("says what can be looked for, while nothing is", async () => {
    const { search } = await drawn();
    expect(search.shadowRoot?.querySelector(".hint")).to.equal(null);
    search.chips = true;
    await settled(search);
    expect(textOf(part(search, ".hint"))).to.contain("taxes/2026");
    await type(search, "a");
    expect(search.shadowRoot?.querySelector(".hint")).to.equal(null);
  });

  it("leaves Enter and the arrows to an input method that composes", async () => {
    const { search, folder } = await drawn();
    await type(search, "garden");
    const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true, isComposing: true });
    part(search, "input").dispatchEvent(escape);
    expect(escape.defaultPrevented).to.equal(false);
    expect(searchOf(folder).value?.text).to.equal("garden");
  });

  it("follows the folder as long as it is in the page, and no longer", async () => {
    const { search, folder } = await drawn();
    await type(search, "garden");
    const told = oneEvent(search, "keyfold-search");
    await folder.rename("/Photos/Garden.jpg", "Kitchen.jpg");
    expect((await told).detail).to.deep.equal({ count: 0 });
    search.remove();
    expect(folder.subscribers).to.equal(0);
  });
});
