/** The mark is the state: a tilted sheet whose four flaps fold in, one a step, until they hold each other. */
import { html, svg } from "lit";
import type { TemplateResult } from "lit";

/** `open`: outlined and warm. `step1` to `step3`: that many flaps are in. `locked`: filled and cool. */
export type MarkState = "open" | "step1" | "step2" | "step3" | "locked";

const flap0 = "M5.19 5.19 11.85 9.63 14.81 5.19";
const flap1 = "M14.81 5.19 10.37 11.85 14.81 14.81";
const flap2 = "M14.81 14.81 8.15 10.37 5.19 14.81";

const drawings: Readonly<Record<MarkState, TemplateResult<2>>> = {
  open: svg`<path class="sheet" d="M5.19 5.19 11.85 0.75 14.81 5.19 19.25 11.85 14.81 14.81 8.15 19.25 5.19 14.81 0.75 8.15Z"/><path class="crease" d="M5.19 5.19 14.81 5.19M14.81 5.19 14.81 14.81M14.81 14.81 5.19 14.81M5.19 14.81 5.19 5.19"/>`,
  step1: svg`<path class="sheet" d="M5.19 5.19 14.81 5.19 19.25 11.85 14.81 14.81 8.15 19.25 5.19 14.81 0.75 8.15Z"/><path class="crease" d="M14.81 5.19 14.81 14.81M14.81 14.81 5.19 14.81M5.19 14.81 5.19 5.19"/><path class="flap f0 now" d=${flap0}></path>`,
  step2: svg`<path class="sheet" d="M5.19 5.19 14.81 5.19 14.81 14.81 8.15 19.25 5.19 14.81 0.75 8.15Z"/><path class="crease" d="M14.81 14.81 5.19 14.81M5.19 14.81 5.19 5.19"/><path class="flap f0" d=${flap0}></path><path class="flap f1 now" d=${flap1}></path>`,
  step3: svg`<path class="sheet" d="M5.19 5.19 14.81 5.19 14.81 14.81 5.19 14.81 0.75 8.15Z"/><path class="crease" d="M5.19 14.81 5.19 5.19"/><path class="flap f0" d=${flap0}></path><path class="flap f1" d=${flap1}></path><path class="flap f2 now" d=${flap2}></path>`,
  locked: svg`<path class="f0" d="M2.4 2.4 17.6 2.4 12.93 9.41Z"/><path class="f1" d="M17.6 2.4 17.6 17.6 10.59 12.93Z"/><path class="f2" d="M17.6 17.6 2.4 17.6 7.07 10.59Z"/><path class="f3" d="M2.4 17.6 2.4 2.4 9.41 7.07Z"/><path class="core" d="M12.93 9.41 10.59 12.93 7.07 10.59 9.41 7.07Z"/>`,
};

const classes: Readonly<Record<MarkState, string>> = {
  open: "mark open",
  step1: "mark",
  step2: "mark",
  step3: "mark",
  locked: "mark solid",
};

/** The mark in one of its states. Decoration beside words: hidden from screen readers. */
export function mark(state: MarkState): TemplateResult {
  return html`<svg class=${classes[state]} viewBox="0 0 20 20" aria-hidden="true">${drawings[state]}</svg>`;
}
