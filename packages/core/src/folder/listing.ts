/** One directory, or a search below it, sorted and filtered: what lists draw. Worked out when it is read, and only if something changed. */
import type { FolderState, Readable } from "../interface/state.ts";
import type { Listing, ListingQuery, NodeId, SortKey, TreeNode, TreeView } from "../interface/tree.ts";
import { kindOf } from "../tree/kind.ts";

/** `folder.listing(query)`. */
export function listingOf(state: Readable<FolderState>, query: ListingQuery): Readable<Listing> {
  let from: TreeView | undefined;
  let version = -1;
  let listing: Listing = { nodes: [] };
  const sorting = new Sorting(query);
  return {
    get value() {
      const { tree } = state.value;
      if (tree !== from || tree.version !== version) {
        from = tree;
        version = tree.version;
        listing = { nodes: sorting.of(tree) };
      }
      return listing;
    },
    subscribe(listener) {
      let seen = state.value.tree;
      return state.subscribe(() => {
        if (state.value.tree === seen) return;
        seen = state.value.tree;
        listener();
      });
    },
  };
}

/** The nodes that a query asks for, in its order. */
export function select(tree: TreeView, query: ListingQuery): readonly TreeNode[] {
  return new Sorting(query).of(tree);
}

/** Sorts time after time: what stood in order and is the same still does, so that a change costs what changed, and not a sort of everything. */
class Sorting {
  readonly #query: ListingQuery;
  #sorted: readonly TreeNode[] = [];

  constructor(query: ListingQuery) {
    this.#query = query;
  }

  of(tree: TreeView): readonly TreeNode[] {
    const { sort = "name", descending = false, directoriesFirst = true } = this.#query;
    const order = comparatorOf(tree, sort);
    const sign = descending ? -1 : 1;
    const compare = (a: TreeNode, b: TreeNode): number => {
      if (directoriesFirst && a.kind !== b.kind) return a.kind === "directory" ? -1 : 1;
      return sign * (order(a, b) || byName(a, b)) || byText(a.displayName, b.displayName) || byText(a.id, b.id);
    };
    const wanted = candidates(tree, this.#query);
    const fresh = new Set(wanted);
    // A directory's size is not the node's own: it may be another one though the node is the same.
    const kept = this.#sorted.filter((node) => (sort !== "size" || node.kind === "file") && fresh.delete(node));
    this.#sorted = fresh.size > kept.length / 4 ? wanted.toSorted(compare) : merged(kept, [...fresh].sort(compare), compare);
    return this.#sorted;
  }
}

/** What a collator takes for the same stands in one order all the same, whatever was sorted before. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Two sorted lists as one. */
function merged(many: readonly TreeNode[], few: readonly TreeNode[], compare: (a: TreeNode, b: TreeNode) => number): TreeNode[] {
  const all: TreeNode[] = [];
  let from = 0;
  for (const node of few) {
    let [low, high] = [from, many.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(many[middle]!, node) <= 0) low = middle + 1;
      else high = middle;
    }
    for (; from < low; from++) all.push(many[from]!);
    all.push(node);
  }
  for (; from < many.length; from++) all.push(many[from]!);
  return all;
}

function candidates(tree: TreeView, query: ListingQuery): readonly TreeNode[] {
  const { text = "", kinds = [], trashed = false } = query.filter ?? {};
  const words = folded(text).split(/\s+/u).filter(Boolean);
  const searching = words.length > 0 || kinds.length > 0;
  const within = trashed ? trashBelow(tree, query.root) : searching ? Array.from(tree.descend(query.root)) : tree.children(query.root);
  if (!searching) return within;
  return within.filter((node) => {
    if (kinds.length > 0 && !kinds.includes(kindOf(node))) return false;
    const name = folded(node.displayName);
    return words.every((word) => name.includes(word));
  });
}

function trashBelow(tree: TreeView, root: NodeId | null): readonly TreeNode[] {
  if (root === null) return tree.trash();
  return tree.trash().filter((node) => tree.path(node.id).some((above) => above.id === root && above.id !== node.id));
}

/** Case and accents do not count in a search. */
function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function byName(a: TreeNode, b: TreeNode): number {
  return collator.compare(a.displayName, b.displayName);
}

function comparatorOf(tree: TreeView, sort: SortKey): (a: TreeNode, b: TreeNode) => number {
  if (sort === "name") return byName;
  if (sort === "kind") return (a, b) => collator.compare(kindOf(a), kindOf(b));
  const sizes = new Map<NodeId, number>();
  const numberOf = (node: TreeNode): number => {
    if (sort === "modified") return node.current?.modified ?? node.added?.at ?? 0;
    if (sort === "added") return node.added?.at ?? 0;
    let size = sizes.get(node.id);
    if (size === undefined) sizes.set(node.id, (size = tree.size(node.id)));
    return size;
  };
  return (a, b) => numberOf(a) - numberOf(b);
}
