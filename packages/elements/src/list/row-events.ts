import type { ReactiveController } from "lit";
import type { TreeNode } from "@keyfold/core";
import type { MenuPlace } from "../file-actions/menu.ts";
import type { ListParts } from "./list-parts.ts";
import type { ListScene } from "./list-scene.ts";

type Told = "toggle" | "clicked" | "opened" | "menu" | "focused" | "renamed" | "dragStart" | "dragOver" | "drop";

/** What mouse and fingers do on rows, cards, and the place between them. */
export class RowEvents implements ReactiveController, Pick<ListScene, Told> {
  readonly #parts: ListParts;

  constructor(parts: ListParts) {
    this.#parts = parts;
    parts.host.addController(this);
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    this.#parts.choosing.longPress.cancel();
  }

  readonly toggle = (node: TreeNode, event: Event): void => {
    event.stopPropagation();
    if (event instanceof MouseEvent && event.shiftKey) this.#parts.choosing.extend(node.id);
    else this.#parts.choosing.toggle(node.id);
  };

  readonly clicked = (node: TreeNode, event: MouseEvent): void => {
    const { choosing, focus, renaming } = this.#parts;
    if (renaming.id === node.id) return;
    focus.at(node.id, "name");
    focus.want();
    choosing.click(node, event);
  };

  readonly opened = (node: TreeNode): void => {
    if (!this.#parts.choosing.longPress.touching) this.#parts.open(node);
  };

  /** The menu of a node, and of all that is chosen with it. */
  readonly menu = (node: TreeNode, place: MenuPlace): void => {
    const { acting, choosing } = this.#parts;
    if (!choosing.ids.includes(node.id)) choosing.only(node.id);
    void acting.openMenu(choosing.ids, place);
  };

  readonly focused: ListScene["focused"] = (node, column) => this.#parts.focus.at(node.id, column);

  readonly renamed = (node: TreeNode, name: string | null): void => void this.#parts.renaming.finish(node, name);

  readonly dragStart = (node: TreeNode, event: DragEvent): void => {
    const { choosing, drops } = this.#parts;
    if (!choosing.ids.includes(node.id)) choosing.only(node.id);
    drops.begin(event, choosing.ids);
  };

  readonly dragOver = (node: TreeNode, event: DragEvent): void => {
    if (node.kind === "directory") this.#parts.drops.over(event, node.id, node.id);
  };

  readonly drop = (node: TreeNode, event: DragEvent): void => {
    if (node.kind === "directory") this.#parts.drops.drop(event, node.id);
  };

  readonly contextMenu = (event: MouseEvent): void => {
    const { acting, choosing, renaming } = this.#parts;
    if (renaming.id !== null || this.#parts.now().folder === null) return;
    event.preventDefault();
    if (choosing.longPress.touching) return;
    const node = this.#nodeOf(event);
    const atKeyboard = event.clientX === 0 && event.clientY === 0;
    const place = atKeyboard && event.target instanceof Element ? event.target : { x: event.clientX, y: event.clientY };
    if (node !== undefined) this.menu(node, place);
    else {
      choosing.none();
      void acting.openMenu([], place);
    }
  };

  readonly pointerDown = (event: PointerEvent): void => {
    const { choosing, host } = this.#parts;
    const node = this.#nodeOf(event);
    const was = choosing.longPress.touching;
    choosing.longPress.down(event, host, () => {
      if (node !== undefined) choosing.toggle(node.id);
    });
    if (was !== choosing.longPress.touching) host.requestUpdate();
  };

  #nodeOf(event: Event): TreeNode | undefined {
    const { shown } = this.#parts;
    const row = event
      .composedPath()
      .find((target): target is HTMLElement => target instanceof HTMLElement && target.dataset["id"] !== undefined);
    return row === undefined ? undefined : shown.nodes[shown.order.indexOf(row.dataset["id"] ?? "")];
  }
}
