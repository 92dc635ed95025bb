/** A folder to loop over. */
import type { NodeId, TreeNode } from "./tree.ts";

/** What may be given up: rejects with `cancelled`. */
export interface Abortable {
  signal?: AbortSignal | undefined;
}

/** That something changed, here or elsewhere. No names: `state.tree` has them. */
export interface FolderChange {
  /** Of the last verified record. */
  readonly seq: number;
  /** Nodes that were touched since the change before, deleted ones too; null where it may be any. Empty where only the place in the history moved. */
  readonly nodes: readonly NodeId[] | null;
}

export interface FilesQuery {
  /** Below this directory, at any depth; default the whole folder. */
  root?: NodeId | null;
}

export interface ListedFile {
  readonly node: TreeNode;
  /** From the root, of shown names: "/2026/return.pdf". `state.tree.resolve` finds it again. */
  readonly path: string;
}
