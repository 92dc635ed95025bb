import { html, nothing } from "lit";
import type { Words } from "../i18n/index.ts";

export interface TreeBlankScene {
  readonly words: Words;
  /** The folder is being opened: nothing is known yet. */
  readonly opening: boolean;
  readonly empty: boolean;
}

/** What stands below the root where there are no rows, or not yet. */
export function treeBlank({ words, opening, empty }: TreeBlankScene) {
  if (opening) return html`<div class="skeleton" role="status" aria-label=${words.list.opening}><i></i><i></i><i></i></div>`;
  return empty ? html`<p class="nothing" part="empty">${words.tree.nothing}</p>` : nothing;
}
