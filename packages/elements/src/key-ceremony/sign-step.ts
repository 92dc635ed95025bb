/** The last steps: what signing does, said before it is done; and that it is done. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { KeyfoldError, Remember } from "@keyfold/core";
import { icon } from "../icon/index.ts";
import type { Words } from "../i18n/index.ts";
import { rememberChoice } from "../key-entry/remember-choice.ts";

export interface SignStep {
  readonly words: Words;
  /** The folder is locked already: signing changes its key. */
  readonly rotating: boolean;
  /** "340 files, 5 subfolders" */
  readonly counts: string;
  readonly signing: boolean;
  /** How long keys stay; null where that is the page's own matter. */
  readonly remember: Remember | null;
  /** Keys stay no longer than the tab here. */
  readonly tabAtMost: boolean;
  readonly failure: KeyfoldError | null;
  stay(remember: Remember): void;
  notYet(): void;
  sign(): void;
}

export function signStep(step: SignStep): TemplateResult {
  const { ceremony: words, errors } = step.words;
  return html`<div>
      <h1 tabindex="-1">${step.rotating ? words.rotateTitle : words.signTitle}</h1>
      <p class="lead">${step.rotating ? words.rotateLead : words.signLead}</p>
    </div>
    <ul class="truths">
      <li>
        ${icon("fold-4")}<span><b>${words.locksAtOnce(step.counts)}</b> ${words.thenEach}</span>
      </li>
      ${
        step.rotating
          ? nothing
          : html`<li>
              ${icon("link")}<span><b>${words.linkEnds}</b> ${words.linkEndsNote}</span>
            </li>`
      }
      <li>
        ${icon("history")}<span><b>${words.copiesStay}</b> ${words.copiesStayNote}</span>
      </li>
    </ul>
    ${step.remember === null ? nothing : rememberChoice(step.words, { remember: step.remember, tabAtMost: step.tabAtMost }, (remember) => step.stay(remember))}
    ${
      step.failure === null
        ? nothing
        : html`<div class="strip bad" part="error" role="alert">
            ${icon("warning")}<b>${errors[step.failure.code].message({})}</b>
            <p>${words.failed}</p>
          </div>`
    }
    <div class="end">
      <button type="button" class="button quiet" ?disabled=${step.signing} @click=${() => step.notYet()}>${words.notYet}</button
      ><span class="grow"></span>
      <button
        type="button"
        class="button primary large"
        aria-disabled=${step.signing ? "true" : nothing}
        @click=${() => !step.signing && step.sign()}
      >
        ${icon("sign")}${step.signing ? words.signing : words.signAndLock}
      </button>
    </div>
    <p class="visually-hidden" role="status">${step.signing ? words.signing : ""}</p>`;
}

export function doneStep(words: Words["ceremony"], close: () => void): TemplateResult {
  return html`<div>
      <h1 tabindex="-1">${words.doneTitle}</h1>
      <p class="lead">${words.doneLead}</p>
    </div>
    <ul class="truths">
      <li>${icon("key")}<span>${words.doneNote}</span></li>
      <li>${icon("fold-4")}<span>${words.thenEach}</span></li>
    </ul>
    <div class="end">
      <span class="grow"></span><button type="button" class="button primary large" @click=${close}>${words.toTheFolder}</button>
    </div>`;
}
