import { TypeAhead } from "../file-actions/type-ahead.ts";
import type { TreeFocus } from "./tree-focus.ts";
import { stepOf } from "./tree-keys.ts";
import type { TreeStep } from "./tree-keys.ts";
import type { Row } from "./tree-row.ts";
import { rowKey } from "./tree-rows.ts";

/** A step that is more than to walk. */
export type TreeDeed = Exclude<TreeStep, { readonly go: number }>;

export interface TreeKeyboardOptions {
  readonly focus: TreeFocus;
  rows(): readonly Row[];
  nameOf(row: Row): string;
  /** Rows a page. */
  page(): number;
  take(step: TreeDeed, row: Row): void;
}

/** What keys do in a tree: they walk (ARIA tree pattern), find names by their letters, and stand for commands. */
export class TreeKeyboard {
  readonly #host: HTMLElement;
  readonly #options: TreeKeyboardOptions;
  readonly #typeAhead = new TypeAhead();

  constructor(host: HTMLElement, options: TreeKeyboardOptions) {
    this.#host = host;
    this.#options = options;
  }

  readonly pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const { focus } = this.#options;
    const rows = this.#options.rows();
    // the focus may have moved since the last drawing
    const index = rows.findIndex((each) => rowKey(each.id) === focus.key);
    const row = rows[index];
    if (row === undefined) return;
    if (this.#typeAhead.takes(event) && !["*", "?", "/"].includes(event.key)) {
      const names = rows.map((each) => this.#options.nameOf(each));
      const found = this.#typeAhead.find(event.key, names, index, event.timeStamp);
      if (found >= 0) focus.go(found);
    } else {
      const rightToLeft = getComputedStyle(this.#host).direction === "rtl";
      const step = stepOf(event, { rows, index, page: this.#options.page(), rightToLeft });
      if (step === null) return;
      if (typeof step === "object" && "go" in step) focus.go(step.go);
      else this.#options.take(step, row);
    }
    event.preventDefault();
  };
}
