import { render } from "lit";
import "../define/manager.ts";
import { FixtureClient } from "../test/fixture-client.ts";
import {
  FixtureFolder,
  fixtureProblem,
  drawnTree,
  expect,
  fixture,
  foreignRoot,
  html,
  isAccessible,
  part,
  placed,
  settled,
  textOf,
  waitUntil,
} from "../test/element-test.ts";
import { pdfWorker } from "../preview/pdf-page.ts";
import type { KeyfoldManager } from "./manager.ts";

pdfWorker.url = "/packages/elements/node_modules/pdfjs-dist/build/pdf.worker.min.mjs";

async function placedWith(folder: FixtureFolder, width = 1280): Promise<KeyfoldManager> {
  const page = await fixture<HTMLElement>(html`<div></div>`);
  page.style.inlineSize = `${width}px`;
  render(html`<keyfold-manager no-routes .folder=${folder}></keyfold-manager>`, page);
  const element = page.querySelector("keyfold-manager")!;
  await drawn(element);
  return element;
}

/** The manager draws itself by its own width, which it hears of a frame later. */
async function drawn(element: KeyfoldManager): Promise<void> {
  await settled(element);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  await settled(element);
}

const has = (element: Element, selector: string): boolean => element.shadowRoot!.querySelector(selector) !== null;
const nodeNamed = (folder: FixtureFolder, path: string): string => folder.state.tree.resolve(path)!.id;
const select = (element: Element, ids: readonly string[]): void => {
  part(element, "keyfold-list").dispatchEvent(new CustomEvent("keyfold-select", { detail: { ids } }));
};

describe("keyfold-manager", () => {
  it("is accessible on the first visit", async () => {
    await isAccessible(await placedWith(new FixtureFolder()));
  });

  it("is accessible with files, and while the key is kept", async () => {
    const element = await placedWith(new FixtureFolder(drawnTree));
    await isAccessible(element);
    part(part(element, "keyfold-key-bar"), "[part=generate]").click();
    await waitUntil(() => has(element, "keyfold-key-ceremony"));
    await isAccessible(element);
  });

  it("is accessible while it asks for the key", async () => {
    await isAccessible(await placedWith(new FixtureFolder(drawnTree, { status: "locked", access: "none" })));
  });

  it("is accessible on a phone", async () => {
    await isAccessible(await placedWith(new FixtureFolder(drawnTree), 360));
  });

  it("shows the first visit's page: uploader, the folder's code, footer", async () => {
    const element = await placedWith(new FixtureFolder());
    expect(textOf(part(element, ".welcome h1"))).to.equal("A folder only your key can open");
    for (const name of ["keyfold-uploader", "keyfold-qr", "keyfold-footer", "keyfold-tree", "keyfold-alert"])
      expect(has(element, name), name).to.equal(true);
    expect(has(element, "keyfold-list")).to.equal(false);
    expect(element.matches(":state(home)")).to.equal(true);
  });

  it("shows the list once something is in the folder, or on its way", async () => {
    const folder = new FixtureFolder();
    const element = await placedWith(folder);
    folder.uploads.add([new File(["x"], "a.txt")], { pick: true });
    await drawn(element);
    expect(has(element, "keyfold-list"), "picked only").to.equal(false);
    folder.tree.add({ name: "a.txt" }, null);
    folder.show();
    await drawn(element);
    expect(has(element, "keyfold-list")).to.equal(true);
    expect(has(element, "keyfold-footer")).to.equal(false);
  });

  it("gives the middle to the key's steps, then goes back to the folder", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder);
    part(part(element, "keyfold-key-bar"), "[part=generate]").click();
    await waitUntil(() => has(element, "keyfold-key-ceremony"));
    expect(has(element, "keyfold-list")).to.equal(false);
    expect(has(part(element, "keyfold-key-bar"), "dialog")).to.equal(false);
    folder.ceremony.kept("file");
    folder.ceremony.confirmSaved();
    await folder.ceremony.sign();
    await drawn(element);
    const ceremony = part(element, "keyfold-key-ceremony");
    [...ceremony.shadowRoot!.querySelectorAll("button")].find((button) => textOf(button) === "To the folder")?.click();
    await drawn(element);
    expect(has(element, "keyfold-list")).to.equal(true);
    expect(textOf(part(element, "keyfold-alert"))).to.contain("Locked; 340 of 340 still being re-encrypted.");
  });

  it("asks for the key where the folder is locked, and shows nothing of it before", async () => {
    const folder = new FixtureFolder([], { status: "locked", access: "none" });
    const element = await placedWith(folder);
    expect(has(element, "keyfold-key-entry")).to.equal(true);
    expect(has(element, "keyfold-tree")).to.equal(false);
    folder.pose({ status: "signed-in", access: "write" });
    await drawn(element);
    expect(has(element, "keyfold-key-entry")).to.equal(false);
    expect(has(element, "keyfold-list")).to.equal(true);
  });

  it("keeps tree, list and details on the same directory and choice", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder);
    const photos = nodeNamed(folder, "/Photos");
    const seen: unknown[] = [];
    element.addEventListener("keyfold-navigate", (event) => seen.push((event as CustomEvent).detail));
    part(element, "keyfold-tree").dispatchEvent(new CustomEvent("keyfold-navigate", { detail: { id: photos }, cancelable: true }));
    await drawn(element);
    expect(seen).to.deep.equal([{ id: photos }]);
    expect((part(element, "keyfold-list") as unknown as { current: string }).current).to.equal(photos);
    const garden = nodeNamed(folder, "/Photos/Garden.jpg");
    select(element, [garden]);
    await drawn(element);
    expect(has(element, "aside keyfold-details")).to.equal(true);
    expect((part(element, "keyfold-tree") as unknown as { selection: string[] }).selection).to.deep.equal([garden]);
  });

  it("stays where it is when the page cancels a step", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder);
    element.addEventListener("keyfold-navigate", (event) => event.preventDefault());
    const step = new CustomEvent("keyfold-navigate", { detail: { id: nodeNamed(folder, "/Photos") }, cancelable: true });
    part(element, "keyfold-list").dispatchEvent(step);
    await drawn(element);
    expect(step.defaultPrevented).to.equal(true);
    expect((part(element, "keyfold-list") as unknown as { current: string | null }).current).to.equal(null);
  });

  it("walks directories in the page's address, and Back walks them", async () => {
    const folder = new FixtureFolder(drawnTree);
    const before = location.href;
    const element = await placed<KeyfoldManager>(html`<keyfold-manager .folder=${folder}></keyfold-manager>`);
    const list = () => part(element, "keyfold-list") as unknown as HTMLElement & { current: string | null };
    const go = async (id: string | null): Promise<void> => {
      list().dispatchEvent(new CustomEvent("keyfold-navigate", { detail: { id }, cancelable: true }));
      await drawn(element);
    };
    const [contracts, inside] = [nodeNamed(folder, "/Contracts"), nodeNamed(folder, "/Contracts/2026")];
    await go(contracts);
    await go(inside);
    expect(location.hash).to.equal(`#n=${inside}`);
    history.back();
    await waitUntil(() => list().current === contracts);
    history.back();
    await waitUntil(() => list().current === null);
    expect(location.href).to.equal(before);
  });

  it("leaves a directory that was deleted, and forgets what is not there any more", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder);
    const photos = nodeNamed(folder, "/Photos");
    part(element, "keyfold-list").dispatchEvent(new CustomEvent("keyfold-navigate", { detail: { id: photos }, cancelable: true }));
    select(element, [nodeNamed(folder, "/Photos/Garden.jpg")]);
    await drawn(element);
    folder.tree.remove(photos);
    folder.show();
    await drawn(element);
    expect((part(element, "keyfold-list") as unknown as { current: string | null }).current).to.equal(null);
    expect(has(element, "keyfold-details")).to.equal(false);
  });

  it("looks at its own width, not at the page's: three columns, two, one with a bar at the bottom", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder, 1280);
    const page = element.parentElement!;
    select(element, [nodeNamed(folder, "/Offer letter.pdf")]);
    await drawn(element);
    const columns = () => getComputedStyle(part(element, ".frame")).gridTemplateColumns.split(" ").length;
    expect([columns(), has(element, "aside")]).to.deep.equal([3, true]);
    page.style.inlineSize = "900px";
    await drawn(element);
    expect([columns(), has(element, "aside")]).to.deep.equal([2, false]);
    page.style.inlineSize = "360px";
    await drawn(element);
    expect([columns(), has(element, ".bottom-bar")]).to.deep.equal([1, true]);
    expect(part(element, ".frame").scrollWidth).to.be.at.most(360);
  });

  it("brings details up from below where they have no column", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder, 360);
    const id = nodeNamed(folder, "/Offer letter.pdf");
    part(element, "keyfold-list").dispatchEvent(new CustomEvent("keyfold-open", { detail: { id }, cancelable: true }));
    await drawn(element);
    const sheet = part<HTMLDialogElement>(element, "dialog.sheet-up");
    expect(sheet.open).to.equal(true);
    expect(sheet.querySelector("keyfold-details")).not.to.equal(null);
    sheet.close();
    await waitUntil(() => !has(element, "dialog.sheet-up"));
  });

  it("carries the parts of its elements out under their names", async () => {
    const element = await placedWith(new FixtureFolder(drawnTree));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("keyfold-manager::part(list-base) { outline: 3px solid rgb(1, 2, 3); }");
    document.adoptedStyleSheets.push(sheet);
    const base = part(part(element, "keyfold-list"), "[part~=base]");
    expect(getComputedStyle(base).outlineColor).to.equal("rgb(1, 2, 3)");
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
  });

  it("opens a folder itself where it has a client, and makes one when the code is in sight", async () => {
    const client = new FixtureClient();
    const element = await placed<KeyfoldManager>(html`<keyfold-manager no-routes .client=${client}></keyfold-manager>`);
    await waitUntil(() => has(element, "keyfold-qr"));
    part(element, "keyfold-qr").scrollIntoView();
    await waitUntil(() => element.folder !== null);
    expect(client.calls).to.deep.equal(["create"]);
  });

  it("shows a problem with its one button above the list, and makes room in the trash", async () => {
    const folder = new FixtureFolder(drawnTree);
    const element = await placedWith(folder);
    folder.pose({ problem: fixtureProblem("quota", { files: 2 }) });
    await drawn(element);
    part(part(element, "keyfold-status.problem"), "[role=alert] button").click();
    await drawn(element);
    expect((part(element, "keyfold-list") as unknown as { current: string }).current).to.equal("trash");
  });

  it("says why there is no folder, and shows nothing else", async () => {
    const client = new FixtureClient();
    const element = await placed<KeyfoldManager>(
      html`<keyfold-manager no-routes .client=${client} folder=${"0".repeat(32)}></keyfold-manager>`,
    );
    await waitUntil(() => has(element, "keyfold-status.problem"));
    expect(textOf(part(element, "keyfold-status.problem"))).to.contain("There is no such folder or file here.");
    for (const name of ["keyfold-uploader", "keyfold-tree", "keyfold-qr"]) expect(has(element, name), name).to.equal(false);
  });

  it("works in a stranger's shadow root", async () => {
    const root = await foreignRoot();
    render(html`<keyfold-manager no-routes .folder=${new FixtureFolder(drawnTree)}></keyfold-manager>`, root);
    const element = root.querySelector("keyfold-manager")!;
    await drawn(element);
    expect(has(element, "keyfold-list")).to.equal(true);
  });
});
