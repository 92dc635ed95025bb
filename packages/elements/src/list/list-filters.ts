import { html } from "lit";
import type { Words } from "../i18n/index.ts";
import { chipRow } from "../search/chip-row.ts";
import type { FolderSearch, SearchQuery } from "../search/folder-search.ts";

/** The filters of a search, above what was found. */
export function listFilters(words: Words, query: SearchQuery, search: FolderSearch) {
  return html`<div class="chips filters" role="group" aria-label=${words.search.filters}>
    ${chipRow(words, search, query.root, search.here.value)}
    <button type="button" class="clear" @click=${() => search.clear()}>${words.list.clearSearch}</button>
  </div>`;
}
