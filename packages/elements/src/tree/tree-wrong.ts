import { html, nothing } from "lit";
import type { ActionReport } from "../file-actions/action-report.ts";
import { errorText } from "../file-actions/error-text.ts";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";

/** The line below the tree: what went wrong, until it is dismissed. */
export function treeWrong(words: Words, report: ActionReport) {
  if (report.error === null) return nothing;
  return html`<p class="wrong" part="error" role="alert">
    <span>${errorText(words, report.error)}</span
    ><button type="button" class="icon-button" aria-label=${words.files.close} @click=${() => report.dismiss()}>${icon("close")}</button>
  </p>`;
}
