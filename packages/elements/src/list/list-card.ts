/** A card of the grid view: a cell in ARIA's grid pattern, its controls reached by Tab while it has the focus. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { TreeNode } from "@keyfold/core";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import { foundName } from "../file-actions/node-name.ts";
import { wearsMark } from "../file-actions/rights.ts";
import { icon } from "../icon/index.ts";
import { originOf } from "./list-scene.ts";
import type { ListScene } from "./list-scene.ts";
import { renameField } from "./rename-field.ts";

export function listCard(scene: ListScene, node: TreeNode): TemplateResult {
  const { words, format, state } = scene;
  const selected = scene.selected.has(node.id);
  const focused = scene.focusedId === node.id;
  const open = wearsMark(state, node);
  const kind = kindOf(node);
  const picture = scene.thumbnail(node);
  const colour = `${classOfKind(kind)}${kind === "folder" && open ? " open" : ""}`;
  const origin = originOf(scene, node);
  const under = node.current === null ? origin.text : [format.bytes(node.current.size), origin.text].filter(Boolean).join(" · ");
  const label = [node.displayName, under, open ? words.files.unprotected : "", node.pending ? words.files.waiting : ""]
    .filter(Boolean)
    .join(", ");
  const inside = focused ? "0" : "-1";
  return html`<div
    class=${["card", scene.cut.has(node.id) ? "cut" : "", scene.over === node.id ? "over" : ""].join(" ").trim()}
    part="row"
    role="gridcell"
    data-id=${node.id}
    data-column="name"
    aria-selected=${String(selected)}
    aria-label=${scene.renaming === node.id ? nothing : label}
    tabindex=${focused ? "0" : "-1"}
    draggable=${scene.draggable && scene.renaming !== node.id ? "true" : "false"}
    @focus=${() => scene.focused(node, "name")}
    @click=${(event: MouseEvent) => scene.clicked(node, event)}
    @dblclick=${() => scene.opened(node)}
    @dragstart=${(event: DragEvent) => scene.dragStart(node, event)}
    @dragover=${(event: DragEvent) => scene.dragOver(node, event)}
    @drop=${(event: DragEvent) => scene.drop(node, event)}
  >
    <div class="face">
      ${picture === null ? icon(iconOfKind(kind), { class: `big ${colour}` }) : html`<img class="art" src=${picture} alt="" decoding="async" />`}
      <input
        type="checkbox"
        class="checkbox"
        tabindex=${inside}
        aria-label=${words.list.selectRow(node.displayName)}
        .checked=${selected}
        @click=${(event: Event) => scene.toggle(node, event)}
      />
      <button
        type="button"
        class="icon-button more"
        tabindex=${inside}
        aria-haspopup="menu"
        aria-label=${words.files.moreFor(node.displayName)}
        @click=${(event: Event) => {
          event.stopPropagation();
          scene.menu(node, event.currentTarget as Element);
        }}
      >
        ${icon("more")}
      </button>
    </div>
    <div class="label">
      ${icon(iconOfKind(kind), { class: colour })}
      ${
        scene.renaming === node.id
          ? renameField(scene, node)
          : html`<b title=${node.displayName}>${foundName(node, scene.rangesOf(node))}</b>`
      }
      <small><bdi>${under}</bdi></small>
    </div>
    ${open ? html`<span class="tag open">${icon("fold-mini")}${words.files.unprotected}</span>` : nothing}
    ${node.pending ? html`<span class="tag wait" title=${words.files.waitingHint}>${icon("clock")}${words.files.waiting}</span>` : nothing}
  </div>`;
}
