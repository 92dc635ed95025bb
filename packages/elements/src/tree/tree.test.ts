import { html } from "lit";
import "../define/tree.ts";
import {
  drawnTree,
  expect,
  fixture,
  FixtureFolder,
  foreignRoot,
  isAccessible,
  oneEvent,
  part,
  placed,
  settled,
} from "../test/element-test.ts";
import { beginNodeDrag } from "../file-actions/node-drag.ts";
import type { KeyfoldTree } from "./tree.ts";

const items = (tree: KeyfoldTree): HTMLElement[] => [...(tree.shadowRoot?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])];
const named = (tree: KeyfoldTree, name: string): HTMLElement => {
  const found = items(tree).find((item) => item.ariaLabel?.split(",")[0] === name);
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
};
const names = (tree: KeyfoldTree): (string | undefined)[] => items(tree).map((item) => item.ariaLabel?.split(",")[0]);
const focusedName = (tree: KeyfoldTree): string | undefined =>
  (tree.shadowRoot?.activeElement as HTMLElement | null)?.ariaLabel?.split(",")[0];

async function press(tree: KeyfoldTree, key: string, options: KeyboardEventInit = {}): Promise<void> {
  const target = tree.shadowRoot?.activeElement ?? items(tree)[0];
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true, ...options }));
  await settled(tree);
  await settled(tree);
}

async function drawn(folder = new FixtureFolder(drawnTree)): Promise<{ tree: KeyfoldTree; folder: FixtureFolder }> {
  const tree = await placed<KeyfoldTree>(html`<keyfold-tree .folder=${folder}></keyfold-tree>`);
  await settled(tree);
  return { tree, folder };
}

describe("keyfold-tree", () => {
  it("is accessible, open and locked", async () => {
    const { tree, folder } = await drawn();
    await isAccessible(tree);
    folder.pose({ status: "signed-in" });
    await settled(tree);
    await isAccessible(tree);
  });

  it("shows the root with the word, subfolders with the mark, files after them", async () => {
    const { tree } = await drawn();
    expect(names(tree).slice(0, 7)).to.deep.equal([
      "My folder",
      "Contracts",
      "Identity",
      "Mortgage",
      "Photos",
      "Searches",
      "Boundary wall.jpg",
    ]);
    expect(items(tree)[0]?.querySelector(".tag")?.textContent).to.contain("Unprotected");
    expect(named(tree, "Contracts").ariaLabel).to.equal("Contracts, Unprotected");
    expect(named(tree, "Boundary wall.jpg").querySelector(".badge") == null).to.equal(true);
  });

  it("takes the marks away once the folder is locked, but for what has to be sealed anew", async () => {
    const { tree, folder } = await drawn(
      new FixtureFolder(
        [
          { name: "Old", exposed: true, children: [] },
          { name: "New", children: [] },
        ],
        { status: "signed-in" },
      ),
    );
    expect(tree.shadowRoot?.querySelector(".tag") == null).to.equal(true);
    expect(named(tree, "Old").querySelector(".badge") == null).to.equal(false);
    expect(named(tree, "New").querySelector(".badge") == null).to.equal(true);
    expect(folder.subscribers).to.be.greaterThan(0);
  });

  it("opens with Right, goes in, goes out with Left, closes", async () => {
    const { tree } = await drawn();
    named(tree, "Contracts").focus();
    await press(tree, "ArrowRight");
    expect(named(tree, "Contracts").ariaExpanded).to.equal("true");
    expect(named(tree, "2026").ariaLevel).to.equal("3");
    await press(tree, "ArrowRight");
    expect(focusedName(tree)).to.equal("2026");
    await press(tree, "ArrowLeft");
    expect(focusedName(tree)).to.equal("Contracts");
    await press(tree, "ArrowLeft");
    expect(named(tree, "Contracts").ariaExpanded).to.equal("false");
    await press(tree, "ArrowLeft");
    expect(focusedName(tree)).to.equal("My folder");
  });

  it("turns Left and Right in right-to-left pages", async () => {
    const folder = new FixtureFolder(drawnTree);
    const box = await fixture<HTMLElement>(html`<div dir="rtl"><keyfold-tree .folder=${folder}></keyfold-tree></div>`);
    const tree = box.querySelector<KeyfoldTree>("keyfold-tree");
    if (tree === null) throw new Error("no tree");
    await settled(tree);
    named(tree, "Contracts").focus();
    await press(tree, "ArrowLeft");
    expect(named(tree, "Contracts").ariaExpanded).to.equal("true");
  });

  it("walks with Up, Down, Home and End, and has one row in the tab order", async () => {
    const { tree } = await drawn();
    items(tree)[0]?.focus();
    await press(tree, "ArrowDown");
    expect(focusedName(tree)).to.equal("Contracts");
    await press(tree, "End");
    expect(focusedName(tree)).to.equal("Survey report.pdf");
    await press(tree, "Home");
    expect(focusedName(tree)).to.equal("My folder");
    expect(items(tree).filter((item) => item.tabIndex === 0)).to.have.length(1);
  });

  it("goes to a name that is typed, and on to the next with the same letter", async () => {
    const { tree } = await drawn();
    items(tree)[0]?.focus();
    await press(tree, "s");
    expect(focusedName(tree)).to.equal("Searches");
    await press(tree, "s");
    expect(focusedName(tree)).to.equal("Street front");
  });

  it("opens all siblings with *", async () => {
    const { tree } = await drawn();
    named(tree, "Contracts").focus();
    await press(tree, "*");
    expect(named(tree, "Photos").ariaExpanded).to.equal("true");
    expect(named(tree, "Identity").ariaExpanded).to.equal("true");
  });

  it("asks before it navigates, and tells ids only", async () => {
    const { tree, folder } = await drawn();
    const id = folder.state.tree.resolve("/Photos")?.id;
    const told = oneEvent(tree, "keyfold-navigate");
    named(tree, "Photos").click();
    const event = await told;
    expect(event.detail).to.deep.equal({ id });
    expect([event.bubbles, event.composed, event.cancelable]).to.deep.equal([false, false, true]);
    expect(tree.current).to.equal(id);
    tree.addEventListener("keyfold-navigate", (again) => again.preventDefault(), { once: true });
    named(tree, "Identity").click();
    expect(tree.current).to.equal(id);
  });

  it("chooses a file where it lies", async () => {
    const { tree, folder } = await drawn();
    tree.current = folder.state.tree.resolve("/Photos")?.id ?? null;
    await settled(tree);
    const chosen = oneEvent(tree, "keyfold-select");
    named(tree, "Offer letter.pdf").click();
    await chosen;
    expect(tree.current).to.equal(null);
  });

  it("opens the way to what is current", async () => {
    const { tree, folder } = await drawn();
    tree.current = folder.state.tree.resolve("/Contracts/2026")?.id ?? null;
    await settled(tree);
    expect(named(tree, "2026").getAttribute("aria-current")).to.equal("true");
  });

  it("moves nodes that are dropped on a subfolder, and not into themselves", async () => {
    const { tree, folder } = await drawn();
    const photos = folder.state.tree.resolve("/Photos")?.id ?? "";
    const wall = folder.state.tree.resolve("/Boundary wall.jpg")?.id ?? "";
    const drag = (type: string) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true });
    const dataTransfer = new DataTransfer();
    beginNodeDrag(drag("dragstart"), folder, [wall]);
    const over = drag("dragover");
    named(tree, "Photos").dispatchEvent(over);
    expect(over.defaultPrevented).to.equal(true);
    named(tree, "Photos").dispatchEvent(drag("drop"));
    await settled(tree);
    expect(folder.state.tree.get(wall)?.parent).to.equal(photos);
    await folder.undo();
    expect(folder.state.tree.get(wall)?.parent).to.equal(null);

    beginNodeDrag(drag("dragstart"), folder, [photos]);
    const refused = drag("dragover");
    named(tree, "Photos").dispatchEvent(refused);
    expect(refused.defaultPrevented).to.equal(false);
  });

  it("takes no drop where the folder can only be read", async () => {
    const { tree } = await drawn(new FixtureFolder(drawnTree, { access: "read" }));
    const over = new DragEvent("dragover", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
    over.dataTransfer?.items.add(new File(["x"], "x.txt"));
    named(tree, "Photos").dispatchEvent(over);
    expect(over.defaultPrevented).to.equal(false);
    expect(named(tree, "Photos").draggable).to.equal(false);
  });

  it("shows the trash as a row once there is something in it", async () => {
    const { tree, folder } = await drawn();
    expect(names(tree)).not.to.contain("Trash");
    await folder.trash(["/Photos"]);
    await settled(tree);
    expect(names(tree)).to.contain("Trash");
    named(tree, "Trash").click();
    expect(tree.current).to.equal("trash");
  });

  it("draws a part of ten thousand rows, and keeps the focused one", async () => {
    const folder = new FixtureFolder(Array.from({ length: 10_000 }, (_, index) => ({ name: `Photo ${index}.jpg` })));
    const box = await fixture<HTMLElement>(html`<div><keyfold-tree .folder=${folder}></keyfold-tree></div>`);
    const tree = box.querySelector<KeyfoldTree>("keyfold-tree");
    if (tree === null) throw new Error("no tree");
    tree.style.height = "400px";
    await settled(tree);
    await new Promise(requestAnimationFrame);
    await settled(tree);
    expect(items(tree).length).to.be.lessThan(200);
    named(tree, "Photo 3.jpg").focus();
    const base = part(tree, ".base");
    base.scrollTop = 150_000;
    await oneEvent(base, "scroll");
    await settled(tree);
    await new Promise(requestAnimationFrame);
    await settled(tree);
    expect(focusedName(tree)).to.equal("Photo 3.jpg");
    expect(names(tree)).to.contain("Photo 4690.jpg");
    expect(items(tree).length).to.be.lessThan(200);
  });

  it("works in a foreign shadow root, whatever is defined first", async () => {
    const root = await foreignRoot();
    const tree = document.createElement("keyfold-tree") as KeyfoldTree;
    tree.folder = new FixtureFolder(drawnTree);
    root.append(tree);
    await settled(tree);
    expect(names(tree)).to.contain("Photos");
  });
});
