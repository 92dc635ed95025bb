/** Where a list is: the place that is shown, the way down to it, what it is called. */
import type { FolderState, NodeId, TreeNode } from "@keyfold/core";
import { trashPlace } from "../file-actions/node-actions.ts";
import { isReadable } from "../file-actions/rights.ts";
import type { Words } from "../i18n/index.ts";

export interface ListPlace {
  readonly state: FolderState | null;
  /** Id of the topmost directory; null is the folder's root. */
  readonly root: NodeId | null;
  /** Id of the directory that is shown; null is the folder's root, or the trash. */
  readonly place: NodeId | null;
}

/** From below the topmost directory down to the one that is shown. */
export function pathOf({ state, root, place }: ListPlace): readonly TreeNode[] {
  if (state === null || !isReadable(state) || place === null || place === trashPlace) return [];
  return state.tree.path(place).slice(root === null ? 0 : state.tree.path(root).length);
}

/** The directory above the one that is shown; undefined where there is none. */
export function placeAbove(at: ListPlace, inTrash: boolean): NodeId | null | undefined {
  const path = pathOf(at);
  return inTrash || path.length > 0 ? (path.at(-2)?.id ?? at.root) : undefined;
}

/** The directory that takes what is added or dropped: the trash takes nothing, so that goes to the root. */
export function takingPlace({ place }: ListPlace): NodeId | null {
  return place === trashPlace ? null : place;
}

/** Where a node lies, as a person reads it. */
export function wayTo(words: Words, state: FolderState, node: TreeNode): string {
  const above = state.tree.path(node.id).slice(0, -1);
  return [words.files.myFolder, ...above.map((each) => each.displayName)].join(" / ");
}

export function placeName(words: Words, state: FolderState | null, id: NodeId | null): string {
  if (id === trashPlace) return words.files.trash;
  return (id === null ? undefined : state?.tree.get(id)?.displayName) ?? words.files.myFolder;
}
