/**
 * Carries out the actions on nodes for an element: asks where it must be asked, changes, keeps the error. The element says what is chosen and
 * where it is.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import type { ActionId, ActionScene } from "./action-list.ts";
import { menuFor } from "./action-list.ts";
import { ActionReport } from "./action-report.ts";
import type { KeyfoldAsk } from "./ask-dialog.ts";
import { clipboardOf } from "./cut-clipboard.ts";
import type { KeyfoldMenu, MenuPlace } from "./menu.ts";
import type { KeyfoldMove } from "./move-dialog.ts";
import { nameProblem } from "./name-problem.ts";
import {
  canMove,
  createDirectory,
  freeName,
  moveNodes,
  purgeNodes,
  renameNode,
  restoreNodes,
  saveNodes,
  trashNodes,
} from "./node-changes.ts";

/** What stands for the trash where otherwise a directory's id stands. */
export const trashPlace = "trash";

export interface ActingElement extends ReactiveControllerHost {
  readonly folder: Folder | null;
  /** What the actions need of the element. */
  actingScene(): ActingScene;
}

export interface ActingScene {
  readonly words: Words;
  readonly mayChange: boolean;
  readonly allowed: ReadonlySet<string> | null;
  readonly menu: KeyfoldMenu;
  readonly ask: KeyfoldAsk;
  readonly move: KeyfoldMove;
  /** The directory that is shown; null is the root. */
  readonly place: NodeId | null;
  readonly inTrash: boolean;
  /** Actions that the element does its own way; true when it did. */
  own(action: ActionId, ids: readonly NodeId[]): boolean;
}

export class NodeActions implements ReactiveController {
  readonly report: ActionReport;
  readonly #host: ActingElement;
  readonly #stops: (() => void)[] = [];
  #watched: Folder | null = null;

  constructor(host: ActingElement) {
    this.#host = host;
    this.report = new ActionReport(host);
    host.addController(this);
  }

  /** Nodes that wait to be pasted. */
  get cut(): ReadonlySet<NodeId> {
    return this.#host.folder === null ? new Set() : clipboardOf(this.#host.folder).value;
  }

  hostConnected(): void {}

  hostUpdate(): void {
    const folder = this.#host.folder;
    if (folder === this.#watched) return;
    this.hostDisconnected();
    this.#watched = folder;
    if (folder === null) return;
    const update = (): void => this.#host.requestUpdate();
    this.#stops.push(clipboardOf(folder).subscribe(update), folder.undoable.subscribe(update), folder.redoable.subscribe(update));
  }

  hostDisconnected(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#watched = null;
  }

  /** Opens the menu for what is chosen (nothing: for the place), and does what is chosen there. */
  async openMenu(ids: readonly NodeId[], place: MenuPlace): Promise<void> {
    const folder = this.#host.folder;
    if (folder === null) return;
    const scene = this.#host.actingScene();
    const items = menuFor(this.scene(folder, scene, ids));
    if (items.length === 0) return;
    const only = ids.length === 1 ? folder.state.tree.get(ids[0] ?? "") : undefined;
    const label = only === undefined ? scene.words.files.more : scene.words.files.moreFor(only.displayName);
    const chosen = await scene.menu.choose(items, place, label);
    if (chosen !== null) await this.run(chosen, ids);
  }

  /** Does one action, if it is offered for these nodes. */
  async run(action: ActionId, ids: readonly NodeId[]): Promise<boolean> {
    const folder = this.#host.folder;
    if (folder === null) return false;
    const scene = this.#host.actingScene();
    if (scene.allowed !== null && !scene.allowed.has(action)) return false;
    if (changes.has(action) && !scene.mayChange) return false;
    if (scene.own(action, ids)) return true;
    return this.#do(folder, scene, action, ids);
  }

  /** Nodes dropped or pasted onto a directory. */
  async moveTo(ids: readonly NodeId[], to: NodeId | null): Promise<boolean> {
    const folder = this.#host.folder;
    if (folder === null || !this.#host.actingScene().mayChange || !canMove(folder.state.tree, ids, to)) return false;
    return this.report.run(() => moveNodes(folder, ids, to));
  }

  scene(folder: Folder, scene: ActingScene, ids: readonly NodeId[]): ActionScene {
    return {
      tree: folder.state.tree,
      words: scene.words,
      ids,
      inTrash: scene.inTrash,
      mayChange: scene.mayChange,
      cut: clipboardOf(folder).value.size,
      canUndo: folder.undoable.value !== null,
      canRedo: folder.redoable.value !== null,
      allowed: scene.allowed,
    };
  }

  async #do(folder: Folder, scene: ActingScene, action: ActionId, ids: readonly NodeId[]): Promise<boolean> {
    const { report } = this;
    const first = folder.state.tree.get(ids[0] ?? "");
    switch (action) {
      case "download":
        return ids.length > 0 && report.run(() => saveNodes(folder, ids));
      case "cut":
        clipboardOf(folder).cut(ids);
        return true;
      case "paste": {
        const to = first?.kind === "directory" && ids.length === 1 ? first.id : scene.place;
        return this.moveTo(clipboardOf(folder).take(), to);
      }
      case "trash":
        return report.run(() => trashNodes(folder, ids));
      case "restore":
        return report.run(() => restoreNodes(folder, ids));
      case "undo":
        return report.run(() => folder.undo());
      case "redo":
        return report.run(() => folder.redo());
      case "rename":
        return first !== undefined && this.#rename(folder, scene, first);
      case "move":
        return this.#move(folder, scene, ids);
      case "purge":
        return this.#purge(folder, scene, ids, false);
      case "empty-trash":
        return this.#purge(
          folder,
          scene,
          folder.state.tree.trash().map((node) => node.id),
          true,
        );
      case "new-subfolder":
        return this.#createDirectory(folder, scene, first?.kind === "directory" && ids.length === 1 ? first.id : scene.place);
      // the element does the others its own way, or they mean nothing there
      default:
        return false;
    }
  }

  async #rename(folder: Folder, { words, ask }: ActingScene, node: TreeNode): Promise<boolean> {
    const name = await ask.name({
      title: words.actions.rename,
      label: words.list.renameLabel(node.displayName),
      value: node.name,
      confirm: words.actions.rename,
      cancel: words.files.cancel,
      check: (text) => nameProblem(words, text),
    });
    return name !== null && this.report.run(() => renameNode(folder, node, name));
  }

  async #move(folder: Folder, { words, move }: ActingScene, ids: readonly NodeId[]): Promise<boolean> {
    const to = await move.choose(folder, ids, words);
    return to !== undefined && this.report.run(() => moveNodes(folder, ids, to));
  }

  async #purge(folder: Folder, { words, ask }: ActingScene, ids: readonly NodeId[], all: boolean): Promise<boolean> {
    if (ids.length === 0) return false;
    const name = folder.state.tree.get(ids[0] ?? "")?.displayName ?? "";
    const sure = await ask.confirm({
      title: all ? words.purge.titleAll(ids.length) : words.purge.title(ids.length, name),
      hint: words.purge.hint,
      confirm: words.purge.confirm,
      cancel: words.files.cancel,
      danger: true,
    });
    return sure && this.report.run(() => (all ? folder.emptyTrash() : purgeNodes(folder, ids)));
  }

  async #createDirectory(folder: Folder, { words, ask }: ActingScene, parent: NodeId | null): Promise<boolean> {
    const inside = parent === null ? words.files.myFolder : (folder.state.tree.get(parent)?.displayName ?? "");
    const name = await ask.name({
      title: words.subfolder.title,
      hint: words.subfolder.inside(inside),
      label: words.subfolder.name,
      value: freeName(folder.state.tree, parent, words.actions.newSubfolderName),
      confirm: words.subfolder.create,
      cancel: words.files.cancel,
      check: (text) => nameProblem(words, text),
    });
    return name !== null && this.report.run(() => createDirectory(folder, parent, name));
  }
}

const changes: ReadonlySet<ActionId> = new Set<ActionId>([
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
  "undo",
  "redo",
]);
