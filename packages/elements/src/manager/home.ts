/** The first visit's page: what this is, where files go in, and the three steps. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import { mark } from "../icon/index.ts";
import type { Words } from "../i18n/index.ts";

const marks = ["open", "step1", "locked"] as const;

export function home({ home: words }: Words, uploader: TemplateResult): TemplateResult {
  return html`<div class="welcome">
    <div class="intro">
      <h1>${words.title}</h1>
      <p>${words.intro}</p>
    </div>
    ${uploader}
    <ol class="how">
      ${words.steps.map(
        ([title, text], at) =>
          html`<li>
            ${mark(marks[at] ?? "open")}
            <div><b>${title}</b><span>${text}</span></div>
          </li>`,
      )}
    </ol>
  </div>`;
}
