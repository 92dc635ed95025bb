/**
 * The changes that a person makes to the tree: what the list, the tree, menus, keys and drops all call. The folder remembers the way back of each.
 *
 * @module
 */
import type { Folder, NodeId, TreeNode, TreeView } from "@keyfold/core";

/** Where a move is refused before anything is asked of the folder. */
export function canMove(tree: TreeView, ids: Iterable<NodeId>, to: NodeId | null): boolean {
  const target = to === null ? null : tree.get(to);
  if (target === undefined || (target !== null && (target.kind !== "directory" || target.trashed))) return false;
  const above = new Set(to === null ? [] : tree.path(to).map((node) => node.id));
  let changes = false;
  for (const id of ids) {
    const node = tree.get(id);
    if (node === undefined || above.has(id)) return false;
    if (node.parent !== to) changes = true;
  }
  return changes;
}

/** Leaves out what lies below another of the ids: it moves with it. */
export function outermost(tree: TreeView, ids: Iterable<NodeId>): readonly NodeId[] {
  const chosen = new Set(ids);
  return [...chosen].filter((id) => {
    const path = tree.path(id);
    return tree.get(id) !== undefined && !path.slice(0, -1).some((above) => chosen.has(above.id));
  });
}

const targets = (ids: readonly NodeId[]) => ids.map((node) => ({ node }));

export async function moveNodes(folder: Folder, ids: Iterable<NodeId>, to: NodeId | null): Promise<void> {
  const tree = folder.state.tree;
  const moved = outermost(tree, ids).filter((id) => tree.get(id)?.parent !== to);
  if (moved.length === 0) return;
  await folder.move(targets(moved), { node: to });
}

export async function renameNode(folder: Folder, node: TreeNode, name: string): Promise<void> {
  if (name === node.name) return;
  await folder.rename({ node: node.id }, name);
}

export async function trashNodes(folder: Folder, ids: Iterable<NodeId>): Promise<void> {
  const trashed = outermost(folder.state.tree, ids);
  if (trashed.length === 0) return;
  await folder.trash(targets(trashed));
}

export async function restoreNodes(folder: Folder, ids: readonly NodeId[]): Promise<void> {
  await folder.restore(targets(ids));
}

export async function createDirectory(folder: Folder, parent: NodeId | null, name: string): Promise<TreeNode> {
  return folder.createDirectory({ parent, name });
}

/** No way back: for what is asked about first. */
export async function purgeNodes(folder: Folder, ids: readonly NodeId[]): Promise<void> {
  await folder.purge(targets(ids));
}

export async function saveNodes(folder: Folder, ids: readonly NodeId[]): Promise<void> {
  await folder.save(targets(ids));
}

/** "New subfolder", "New subfolder 2" …: the first that no sibling has. */
export function freeName(tree: TreeView, parent: NodeId | null, wanted: string): string {
  const taken = new Set(tree.children(parent).map((node) => node.name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
