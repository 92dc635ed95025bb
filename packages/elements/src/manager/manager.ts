import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Folder, NodeId } from "@keyfold/core";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import { SourceElement } from "../folder/source-element.ts";
import { icon } from "../icon/index.ts";
import type { KeyfoldList } from "../list/list.ts";
import { theme } from "../theme/index.ts";
import { bottomBar } from "./bottom-bar.ts";
import type { Tab } from "./bottom-bar.ts";
import { home } from "./home.ts";
import { managerStyles } from "./manager.styles.ts";
import { partsOf } from "./parts.ts";
import { PlaceHistory } from "./place.ts";
import { stageStyles } from "./stage.styles.ts";

/** What takes the middle: the folder, the first visit's page, the key's steps, or the key entry. */
type Stage = "folder" | "home" | "ceremony" | "entry";

/** Widths of this element, in px, at which it draws itself otherwise. */
const withDetails = 1080;
const oneColumn = 660;

/**
 * The whole folder page: key bar, alert, tree, list and uploader, details, transfers, QR code, footer. It opens a folder itself when it has `server`
 * (or `client`), else it finds one as every element does.
 *
 * @summary The user's page, whole.
 * @slot brand - In the footer, in place of the Keyfold brand.
 * @slot header-start - Before the search field.
 * @slot header-end - At the end of the header.
 * @slot sidebar-end - Below the tree.
 * @slot toolbar - In the list's toolbar.
 * @slot footer - In place of the footer.
 * @event keyfold-status - `{status, previous}`
 * @event keyfold-problem - `{error}`
 * @event keyfold-change - `{seq}`
 * @event keyfold-transfer - `{transfer, status}`
 * @event keyfold-key - `{step}`
 * @event keyfold-select - `{ids}`: what is chosen.
 * @event keyfold-navigate - `{id}`: a directory is to be shown; null is the root. Cancelable.
 * @event keyfold-open - `{id}`: a file is to be opened. Cancelable.
 * @csspart base - The frame.
 * @csspart key-bar-base key-bar-generate key-bar-sign - Parts of the elements inside carry their element's name before them: `list-row`, `tree-row`, `details-meta` …
 * @cssstate home - The first visit's page is shown: as tall as its content.
 * @cssstate key - The key's steps or the key entry are shown.
 */
export class KeyfoldManager extends SourceElement {
  static override styles: CSSResultGroup = [...theme, managerStyles, stageStyles];

  /** The directory that is the top of what is shown; without it, the whole folder. */
  @property() root: NodeId | null = null;

  @property() view: "list" | "grid" = "list";

  /** Which actions rows offer, by name; without it, all. */
  @property() actions: string | null = null;

  @property({ type: Boolean }) readonly = false;

  /** Leaves the page's address alone. Else `#n=<node>` names the directory that is shown, and Back walks them. */
  @property({ type: Boolean, attribute: "no-routes" }) noRoutes = false;

  @state() private current: NodeId | null = null;
  @state() private selection: readonly NodeId[] = [];
  @state() private keyStage: "ceremony" | "entry" | null = null;
  @state() private tab: Tab = "files";
  @state() private width = 0;
  /** The person went past the first visit's page though nothing is in the folder yet. */
  @state() private stay: "folder" | null = null;
  @state() private sheet: "details" | "code" | "tree" | null = null;

  @query("keyfold-list") private list!: KeyfoldList | null;
  @query("keyfold-menu") private menu!: KeyfoldMenu;

  readonly #internals = this.attachInternals();
  readonly #place = new PlaceHistory((directory) => this.#show(directory));
  #resized: ResizeObserver | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized = new ResizeObserver(([entry]) => {
      const [size] = entry?.contentBoxSize ?? [];
      if (size !== undefined) this.width = size.inlineSize;
    });
    this.#resized.observe(this);
    if (!this.noRoutes) this.current = this.#place.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
    this.#place.stop();
  }

  protected override folderChanged(folder: Folder | null, previous: Folder | null): void {
    super.folderChanged(folder, previous);
    if (previous === null) return;
    this.keyStage = null;
    this.stay = null;
    this.selection = [];
    this.current = this.root;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has("root") && (this.current === null || this.current === changed.get("root"))) this.current = this.root;
    if (changed.has("noRoutes")) {
      if (this.noRoutes) this.#place.stop();
      else if (this.isConnected) this.current ??= this.#place.start();
    }
    this.#settle();
  }

  /** What was shown may be gone by now: deleted, in the trash, or of another folder. */
  #settle(): void {
    const tree = this.state?.tree;
    if (tree === undefined || this.status === "opening" || this.status === "locked") return;
    if (this.current !== null && this.current !== trashPlace && tree.get(this.current)?.kind !== "directory") {
      this.current = this.root;
      this.#place.go(this.root);
    }
    const alive = this.selection.filter((id) => tree.get(id) !== undefined);
    if (alive.length !== this.selection.length) this.selection = alive;
    if (this.sheet === "details" && alive.length === 0) this.sheet = null;
  }

  protected get stage(): Stage {
    if (this.keyStage !== null) return this.keyStage;
    const { status, state } = this;
    if (status === "locked") return "entry";
    if (status === "none" || status === "opening" || state === null) return status === "opening" ? "folder" : "home";
    const { files, directories } = state.tree.count;
    const untouched =
      files + directories === 0 &&
      state.tree.trash().length === 0 &&
      (this.folder?.transfers.value ?? []).every((each) => each.status === "picked");
    return status === "open" && untouched && this.stay === null && state.access === "write" ? "home" : "folder";
  }

  protected override render(): TemplateResult {
    const stage = this.stage;
    const narrow = this.width > 0 && this.width < oneColumn;
    const wide = this.width >= withDetails;
    const aside = this.#aside(stage, wide);
    const keyed = stage === "ceremony" || stage === "entry";
    this.#mark("home", stage === "home");
    this.#mark("key", keyed);
    const layout = keyed ? "whole" : stage === "home" ? "home" : aside === nothing ? "plain" : "";
    return html`<div class=${`frame ${layout} tab-${narrow ? this.tab : "files"}`} part="base">
        <div class="area-key">
          <keyfold-key-bar
            exportparts=${partsOf("key-bar")}
            .folder=${this.givenFolder}
            .from=${this.source}
            .i18n=${this.i18n}
            ?entering=${stage === "entry"}
            @keyfold-generate=${this.#onGenerate}
            @keyfold-enter-key=${this.#onEnterKey}
          ></keyfold-key-bar
          >${narrow ? this.#moreButton() : nothing}
        </div>
        ${this.#header(stage, keyed)}
        <keyfold-alert
          class="area-alert"
          exportparts=${partsOf("alert")}
          .folder=${this.givenFolder}
          .from=${this.source}
          .i18n=${this.i18n}
        ></keyfold-alert>
        ${keyed ? nothing : this.#side(stage)} ${this.#main(stage, narrow)} ${aside}
        ${stage === "home" ? html`<div class="area-foot"><slot name="footer">${this.#footer()}</slot></div>` : nothing}
        ${narrow && stage === "folder" ? this.#bottomBar() : nothing}
      </div>
      ${this.#sheet()}<keyfold-menu></keyfold-menu>`;
  }

  #header(stage: Stage, keyed: boolean): TemplateResult {
    const { page, files, keyBar, qr } = this.words;
    const count = this.state?.tree.count;
    const mayEnterKey = !keyed && (this.status === "open" || this.status === "none");
    return html`<div class="area-head">
      <slot name="header-start"></slot>
      ${
        keyed
          ? html`<span class="strong">${files.myFolder}</span>${
                count === undefined || this.status === "locked"
                  ? nothing
                  : html`<span class="muted small">${page.counts(count.files, count.directories)}</span>`
              }`
          : html`<keyfold-search
              exportparts=${partsOf("search")}
              .folder=${this.givenFolder}
              .from=${this.source}
              .root=${this.root}
              .i18n=${this.i18n}
            ></keyfold-search>`
      }
      <span class="grow"></span>
      <span class="ends"
        >${
          mayEnterKey
            ? html`<button type="button" class="button quiet" @click=${this.#onEnterKey}>${icon("key")}${keyBar.openWithKey}</button>`
            : nothing
        }${
          stage === "folder" && this.selection.length > 0 && this.width < withDetails
            ? html`<button type="button" class="icon-button" aria-label=${page.details} @click=${() => (this.sheet = "details")}>
                ${icon("info")}
              </button>`
            : nothing
        }${
          stage === "folder" && this.status !== "opening"
            ? html`<button type="button" class="icon-button" aria-label=${qr.title} @click=${() => (this.sheet = "code")}>
                ${icon("qr")}
              </button>`
            : nothing
        }<slot name="header-end"></slot
      ></span>
    </div>`;
  }

  #side(stage: Stage): TemplateResult {
    const { page, actions } = this.words;
    const mayAdd = stage === "home" && !this.readonly;
    return html`<nav class="area-side" aria-label=${page.folder}>
      ${this.#tree()}
      <div class="below">
        ${
          mayAdd
            ? html`<button type="button" class="button wide" @click=${() => void this.#newSubfolder()}>
                ${icon("folder-plus")}${actions.newSubfolder}
              </button>`
            : nothing
        }
        <slot name="sidebar-end"></slot>
        <keyfold-status
          show="line"
          exportparts=${partsOf("status")}
          .folder=${this.givenFolder}
          .from=${this.source}
          .i18n=${this.i18n}
        ></keyfold-status>
      </div>
    </nav>`;
  }

  #tree(): TemplateResult {
    return html`<keyfold-tree
      exportparts=${partsOf("tree")}
      .folder=${this.givenFolder}
      .from=${this.source}
      .i18n=${this.i18n}
      .root=${this.root}
      .current=${this.current}
      .selection=${this.selection}
      .actions=${this.actions}
      ?readonly=${this.readonly}
      @keyfold-select=${this.#onSelect}
      @keyfold-navigate=${this.#onNavigate}
      @keyfold-open=${this.#onOpen}
    ></keyfold-tree>`;
  }

  #main(stage: Stage, narrow: boolean): TemplateResult {
    const given = this.givenFolder;
    const from = this.source;
    // a region, not the page's main or banner: those are the site's own
    const label = this.words.page.files;
    const problem =
      this.problem === null
        ? nothing
        : html`<keyfold-status
            class="problem"
            show="problem"
            can-make-room
            exportparts="problem: status-problem"
            .folder=${given}
            .from=${from}
            .i18n=${this.i18n}
            @keyfold-enter-key=${this.#onEnterKey}
            @keyfold-make-room=${this.#onMakeRoom}
          ></keyfold-status>`;
    switch (stage) {
      case "ceremony":
        return html`<div class="area-main stage">
          <keyfold-key-ceremony
            exportparts=${partsOf("key-ceremony")}
            .folder=${given}
            .from=${from}
            .i18n=${this.i18n}
            @keyfold-close=${this.#onKeyClosed}
          ></keyfold-key-ceremony>
        </div>`;
      case "entry":
        return html`<div class="area-main stage">
          ${problem}
          <keyfold-key-entry
            exportparts=${partsOf("key-entry")}
            .folder=${given}
            .from=${from}
            .i18n=${this.i18n}
            @keyfold-close=${this.#onKeyClosed}
          ></keyfold-key-entry>
        </div>`;
      case "home":
        return html`<section class="area-main" aria-label=${label}>
          ${problem}${home(
            this.words,
            html`<keyfold-uploader
              exportparts=${partsOf("uploader")}
              .folder=${given}
              .from=${from}
              .i18n=${this.i18n}
              .to=${this.root}
              ?readonly=${this.readonly}
            ></keyfold-uploader>`,
          )}
        </section>`;
      case "folder":
        return html`<section class="area-main" aria-label=${label}>
          ${problem}
          <keyfold-list
            class="scroll"
            exportparts=${partsOf("list")}
            .folder=${given}
            .from=${from}
            .i18n=${this.i18n}
            .root=${this.root}
            .current=${this.current}
            .selection=${this.selection}
            .actions=${this.actions}
            .view=${this.view}
            ?readonly=${this.readonly}
            @keyfold-select=${this.#onSelect}
            @keyfold-navigate=${this.#onNavigate}
            @keyfold-open=${this.#onOpen}
            ><slot name="toolbar" slot="toolbar"></slot
          ></keyfold-list>
          <keyfold-transfers
            class=${narrow && this.tab === "sends" ? "scroll" : ""}
            exportparts=${partsOf("transfers")}
            .folder=${given}
            .from=${from}
            .i18n=${this.i18n}
          ></keyfold-transfers>
        </section>`;
    }
  }

  #aside(stage: Stage, wide: boolean): TemplateResult | typeof nothing {
    const { page, qr } = this.words;
    if (stage === "home")
      return html`<aside class="area-aside" aria-label=${qr.title}>
        ${this.#qr()}
        <p class="fade small muted">${icon("clock")}<span>${this.words.home.fades}</span></p>
      </aside>`;
    if (stage !== "folder" || !wide) return nothing;
    if (this.selection.length > 0) return html`<aside class="area-aside" aria-label=${page.details}>${this.#details()}</aside>`;
    return this.status === "open" ? html`<aside class="area-aside" aria-label=${qr.title}>${this.#qr()}</aside>` : nothing;
  }

  #details(): TemplateResult {
    return html`<keyfold-details
      exportparts=${partsOf("details")}
      .folder=${this.givenFolder}
      .from=${this.source}
      .i18n=${this.i18n}
      .selection=${this.selection}
      .actions=${this.actions}
      ?readonly=${this.readonly}
      @keyfold-navigate=${this.#onNavigate}
      @keyfold-close=${() => this.#select([])}
    ></keyfold-details>`;
  }

  #qr(): TemplateResult {
    return html`<keyfold-qr exportparts=${partsOf("qr")} .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-qr>`;
  }

  #footer(): TemplateResult {
    return html`<keyfold-footer exportparts=${partsOf("footer")} .i18n=${this.i18n}
      ><slot name="brand" slot="logo"><keyfold-brand .i18n=${this.i18n}></keyfold-brand></slot
    ></keyfold-footer>`;
  }

  /** What has no column at this width comes up from below; the code comes so at every width. */
  #sheet(): TemplateResult | typeof nothing {
    const { page, qr } = this.words;
    if (this.sheet === null) return nothing;
    const label = this.sheet === "details" ? page.details : this.sheet === "code" ? qr.title : page.tree;
    const narrow = this.width < oneColumn;
    return html`<dialog
      class=${narrow || this.sheet === "details" ? "sheet-up" : "dialog code-dialog"}
      aria-label=${label}
      closedby="any"
      @close=${() => (this.sheet = null)}
    >
      <button type="button" class="icon-button close" aria-label=${page.close} @click=${() => (this.sheet = null)}>${icon("close")}</button>
      ${this.sheet === "details" ? this.#details() : this.sheet === "code" ? this.#qr() : this.#tree()}
    </dialog>`;
  }

  #bottomBar(): TemplateResult {
    const sending = this.folder?.transfers.totals;
    return bottomBar({
      words: this.words.page,
      tab: this.tab,
      sending: sending === undefined || !sending.active ? 0 : sending.files - sending.done,
      mayAdd: !this.readonly && this.state?.access === "write",
      go: (tab) => this.#goTab(tab),
      add: () => this.list?.addFiles(),
      code: () => (this.sheet = "code"),
    });
  }

  #moreButton(): TemplateResult {
    const { page } = this.words;
    return html`<button
      type="button"
      class="icon-button"
      aria-haspopup="menu"
      aria-label=${page.more}
      @click=${(event: Event) => void this.#more(event.currentTarget as Element)}
    >
      ${icon("more")}
    </button>`;
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>("dialog");
    if (dialog !== null && !dialog.open) dialog.showModal();
  }

  async #more(place: Element): Promise<void> {
    const { page, keyBar, qr } = this.words;
    const chosen = await this.menu.choose(
      [
        { id: "tree", label: page.tree, icon: "menu" },
        { id: "code", label: qr.title, icon: "qr" },
        ...(this.status === "open" ? [{ id: "key", label: keyBar.openWithKey, icon: "key", apart: true } as const] : []),
      ],
      place,
      page.more,
    );
    if (chosen === "tree" || chosen === "code") this.sheet = chosen;
    if (chosen === "key") this.keyStage = "entry";
  }

  #mark(name: string, on: boolean): void {
    if (on) this.#internals.states.add(name);
    else this.#internals.states.delete(name);
  }

  #goTab(tab: Tab): void {
    this.tab = tab;
    if (tab !== "search") return;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("keyfold-search")?.focus());
  }

  readonly #onGenerate = (event: Event): void => {
    event.preventDefault();
    this.keyStage = "ceremony";
  };

  readonly #onEnterKey = (event: Event): void => {
    event.preventDefault();
    this.keyStage = "entry";
  };

  readonly #onKeyClosed = (): void => {
    this.keyStage = null;
  };

  readonly #onMakeRoom = (event: Event): void => {
    event.preventDefault();
    this.keyStage = null;
    this.#show(trashPlace);
  };

  readonly #onSelect = (event: CustomEvent<{ ids: readonly NodeId[] }>): void => {
    event.stopPropagation();
    this.#select(event.detail.ids);
  };

  readonly #onNavigate = (event: CustomEvent<{ id: NodeId | null }>): void => {
    const { id } = event.detail;
    if (id !== this.root) this.stay = "folder";
    if (!this.emit("navigate", { id }, { cancelable: true })) {
      event.preventDefault();
      return;
    }
    // the trash is no directory: it has no address
    if (id !== trashPlace) this.#place.go(id);
    this.#show(id);
  };

  readonly #onOpen = (event: CustomEvent<{ id: NodeId }>): void => {
    if (!this.emit("open", event.detail, { cancelable: true })) {
      event.preventDefault();
      return;
    }
    // no column for the details: they come up with the file, and its preview is in them
    if (this.width < oneColumn && this.state?.tree.get(event.detail.id)?.kind === "file") {
      event.preventDefault();
      this.#select([event.detail.id]);
      this.sheet = "details";
    }
  };

  #show(directory: NodeId | null): void {
    this.current = directory ?? this.root;
    this.selection = [];
    this.sheet = null;
    this.tab = "files";
  }

  #select(ids: readonly NodeId[]): void {
    this.selection = ids;
    if (ids.length === 0 && this.sheet === "details") this.sheet = null;
    this.emit("select", { ids });
  }

  async #newSubfolder(): Promise<void> {
    await this.ensureFolder();
    this.stay = "folder";
    await this.updateComplete;
    this.list?.newSubfolder();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-manager": KeyfoldManager;
  }
}
