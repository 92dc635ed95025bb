/** What may be done with a folder here, and which mark things wear. */
import type { FolderState, TreeNode } from "@keyfold/core";

/** Whether this device may change the folder; `readonly` is the page's wish. */
export function mayChange(state: FolderState | null, readonly: boolean): boolean {
  return !readonly && state?.access === "write" && (state.status === "open" || state.status === "signed-in" || state.status === "locking");
}

/** Whether there is anything to see: names are known. */
export function isReadable(state: FolderState | null): boolean {
  return (
    state !== null && state.access !== "none" && (state.status === "open" || state.status === "signed-in" || state.status === "locking")
  );
}

/** Whether anyone with the link can read all of it. */
export function isOpen(state: FolderState | null): boolean {
  return state?.status === "open" || state?.status === "locking";
}

/** Whether a row wears the word "Unprotected": every subfolder while the folder is open; after locking what has to be sealed anew. */
export function wearsMark(state: FolderState, node: TreeNode): boolean {
  return isOpen(state) ? node.kind === "directory" : node.exposed;
}
