import { html, nothing } from "lit";
import type { NodeId } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import type { FolderSearch } from "./folder-search.ts";
import { searchChips } from "./search-chips.ts";

/** A search's filters as buttons. "In this subfolder" is there only where a list shows one: `place`. */
export function chipRow(words: Words, search: FolderSearch | null, root: NodeId | null, place: NodeId | null) {
  const chips = search?.value?.chips;
  return searchChips.map((chip) => {
    const on = chips?.has(chip) ?? false;
    if (chip === "here" && !on && (place === null || place === root)) return nothing;
    return html`<button type="button" class="chip" part="chip" aria-pressed=${String(on)} @click=${() => search?.toggle(chip, root)}>
      ${words.search.chips[chip]}${on ? icon("close") : nothing}
    </button>`;
  });
}
