/** A row of the tree: an item of ARIA's tree pattern, its level drawn by guides. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import type { trashPlace } from "../file-actions/node-actions.ts";
import { nodeName } from "../file-actions/node-name.ts";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import { rowKey } from "./tree-rows.ts";
import type { TreeRow } from "./tree-rows.ts";

/** The trash stands below the tree as a row of its own, once there is something in it. */
export interface TrashRow {
  readonly id: typeof trashPlace;
  readonly node: null;
  readonly level: 1;
  readonly expanded: null;
  readonly setSize: 2;
  readonly position: 2;
}

export type Row = TreeRow | TrashRow;

export interface RowScene {
  readonly words: Words;
  readonly isRoot: boolean;
  readonly name: string;
  /** Wears the mark of what is not protected. */
  readonly marked: boolean;
  readonly selected: boolean;
  readonly current: boolean;
  readonly focused: boolean;
  readonly draggable: boolean;
  readonly over: boolean;
  readonly cut: boolean;
  clicked(event: MouseEvent): void;
  toggled(): void;
  gotFocus(): void;
  dragStart(event: DragEvent): void;
  dragEnd(): void;
  dragOver(event: DragEvent): void;
  drop(event: DragEvent): void;
}

export function treeRow(row: Row, scene: RowScene): TemplateResult {
  const { words, name, marked } = scene;
  const pending = row.node?.pending === true;
  const label = [name, marked ? words.files.unprotected : "", pending ? words.files.waiting : ""].filter(Boolean).join(", ");
  return html`<div
    class=${["item", scene.over ? "over" : "", scene.cut ? "cut" : ""].join(" ").trim()}
    role="treeitem"
    data-key=${rowKey(row.id)}
    aria-label=${label}
    aria-level=${row.level}
    aria-setsize=${row.setSize}
    aria-posinset=${row.position}
    aria-expanded=${row.expanded === null ? nothing : String(row.expanded)}
    aria-selected=${String(scene.selected)}
    aria-current=${scene.current ? "true" : nothing}
    tabindex=${scene.focused ? "0" : "-1"}
    draggable=${scene.draggable ? "true" : "false"}
    @click=${(event: MouseEvent) => scene.clicked(event)}
    @dblclick=${() => scene.toggled()}
    @focus=${() => scene.gotFocus()}
    @dragstart=${(event: DragEvent) => scene.dragStart(event)}
    @dragend=${() => scene.dragEnd()}
    @dragover=${(event: DragEvent) => scene.dragOver(event)}
    @drop=${(event: DragEvent) => scene.drop(event)}
  >
    ${Array.from({ length: row.level - 1 }, () => html`<span class="guide"></span>`)}
    <span class="row" part="row">
      <span class=${row.expanded === null ? "twist none" : "twist"}
        >${row.expanded === true ? icon("chevron-down") : icon("chevron-right", { class: "flip" })}</span
      >
      ${rowIcon(row, marked)}
      <span class="name" title=${name}>${row.node === null ? name : nodeName(row.node)}</span>
      ${pending ? html`<span class="waiting" title=${words.files.waiting}>${icon("clock")}</span>` : nothing}
      ${
        !marked
          ? nothing
          : scene.isRoot
            ? html`<span class="tag open" part="badge">${icon("fold-mini")}${words.files.unprotected}</span>`
            : html`<span class="badge" part="badge" title=${words.files.unprotected}>${icon("fold-mini")}</span>`
      }
    </span>
  </div>`;
}

function rowIcon(row: Row, marked: boolean): TemplateResult {
  if (row.id === "trash") return icon("trash");
  const kind = row.node === null ? "folder" : kindOf(row.node);
  return icon(iconOfKind(kind), { class: `${classOfKind(kind)}${kind === "folder" && marked ? " open" : ""}` });
}
