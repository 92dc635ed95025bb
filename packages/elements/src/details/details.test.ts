import { html } from "lit";
import { KeyfoldError } from "@keyfold/core";
import "../define/details.ts";
import {
  drawnTree,
  expect,
  FixtureFolder,
  isAccessible,
  oneEvent,
  part,
  placed,
  settled,
  textOf,
  waitUntil,
} from "../test/element-test.ts";
import { pdfWorker } from "../preview/pdf-page.ts";
import type { KeyfoldDetails } from "./details.ts";

pdfWorker.url = "/packages/elements/node_modules/pdfjs-dist/build/pdf.worker.min.mjs";

async function drawn(path: string, folder = new FixtureFolder(drawnTree), given: Partial<KeyfoldDetails> = {}) {
  const node = folder.state.tree.resolve(path)?.id ?? null;
  const details = await placed<KeyfoldDetails>(html`<keyfold-details .folder=${folder} .node=${node}></keyfold-details>`);
  Object.assign(details, given);
  await settled(details);
  return { details, folder, node };
}
const facts = (details: Element): string => textOf(part(details, ".facts"));

describe("keyfold-details", () => {
  it("is accessible for a file, a directory, several and none", async () => {
    const { details, folder } = await drawn("/Street front, evening.jpg");
    await isAccessible(details);
    details.node = folder.state.tree.resolve("/Contracts")?.id ?? null;
    await settled(details);
    await isAccessible(details);
    details.selection = folder.state.tree.children(null).map((node) => node.id);
    await settled(details);
    await isAccessible(details);
    Object.assign(details, { selection: [], node: null });
    await settled(details);
    await isAccessible(details);
    expect(textOf(part(details, "[part=empty]"))).to.equal("Choose a file to see more about it");
  });

  it("tells kind, size, dates and place of a file", async () => {
    const { details } = await drawn("/Floor plan, ground floor.pdf");
    expect(facts(details)).to.contain("Kind PDF document").and.to.contain("Size 1.4 MB");
    expect(facts(details)).to.contain("In My folder");
    expect(textOf(part(details, ".verified"))).to.equal("Verified against the folder’s history");
  });

  it("says what an open folder means for it, and stops once it is locked", async () => {
    const { details, folder } = await drawn("/Offer letter.pdf");
    expect(textOf(part(details, ".note"))).to.contain("Anyone with the link can open this");
    folder.pose({ status: "signed-in" });
    await settled(details);
    expect(details.shadowRoot?.querySelector(".note") == null).to.equal(true);
  });

  it("lists versions, the newest first, and restores an earlier one", async () => {
    const { details, folder, node } = await drawn("/Street front, evening.jpg");
    const [newest, older] = [...(details.shadowRoot?.querySelectorAll(".versions li") ?? [])];
    expect(textOf(newest)).to.match(/^2.* Current$/u);
    older?.querySelector("button")?.click();
    await waitUntil(() => folder.calls.some((call) => call.name === "revert"));
    expect(folder.calls.find((call) => call.name === "revert")?.args).to.deep.equal([
      { node },
      folder.state.tree.get(node ?? "")?.versions[0]?.blob,
    ]);
  });

  it("tells of each version when and from where it came, and downloads an earlier one", async () => {
    const { details, folder, node } = await drawn("/Street front, evening.jpg");
    const [, older] = [...(details.shadowRoot?.querySelectorAll(".versions li") ?? [])];
    expect(textOf(older)).to.match(/^1 June 3.* This device, 4.8 MB Restore$/u);
    older?.querySelector<HTMLElement>('[aria-label="Download version 1"]')?.click();
    await waitUntil(() => folder.calls.some((call) => call.name === "save"));
    const version = folder.state.tree.get(node ?? "")?.versions[0]?.blob;
    expect(folder.calls.find((call) => call.name === "save")?.args).to.deep.equal([[{ node }], { version }]);
    folder.pose({ access: "read" });
    await settled(details);
    expect(details.shadowRoot?.querySelector(".versions .link") == null).to.equal(true);
    details.actions = "open";
    await settled(details);
    expect(details.shadowRoot?.querySelector(".versions button") == null).to.equal(true);
  });

  it("counts what a directory holds and downloads it as a zip", async () => {
    const { details, folder } = await drawn("/Contracts");
    expect(facts(details)).to.contain("Holds 1 folder, 1 file").and.to.contain("Size 48 KB");
    part(details, ".primary").click();
    await waitUntil(() => folder.calls.some((call) => call.name === "save"));
    expect(textOf(part(details, ".primary"))).to.equal("Download as zip");
  });

  it("sums up several", async () => {
    const { details, folder } = await drawn("/Contracts");
    details.selection = ["/Contracts", "/Offer letter.pdf"].map((path) => folder.state.tree.resolve(path)?.id ?? "");
    await settled(details);
    expect(textOf(part(details, "h2"))).to.equal("2 items selected");
    expect(facts(details)).to.contain("1 folder, 1 file");
  });

  it("offers to restore what is in the trash, not to look at it", async () => {
    const { details, folder } = await drawn("/Offer letter.pdf");
    await folder.trash(["/Offer letter.pdf"]);
    await settled(details);
    expect(textOf(part(details, ".primary"))).to.equal("Restore");
    expect(facts(details)).to.match(/Deleted June 4.*, from this device/u);
    expect(details.shadowRoot?.querySelector("keyfold-preview") == null).to.equal(true);
  });

  it("says what went wrong", async () => {
    const { details, folder } = await drawn("/Offer letter.pdf");
    folder.failing.set("save", new KeyfoldError("tampered", "changed"));
    part(details, ".primary").click();
    await waitUntil(() => details.shadowRoot?.querySelector("[role=alert]") != null);
    expect(textOf(part(details, "[role=alert]"))).to.equal("A file does not match the folder’s history. It was not opened.");
  });

  it("opens a directory by asking the page", async () => {
    const { details, node } = await drawn("/Contracts");
    const told = oneEvent(details, "keyfold-navigate");
    part(details, '[aria-label="Open"]').click();
    expect((await told).detail).to.deep.equal({ id: node });
  });

  it("tells when it is closed", async () => {
    const { details } = await drawn("/Contracts");
    const told = oneEvent(details, "keyfold-close");
    part(details, '[aria-label="Close details"]').click();
    await told;
  });
});
