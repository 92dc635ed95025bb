/** Which of the picked files meet a name that exists already where they go. */
import type { NodeId, Transfer, TreeView } from "@keyfold/core";

/**
 * Ids of the transfers whose name is taken.
 *
 * @param place where they go, as long as the directory that a path names is not made
 */
export function takenNames(
  tree: TreeView,
  transfers: readonly Transfer[],
  place: string | { readonly node: NodeId | null },
): ReadonlySet<string> {
  const top = typeof place === "string" ? tree.resolve(place) : null;
  if (top === undefined) return new Set();
  const taken = new Set<string>();
  const names = new Map<string, ReadonlySet<string>>();
  for (const transfer of transfers) {
    const at = transfer.node ?? (typeof place === "string" ? (top?.id ?? null) : place.node);
    const key = JSON.stringify([at, ...transfer.path]);
    let there = names.get(key);
    if (there === undefined) names.set(key, (there = namesIn(tree, at, transfer.path)));
    if (there.has(transfer.name)) taken.add(transfer.id);
  }
  return taken;
}

function namesIn(tree: TreeView, top: NodeId | null, path: readonly string[]): ReadonlySet<string> {
  let at: NodeId | null = top;
  for (const name of path) {
    const below = tree.children(at).find((node) => node.kind === "directory" && node.name === name);
    if (below === undefined) return new Set();
    at = below.id;
  }
  return new Set(tree.children(at).map((node) => node.name));
}
