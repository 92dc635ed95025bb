/** What rows and cards are drawn from, and what they tell the list. */
import type { FolderState, NodeId, SearchHit, TreeNode } from "@keyfold/core";
import type { Formats, Words } from "../i18n/index.ts";
import type { Sort } from "./node-order.ts";

/** Columns of the table, in order. */
export const columns = ["select", "name", "from", "changed", "size", "more"] as const;
export type Column = (typeof columns)[number];

export interface ListScene {
  readonly words: Words;
  readonly format: Formats;
  readonly state: FolderState;
  readonly sort: Sort;
  readonly inTrash: boolean;
  readonly searching: boolean;
  /** What was found is in the order of how well it fits. */
  readonly ranked: boolean;
  readonly mayChange: boolean;
  /** So narrow that a row is two lines. */
  readonly narrow: boolean;
  readonly draggable: boolean;
  readonly selected: ReadonlySet<NodeId>;
  readonly cut: ReadonlySet<NodeId>;
  readonly focusedId: NodeId | null;
  readonly focusedColumn: Column;
  readonly renaming: NodeId | null;
  readonly over: NodeId | null;
  /** Where a found name has what was looked for. */
  rangesOf(node: TreeNode): SearchHit["ranges"];
  thumbnail(node: TreeNode): string | null;
  /** Where a node lies, as a person reads it. */
  pathOf(node: TreeNode): string;
  sortBy(key: Sort["key"]): void;
  toggle(node: TreeNode, event: Event): void;
  clicked(node: TreeNode, event: MouseEvent): void;
  opened(node: TreeNode): void;
  menu(node: TreeNode, place: Element): void;
  focused(node: TreeNode, column: Column): void;
  renamed(node: TreeNode, name: string | null): void;
  dragStart(node: TreeNode, event: DragEvent): void;
  dragOver(node: TreeNode, event: DragEvent): void;
  drop(node: TreeNode, event: DragEvent): void;
}

/** What is said of where a node comes from: the place in the trash or in what was found, the items of a directory, the device of a file. */
export function originOf(scene: ListScene, node: TreeNode): { readonly icon: "phone" | "laptop" | null; readonly text: string } {
  const { words, state } = scene;
  if (scene.inTrash || scene.searching) return { icon: null, text: scene.pathOf(node) };
  if (node.kind === "directory") return { icon: null, text: words.files.items(state.tree.childCount(node.id)) };
  if (node.fromDrop) return { icon: "phone", text: words.files.phone };
  if (node.added === null) return { icon: null, text: "" };
  return { icon: "laptop", text: node.added.here ? words.files.thisDevice : words.files.otherDevice };
}
