import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import type { TreeNode } from "@keyfold/core";
import { endingOf } from "../file-actions/name-clip.ts";
import type { ListScene } from "./list-scene.ts";

/** The field that stands in a name's place while it is changed. The ending is kept out of what is selected. */
export function renameField(scene: ListScene, node: TreeNode) {
  const select = (element: Element | undefined): void => {
    if (!(element instanceof HTMLInputElement) || element.dataset["ready"] === node.id) return;
    element.dataset["ready"] = node.id;
    queueMicrotask(() => {
      element.focus();
      element.setSelectionRange(0, node.kind === "file" ? node.name.length - endingOf(node.name).length : node.name.length);
    });
  };
  const pressed = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") scene.renamed(node, (event.target as HTMLInputElement).value.trim());
    else if (event.key === "Escape") scene.renamed(node, null);
    else return;
    event.preventDefault();
  };
  return html`<input
    class="rename"
    type="text"
    dir="auto"
    autocomplete="off"
    spellcheck="false"
    aria-label=${scene.words.list.renameLabel(node.displayName)}
    .value=${node.name}
    ${ref(select)}
    @keydown=${pressed}
    @click=${(event: Event) => event.stopPropagation()}
    @dblclick=${(event: Event) => event.stopPropagation()}
    @blur=${(event: FocusEvent) => scene.renamed(node, (event.target as HTMLInputElement).value.trim())}
  />`;
}
