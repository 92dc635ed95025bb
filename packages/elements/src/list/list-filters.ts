import { html, nothing } from "lit";
import type { Folder } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import { searchChips } from "../search/folder-search.ts";
import type { FolderSearch, SearchQuery } from "../search/folder-search.ts";

/** The filters of a search, above what was found. */
export function listFilters(words: Words, query: SearchQuery, searchOf: (folder: Folder) => FolderSearch, folder: Folder | null) {
  if (folder === null) return nothing;
  const search = searchOf(folder);
  return html`<div class="chips filters" role="group" aria-label=${words.search.filters}>
    ${searchChips.map((chip) => {
      const on = query.chips.has(chip);
      return html`<button type="button" class="chip" aria-pressed=${String(on)} @click=${() => search.toggle(chip, query.root)}>
        ${words.search.chips[chip]}${on ? icon("close") : nothing}
      </button>`;
    })}
    <button type="button" class="clear" @click=${() => search.clear()}>${words.list.clearSearch}</button>
  </div>`;
}
