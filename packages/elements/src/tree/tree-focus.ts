import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Row } from "./tree-row.ts";
import { rootRow, rowKey } from "./tree-rows.ts";

type Host = ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment };

/** The one row with a place in the tab order (ARIA tree pattern): which it is, and that it is really focused once it is drawn. */
export class TreeFocus implements ReactiveController {
  /** Key of the row. */
  key = rootRow;
  index = 0;
  readonly #host: Host;
  readonly #rows: () => readonly Row[];
  #wanted = false;

  constructor(host: Host, rows: () => readonly Row[]) {
    this.#host = host;
    this.#rows = rows;
    host.addController(this);
  }

  /** Another row has the place; `want()` moves the focus too. */
  at(key: string): void {
    if (key === this.key) return;
    this.key = key;
    this.#host.requestUpdate();
  }

  /** Moves the real focus there once it is drawn. */
  want(): void {
    this.#wanted = true;
    this.#host.requestUpdate();
  }

  /** Moves to a row; past either end, to the last one there. */
  go(index: number): void {
    const rows = this.#rows();
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
    if (row === undefined) return;
    this.at(rowKey(row.id));
    this.want();
  }

  /** Where the focused row went away, the one that took its place has the focus. Before each drawing. */
  keep(): void {
    const rows = this.#rows();
    const at = rows.findIndex((row) => rowKey(row.id) === this.key);
    if (at >= 0) {
      this.index = at;
      return;
    }
    this.index = Math.max(0, Math.min(this.index, rows.length - 1));
    this.key = rowKey(rows[this.index]?.id ?? null);
  }

  hostUpdated(): void {
    if (!this.#wanted) return;
    const focused = this.#host.renderRoot.querySelector<HTMLElement>('.item[tabindex="0"]');
    if (focused === null) return;
    this.#wanted = false;
    focused.focus({ preventScroll: true });
    focused.scrollIntoView?.({ block: "nearest" });
  }
}
