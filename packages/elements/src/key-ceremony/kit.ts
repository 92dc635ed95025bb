/**
 * The kit: one page with all eight rows, printed from a frame of its own, so that nothing of the site around is printed and no style is written into a
 * page whose policy forbids it.
 *
 * @module
 */
import type { KeyKit } from "@keyfold/core";
import { html, nothing, render } from "lit";
import { plateStyles } from "../key-plate/plate.styles.ts";
import { shortKeyId } from "../key-plate/key-plate.ts";
import type { Words } from "../i18n/index.ts";
import { kitStyles } from "./kit.styles.ts";

export interface KitContent {
  readonly kit: KeyKit;
  /** Where the folder is opened. */
  readonly link: string;
  readonly madeOn: string;
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  readonly words: Words;
}

/** Prints the kit; resolves when the browser's dialog is closed. Whether a page came out, no browser tells. The rows are gone from the frame then. */
export async function printKit(content: KitContent, print: (page: Window) => void = (page) => page.print()): Promise<void> {
  const frame = document.createElement("iframe");
  frame.style.setProperty("position", "fixed");
  frame.style.setProperty("inset-inline-start", "-10000px");
  frame.style.setProperty("inline-size", "800px");
  frame.style.setProperty("block-size", "1100px");
  frame.style.setProperty("border", "0");
  frame.tabIndex = -1;
  frame.ariaHidden = "true";
  document.body.append(frame);
  const page = frame.contentWindow;
  try {
    if (page === null) return;
    const { words } = content;
    page.document.documentElement.lang = content.language;
    page.document.documentElement.dir = content.direction;
    page.document.title = words.kit.title;
    // a sheet belongs to the document whose window made it
    const { CSSStyleSheet: PageSheet } = page as Window & { CSSStyleSheet: typeof CSSStyleSheet };
    page.document.adoptedStyleSheets = [plateStyles, kitStyles].map((style) => {
      const sheet = new PageSheet();
      sheet.replaceSync(style.cssText);
      return sheet;
    });
    render(kitPage(content), page.document.body);
    await new Promise<void>((resolve) => {
      let begun = false;
      page.addEventListener("beforeprint", () => (begun = true), { once: true });
      page.addEventListener("afterprint", () => resolve(), { once: true });
      page.focus();
      print(page);
      // where print() returns at once and nothing is printed (no printer, a kiosk), nothing is told either
      setTimeout(() => begun || resolve(), 1000);
    });
  } finally {
    frame.remove();
  }
}

function kitPage({ kit: { rows, keyId, server, recover, checkpoint }, link, madeOn, words }: KitContent) {
  const { kit, ceremony } = words;
  return html`<main>
    <h1>${kit.title}</h1>
    <p class="lead">${kit.lead}</p>
    <div class="plate" dir="ltr">
      <header dir="auto"><b>${ceremony.keyId} ${shortKeyId(keyId)}</b></header>
      <ol>
        ${rows.map((row, at) => html`<li data-row=${at + 1}>${row.split("-").map((group) => html`<span class="group">${group}</span>`)}</li>`)}
      </ol>
    </div>
    <p class="warning">${ceremony.cannotRecover} ${ceremony.lose}</p>
    <dl>
      <dt>${kit.at}</dt>
      <dd dir="ltr">${link}</dd>
      <dt>${kit.made}</dt>
      <dd>${madeOn}</dd>
      <dt>${ceremony.keyId}</dt>
      <dd dir="ltr" class="mono">${keyId}</dd>
      <dt>${kit.server}</dt>
      <dd dir="ltr">${server}</dd>
      ${
        checkpoint === null
          ? nothing
          : html`<dt>${kit.checkpoint}</dt>
              <dd dir="ltr" class="mono fine">Checkpoint ${checkpoint.epoch} ${checkpoint.seq} ${checkpoint.head}</dd>`
      }
      <dt>${kit.notes}</dt>
      <dd class="blank"></dd>
    </dl>
    <section class="without">
      <h2>${kit.without}</h2>
      <p>${kit.withoutHow}</p>
      <p dir="ltr">${recover}</p>
      <p>${kit.withoutSave}</p>
    </section>
  </main>`;
}
