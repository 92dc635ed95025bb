/** A directory of the fixture's tree, or what a filter leaves of it, in the order that is asked for. */
import type { FolderState, Listing, ListingQuery, Readable, SortKey, TreeNode } from "@keyfold/core";

/** A listing that is read anew once the tree has changed. */
export function fixtureListing(
  state: () => FolderState,
  subscribe: (listener: () => void) => () => void,
  query: ListingQuery,
): Readable<Listing> {
  const read = (): Listing => ({ nodes: listed(state(), query) });
  let at = state().tree.version;
  let value = read();
  const current = (): Listing => {
    if (at !== state().tree.version) {
      at = state().tree.version;
      value = read();
    }
    return value;
  };
  return {
    get value() {
      return current();
    },
    subscribe,
  };
}

const compare = new Intl.Collator("en", { numeric: true }).compare;

function listed(state: FolderState, query: ListingQuery): readonly TreeNode[] {
  const { sort = "name", descending = false, directoriesFirst = true, filter } = query;
  const words = (filter?.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const nodes =
    filter?.trashed === true
      ? [...state.tree.trash()]
      : words.length > 0 || (filter?.kinds?.length ?? 0) > 0
        ? [...state.tree.descend(query.root)]
        : [...state.tree.children(query.root)];
  const keys: Record<SortKey, (node: TreeNode) => number | string> = {
    name: (node) => node.displayName,
    size: (node) => node.current?.size ?? 0,
    modified: (node) => node.current?.modified ?? 0,
    added: (node) => node.added?.at ?? 0,
    kind: (node) => node.current?.type ?? "",
  };
  const key = keys[sort];
  return nodes
    .filter((node) => words.every((word) => node.displayName.toLowerCase().includes(word)))
    .sort((a, b) => {
      if (directoriesFirst && a.kind !== b.kind) return a.kind === "directory" ? -1 : 1;
      const [left, right] = [key(a), key(b)];
      const order = typeof left === "number" && typeof right === "number" ? left - right : compare(String(left), String(right));
      return (descending ? -order : order) || compare(a.displayName, b.displayName);
    });
}
