/** A row of the table: the parts of ARIA's grid pattern, one cell of it in the tab order. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { TreeNode } from "@keyfold/core";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import { foundName } from "../file-actions/node-name.ts";
import { wearsMark } from "../file-actions/rights.ts";
import { icon } from "../icon/index.ts";
import { originOf } from "./list-scene.ts";
import type { Column, ListScene } from "./list-scene.ts";
import { changedAt } from "./node-order.ts";
import type { Sort } from "./node-order.ts";
import { renameField } from "./rename-field.ts";

/** The heads of the columns; those that sort are buttons. */
export function listHead(scene: ListScene): TemplateResult {
  const { words, sort } = scene;
  const head = (key: Sort["key"], label: string, name: string) => {
    const sorted = sort.key === key && !scene.inTrash && !scene.ranked;
    return html`<span
      class=${name}
      part="cell"
      role="columnheader"
      aria-sort=${sorted ? (sort.descending ? "descending" : "ascending") : nothing}
      >${
        scene.inTrash
          ? label
          : html`<button type="button" @click=${() => scene.sortBy(key)}>
              ${label}${sorted ? icon(sort.descending ? "chevron-down" : "chevron-up") : nothing}
            </button>`
      }</span
    >`;
  };
  return html`<div class="head" role="row" aria-rowindex="1">
    <span class="col-check" role="columnheader"><span class="visually-hidden">${words.list.columns.select}</span></span>
    ${head("name", words.list.columns.name, "")}
    <span class="col-from" part="cell" role="columnheader"
      >${scene.inTrash || scene.searching ? words.list.columns.trashed : words.list.columns.from}</span
    >
    ${head("modified", scene.inTrash ? words.list.columns.trashedAt : words.list.columns.changed, "col-modified")}
    ${head("size", words.list.columns.size, "col-size end")}
    <span class="col-more" role="columnheader"><span class="visually-hidden">${words.list.columns.more}</span></span>
  </div>`;
}

export function listRow(scene: ListScene, node: TreeNode, index: number): TemplateResult {
  const { words, format, state } = scene;
  const selected = scene.selected.has(node.id);
  const open = wearsMark(state, node);
  const changed = changedAt(node);
  const when = changed === 0 ? "" : format.when(changed);
  const size = node.current === null ? words.list.noSize : format.bytes(node.current.size);
  const origin = originOf(scene, node);
  const under = node.kind === "directory" || scene.inTrash || scene.searching ? origin.text : [size, when].filter(Boolean).join(" · ");
  const tabindex = (column: Column) => (scene.focusedId === node.id && scene.focusedColumn === column ? "0" : "-1");
  // what can be seen, in the order it is seen
  const label = [node.displayName, scene.narrow ? under : "", open ? words.files.unprotected : "", node.pending ? words.files.waiting : ""]
    .filter(Boolean)
    .join(", ");
  return html`<div
    class=${["row", scene.cut.has(node.id) ? "cut" : "", scene.over === node.id ? "over" : ""].join(" ").trim()}
    part="row"
    role="row"
    data-id=${node.id}
    aria-rowindex=${index + 2}
    aria-selected=${String(selected)}
    draggable=${scene.draggable && scene.renaming !== node.id ? "true" : "false"}
    @click=${(event: MouseEvent) => scene.clicked(node, event)}
    @dblclick=${() => scene.opened(node)}
    @dragstart=${(event: DragEvent) => scene.dragStart(node, event)}
    @dragover=${(event: DragEvent) => scene.dragOver(node, event)}
    @drop=${(event: DragEvent) => scene.drop(node, event)}
  >
    <span class="col-check" part="cell" role="gridcell"
      ><input
        type="checkbox"
        class="checkbox"
        data-column="select"
        tabindex=${tabindex("select")}
        aria-label=${words.list.selectRow(node.displayName)}
        .checked=${selected}
        @focus=${() => scene.focused(node, "select")}
        @click=${(event: Event) => scene.toggle(node, event)}
    /></span>
    <div
      class="name"
      part="cell"
      role="gridcell"
      data-column="name"
      tabindex=${tabindex("name")}
      aria-label=${scene.renaming === node.id ? nothing : label}
      @focus=${() => scene.focused(node, "name")}
    >
      <span class="lead">${face(scene, node, open)}</span>
      ${
        scene.renaming === node.id
          ? renameField(scene, node)
          : html`<span class="text" title=${node.displayName}
              >${foundName(node, scene.rangesOf(node))} <bdi class="under">${under}</bdi></span
            >`
      }
      ${open ? html`<span class="tag open">${icon("fold-mini")}${words.files.unprotected}</span>` : nothing}
      ${
        node.pending
          ? html`<span class="tag wait" title=${words.files.waitingHint}>${icon("clock")}${open ? nothing : words.files.waiting}</span>`
          : nothing
      }
    </div>
    <div
      class="col-from"
      part="cell"
      role="gridcell"
      data-column="from"
      tabindex=${tabindex("from")}
      @focus=${() => scene.focused(node, "from")}
    >
      <span class="from" title=${origin.text}>${origin.icon === null ? nothing : icon(origin.icon)}<bdi>${origin.text}</bdi></span>
    </div>
    <div
      class="col-modified"
      part="cell"
      role="gridcell"
      data-column="changed"
      tabindex=${tabindex("changed")}
      @focus=${() => scene.focused(node, "changed")}
    >
      <bdi>${when}</bdi>
    </div>
    <div
      class="col-size end num"
      part="cell"
      role="gridcell"
      data-column="size"
      tabindex=${tabindex("size")}
      @focus=${() => scene.focused(node, "size")}
    >
      <bdi>${size}</bdi>
    </div>
    <span class="col-more" part="cell" role="gridcell"
      ><button
        type="button"
        class="icon-button"
        data-column="more"
        tabindex=${tabindex("more")}
        aria-haspopup="menu"
        aria-label=${words.files.moreFor(node.displayName)}
        @focus=${() => scene.focused(node, "more")}
        @click=${(event: Event) => {
          event.stopPropagation();
          scene.menu(node, event.currentTarget as Element);
        }}
      >
        ${icon("more")}
      </button></span
    >
  </div>`;
}

function face(scene: ListScene, node: TreeNode, open: boolean) {
  const picture = scene.thumbnail(node);
  if (picture !== null) return html`<span class="thumb"><img class="art" src=${picture} alt="" decoding="async" /></span>`;
  const kind = kindOf(node);
  return icon(iconOfKind(kind), { class: `${classOfKind(kind)}${kind === "folder" && open ? " open" : ""}` });
}
