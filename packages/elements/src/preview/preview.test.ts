import { html } from "lit";
import { KeyfoldError } from "@keyfold/core";
import "../define/preview.ts";
import { expect, FixtureFolder, isAccessible, oneEvent, part, placed, settled, textOf, waitUntil } from "../test/element-test.ts";
import { pdfWorker } from "./pdf-page.ts";
import { isActive, previewKind, textShown } from "./preview-kind.ts";
import type { KeyfoldPreview } from "./preview.ts";

pdfWorker.url = "/packages/elements/node_modules/pdfjs-dist/build/pdf.worker.min.mjs";

async function drawn(name: string, type: string, content: Blob, size = content.size) {
  const folder = new FixtureFolder([{ name, type, size }]);
  const id = folder.state.tree.children(null)[0]?.id ?? "";
  folder.contents.set(id, content);
  const preview = await placed<KeyfoldPreview>(html`<keyfold-preview .folder=${folder} .node=${id}></keyfold-preview>`);
  preview.style.cssText = "inline-size: 400px; block-size: 300px";
  return { preview, folder, id };
}
const shown = (preview: Element, selector: string): Promise<void> => waitUntil(() => preview.shadowRoot?.querySelector(selector) != null);
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const png = async (): Promise<Blob> => (await fetch(`data:image/png;base64,${pixel}`)).blob();

/** A PDF of one page that paints a black square. */
function pdf(): Blob {
  const square = "0 g 20 20 60 60 re f";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << >> >>",
    `<< /Length ${square.length} >>\nstream\n${square}\nendstream`,
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  text += `xref\n0 5\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}`;
  return new Blob([`${text}trailer << /Size 5 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF`]);
}

describe("keyfold-preview", () => {
  it("shows a picture, and tells its size in pixels", async () => {
    const { preview } = await drawn("a.png", "image/png", await png());
    const told = oneEvent(preview, "keyfold-dimensions");
    expect((await told).detail).to.deep.equal({ width: 1, height: 1 });
    await isAccessible(preview);
  });

  it("paints the page of a PDF", async () => {
    const { preview } = await drawn("a.pdf", "application/pdf", pdf());
    await shown(preview, "canvas");
    const canvas = part<HTMLCanvasElement>(preview, "canvas");
    const centre = (): string | undefined =>
      canvas
        .getContext("2d")
        ?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1)
        .data.join();
    await waitUntil(() => canvas.width > 50 && centre() === "0,0,0,255", "the page is painted", { timeout: 8000 });
    await isAccessible(preview);
  });

  it("says so where a file is not what its name says", async () => {
    const { preview } = await drawn("a.pdf", "application/pdf", new Blob(["not a pdf"]));
    await shown(preview, ".kind p");
    expect(textOf(part(preview, ".kind"))).to.contain("cannot be shown");
  });

  it("shows text as text, the first 256 KiB of it", async () => {
    const { preview, folder } = await drawn("notes.md", "text/markdown", new Blob(["# Title\n"]), textShown + 1);
    await shown(preview, "pre");
    expect(part(preview, "pre").textContent).to.equal("# Title\n");
    expect(textOf(part(preview, ".note"))).to.contain("The first 262 KB.");
    expect(folder.calls.find((call) => call.name === "stream")?.args[1]).to.deep.include({ start: 0, end: textShown });
    await isAccessible(preview);
  });

  it("never makes markup or script of what a file holds", async () => {
    const attack = '<img src=x onerror="window.attacked = true"><script>window.attacked = true</script>';
    const page = await drawn("page.html", "text/html", new Blob([attack]));
    await shown(page.preview, "pre");
    expect(part(page.preview, "pre").textContent).to.equal(attack);
    expect(part(page.preview, "pre").childElementCount).to.equal(0);
    expect(textOf(part(page.preview, ".note"))).to.contain("Nothing in it runs");
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2" onload="window.attacked = true"><script>window.attacked = true</script></svg>`;
    const drawing = await drawn("a.svg", "image/svg+xml", new Blob([svg]));
    await oneEvent(drawing.preview, "keyfold-dimensions");
    expect(part(drawing.preview, "img").localName).to.equal("img");
    expect("attacked" in window).to.equal(false);
  });

  it("keeps Latin letters that are not UTF-8", async () => {
    const { preview } = await drawn("old.txt", "text/plain", new Blob([new Uint8Array([0x63, 0x61, 0x66, 0xe9])]));
    await shown(preview, "pre");
    expect(part(preview, "pre").textContent).to.equal("café");
  });

  it("fetches nothing that is too large to be looked at", async () => {
    const { preview, folder } = await drawn("film.mp4", "video/mp4", new Blob([]), 2 ** 31);
    await settled(preview);
    expect(textOf(part(preview, ".kind"))).to.contain("download it to look at it");
    expect(folder.calls).to.have.length(0);
  });

  it("shows the icon of kinds without a preview", async () => {
    const { preview } = await drawn("a.zip", "application/zip", new Blob(["x"]));
    await settled(preview);
    expect(textOf(part(preview, ".kind"))).to.equal("No preview of this kind");
  });

  it("tells a tampered file in words, with one button that fetches it again", async () => {
    const folder = new FixtureFolder([{ name: "a.png", type: "image/png", size: 10 }]);
    const id = folder.state.tree.children(null)[0]?.id ?? "";
    folder.contents.set(id, await png());
    folder.failing.set("download", new KeyfoldError("tampered", "changed"));
    const preview = await placed<KeyfoldPreview>(html`<keyfold-preview .folder=${folder} .node=${id}></keyfold-preview>`);
    await shown(preview, "[role=alert]");
    expect(textOf(part(preview, "[role=alert]"))).to.contain("does not match the folder’s history");
    await isAccessible(preview);
    folder.failing.clear();
    part(preview, "[role=alert] button").click();
    await shown(preview, "img");
  });

  it("stops fetching when it is taken away", async () => {
    const { preview, folder } = await drawn("a.png", "image/png", await png());
    const asked = folder.calls.find((call) => call.name === "download")?.args[1] as { signal: AbortSignal } | undefined;
    preview.remove();
    expect(asked?.signal.aborted).to.equal(true);
  });
});

describe("how a file may be shown", () => {
  it("goes by type, then by ending", () => {
    expect(previewKind({ name: "a.jpg", type: "" })).to.equal("image");
    expect(previewKind({ name: "a", type: "application/pdf" })).to.equal("pdf");
    expect(previewKind({ name: "a.html", type: "text/html" })).to.equal("text");
    expect(previewKind({ name: "a.ts", type: "video/mp2t" })).to.equal("video");
    expect(previewKind({ name: "a.heic", type: "image/heic" })).to.equal("none");
    expect(previewKind({ name: "a.exe", type: "application/octet-stream" })).to.equal("none");
  });

  it("knows what would be active elsewhere", () => {
    expect(isActive({ name: "a.SVG", type: "" })).to.equal(true);
    expect(isActive({ name: "a.md", type: "text/markdown" })).to.equal(false);
  });
});
