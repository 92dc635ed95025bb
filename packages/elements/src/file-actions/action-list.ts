/** Which actions a menu offers for what is chosen: the same in list, tree and details. */
import type { NodeId, TreeView } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import type { MenuItem } from "./menu.ts";

export const actionIds = [
  "open",
  "preview",
  "download",
  "rename",
  "move",
  "cut",
  "paste",
  "trash",
  "restore",
  "purge",
  "empty-trash",
  "new-subfolder",
  "add-files",
  "add-folder",
  "select-all",
  "undo",
  "redo",
  "show-trash",
  "shortcuts",
] as const;
export type ActionId = (typeof actionIds)[number];

export interface ActionScene {
  readonly tree: TreeView;
  readonly words: Words;
  /** What is chosen; empty for the place itself. */
  readonly ids: readonly NodeId[];
  readonly inTrash: boolean;
  readonly mayChange: boolean;
  /** How many nodes wait to be pasted. */
  readonly cut: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the page allows; null is everything. */
  readonly allowed: ReadonlySet<string> | null;
}

/** The `actions` attribute: action ids, separated by spaces. Absent allows all; empty allows none. */
export function parseActions(attribute: string | null): ReadonlySet<string> | null {
  return attribute === null ? null : new Set(attribute.split(/\s+/u).filter((id) => id !== ""));
}

/** On Apple's systems the shortcuts are said as they are written there. */
const apple = typeof navigator !== "undefined" && /Mac|iP(hone|ad|od)/u.test(navigator.platform);
export function keyName(key: string): string {
  return apple ? key.replace("Ctrl+", "⌘").replace("Shift+", "⇧").replace("Delete", "⌫") : key;
}

export function menuFor(scene: ActionScene): readonly MenuItem<ActionId>[] {
  const { allowed } = scene;
  const items = scene.ids.length === 0 ? placeMenu(scene) : scene.inTrash ? trashedMenu(scene) : nodeMenu(scene);
  return items.filter((item) => allowed === null || allowed.has(item.id));
}

function nodeMenu({ tree, words, ids, mayChange, cut }: ActionScene): readonly MenuItem<ActionId>[] {
  const only = ids.length === 1 ? tree.get(ids[0] ?? "") : undefined;
  const zipped = only?.kind !== "file";
  const say = words.actions;
  const items: MenuItem<ActionId>[] = [];
  if (only?.kind === "directory") items.push({ id: "open", label: say.open, icon: "open", keys: "Enter" });
  if (only?.kind === "file") items.push({ id: "preview", label: say.preview, icon: "eye", keys: "Enter" });
  items.push({ id: "download", label: zipped ? say.downloadZip : say.download, icon: "download" });
  if (!mayChange) return items;
  if (only !== undefined) items.push({ id: "rename", label: say.rename, icon: "rename", keys: "F2", apart: true });
  items.push({ id: "move", label: say.move, icon: "folder-move", apart: only === undefined });
  items.push({ id: "cut", label: say.cut, icon: "files", keys: keyName("Ctrl+X") });
  if (only?.kind === "directory") {
    if (cut > 0) items.push({ id: "paste", label: say.pasteCount(cut), icon: "copy", keys: keyName("Ctrl+V") });
    items.push({ id: "new-subfolder", label: say.newSubfolder, icon: "folder-plus" });
  }
  items.push({ id: "trash", label: say.trash, icon: "trash", keys: keyName("Delete"), danger: true, apart: true });
  return items;
}

function trashedMenu({ words, mayChange }: ActionScene): readonly MenuItem<ActionId>[] {
  if (!mayChange) return [];
  return [
    { id: "restore", label: words.actions.restore, icon: "history" },
    { id: "purge", label: words.actions.purge, icon: "trash", danger: true, apart: true },
  ];
}

function placeMenu({ tree, words, inTrash, mayChange, cut, canUndo, canRedo }: ActionScene): readonly MenuItem<ActionId>[] {
  const say = words.actions;
  const items: MenuItem<ActionId>[] = [];
  if (inTrash) {
    if (mayChange && tree.trash().length > 0) items.push({ id: "empty-trash", label: say.emptyTrash, icon: "trash", danger: true });
    return items;
  }
  if (mayChange) {
    items.push({ id: "new-subfolder", label: say.newSubfolder, icon: "folder-plus" });
    items.push({ id: "add-files", label: say.addFiles, icon: "upload" });
    items.push({ id: "add-folder", label: say.addFolder, icon: "folder" });
    if (cut > 0) items.push({ id: "paste", label: say.pasteCount(cut), icon: "copy", keys: keyName("Ctrl+V") });
    if (canUndo) items.push({ id: "undo", label: say.undo, icon: "history", keys: keyName("Ctrl+Z"), apart: true });
    if (canRedo) items.push({ id: "redo", label: say.redo, icon: "retry", keys: keyName("Ctrl+Shift+Z"), apart: !canUndo });
  }
  items.push({ id: "select-all", label: say.selectAll, icon: "check", keys: keyName("Ctrl+A"), apart: true });
  items.push({ id: "show-trash", label: say.showTrash, icon: "trash" });
  items.push({ id: "shortcuts", label: say.shortcuts, icon: "help", keys: "?" });
  return items;
}
