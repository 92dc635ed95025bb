import type { NodeId, TreeNode } from "@keyfold/core";
import { LongPress } from "./long-press.ts";
import { emptySelection, extendTo, keepExisting, selectAll, selectOnly, toggle } from "./selection.ts";
import type { Selection } from "./selection.ts";

export interface ChoosingOptions {
  /** Ids in the order that is shown. */
  order(): readonly NodeId[];
  /** Another choice was made. */
  chose(ids: readonly NodeId[]): void;
  /** A tap of a finger that chooses nothing. */
  tapped(node: TreeNode): void;
}

/** What is chosen, and how mouse, keys and fingers choose. */
export class Choosing {
  readonly longPress = new LongPress();
  readonly #options: ChoosingOptions;
  #selection: Selection = emptySelection;

  constructor(options: ChoosingOptions) {
    this.#options = options;
  }

  get ids(): readonly NodeId[] {
    return this.#selection.ids;
  }

  /** Takes what the page chose. */
  set(ids: readonly NodeId[]): void {
    if (ids !== this.#selection.ids) this.#selection = { ids, anchor: ids[0] ?? null };
  }

  /** Leaves out what is not there any more. */
  keep(exists: (id: NodeId) => boolean): void {
    this.#become(keepExisting(this.#selection, exists));
  }

  only(id: NodeId): void {
    this.#become(selectOnly(id));
  }

  toggle(id: NodeId): void {
    this.#become(toggle(this.#selection, id));
  }

  extend(id: NodeId): void {
    this.#become(extendTo(this.#selection, id, this.#options.order()));
  }

  all(): void {
    this.#become(selectAll(this.#options.order(), this.#selection));
  }

  none(): void {
    this.longPress.choosing = false;
    this.#become(emptySelection);
  }

  /** A click, or a tap, on a row. */
  click(node: TreeNode, event: MouseEvent): void {
    const { longPress } = this;
    if (longPress.takeClick()) return;
    if (longPress.touching) {
      if (!longPress.choosing) return this.#options.tapped(node);
      this.toggle(node.id);
      if (this.ids.length === 0) longPress.choosing = false;
    } else if (event.shiftKey) this.extend(node.id);
    else if (event.ctrlKey || event.metaKey) this.toggle(node.id);
    else this.only(node.id);
  }

  #become(selection: Selection): void {
    const { ids } = this.#selection;
    const same = selection.ids.length === ids.length && selection.ids.every((id, index) => id === ids[index]);
    this.#selection = same ? { ids, anchor: selection.anchor } : selection;
    if (!same) this.#options.chose(selection.ids);
  }
}
