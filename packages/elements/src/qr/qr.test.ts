import { KeyfoldError } from "@keyfold/core";
import "../define/folder.ts";
import "../define/qr.ts";
import { FixtureClient } from "../test/fixture-client.ts";
import { FixtureFolder, expect, fixture, html, isAccessible, part, placed, settled, textOf, waitUntil } from "../test/element-test.ts";
import { qrShape } from "./qr-shape.ts";
import type { KeyfoldQr } from "./qr.ts";

const placedWith = (folder: FixtureFolder) => placed<KeyfoldQr>(html`<keyfold-qr .folder=${folder}></keyfold-qr>`);

describe("keyfold-qr", () => {
  it("is accessible", async () => {
    await isAccessible(await placedWith(new FixtureFolder()));
  });

  it("draws the folder's link with four quiet modules around, dark on white in dark pages too", async () => {
    const element = await placedWith(new FixtureFolder());
    const code = part<SVGSVGElement>(element, "svg.qr-code");
    const { size } = qrShape(new FixtureFolder().link());
    expect(code.getAttribute("viewBox")).to.equal(`-4 -4 ${size + 8} ${size + 8}`);
    element.style.colorScheme = "dark";
    const style = getComputedStyle(code);
    expect(style.backgroundColor).to.equal("oklch(1 0 0)");
    expect(style.fill).to.equal("oklch(0.24 0.03 230)");
  });

  it("paints each dark module once, and none of the finders' twice", () => {
    const { size, modules, finders } = qrShape("https://files.example.com/f/0123456789abcdef0123456789abcdef");
    const painted = new Set<string>();
    for (const [, x, y, length] of modules.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let at = 0; at < Number(length); at++) {
        const place = `${Number(x) + at} ${y}`;
        expect(painted.has(place)).to.equal(false);
        painted.add(place);
      }
    }
    expect(painted.size).to.be.greaterThan(size);
    for (const [left, top] of finders) {
      for (let x = left; x < left + 7; x++) for (let y = top; y < top + 7; y++) expect(painted.has(`${x} ${y}`)).to.equal(false);
    }
  });

  it("copies the link, or shows it to be copied", async () => {
    const element = await placedWith(new FixtureFolder());
    const written: string[] = [];
    const { clipboard } = navigator;
    Object.defineProperty(navigator, "clipboard", {
      configurable: true,
      value: { writeText: async (text: string) => void written.push(text) },
    });
    part(element, "[part=link]").click();
    await waitUntil(() => textOf(part(element, ".foot")).includes("Link copied"));
    expect(written).to.deep.equal([element.folder!.link()]);

    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: () => Promise.reject(new Error("denied")) } });
    part(element, "[part=link]").click();
    await waitUntil(() => element.shadowRoot!.querySelector("input") !== null);
    expect(part<HTMLInputElement>(element, "input").value).to.equal(element.folder!.link());
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
  });

  it("says where a phone cannot reach the link", async () => {
    const folder = new FixtureFolder();
    folder.link = () => "http://localhost:8787/f/0";
    expect(textOf(await placedWith(folder))).to.contain("This page is on localhost, which a phone cannot reach.");
  });

  it("has a folder made once it is in sight, and only then", async () => {
    const client = new FixtureClient();
    const page = await fixture<HTMLElement>(
      html`<keyfold-folder .client=${client}
        ><div hidden><keyfold-qr></keyfold-qr></div
      ></keyfold-folder>`,
    );
    const element = page.querySelector<KeyfoldQr>("keyfold-qr")!;
    await settled(element);
    expect(client.calls).to.deep.equal([]);
    page.querySelector("div")!.hidden = false;
    await waitUntil(() => element.shadowRoot!.querySelector("svg.qr-code") !== null);
    expect(client.calls).to.deep.equal(["create"]);
  });

  it("says why there is no code where no folder could be made", async () => {
    const client = new FixtureClient();
    client.makes = [new KeyfoldError("offline", "offline")];
    const page = await fixture<HTMLElement>(html`<keyfold-folder .client=${client}><keyfold-qr></keyfold-qr></keyfold-folder>`);
    const element = page.querySelector<KeyfoldQr>("keyfold-qr")!;
    await waitUntil(() => textOf(element).includes("You’re offline."));
    expect(client.calls).to.deep.equal(["create"]);
  });
});
