/** What the recovery page shows of what it found: files, faults of the history, how saving ended. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { pathText, type DamagedItem, type HistoryFault, type RecoveryItem } from "@keyfold/core/recover";
import type { Formats } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import type { RecoverWords } from "../locales/en/recover.ts";
import { damageText, faultText } from "./report.ts";

/** Paths that are listed; the zip has all of them. */
const listed = 200;

/** How saving ended. */
export type Ended =
  | { readonly state: "done"; readonly recovered: number; readonly damaged: readonly DamagedItem[] }
  | { readonly state: "stopped" }
  | { readonly state: "failed" };

export function fileList(files: readonly RecoveryItem[], text: RecoverWords, format: Formats): TemplateResult {
  return html`<ul class="list" tabindex="0" aria-label=${text.listLabel}>
    ${files.slice(0, listed).map((item) => html`<li><bdi>${pathText(item)}</bdi><span>${format.bytes(item.size)}</span></li>`)}
    ${files.length > listed ? html`<li>${text.more(files.length - listed)}</li>` : nothing}
  </ul>`;
}

export function endedStrips(saving: Ended, text: RecoverWords): TemplateResult {
  if (saving.state === "stopped") return html`<div class="strip" role="status">${icon("info")}<b>${text.stopped}</b></div>`;
  if (saving.state === "failed") return html`<div class="strip bad" role="alert">${icon("warning")}<b>${text.failed}</b></div>`;
  const { recovered, damaged } = saving;
  return html`<div class="strip" role="status">${icon("check", { class: "good-ink" })}<b>${text.recovered(recovered)}</b></div>
    ${
      damaged.length === 0
        ? nothing
        : html`<div class="strip bad" role="alert">
            ${icon("warning")}<b>${text.damaged(damaged.length)}</b>
            <p>${text.otherCopy}</p>
            <ul class="damaged">
              ${damaged.map(({ item, error }) => html`<li><bdi>${pathText(item)}</bdi>: ${damageText(error.reason, text)}</li>`)}
            </ul>
          </div>`
    }`;
}

export function faultStrip(fault: HistoryFault, text: RecoverWords): TemplateResult {
  const isHealed = "healed" in fault && fault.healed;
  return html`<div class=${isHealed ? "strip" : "strip bad"} role="alert">
    ${icon(isHealed ? "info" : "warning")}<b>${faultText(fault, text)}</b>
  </div>`;
}
