import type { TreeNode } from "@keyfold/core";
import { TypeAhead } from "../file-actions/type-ahead.ts";
import { searchOf } from "../search/folder-search.ts";
import { commandOf } from "./list-commands.ts";
import type { ListCommand } from "./list-commands.ts";
import type { ListParts } from "./list-parts.ts";
import { placeAbove } from "./list-place.ts";
import type { RowEvents } from "./row-events.ts";

/** What keys do in a list: they walk (ARIA grid pattern), find names by their letters, and stand for commands. */
export class ListKeyboard {
  readonly #parts: ListParts;
  readonly #rows: RowEvents;
  readonly #typeAhead = new TypeAhead();

  constructor(parts: ListParts, rows: RowEvents) {
    this.#parts = parts;
    this.#rows = rows;
  }

  readonly pressed = (event: KeyboardEvent): void => {
    const { choosing, focus, renaming, shown } = this.#parts;
    if (event.defaultPrevented || renaming.id !== null) return;
    // the focus may have moved since the last drawing
    focus.keep();
    const modified = event.ctrlKey || event.metaKey;
    if (event.key === "ArrowUp" && !modified && !event.shiftKey && !event.altKey && focus.index <= 0 && this.#toField()) {
      event.preventDefault();
      return;
    }
    const walked = focus.walk(event, modified);
    const inControl = event.target instanceof HTMLElement && event.target.matches("button, input");
    if (walked !== null) {
      if (walked.moved && event.shiftKey) choosing.extend(walked.id);
      else if (walked.moved && !modified) choosing.only(walked.id);
    } else if (this.#typeAhead.takes(event) && event.key !== "?" && event.key !== "/" && !(inControl && event.key === " ")) {
      this.#goTo(event);
    } else {
      const command = commandOf(event, inControl);
      if (command === null || !this.#carryOut(command, shown.nodes[focus.index], event)) return;
    }
    event.preventDefault();
  };

  #goTo(event: KeyboardEvent): void {
    const { choosing, focus, shown } = this.#parts;
    const names = shown.nodes.map((each) => each.displayName);
    const id = shown.order[this.#typeAhead.find(event.key, names, focus.index, event.timeStamp)];
    if (id === undefined) return;
    focus.at(id);
    focus.want();
    choosing.only(id);
  }

  /** False where the command means nothing here: the key is left to the page. */
  #carryOut(command: ListCommand, node: TreeNode | undefined, event: KeyboardEvent): boolean {
    const { acting, choosing } = this.#parts;
    const { inTrash } = this.#parts.shown;
    const chosen = choosing.ids.length > 0 || node === undefined ? choosing.ids : [node.id];
    switch (command) {
      case "up":
        this.#up();
        return true;
      case "help":
        this.#parts.showShortcuts();
        return true;
      case "undo":
      case "redo":
        void acting.run(command, []);
        return true;
      case "paste":
        if (inTrash) return false;
        void acting.run("paste", []);
        return true;
      case "select-all":
        choosing.all();
        return true;
      case "select-none":
        if (choosing.ids.length === 0) this.#endSearch();
        choosing.none();
        return true;
      default:
        break;
    }
    if (node === undefined) return false;
    switch (command) {
      case "open":
        this.#parts.open(node);
        break;
      case "toggle":
        choosing.toggle(node.id);
        break;
      case "extend":
        choosing.extend(node.id);
        break;
      case "rename":
        void acting.run("rename", [node.id]);
        break;
      case "cut":
        if (!inTrash) void acting.run("cut", chosen);
        break;
      case "trash":
        void acting.run(inTrash ? "purge" : "trash", chosen);
        break;
      default:
        this.#rows.menu(node, event.target as Element);
    }
    return true;
  }

  /** From what was found up to the field. */
  #toField(): boolean {
    const { folder } = this.#parts.now();
    return this.#parts.shown.searching && folder !== null && searchOf(folder).goToField();
  }

  #endSearch(): void {
    const { folder } = this.#parts.now();
    if (!this.#parts.shown.searching || folder === null) return;
    searchOf(folder).goToField();
    searchOf(folder).clear();
  }

  #up(): void {
    const above = placeAbove(this.#parts.now(), this.#parts.shown.inTrash);
    if (above !== undefined) this.#parts.navigate(above);
  }
}
