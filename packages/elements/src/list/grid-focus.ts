import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { NodeId } from "@keyfold/core";
import { placeAfter } from "./grid-keys.ts";
import { columns } from "./list-scene.ts";
import type { Column } from "./list-scene.ts";

export interface GridFocusOptions {
  order(): readonly NodeId[];
  /** What scrolls; null before the first drawing. */
  scroller(): HTMLElement | null;
  /** Cards a line; null for the table. */
  across(): number | null;
  /** Rows a page. */
  page(): number;
}

type Host = ReactiveControllerHost & HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment };

/** The one cell with a place in the tab order (ARIA grid pattern): which it is, where keys take it, and that it is really focused once it is drawn. */
export class GridFocus implements ReactiveController {
  /** Id of the focused row; null while there is none. */
  id: NodeId | null = null;
  column: Column = "name";
  index = -1;
  readonly #host: Host;
  readonly #options: GridFocusOptions;
  #wanted = false;

  constructor(host: Host, options: GridFocusOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Moves the real focus there once it is drawn. */
  want(): void {
    this.#wanted = true;
    this.#host.requestUpdate();
  }

  /** Another row has the place; `want()` moves the focus too. */
  at(id: NodeId, column: Column = this.column): void {
    if (id === this.id && column === this.column) return;
    this.id = id;
    this.column = column;
    this.#host.requestUpdate();
  }

  forget(): void {
    this.id = null;
    this.index = -1;
  }

  /** Where the focused row went away, the one that took its place has the focus. Before each drawing, and before each key. */
  keep(): void {
    const order = this.#options.order();
    const at = this.id === null ? -1 : order.indexOf(this.id);
    if (at >= 0) {
      this.index = at;
      return;
    }
    if (this.id !== null && this.#host.matches(":focus-within")) this.#wanted = true;
    this.index = order.length === 0 ? -1 : Math.max(0, Math.min(this.index, order.length - 1));
    this.id = order[this.index] ?? null;
  }

  /** Follows a key of the pattern. The row it leads to; null where the key is none of these, or stays in its row. */
  walk(event: KeyboardEvent, modified: boolean): { readonly id: NodeId; readonly moved: boolean } | null {
    if (event.altKey) return null;
    const order = this.#options.order();
    const across = this.#options.across();
    const place = placeAfter(
      event.key,
      modified,
      { index: Math.max(0, this.index), column: columns.indexOf(this.column) },
      {
        count: order.length,
        columns: across === null ? this.#visibleColumns() : [columns.indexOf("name")],
        across: across ?? 1,
        page: this.#options.page(),
        rightToLeft: getComputedStyle(this.#host).direction === "rtl",
      },
    );
    const id = place === null ? undefined : order[place.index];
    if (place === null || id === undefined) return null;
    const moved = id !== this.id;
    this.at(id, columns[place.column] ?? "name");
    this.want();
    return { id, moved };
  }

  hostConnected(): void {}

  hostUpdated(): void {
    if (!this.#wanted) return;
    const scroller = this.#options.scroller();
    if (this.id === null) {
      // nothing to focus: keys still reach the place
      this.#wanted = false;
      scroller?.focus({ preventScroll: true });
      return;
    }
    const row = this.#host.renderRoot.querySelector<HTMLElement>(`[data-id="${this.id}"]`);
    const cell = row?.matches('[tabindex="0"]') === true ? row : row?.querySelector<HTMLElement>('[tabindex="0"]');
    if (row == null || cell == null || scroller === null) return;
    this.#wanted = false;
    cell.focus({ preventScroll: true });
    this.#show(row, scroller);
  }

  /** Under the sticky head a row does not count as seen. */
  #show(row: HTMLElement, scroller: HTMLElement): void {
    const head = scroller.querySelector<HTMLElement>(".head")?.offsetHeight ?? 0;
    const view = scroller.getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    if (top < view.top + head) scroller.scrollTop -= view.top + head - top;
    else if (bottom > view.bottom) scroller.scrollTop += bottom - view.bottom;
  }

  #visibleColumns(): readonly number[] {
    const row = this.#host.renderRoot.querySelector(".table > .row");
    return columns.flatMap((column, number) =>
      row?.querySelector(`[data-column="${column}"]`)?.checkVisibility() === true ? [number] : [],
    );
  }
}
