/** A tree as the rows that are visible: directories that are opened show what is in them. */
import type { NodeId, TreeNode, TreeView } from "@keyfold/core";

export interface TreeRow {
  /** Null for the root. */
  readonly id: NodeId | null;
  readonly node: TreeNode | null;
  /** 1 for the topmost row. */
  readonly level: number;
  /** Null where there is nothing to open. */
  readonly expanded: boolean | null;
  readonly setSize: number;
  /** 1 for the first among its siblings. */
  readonly position: number;
}

/** The key of a row in sets: the root has no id. */
export const rootRow = "";
export const rowKey = (id: NodeId | null): string => id ?? rootRow;

export interface TreeRowsOptions {
  readonly root: NodeId | null;
  /** Keys of the rows that are opened. */
  readonly expanded: ReadonlySet<string>;
  readonly directoriesOnly: boolean;
  readonly language: string;
}

export function treeRows(tree: TreeView, options: TreeRowsOptions): readonly TreeRow[] {
  const { root, expanded, directoriesOnly } = options;
  const rows: TreeRow[] = [];
  const order = byName(options.language);

  const add = (id: NodeId | null, node: TreeNode | null, level: number, setSize: number, position: number): void => {
    const below = node?.kind === "file" ? [] : childrenOf(tree, id, directoriesOnly, order, options.language);
    // the topmost row stays openable while it is empty: it is where things arrive
    const opens = below.length > 0 || level === 1;
    const open = opens && expanded.has(rowKey(id));
    rows.push({ id, node, level, expanded: node?.kind === "file" || !opens ? null : open, setSize, position });
    if (open) for (const [index, child] of below.entries()) add(child.id, child, level + 1, below.length, index + 1);
  };
  add(root, root === null ? null : (tree.get(root) ?? null), 1, 1, 1);
  return rows;
}

type Order = (a: TreeNode, b: TreeNode) => number;

const orders = new Map<string, Order>();

/** Directories first, then by name as people count: "2" before "10". */
export function byName(language: string): Order {
  let order = orders.get(language);
  if (order === undefined) {
    const collator = new Intl.Collator(language, { numeric: true });
    order = (a, b) => (a.kind === b.kind ? collator.compare(a.displayName, b.displayName) : a.kind === "directory" ? -1 : 1);
    orders.set(language, order);
  }
  return order;
}

/** Sorting ten thousand names takes a while: each directory is sorted once for each view. */
const sorted = new WeakMap<TreeView, Map<string, readonly TreeNode[]>>();

function childrenOf(tree: TreeView, id: NodeId | null, directoriesOnly: boolean, order: Order, language: string): readonly TreeNode[] {
  let known = sorted.get(tree);
  if (known === undefined) sorted.set(tree, (known = new Map()));
  const key = `${tree.version} ${directoriesOnly} ${language} ${rowKey(id)}`;
  let children = known.get(key);
  if (children === undefined) {
    const all = tree.children(id);
    children = (directoriesOnly ? all.filter((node) => node.kind === "directory") : [...all]).sort(order);
    known.set(key, children);
  }
  return children;
}
