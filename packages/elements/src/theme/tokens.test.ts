import { expect, fixture, html } from "@open-wc/testing";
import { LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { publicTokens, registerTokens, theme } from "./index.ts";

@customElement("test-themed")
class TestThemed extends LitElement {
  static override styles = [...theme];
  protected override render() {
    return html`<button class="button primary">Sign</button><span class="tag open">Unprotected</span>`;
  }
}

/** Relative luminance (WCAG 2.2) of what the browser paints for a colour. */
function luminance(color: string): number {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d")!;
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

async function themed(scheme: "light" | "dark", accent?: string) {
  const page = await fixture<HTMLElement>(html`<div><test-themed></test-themed></div>`);
  page.style.colorScheme = scheme;
  if (accent !== undefined) page.style.setProperty("--keyfold-accent", accent);
  const element = page.querySelector<TestThemed>("test-themed")!;
  await element.updateComplete;
  const styleOf = (selector: string) => getComputedStyle(element.shadowRoot!.querySelector(selector)!);
  return { element, styleOf };
}

describe("theme", () => {
  before(registerTokens);

  it("gives tokens defaults that any value from above replaces", async () => {
    const { styleOf } = await themed("light", "rgb(120, 10, 90)");
    expect(styleOf(".primary").backgroundColor).to.equal("rgb(120, 10, 90)");
    expect(Object.keys(publicTokens)).to.have.length(13);
  });

  it("adds no rule to the page, and may be registered twice", () => {
    const before = document.adoptedStyleSheets.length;
    registerTokens();
    expect(document.adoptedStyleSheets.length).to.equal(before);
  });

  for (const scheme of ["light", "dark"] as const) {
    it(`keeps text on the accent readable in ${scheme} pages, whatever accent a site picks`, async () => {
      for (const accent of [undefined, "#ff0000", "#ffcc00", "#0a84ff", "#7a7a7a", "#00a86b", "#000", "#fff", "oklch(0.64 0.2 150)"]) {
        const { styleOf } = await themed(scheme, accent);
        const { color, backgroundColor } = styleOf(".primary");
        expect(contrast(color, backgroundColor), `${accent}: ${color} on ${backgroundColor}`).to.be.at.least(4.5);
      }
    });

    it(`draws exposed things readably in ${scheme} pages`, async () => {
      const { styleOf } = await themed(scheme);
      const { color, backgroundColor } = styleOf(".tag.open");
      expect(contrast(color, backgroundColor)).to.be.at.least(4.5);
    });
  }
});
