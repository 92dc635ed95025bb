/** A list as it is drawn: its head, what is in the place, the line below. */
import { html, nothing } from "lit";
import type { FolderState, TreeNode } from "@keyfold/core";
import { errorText } from "../file-actions/error-text.ts";
import { isReadable } from "../file-actions/rights.ts";
import { searchOf } from "../search/folder-search.ts";
import { listBlank, listSkeleton } from "./list-blank.ts";
import { listFilters } from "./list-filters.ts";
import { listCards, listTable } from "./list-grid.ts";
import { choosePlace, chooseSort } from "./list-menus.ts";
import type { ListParts } from "./list-parts.ts";
import { pathOf, placeName, wayTo } from "./list-place.ts";
import type { ListScene } from "./list-scene.ts";
import { listStatus } from "./list-status.ts";
import { listToolbar } from "./list-toolbar.ts";
import { nextSort } from "./node-order.ts";
import type { RowEvents } from "./row-events.ts";

export function drawToolbar(parts: ListParts) {
  const { acting, choosing, drops, shown } = parts;
  const now = parts.now();
  const { words, state } = now;
  return listToolbar({
    words,
    view: now.view,
    inTrash: shown.inTrash,
    mayChange: state === null ? now.status === "none" && !now.readonly : now.mayChange,
    allowed: now.allowed,
    path: pathOf(now),
    top: { id: now.root, name: placeName(words, state, now.root) },
    found: isReadable(state) ? shown.foundWords(words) : null,
    sortLabel: shown.ranked ? words.list.byRelevance : words.list.sortBy[now.sort.key],
    count: shown.nodes.length,
    selected: choosing.ids.length,
    over: drops.target,
    run: (action) => void acting.run(action, choosing.ids.length > 1 ? choosing.ids : []),
    show: (view) => parts.show(view),
    navigate: (id) => parts.navigate(id),
    clearSelection: () => choosing.none(),
    placeMenu: (place) => void acting.openMenu(choosing.ids, place),
    sortMenu: (place) => void sortMenu(parts, place),
    pathMenu: (nodes, place) => void pathMenu(parts, nodes, place),
    dragOverCrumb: (id, event) => drops.over(event, id, `crumb ${id ?? ""}`),
    dropOnCrumb: (id, event) => drops.drop(event, id),
  });
}

async function sortMenu(parts: ListParts, place: Element): Promise<void> {
  const { words, sort } = parts.now();
  const chosen = await chooseSort(parts.menu(), words, sort, place);
  if (chosen !== null) parts.sortBy(chosen);
}

async function pathMenu(parts: ListParts, nodes: readonly TreeNode[], place: Element): Promise<void> {
  const id = await choosePlace(parts.menu(), parts.now().words, nodes, place);
  if (id !== null) parts.navigate(id);
}

export function drawFilters(parts: ListParts) {
  const { words, state, folder } = parts.now();
  const { query } = parts.shown;
  if (query === null || folder === null || !isReadable(state) || !parts.shown.showsChips) return nothing;
  return listFilters(words, query, searchOf(folder));
}

export function drawPlace(parts: ListParts, rows: RowEvents) {
  const { words, status, state, view, place } = parts.now();
  const { nodes, found } = parts.shown;
  if (status === "opening" || (found?.searching === true && nodes.length === 0)) return listSkeleton(words);
  if (state === null || !isReadable(state) || nodes.length === 0) return drawBlank(parts);
  const name = parts.shown.foundWords(words) ?? placeName(words, state, place);
  const grid = { scene: sceneOf(parts, rows, state), nodes, slots: parts.windowed.slots, name };
  return html`${view === "grid" ? listCards(grid, parts.cards.count) : listTable(grid)}${drawMore(parts)}`;
}

/** Below the best of what was found: the way to the others. */
function drawMore(parts: ListParts) {
  const { words, folder } = parts.now();
  const { found } = parts.shown;
  if (found === null || folder === null || found.total <= found.hits.length) return nothing;
  return html`<div class="more-found">
    <span class="muted small">${words.list.shownOf(found.hits.length, found.total)}</span>
    <button type="button" class="button quiet" @click=${() => searchOf(folder).more()}>${words.list.showMore}</button>
  </div>`;
}

function drawBlank(parts: ListParts) {
  const now = parts.now();
  const { words, state, folder } = now;
  return listBlank({
    words,
    status: now.status,
    readable: state === null || isReadable(state),
    found: parts.shown.query,
    inTrash: parts.shown.inTrash,
    isTop: now.place === now.root,
    placeName: placeName(words, state, now.place),
    mayAdd: state === null ? !now.readonly : now.mayChange && (now.allowed?.has("add-files") ?? true),
    run: (action) => void parts.acting.run(action, []),
    search: folder === null ? null : searchOf(folder),
  });
}

export function drawStatus(parts: ListParts) {
  const { acting, lastChange, renaming } = parts;
  const { words, state } = parts.now();
  return listStatus({
    words,
    error: renaming.wrong ?? (acting.report.error === null ? null : errorText(words, acting.report.error)),
    done: lastChange.news,
    nameOf: (id) => placeName(words, state, id),
    cut: acting.cut.size,
    undo: () => void lastChange.undo(),
    dismiss: () => {
      lastChange.dismiss();
      renaming.dismiss();
      acting.report.dismiss();
    },
  });
}

function sceneOf(parts: ListParts, rows: RowEvents, state: FolderState): ListScene {
  const { acting, choosing, drops, focus, shown } = parts;
  const { words, format, sort, mayChange } = parts.now();
  return {
    words,
    format,
    state,
    sort,
    inTrash: shown.inTrash,
    searching: shown.searching,
    ranked: shown.ranked,
    rangesOf: (node) => shown.hitOf(node.id)?.ranges ?? [],
    mayChange,
    narrow: parts.cards.narrow,
    draggable: mayChange && !shown.inTrash && !choosing.longPress.touching,
    selected: new Set(choosing.ids),
    cut: acting.cut,
    focusedId: focus.id,
    focusedColumn: focus.column,
    renaming: parts.renaming.id,
    over: drops.target,
    thumbnail: (node) => parts.thumbnails.of(node),
    pathOf: (node) => wayTo(words, state, node),
    sortBy: (key) => parts.sortBy(nextSort(parts.now().sort, key)),
    toggle: rows.toggle,
    clicked: rows.clicked,
    opened: rows.opened,
    menu: rows.menu,
    focused: rows.focused,
    renamed: rows.renamed,
    dragStart: rows.dragStart,
    dragOver: rows.dragOver,
    drop: rows.drop,
  };
}
