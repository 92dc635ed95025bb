/** Header, sidebar, details, footer, and what comes up over the page where there is no column for it. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icon } from "../icon/index.ts";
import { inner } from "./inner.ts";
import type { ManagerScene } from "./scene.ts";

export function keyArea(scene: ManagerScene): TemplateResult {
  return html`<div class="area-key">
    <keyfold-key-bar
      ${inner(scene.inner, "key-bar")}
      ?entering=${scene.stage === "entry"}
      @keyfold-generate=${(event: Event) => scene.onGenerate(event)}
      @keyfold-enter-key=${(event: Event) => scene.onEnterKey(event)}
    ></keyfold-key-bar
    >${
      scene.narrow
        ? html`<button
            type="button"
            class="icon-button"
            aria-haspopup="menu"
            aria-label=${scene.words.page.more}
            @click=${(event: Event) => scene.more(event.currentTarget as Element)}
          >
            ${icon("more")}
          </button>`
        : nothing
    }
  </div>`;
}

export function header(scene: ManagerScene): TemplateResult {
  const { page, keyBar, qr } = scene.words;
  const inFolder = scene.stage === "folder";
  const mayEnterKey = scene.open && scene.stage !== "ceremony" && scene.stage !== "entry";
  return html`<div class="area-head">
    <slot name="header-start"></slot>
    ${inFolder || scene.stage === "home" ? html`<keyfold-search ${inner(scene.inner, "search")} ?chips=${scene.narrow && scene.tab === "search"} .root=${scene.root}></keyfold-search>` : title(scene)}
    <span class="grow"></span>
    <span class="ends"
      >${
        mayEnterKey
          ? html`<button type="button" class="button quiet" @click=${(event: Event) => scene.onEnterKey(event)}>
              ${icon("key")}${keyBar.openWithKey}
            </button>`
          : nothing
      }${
        inFolder && scene.selection.length > 0 && !scene.wide
          ? html`<button type="button" class="icon-button" aria-label=${page.details} @click=${() => scene.raise("details")}>
              ${icon("info")}
            </button>`
          : nothing
      }${
        inFolder && !scene.opening
          ? html`<button type="button" class="icon-button" aria-label=${qr.title} @click=${() => scene.raise("code")}>
              ${icon("qr")}
            </button>`
          : nothing
      }<slot name="header-end"></slot
    ></span>
  </div>`;
}

function title({ stage, words, count, locked }: ManagerScene): TemplateResult | typeof nothing {
  if (stage === "nothing") return nothing;
  return html`<span class="strong">${words.files.myFolder}</span>${
      count === null || locked ? nothing : html`<span class="muted small">${words.page.counts(count.files, count.directories)}</span>`
    }`;
}

export function sidebar(scene: ManagerScene): TemplateResult {
  const { page, actions } = scene.words;
  return html`<nav class="area-side" aria-label=${page.folder}>
    ${tree(scene)}
    <div class="below">
      ${
        scene.stage === "home" && !scene.readonly
          ? html`<button type="button" class="button wide" @click=${() => scene.newSubfolder()}>
              ${icon("folder-plus")}${actions.newSubfolder}
            </button>`
          : nothing
      }
      <slot name="sidebar-end"></slot>
      <keyfold-status show="line" ${inner(scene.inner, "status")}></keyfold-status>
    </div>
  </nav>`;
}

function tree(scene: ManagerScene): TemplateResult {
  return html`<keyfold-tree
    ${inner(scene.inner, "tree")}
    .root=${scene.root}
    .current=${scene.current}
    .selection=${scene.selection}
    .actions=${scene.actions}
    ?readonly=${scene.readonly}
    @keyfold-select=${(event: CustomEvent) => scene.onSelect(event)}
    @keyfold-navigate=${(event: CustomEvent) => scene.onNavigate(event)}
    @keyfold-open=${(event: CustomEvent) => scene.onOpen(event)}
  ></keyfold-tree>`;
}

/** The third column: the code on the first visit, details of what is chosen, else the code while the folder is open; nothing where it has no width. */
export function aside(scene: ManagerScene): TemplateResult | typeof nothing {
  const { page, qr, home } = scene.words;
  if (scene.stage === "home")
    return html`<aside class="area-aside" aria-label=${qr.title}>
      ${code(scene)}
      <p class="fade small muted">${icon("clock")}<span>${home.fades}</span></p>
    </aside>`;
  if (scene.stage !== "folder" || !scene.wide) return nothing;
  if (scene.selection.length > 0) return html`<aside class="area-aside" aria-label=${page.details}>${details(scene)}</aside>`;
  return scene.open && !scene.opening ? html`<aside class="area-aside" aria-label=${qr.title}>${code(scene)}</aside>` : nothing;
}

function details(scene: ManagerScene): TemplateResult {
  return html`<keyfold-details
    ${inner(scene.inner, "details")}
    .selection=${scene.selection}
    .actions=${scene.actions}
    ?readonly=${scene.readonly}
    @keyfold-navigate=${(event: CustomEvent) => scene.onNavigate(event)}
    @keyfold-close=${() => scene.deselect()}
  ></keyfold-details>`;
}

function code(scene: ManagerScene): TemplateResult {
  return html`<keyfold-qr ${inner(scene.inner, "qr")}></keyfold-qr>`;
}

export function footer(scene: ManagerScene): TemplateResult {
  return html`<div class="area-foot">
    <slot name="footer"
      ><keyfold-footer ${inner(scene.inner, "footer")}
        ><slot name="brand" slot="logo"><keyfold-brand></keyfold-brand></slot></keyfold-footer
    ></slot>
  </div>`;
}

export function sheet(scene: ManagerScene): TemplateResult | typeof nothing {
  const { page, qr } = scene.words;
  if (scene.sheet === null) return nothing;
  const shown = { details: [page.details, details], code: [qr.title, code], tree: [page.tree, tree] } as const;
  const [label, draw] = shown[scene.sheet];
  return html`<dialog
    class=${scene.narrow || scene.sheet === "details" ? "sheet-up" : "dialog code-dialog"}
    aria-label=${label}
    closedby="any"
    @close=${() => scene.raise(null)}
  >
    ${
      scene.sheet === "details"
        ? nothing
        : html`<button type="button" class="icon-button close" aria-label=${page.close} @click=${() => scene.raise(null)}>
            ${icon("close")}
          </button>`
    }${draw(scene)}
  </dialog>`;
}
