/** The plate that shows a key: eight rows of three groups. Masked rows hold dots; the letters are not in the page at all. */
import { html } from "lit";
import type { TemplateResult } from "lit";

export interface PlateContent {
  readonly title: string;
  readonly keyIdWord: string;
  /** Lowercase hex; the first eight digits are shown. */
  readonly keyId: string | null;
  /** The rows; null: masked. */
  readonly rows: readonly string[] | null;
  /** What the list of rows is called: "Key, hidden". */
  readonly label: string;
  readonly footer: TemplateResult;
}

const dots = "•••••-•••••-•••••";

export function keyPlate(content: PlateContent): TemplateResult {
  const { rows } = content;
  return html`<div class=${rows === null ? "plate sheet-card masked" : "plate sheet-card"} part="secret">
    <header>
      <b>${content.title}</b
      >${content.keyId === null ? "" : html`<span>${content.keyIdWord} <span class="mono">${shortKeyId(content.keyId)}</span></span>`}
    </header>
    <ol aria-label=${content.label}>
      ${Array.from({ length: 8 }, (_, at) => {
        const groups = (rows?.[at] ?? dots).split("-");
        return html`<li data-row=${at + 1}>${groups.map((group) => html`<span class="group">${group}</span>`)}</li>`;
      })}
    </ol>
    <footer>${content.footer}</footer>
  </div>`;
}

/** "7F2A 91C4": enough to tell keys apart on paper. */
export function shortKeyId(keyId: string): string {
  const eight = keyId.slice(0, 8).toUpperCase();
  return `${eight.slice(0, 4)} ${eight.slice(4)}`;
}
