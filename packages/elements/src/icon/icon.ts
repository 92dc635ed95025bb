/** Icons as inline drawings: no sprite, no request, no foreign root to look an id up in. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { shapes } from "./shapes.ts";
import type { IconName } from "./shapes.ts";

export type { IconName } from "./shapes.ts";

export interface IconOptions {
  /** Classes besides `icon`: `mini`, `flip` (mirrored in right-to-left pages), `kind-image` … */
  class?: string;
  /** A name for screen readers where the icon stands alone; without it the icon is hidden from them. */
  label?: string;
}

/** One icon of the set, in the colour of the text around it. */
export function icon(name: IconName, options: IconOptions = {}): TemplateResult {
  const { label } = options;
  return html`<svg
    class=${options.class === undefined ? "icon" : `icon ${options.class}`}
    viewBox="0 0 20 20"
    role=${label === undefined ? nothing : "img"}
    aria-label=${label ?? nothing}
    aria-hidden=${label === undefined ? "true" : nothing}
  >
    ${shapes[name]}
  </svg>`;
}
