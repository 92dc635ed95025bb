/** The two small menus of the toolbar. */
import type { NodeId, TreeNode } from "@keyfold/core";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { Words } from "../i18n/index.ts";
import { firstSort } from "./node-order.ts";
import type { Sort } from "./node-order.ts";

const offered = ["name", "modified", "size", "kind"] as const;

export async function chooseSort(menu: KeyfoldMenu, words: Words, now: Sort, place: Element): Promise<Sort | null> {
  const items = offered.map((key) => ({ id: key, label: words.list.sortBy[key], checked: key === now.key }));
  const key = await menu.choose(items, place, words.list.sort);
  return key === null ? null : firstSort(key);
}

/** One of the directories that the path folds into "…". */
export async function choosePlace(menu: KeyfoldMenu, words: Words, nodes: readonly TreeNode[], place: Element): Promise<NodeId | null> {
  const items = nodes.map((node) => ({ id: node.id, label: node.displayName, icon: "folder" as const }));
  return menu.choose(items, place, words.list.path);
}
