/** The head of the list: where it is, what can be done here, or what can be done with what is chosen. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { NodeId, TreeNode } from "@keyfold/core";
import type { ActionId } from "../file-actions/action-list.ts";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";

export interface ToolbarScene {
  readonly words: Words;
  readonly view: "list" | "grid";
  readonly inTrash: boolean;
  readonly mayChange: boolean;
  readonly allowed: ReadonlySet<string> | null;
  /** From below the topmost directory down to the one that is shown. */
  readonly path: readonly TreeNode[];
  /** Id and name of the topmost directory. */
  readonly top: { readonly id: NodeId | null; readonly name: string };
  /** Words for how many were found; null while nothing is looked for. */
  readonly found: string | null;
  readonly sortLabel: string;
  readonly count: number;
  readonly selected: number;
  readonly over: string | null;
  run(action: ActionId): void;
  show(view: "list" | "grid"): void;
  navigate(id: NodeId | null): void;
  clearSelection(): void;
  placeMenu(place: Element): void;
  sortMenu(place: Element): void;
  pathMenu(nodes: readonly TreeNode[], place: Element): void;
  dragOverCrumb(id: NodeId | null, event: DragEvent): void;
  dropOnCrumb(id: NodeId | null, event: DragEvent): void;
}

/** Ancestors that are shown before they fold into "…". */
const crumbsShown = 3;

export function listToolbar(scene: ToolbarScene): TemplateResult {
  return html`<div class="toolbar" part="toolbar">${scene.selected > 1 ? selectionBar(scene) : placeBar(scene)}</div>`;
}

function placeBar(scene: ToolbarScene): TemplateResult {
  const { words } = scene;
  const offers = (action: ActionId) => scene.mayChange && (scene.allowed === null || scene.allowed.has(action));
  const up = scene.path.length > 0 || scene.inTrash;
  return html`<nav class="breadcrumb" part="breadcrumb" aria-label=${words.list.path}>
      ${
        up && scene.found === null
          ? html`<button
              type="button"
              class="icon-button up"
              aria-label=${words.list.up}
              @click=${() => scene.navigate(scene.path.at(-2)?.id ?? scene.top.id)}
            >
              ${icon("arrow-left", { class: "flip" })}
            </button>`
          : nothing
      }
      ${scene.found === null ? crumbs(scene) : html`<h2>${scene.found}</h2>`}
    </nav>
    <slot name="toolbar"></slot>
    ${
      scene.found !== null
        ? html`<button
            type="button"
            class="button quiet"
            aria-haspopup="menu"
            @click=${(event: Event) => scene.sortMenu(event.currentTarget as Element)}
          >
            ${icon("sort")}${scene.sortLabel}
          </button>`
        : nothing
    }
    ${
      scene.found === null && scene.inTrash && scene.count > 0 && offers("empty-trash")
        ? html`<button type="button" class="button danger" @click=${() => scene.run("empty-trash")}>
            ${icon("trash")}${words.actions.emptyTrash}
          </button>`
        : nothing
    }
    ${
      scene.found === null && !scene.inTrash && offers("new-subfolder")
        ? html`<button type="button" class="button quiet" @click=${() => scene.run("new-subfolder")}>
            ${icon("folder-plus")}${words.actions.newSubfolder}
          </button>`
        : nothing
    }
    ${
      scene.found === null && !scene.inTrash && offers("add-files")
        ? html`<button type="button" class="button" @click=${() => scene.run("add-files")}>
            ${icon("upload")}${words.actions.addFiles}
          </button>`
        : nothing
    }
    <span class="segmented" role="group" aria-label=${words.list.view}>
      <button
        type="button"
        class="icon-button"
        aria-label=${words.list.asList}
        aria-pressed=${String(scene.view === "list")}
        @click=${() => scene.show("list")}
      >
        ${icon("list")}
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label=${words.list.asGrid}
        aria-pressed=${String(scene.view === "grid")}
        @click=${() => scene.show("grid")}
      >
        ${icon("grid")}
      </button>
    </span>`;
}

function crumbs(scene: ToolbarScene) {
  const { words, path, top } = scene;
  const chevron = html`${icon("chevron-right", { class: "flip sep" })}`;
  const crumb = (id: NodeId | null, name: string) =>
    html`<button
        type="button"
        class=${scene.over === `crumb ${id ?? ""}` ? "crumb over" : "crumb"}
        @click=${() => scene.navigate(id)}
        @dragover=${(event: DragEvent) => scene.dragOverCrumb(id, event)}
        @drop=${(event: DragEvent) => scene.dropOnCrumb(id, event)}
      >
        <bdi>${name}</bdi></button
      >${chevron}`;
  if (scene.inTrash)
    return html`${crumb(top.id, top.name)}
      <h2>${words.files.trash}</h2>`;
  const current = path.at(-1);
  if (current === undefined) return html`<h2><bdi>${top.name}</bdi></h2>`;
  const above = path.slice(0, -1);
  const folded = above.length > crumbsShown ? above.slice(0, above.length - 1) : [];
  const shown = above.slice(folded.length);
  return html`${crumb(top.id, top.name)}
    ${
      folded.length > 0
        ? html`<button
              type="button"
              class="crumb"
              aria-haspopup="menu"
              aria-label=${words.files.more}
              @click=${(event: Event) => scene.pathMenu(folded, event.currentTarget as Element)}
            >
              …</button
            >${chevron}`
        : nothing
    }
    ${shown.map((node) => crumb(node.id, node.displayName))}
    <h2 title=${current.displayName}><bdi>${current.displayName}</bdi></h2>`;
}

function selectionBar(scene: ToolbarScene): TemplateResult {
  const { words } = scene;
  const offers = (action: ActionId) => (scene.allowed === null || scene.allowed.has(action)) && (action === "download" || scene.mayChange);
  const button = (action: ActionId, name: Parameters<typeof icon>[0], label: string) =>
    offers(action)
      ? html`<button type="button" class="button quiet labelled" aria-label=${label} @click=${() => scene.run(action)}>
          ${icon(name)}<span>${label}</span>
        </button>`
      : nothing;
  return html`<button type="button" class="icon-button" aria-label=${words.actions.clearSelection} @click=${() => scene.clearSelection()}>
      ${icon("close")}
    </button>
    <h2 class="chosen"><span role="status">${words.list.selected(scene.selected)}</span></h2>
    <span class="grow"></span>
    <slot name="row-actions"></slot>
    ${
      scene.inTrash
        ? [button("restore", "history", words.actions.restore), button("purge", "trash", words.actions.purge)]
        : [
            button("download", "download", words.actions.downloadZip),
            button("move", "folder-move", words.actions.move),
            button("trash", "trash", words.actions.trash),
          ]
    }
    <button
      type="button"
      class="icon-button"
      aria-haspopup="menu"
      aria-label=${words.files.more}
      @click=${(event: Event) => scene.placeMenu(event.currentTarget as Element)}
    >
      ${icon("more")}
    </button>`;
}
