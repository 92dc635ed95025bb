import { html } from "lit";
import "../define/list.ts";
import "../define/search.ts";
import type { KeyfoldSearch } from "../search/search.ts";
import { searchOf } from "../search/folder-search.ts";
import { drawnTree, expect, FixtureFolder, isAccessible, oneEvent, part, placed, settled, textOf } from "../test/element-test.ts";
import type { FixtureNode } from "../test/element-test.ts";
import type { KeyfoldList } from "./list.ts";

async function both(nodes: readonly FixtureNode[] = drawnTree) {
  const folder = new FixtureFolder(nodes);
  const search = await placed<KeyfoldSearch>(html`<keyfold-search .folder=${folder}></keyfold-search>`);
  const list = await placed<KeyfoldList>(html`<keyfold-list .folder=${folder}></keyfold-list>`);
  const draw = async (): Promise<void> => {
    await settled(search);
    await settled(list);
  };
  const look = async (text: string): Promise<void> => {
    searchOf(folder).setText(text, null);
    await draw();
  };
  const press = async (at: Element, key: string): Promise<void> => {
    at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
    await draw();
    await draw();
  };
  const input = part<HTMLInputElement>(search, "input");
  const focused = (): Element => list.shadowRoot?.activeElement ?? document.body;
  return { folder, search, list, draw, look, press, input, focused };
}

describe("what a search found, in a list", () => {
  it("is reached with the arrow down, and left with the arrow up", async () => {
    const { look, press, input, focused, search, list } = await both();
    await look("jpg");
    input.focus();
    await press(input, "ArrowDown");
    const [first] = list.shadowRoot?.querySelectorAll<HTMLElement>("[data-id]") ?? [];
    expect(focused().closest("[data-id]")).to.equal(first);
    await press(focused(), "ArrowDown");
    expect(focused().closest("[data-id]")).not.to.equal(first);
    await press(focused(), "ArrowUp");
    await press(focused(), "ArrowUp");
    expect(search.shadowRoot?.activeElement).to.equal(input);
    await isAccessible(list);
  });

  it("opens its first with Enter in the field", async () => {
    const { look, press, input, list, folder } = await both();
    await look("passport");
    const opened = oneEvent(list, "keyfold-open");
    list.addEventListener("keyfold-open", (event) => event.preventDefault());
    await press(input, "Enter");
    expect((await opened).detail).to.deep.equal({ id: folder.state.tree.resolve("/Identity/Passport.jpg")?.id });
  });

  it("is left with Escape, the choice first", async () => {
    const { look, press, input, focused, folder, search } = await both();
    await look("jpg");
    input.focus();
    await press(input, "ArrowDown");
    await press(focused(), "Escape");
    expect(searchOf(folder).value?.text).to.equal("jpg");
    await press(focused(), "Escape");
    expect(searchOf(folder).value).to.equal(null);
    expect(search.shadowRoot?.activeElement).to.equal(input);
  });

  it("has its words marked as they are, whatever they are", async () => {
    const { look, list } = await both([{ name: "(a+)+$ [x].txt" }, { name: "<b>bold</b> \u05d0\u05d1.txt" }]);
    await look("(a+)+$");
    expect([...(list.shadowRoot?.querySelectorAll("mark") ?? [])].map((mark) => mark.textContent)).to.deep.equal(["(a+)+$"]);
    await look("<b> \u05d0");
    expect([...(list.shadowRoot?.querySelectorAll("mark") ?? [])].map((mark) => mark.textContent)).to.deep.equal(["<b>", "\u05d0"]);
    expect(list.shadowRoot?.querySelector("b:not(.label b)")).to.equal(null);
  });

  it("is shown two hundred at first, and more when that is wished for", async () => {
    const { look, draw, list } = await both(Array.from({ length: 450 }, (_, index) => ({ name: `Photo ${index}.jpg` })));
    await look("photo");
    expect(part(list, "[role=grid]").ariaRowCount ?? part(list, "[role=grid]").getAttribute("aria-rowcount")).to.equal("201");
    expect(textOf(part(list, ".breadcrumb"))).to.equal("450 files found");
    expect(textOf(part(list, ".more-found"))).to.contain("200 of 450");
    for (let pages = 0; pages < 2; pages++) {
      part(list, ".more-found button").click();
      await draw();
    }
    expect(list.shadowRoot?.querySelector(".more-found")).to.equal(null);
  });

  it("when it is nothing, offers each way out", async () => {
    const { look, draw, list, folder } = await both();
    await look("garden");
    searchOf(folder).toggle("pdf", null);
    await draw();
    const ways = () => [...(list.shadowRoot?.querySelectorAll<HTMLElement>(".blank .button") ?? [])];
    expect(ways().map((way) => textOf(way))).to.deep.equal(["Without filters", "Clear"]);
    await isAccessible(list);
    ways()[0]?.click();
    await draw();
    expect(list.shadowRoot?.querySelectorAll("[data-id]")).to.have.length(1);
    await look("no such thing");
    expect(textOf(part(list, ".blank"))).to.contain("not what is in the files");
    ways()[0]?.click();
    await draw();
    expect(searchOf(folder).value).to.equal(null);
  });

  it("leaves the filters to a field that shows them", async () => {
    const { look, draw, list, search } = await both();
    await look("a");
    expect(list.shadowRoot?.querySelector(".filters")).not.to.equal(null);
    search.chips = true;
    await draw();
    expect(list.shadowRoot?.querySelector(".filters")).to.equal(null);
    search.remove();
    await draw();
    expect(list.shadowRoot?.querySelector(".filters")).not.to.equal(null);
  });

  it("is ranked where there are words, and sorted where another order was asked for", async () => {
    const { look, draw, list, folder } = await both();
    await look("a");
    const sorted = () => list.shadowRoot?.querySelectorAll("[aria-sort]").length;
    expect(textOf(part(list, ".toolbar"))).to.contain("Best match");
    expect(sorted()).to.equal(0);
    list.sort = "-size";
    await draw();
    expect(sorted()).to.equal(1);
    const sizes = searchOf(folder).found.value?.query;
    expect([sizes?.sort, sizes?.descending]).to.deep.equal(["size", true]);
  });
});
