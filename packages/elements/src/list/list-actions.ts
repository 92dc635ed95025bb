import type { NodeId } from "@keyfold/core";
import type { ActionId } from "../file-actions/action-list.ts";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { ListParts } from "./list-parts.ts";
import { takingPlace } from "./list-place.ts";

/** Does the actions that a list does its own way; false for all others. */
export function doInList(parts: ListParts, action: ActionId, nodes: readonly NodeId[]): boolean {
  const now = parts.now();
  const node = now.state?.tree.get(nodes[0] ?? "");
  const to = node?.kind === "directory" ? node.id : takingPlace(now);
  switch (action) {
    case "open":
    case "preview":
      if (node !== undefined) parts.open(node);
      return true;
    case "rename":
      // what the list does not show is renamed in a dialog
      if (node === undefined || !parts.shown.order.includes(node.id)) return false;
      parts.renaming.begin(node.id);
      return true;
    case "add-files":
      parts.lookOver().pick({ node: to }, false);
      return true;
    case "add-folder":
      parts.lookOver().pick({ node: to }, true);
      return true;
    case "select-all":
      parts.choosing.all();
      return true;
    case "show-trash":
      parts.navigate(trashPlace);
      return true;
    case "undo":
      void parts.lastChange.undo();
      return true;
    case "shortcuts":
      parts.showShortcuts();
      return true;
    default:
      return false;
  }
}
