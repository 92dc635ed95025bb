/** Taking back one's own last changes to the tree. */
import type { NodeId } from "./tree.ts";

/**
 * The last change made by this page that can be taken back. The same object until another one is the last.
 *
 * `kind` is what was done (of a redo: what would be done again), to these nodes.
 */
export interface Undoable {
  readonly kind: "mkdir" | "rename" | "move" | "trash" | "restore";
  readonly nodes: readonly NodeId[];
  /** `move`, `mkdir`: the directory they went to; null is the root. */
  readonly to?: NodeId | null;
}

/**
 * Why a change is not taken back: the reason of `changed-since`.
 *
 * - `renamed`, `moved`, `trashed`, `restored`, `deleted`: what became of a node since, or of the directory that it would go back to
 * - `replaced`: another device gave the file a new current version
 * - `filled`: something lies in the directory that was made
 */
export type ChangedSince = "renamed" | "moved" | "trashed" | "restored" | "deleted" | "replaced" | "filled";
