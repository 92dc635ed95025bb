/** The rows that a tree shows, and what each stands for: a node, the root, or the trash below them. */
import type { FolderState, NodeId } from "@keyfold/core";
import { trashPlace } from "../file-actions/node-actions.ts";
import { isReadable } from "../file-actions/rights.ts";
import type { Words } from "../i18n/index.ts";
import type { Row } from "./tree-row.ts";
import { treeRows } from "./tree-rows.ts";
import type { TreeRowsOptions } from "./tree-rows.ts";

export interface ShownRowsOptions extends TreeRowsOptions {
  /** Id of the directory that is shown elsewhere; null is the root, or the trash. */
  readonly current: NodeId | null;
}

const emptyRoot: Row = { id: null, node: null, level: 1, expanded: true, setSize: 1, position: 1 };
const trashRow: Row = { id: trashPlace, node: null, level: 1, expanded: null, setSize: 2, position: 2 };

export function shownRows(state: FolderState | null, options: ShownRowsOptions): readonly Row[] {
  const { root, current, directoriesOnly } = options;
  if (state === null || !isReadable(state)) return state === null || directoriesOnly ? [emptyRoot] : [];
  const rows: readonly Row[] = treeRows(state.tree, options);
  const showTrash = !directoriesOnly && root === null && (state.tree.trash().length > 0 || current === trashPlace);
  return showTrash ? [...rows, trashRow] : rows;
}

export function rowName(words: Words, row: Row): string {
  return row.id === trashPlace ? words.files.trash : (row.node?.displayName ?? words.files.myFolder);
}

/** Where what is dropped on a row goes; undefined for nowhere. Files are no places: what is dropped on one goes where it lies. */
export function dropPlaceOf(row: Row): NodeId | null | undefined {
  if (row.id === trashPlace) return undefined;
  return row.node?.kind === "file" ? row.node.parent : row.id;
}
