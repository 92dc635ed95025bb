import { html } from "lit";
import "../define/uploader.ts";
import { directory, droppedTransfer, file } from "../test/dropped.ts";
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
import type { KeyfoldLookOver } from "./look-over.ts";
import type { KeyfoldUploader } from "./uploader.ts";

pdfWorker.url = "/packages/elements/node_modules/pdfjs-dist/build/pdf.worker.min.mjs";

async function drawn(folder: FixtureFolder | null = new FixtureFolder(drawnTree), given: Partial<KeyfoldUploader> = {}) {
  const uploader = await placed<KeyfoldUploader>(html`<keyfold-uploader .folder=${folder}></keyfold-uploader>`);
  Object.assign(uploader, given);
  await settled(uploader);
  return { uploader, folder: folder ?? new FixtureFolder(), lookOver: part<KeyfoldLookOver>(uploader, "keyfold-look-over") };
}

function drop(target: Element, transfer: DataTransfer): DragEvent {
  const event = new DragEvent("drop", { bubbles: true, cancelable: true, composed: true });
  Object.defineProperty(event, "dataTransfer", { value: transfer });
  target.dispatchEvent(event);
  return event;
}

const faces = (lookOver: Element) => [...(lookOver.shadowRoot?.querySelectorAll<HTMLElement>(".picked li") ?? [])];

describe("keyfold-uploader", () => {
  it("is accessible, empty and with files to look over", async () => {
    const { uploader, lookOver } = await drawn();
    await isAccessible(uploader);
    drop(part(uploader, ".dropzone"), droppedTransfer([file("Offer letter.pdf", "x"), file("notes.txt", "hello")]));
    await waitUntil(() => faces(lookOver).length === 2);
    await settled(uploader);
    await isAccessible(uploader);
  });

  it("sends nothing before the person looked it over, then all of it", async () => {
    const { uploader, folder, lookOver } = await drawn(undefined, { to: "/2026/taxes" });
    drop(part(uploader, ".dropzone"), droppedTransfer([directory("house", [file("a.txt", "1"), directory("b", [file("c.txt", "2")])])]));
    await waitUntil(() => faces(lookOver).length === 2);
    expect(folder.uploads.value.map((transfer) => [transfer.status, ...transfer.path])).to.deep.equal([
      ["picked", "house"],
      ["picked", "house", "b"],
    ]);
    expect(folder.uploads.calls[0]?.args[1]).to.deep.include({ to: "/2026/taxes", pick: true });
    expect(textOf(part(lookOver, "h2"))).to.equal("Send 2 files to 2026/taxes");
    part(lookOver, ".primary").click();
    await settled(uploader);
    expect(folder.uploads.value.every((transfer) => transfer.status === "waiting")).to.equal(true);
    expect(uploader.shadowRoot?.querySelector(".dropzone") == null).to.equal(false);
  });

  it("takes all 300 files of a dropped directory, and directories that are empty", async () => {
    const { uploader, folder, lookOver } = await drawn();
    const files = Array.from({ length: 300 }, (_, index) => file(`${index}.txt`, "x"));
    drop(part(uploader, ".dropzone"), droppedTransfer([directory("many", [...files, directory("nothing", [])])]));
    await waitUntil(() => folder.uploads.value.length === 300);
    await waitUntil(() => faces(lookOver).length > 0);
    part(lookOver, ".primary").click();
    const made = folder.uploads.calls.findLast((call) => call.name === "add")?.args[1] as { directories: unknown };
    expect(made.directories).to.deep.equal([["many", "nothing"]]);
  });

  it("leaves out what was picked by mistake", async () => {
    const { uploader, folder, lookOver } = await drawn();
    drop(part(uploader, ".dropzone"), droppedTransfer([file("wrong.txt", "1"), file("right.txt", "2")]));
    await waitUntil(() => faces(lookOver).length === 2);
    part(lookOver, '[aria-label="Leave out wrong.txt"]').click();
    await settled(lookOver);
    expect(folder.uploads.value.map((transfer) => transfer.name)).to.deep.equal(["right.txt"]);
    part(lookOver, ".quiet").click();
    await settled(uploader);
    expect(folder.uploads.value).to.have.length(0);
  });

  it("lets the person settle names that exist already", async () => {
    const { uploader, folder, lookOver } = await drawn();
    drop(part(uploader, ".dropzone"), droppedTransfer([file("Offer letter.pdf", "1"), file("new.pdf", "2")]));
    await waitUntil(() => faces(lookOver).length === 2);
    expect(textOf(part(lookOver, ".end .grow"))).to.equal("1 name exists already.");
    const choice = part<HTMLSelectElement>(lookOver, "select");
    expect(choice.value).to.equal("keep-both");
    choice.value = "replace";
    choice.dispatchEvent(new Event("change"));
    expect(folder.uploads.value.find((transfer) => transfer.name === "Offer letter.pdf")?.conflict).to.equal("replace");
  });

  it("leaves out what is over a limit, and says why", async () => {
    const { uploader, folder, lookOver } = await drawn(undefined, { accept: ".txt", maxFileSize: "3", maxFiles: 2 });
    const told = oneEvent(uploader, "keyfold-reject");
    drop(
      part(uploader, ".dropzone"),
      droppedTransfer([file("a.txt", "1"), file("big.txt", "12345"), file("b.pdf", "1"), file("c.txt", "1"), file("d.txt", "1")]),
    );
    expect((await told).detail.reasons).to.deep.equal(["file-size", "type", "file-count"]);
    await waitUntil(() => faces(lookOver).length === 2);
    expect(folder.uploads.value.map((transfer) => transfer.name)).to.deep.equal(["a.txt", "c.txt"]);
    expect(textOf(part(lookOver, ".notices"))).to.contain("Over 3 bytes: big.txt.");
  });

  it("asks the page before it takes files", async () => {
    const { uploader, folder } = await drawn();
    uploader.addEventListener("keyfold-before-upload", (event) => event.preventDefault());
    const told = oneEvent(uploader, "keyfold-before-upload");
    drop(part(uploader, ".dropzone"), droppedTransfer([file("a.txt", "1")]));
    expect((await told).detail.files).to.have.length(1);
    await settled(uploader);
    expect(folder.uploads.value).to.have.length(0);
  });

  it("sends at once with autostart", async () => {
    const { uploader, folder } = await drawn(undefined, { autostart: true });
    drop(part(uploader, ".dropzone"), droppedTransfer([file("a.txt", "1")]));
    await waitUntil(() => folder.uploads.value.length === 1);
    expect(folder.uploads.value[0]?.status).to.equal("waiting");
  });

  it("takes what is pasted", async () => {
    const { uploader, folder } = await drawn();
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(["x"], "pasted.png", { type: "image/png" }));
    uploader.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));
    await waitUntil(() => folder.uploads.value.length === 1);
  });

  it("says why nothing can be added where the folder can only be read", async () => {
    const { uploader, folder } = await drawn(new FixtureFolder([], { access: "read" }));
    expect(textOf(part(uploader, "[part=error]"))).to.contain("You can look, not change");
    expect(part<HTMLButtonElement>(uploader, ".tinted").disabled).to.equal(true);
    drop(part(uploader, ".dropzone"), droppedTransfer([file("a.txt", "1")]));
    expect(folder.uploads.value).to.have.length(0);
  });

  it("goes on after it is removed", async () => {
    const { uploader, folder, lookOver } = await drawn();
    drop(part(uploader, ".dropzone"), droppedTransfer([file("a.txt", "1")]));
    await waitUntil(() => faces(lookOver).length === 1);
    part(lookOver, ".primary").click();
    uploader.remove();
    expect(folder.uploads.value.map((transfer) => transfer.status)).to.deep.equal(["waiting"]);
    expect(folder.subscribers).to.equal(0);
  });
});
