/**
 * Dragging nodes between the elements of a page. While something is dragged a browser tells only the types of what it carries: which nodes they
 * are is kept here, and only their count leaves the page.
 *
 * @module
 */
import type { Folder, NodeId } from "@keyfold/core";

/** The type that a drag of nodes carries; its text is empty. */
export const nodeDragType = "application/x-keyfold-nodes";

interface NodeDrag {
  readonly folder: Folder;
  readonly ids: readonly NodeId[];
}

let current: NodeDrag | null = null;

export function beginNodeDrag(event: DragEvent, folder: Folder, ids: readonly NodeId[]): void {
  const carried = event.dataTransfer;
  if (carried === null) return;
  current = { folder, ids };
  carried.setData(nodeDragType, "");
  carried.effectAllowed = "move";
}

export function endNodeDrag(): void {
  current = null;
}

/** The nodes of this folder that are being dragged; null for anything else, also for nodes of another folder. */
export function draggedNodes(event: DragEvent, folder: Folder | null): readonly NodeId[] | null {
  if (current === null || current.folder !== folder || !event.dataTransfer?.types.includes(nodeDragType)) return null;
  return current.ids;
}

/** Whether files from the computer are being dragged. */
export function dragsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true && !event.dataTransfer.types.includes(nodeDragType);
}
