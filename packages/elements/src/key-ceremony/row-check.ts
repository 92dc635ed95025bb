/** The step that asks for one row back, to see that a copy arrived whole. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { keyCharacters, tidyRow } from "@keyfold/core";
import { icon } from "../icon/index.ts";
import type { Words } from "../i18n/index.ts";

const rowLength = 15;

export interface RowCheck {
  readonly words: Words["ceremony"];
  /** 1 to 8. */
  readonly row: number;
  /** The row as it was copied, to say which groups are right already. */
  readonly expected: string;
  /** Characters so far, without hyphens. */
  readonly typed: string;
  readonly right: boolean;
  readonly wrong: boolean;
  type(text: string): void;
  back(): void;
  goOn(): void;
}

export function checkStep(check: RowCheck): TemplateResult {
  const { words, row, typed, right, wrong } = check;
  return html`<div>
      <h1 tabindex="-1">${words.typeBack(row)}</h1>
      <p class="lead">${words.typeBackNote}</p>
    </div>
    <div class="check-row">
      <span class="keyline">${words.rowOf(row)}</span>
      <div class="row-input" dir="ltr">
        ${[0, 1, 2].map(
          (group) => html`${group > 0 ? html`<span class="muted" aria-hidden="true">–</span>` : nothing}${cells(check, group)}`,
        )}
        <input
          type="text"
          .value=${typed}
          aria-label=${words.rowGroup(row)}
          aria-describedby="hint said"
          aria-invalid=${wrong ? "true" : nothing}
          maxlength="40"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck="false"
          @input=${(event: InputEvent) => typedInto(event, check)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Enter" && right) check.goOn();
          }}
        />
      </div>
      <p class="small muted" id="hint">${words.typeHint}</p>
    </div>
    <ul class="truths" id="said" aria-live="polite">
      ${said(check)}
    </ul>
    <div class="end">
      <button type="button" class="button quiet" @click=${() => check.back()}>
        ${icon("arrow-left", { class: "flip" })}${words.backToKey}</button
      ><span class="grow"></span>
      <button
        type="button"
        class=${right ? "button primary large" : "button large"}
        aria-disabled=${right ? nothing : "true"}
        @click=${() => right && check.goOn()}
      >
        ${words.goOn}
      </button>
    </div>`;
}

function typedInto(event: InputEvent, check: RowCheck): void {
  const input = event.target as HTMLInputElement;
  const text = keyCharacters(tidyRow(input.value)).slice(0, rowLength).join("");
  // lit leaves an input alone whose bound value did not change; what was typed beyond the row, or between, goes here
  if (input.value !== text) input.value = text;
  check.type(text);
}

/** How many groups from the first on are right. */
function groupsRight({ expected, typed }: RowCheck): number {
  const groups = expected.split("-");
  let count = 0;
  while (count < 3 && typed.slice(count * 5, count * 5 + 5) === groups[count]) count++;
  return count;
}

function said(check: RowCheck): TemplateResult | typeof nothing {
  const { words, typed, right, wrong } = check;
  if (wrong)
    return html`<li class="failed">
      ${icon("warning")}<span><b>${words.rowWrong}</b></span>
    </li>`;
  if (right)
    return html`<li>
      ${icon("check")}<span><b>${words.rowRight}</b></span>
    </li>`;
  const groups = groupsRight(check);
  if (groups === 0) return nothing;
  return html`<li>
    ${icon("check")}<span><b>${words.firstGroups(groups)}</b> ${words.left(rowLength - typed.length)}</span>
  </li>`;
}

function cells({ expected, typed, right }: RowCheck, group: number): TemplateResult {
  const start = group * 5;
  const text = typed.slice(start, start + 5);
  const fits = text.length === 5 && text === expected.split("-")[group];
  const current = !right && typed.length >= start && (typed.length < start + 5 || (group === 2 && typed.length === rowLength && !fits));
  return html`<span class=${`cells${fits ? " ok" : ""}${current ? " now" : ""}`} aria-hidden="true"
    >${Array.from({ length: 5 }, (_, at) =>
      text[at] === undefined ? html`<span class=${current && at === text.length ? "caret" : ""}></span>` : html`<span>${text[at]}</span>`,
    )}</span
  >`;
}
