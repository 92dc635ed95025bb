import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Folder, NodeId, Transfer } from "@keyfold/core";
import { Observed } from "../base/index.ts";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import { SourceElement } from "../folder/source-element.ts";
import type { KeyfoldList } from "../list/list.ts";
import { theme } from "../theme/index.ts";
import { bottomBar } from "./bottom-bar.ts";
import { aside, footer, header, keyArea, sheet, sidebar } from "./columns.ts";
import { inner } from "./inner.ts";
import { managerStyles } from "./manager.styles.ts";
import { middle } from "./middle.ts";
import { PlaceHistory } from "./place.ts";
import type { ManagerScene, Sheet, Stage, Tab } from "./scene.ts";
import { stageStyles } from "./stage.styles.ts";

/** Widths of this element, in px, at which it draws itself otherwise. */
const withDetails = 1080;
const oneColumn = 660;

function someSent(transfers: readonly Transfer[]): boolean {
  return transfers.some(({ status }) => status !== "picked");
}

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
  @state() private sheet: Sheet | null = null;

  @query("keyfold-list") private list!: KeyfoldList | null;
  @query("keyfold-menu") private menu!: KeyfoldMenu;

  readonly #internals = this.attachInternals();
  /** The first visit's page gives way as soon as something is sent, not when it has arrived. */
  readonly #transfers = new Observed(this, () => this.folder?.transfers ?? null, someSent);
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
    if (this.folder === null && this.problem !== null) return "nothing";
    if (status === "none" || status === "opening" || state === null) return status === "opening" ? "folder" : "home";
    const { files, directories } = state.tree.count;
    const untouched = files + directories === 0 && state.tree.trash().length === 0 && !someSent(this.#transfers.value ?? []);
    return status === "open" && untouched && this.stay === null && state.access === "write" ? "home" : "folder";
  }

  protected override render(): TemplateResult {
    const scene = this.#scene();
    const { stage, narrow } = scene;
    const keyed = stage === "ceremony" || stage === "entry" || stage === "nothing";
    this.#mark("home", stage === "home");
    this.#mark("key", keyed);
    const third = aside(scene);
    const layout = keyed ? "whole" : stage === "home" ? "home" : third === nothing ? "plain" : "";
    return html`<div class=${`frame ${layout} tab-${narrow ? this.tab : "files"}`} part="base">
        ${keyArea(scene)} ${header(scene)}
        <keyfold-alert class="area-alert" ${inner(scene.inner, "alert")}></keyfold-alert>
        ${keyed ? nothing : sidebar(scene)} ${middle(scene)} ${third} ${stage === "home" ? footer(scene) : nothing}
        ${narrow && stage === "folder" ? this.#bottomBar() : nothing}
      </div>
      ${sheet(scene)}<keyfold-menu></keyfold-menu>`;
  }

  #scene(): ManagerScene {
    const { status } = this;
    return {
      inner: { folder: this.givenFolder, from: this.source, i18n: this.i18n },
      words: this.words,
      stage: this.stage,
      narrow: this.width > 0 && this.width < oneColumn,
      wide: this.width >= withDetails,
      open: status === "open" || status === "none",
      locked: status === "locked",
      opening: status === "opening",
      hasProblem: this.problem !== null,
      tab: this.tab,
      sheet: this.sheet,
      count: this.state?.tree.count ?? null,
      root: this.root,
      current: this.current,
      selection: this.selection,
      view: this.view,
      actions: this.actions,
      readonly: this.readonly,
      onGenerate: (event) => this.#showKey(event, "ceremony"),
      onEnterKey: (event) => this.#showKey(event, "entry"),
      onKeyClosed: () => (this.keyStage = null),
      onMakeRoom: (event) => this.#makeRoom(event),
      onSelect: (event) => this.#select(event.detail.ids),
      onNavigate: (event) => this.#navigate(event),
      onOpen: (event) => this.#open(event),
      deselect: () => this.#select([]),
      raise: (sheet) => (this.sheet = sheet),
      newSubfolder: () => void this.#newSubfolder(),
      more: (place) => void this.#more(place),
    };
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

  #showKey(event: Event, stage: "ceremony" | "entry"): void {
    event.preventDefault();
    this.keyStage = stage;
  }

  #makeRoom(event: Event): void {
    event.preventDefault();
    this.keyStage = null;
    this.#show(trashPlace);
  }

  #navigate(event: CustomEvent<{ id: NodeId | null }>): void {
    const { id } = event.detail;
    if (!this.emit("navigate", { id }, { cancelable: true })) {
      event.preventDefault();
      return;
    }
    if (id !== this.root) this.stay = "folder";
    // the trash is no directory: it has no address
    if (id !== trashPlace) this.#place.go(id);
    this.#show(id);
  }

  #open(event: CustomEvent<{ id: NodeId }>): void {
    const { id } = event.detail;
    if (!this.emit("open", { id }, { cancelable: true })) {
      event.preventDefault();
      return;
    }
    // no column for the details: they come up with the file, and its preview is in them
    if (this.width >= oneColumn || this.state?.tree.get(id)?.kind !== "file") return;
    event.preventDefault();
    this.#select([id]);
    this.sheet = "details";
  }

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
