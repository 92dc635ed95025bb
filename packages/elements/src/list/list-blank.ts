/** What stands where there are no rows: why, and what to do. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { FolderStatus } from "@keyfold/core";
import type { ActionId } from "../file-actions/action-list.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import type { Words } from "../i18n/index.ts";
import { icon, mark } from "../icon/index.ts";
import type { FolderSearch, SearchQuery } from "../search/folder-search.ts";

export interface BlankScene {
  readonly words: Words;
  readonly status: FolderStatus;
  readonly readable: boolean;
  /** What is looked for; null while nothing is. */
  readonly found: SearchQuery | null;
  readonly search: FolderSearch | null;
  readonly inTrash: boolean;
  readonly isTop: boolean;
  readonly placeName: string;
  readonly mayAdd: boolean;
  run(action: ActionId): void;
}

export function listBlank(scene: BlankScene): TemplateResult {
  const { words } = scene;
  if (scene.status === "locked" || !scene.readable) return blank(mark("locked"), words.list.locked, words.list.lockedHint, nothing);
  if (scene.found !== null) return nothingFound(words, scene.found, scene.search);
  if (scene.inTrash) return blank(icon("trash"), words.list.emptyTrash, words.list.emptyTrashHint, nothing);
  const title = scene.isTop ? words.list.emptyRoot : words.list.empty(scene.placeName);
  if (!scene.mayAdd) return blank(icon("folder", { class: "kind-folder" }), title, words.list.emptyReadOnly, nothing);
  return blank(
    icon("folder", { class: scene.status === "open" || scene.status === "none" ? "kind-folder open" : "kind-folder" }),
    title,
    words.list.emptyHint,
    html`<button type="button" class="button" @click=${() => scene.run("add-files")}>${icon("upload")}${words.actions.addFiles}</button>
      <button type="button" class="button quiet" @click=${() => scene.run("new-subfolder")}>
        ${icon("folder-plus")}${words.actions.newSubfolder}
      </button>`,
  );
}

/** What was narrowed can be widened: each way out is one press. */
function nothingFound(words: Words, { chips }: SearchQuery, search: FolderSearch | null): TemplateResult {
  const choices: TemplateResult[] = [];
  const choice = (label: string, act: () => void) =>
    choices.push(html`<button type="button" class="button" @click=${act}>${label}</button>`);
  if (chips.has("here")) choice(words.list.searchAll, () => search?.toggle("here", null));
  if (chips.size > (chips.has("here") ? 1 : 0)) choice(words.list.clearFilters, () => search?.clearChips());
  choice(words.list.clearSearch, () => search?.clear());
  const hint = chips.size === 0 ? words.list.nothingFoundHint : words.list.nothingFoundFiltered;
  return blank(icon("search"), words.list.nothingFound, hint, html`${choices}`);
}

function blank(drawing: TemplateResult, title: string, hint: string, choices: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="blank" part="empty">
    ${drawing}
    <h3>${title}</h3>
    <p>${hint}</p>
    ${choices === nothing ? nothing : html`<div class="choices">${choices}</div>`}
  </div>`;
}

const widths = [46, 31, 58, 40, 52, 35];

export function listSkeleton(words: Words): TemplateResult {
  return html`<div class="table skeleton" role="status" aria-label=${words.list.opening}>
    ${widths.map(
      (width) =>
        html`<div class="row wait" aria-hidden="true">
          <span class="col-check"></span>
          <div class="name">
            <span class="lead"><i></i></span><span class="text" ${customProperties({ "--_w": width })}><i></i></span>
          </div>
        </div>`,
    )}
  </div>`;
}
