/** The rows or cards that are drawn, between the gaps that stand for the others. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { TreeNode } from "@keyfold/core";
import { customProperties } from "../file-actions/custom-properties.ts";
import { listCard } from "./list-card.ts";
import { listHead, listRow } from "./list-row.ts";
import { columns } from "./list-scene.ts";
import type { ListScene } from "./list-scene.ts";
import type { Slot } from "./windowed-rows.ts";

export interface GridScene {
  readonly scene: ListScene;
  readonly nodes: readonly TreeNode[];
  readonly slots: readonly Slot[];
  readonly name: string;
}

export function listTable({ scene, nodes, slots, name }: GridScene): TemplateResult {
  return html`<div
    class="table"
    role="grid"
    aria-label=${name}
    aria-multiselectable="true"
    aria-rowcount=${nodes.length + 1}
    aria-colcount=${columns.length}
  >
    ${listHead(scene)}
    ${repeat(
      slots,
      (slot) => ("gap" in slot ? gapKey(slot) : (nodes[slot.index]?.id ?? slot.index)),
      (slot) => {
        if ("gap" in slot) return gap(slot);
        const node = nodes[slot.index];
        return node === undefined ? nothing : listRow(scene, node, slot.index);
      },
    )}
  </div>`;
}

/** @param across cards a line */
export function listCards({ scene, nodes, slots, name }: GridScene, across: number): TemplateResult {
  return html`<div
    class="cards"
    role="grid"
    aria-label=${name}
    aria-multiselectable="true"
    aria-rowcount=${Math.ceil(nodes.length / across)}
    aria-colcount=${across}
  >
    ${repeat(
      slots,
      (slot) => ("gap" in slot ? gapKey(slot) : slot.index),
      (slot) =>
        "gap" in slot
          ? gap(slot)
          : html`<div class="line" role="row" aria-rowindex=${slot.index + 1} ${customProperties({ "--_columns": across })}>
              ${repeat(
                nodes.slice(slot.index * across, (slot.index + 1) * across),
                (node) => node.id,
                (node) => listCard(scene, node),
              )}
            </div>`,
    )}
  </div>`;
}

const gapKey = (slot: { readonly after: number }): string => `gap ${slot.after}`;

function gap(slot: { readonly gap: number }): TemplateResult {
  return html`<div class="gap" role="presentation" ${customProperties({ "--_gap": slot.gap })}></div>`;
}
