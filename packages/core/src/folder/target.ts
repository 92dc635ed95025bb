/** From what a caller names (a path, a node) to what the tree holds. */
import { KeyfoldError } from "../error.ts";
import type { Target } from "../interface/folder.ts";
import type { NodeId, TreeNode, TreeView } from "../interface/tree.ts";

/** Bytes of a name in UTF-8, at most. */
const NAME_BYTES = 255;

/** Throws `invalid-name` unless it is 1 to 255 bytes of well-formed text. */
export function checkedName(name: string): string {
  if (name === "" || !name.isWellFormed() || new TextEncoder().encode(name).length > NAME_BYTES) {
    throw new KeyfoldError("invalid-name", "A name has 1 to 255 bytes of text.");
  }
  return name;
}

/** The names in a path; "/" has none. Throws `invalid-name` on an empty one inside. */
export function namesOf(path: string): string[] {
  const inner = path.replace(/^\//, "").replace(/\/$/, "");
  return inner === "" ? [] : inner.split("/").map(checkedName);
}

/** The node, or null for the root. Throws `not-found`. */
export function locate(tree: TreeView, target: Target | { node: NodeId | null }): TreeNode | null {
  if (typeof target !== "string") {
    if (target.node === null) return null;
    const node = tree.get(target.node);
    if (node === undefined) throw notFound();
    return node;
  }
  const found = tree.resolve(`/${namesOf(target).join("/")}`);
  if (found === undefined) throw notFound();
  return found;
}

/** A node that is not the root. Throws `not-found`, `invalid-argument` for the root. */
export function locateNode(tree: TreeView, target: Target): TreeNode {
  const node = locate(tree, target);
  if (node === null) throw new KeyfoldError("invalid-argument", "This cannot be done to the folder itself.");
  return node;
}

/** A directory, or null for the root. Throws `not-found`, `invalid-move` for a file. */
export function locateDirectory(tree: TreeView, target: string | { node: NodeId | null }): TreeNode | null {
  const node = locate(tree, target);
  if (node !== null && node.kind !== "directory") throw new KeyfoldError("invalid-move", "A file holds no files.");
  return node;
}

/** Nodes without those that lie below another of them, each once. */
export function topmost(tree: TreeView, nodes: readonly TreeNode[]): TreeNode[] {
  const ids = new Set(nodes.map((node) => node.id));
  const below = (node: TreeNode): boolean => tree.path(node.id).some((above) => above.id !== node.id && ids.has(above.id));
  return [...new Map(nodes.map((node) => [node.id, node])).values()].filter((node) => !below(node));
}

function notFound(): KeyfoldError {
  return new KeyfoldError("not-found", "There is no such file or directory in this folder.");
}
