import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { parseActions } from "../file-actions/action-list.ts";
import type { ActionId } from "../file-actions/action-list.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { KeyfoldMove } from "../file-actions/move-dialog.ts";
import { nameProblem } from "../file-actions/name-problem.ts";
import { NodeActions, trashPlace } from "../file-actions/node-actions.ts";
import type { ActingElement, ActingScene } from "../file-actions/node-actions.ts";
import { renameNode } from "../file-actions/node-changes.ts";
import { endNodeDrag } from "../file-actions/node-drag.ts";
import { isReadable, mayChange } from "../file-actions/rights.ts";
import type { KeyfoldShortcuts } from "../file-actions/shortcuts.ts";
import { TypeAhead } from "../file-actions/type-ahead.ts";
import type { Done } from "../file-actions/undo.ts";
import { undoOf } from "../file-actions/undo.ts";
import type { KeyfoldPreviewDialog } from "../preview/preview-dialog.ts";
import { searchOf } from "../search/folder-search.ts";
import type { SearchQuery } from "../search/folder-search.ts";
import { SearchResults } from "../search/search-results.ts";
import type { KeyfoldLookOver } from "../uploader/look-over.ts";
import { pickedByTransfer } from "../uploader/picked-tree.ts";
import { DropPlaces } from "./drop-places.ts";
import { placeAfter } from "./grid-keys.ts";
import { listBlank, listSkeleton } from "./list-blank.ts";
import { listCard } from "./list-card.ts";
import { ListContents } from "./list-contents.ts";
import { listFilters } from "./list-filters.ts";
import { listHead, listRow } from "./list-row.ts";
import { columns } from "./list-scene.ts";
import type { Column, ListScene } from "./list-scene.ts";
import { listStatus } from "./list-status.ts";
import { listToolbar } from "./list-toolbar.ts";
import type { ToolbarScene } from "./list-toolbar.ts";
import { listStyles } from "./list.styles.ts";
import { LongPress } from "./long-press.ts";
import { parseSort, sortAttribute } from "./node-order.ts";
import type { Sort } from "./node-order.ts";
import { emptySelection, extendTo, keepExisting, selectAll, selectOnly, toggle } from "./selection.ts";
import type { Selection } from "./selection.ts";
import { Thumbnails } from "./thumbnails.ts";
import { WindowedRows } from "./windowed-rows.ts";

const ids = { fromAttribute: (text: string | null) => text?.split(/\s+/u).filter(Boolean) ?? [] };
/** Least width of a card and the room between two, px. */
const card = { least: 168, gap: 16, narrow: 460 };

/**
 * @summary What is in a directory, as a list or as a grid: choose, open, rename, move, trash, restore, download. Follows the ARIA grid pattern; of long
 *   lists only what is in view is in the document.
 *
 * @fires keyfold-select - `{ids}`: what is chosen, after it was.
 * @fires keyfold-navigate - `{id}`: another directory (null: the root, "trash": the trash) is about to be shown. Cancelable; else `current` changes.
 * @fires keyfold-open - `{id}`: a file is about to be opened. Cancelable; else it is shown large.
 * @slot toolbar - More in the toolbar, before the view switch.
 * @slot row-actions - More for what is chosen.
 * @csspart base - What scrolls.
 * @csspart toolbar - The head.
 * @csspart breadcrumb - Where it is.
 * @csspart row - A row, or a card.
 * @csspart cell - A cell of a row.
 * @csspart empty - The words where there is nothing.
 * @csspart error - What went wrong.
 */
export class KeyfoldList extends KeyfoldElement implements ActingElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, listStyles];

  /** Id of the topmost directory; null is the folder's root. */
  @property() root: NodeId | null = null;
  /** Id of the directory that is shown; null is the topmost, "trash" the trash. */
  @property() current: NodeId | null = null;
  @property() view: "list" | "grid" = "list";
  /** `name`, `modified`, `size`, `kind`, `added`; with a minus the other way round. */
  @property() sort = "name";
  /** Ids of what is chosen. As an attribute: separated by spaces. */
  @property({ converter: ids }) selection: readonly NodeId[] = [];
  /** Action ids that are offered, separated by spaces; absent for all. */
  @property() actions: string | null = null;
  @property({ type: Boolean }) readonly = false;

  @state() private focusedId: NodeId | null = null;
  @state() private focusedColumn: Column = "name";
  @state() private renaming: NodeId | null = null;
  @state() private across = 4;
  @state() private dismissed: Done | null = null;
  @state() private renameWrong: string | null = null;

  @query(".body") private body!: HTMLElement | null;
  @query("keyfold-menu") private menu!: KeyfoldMenu;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  @query("keyfold-move") private moveDialog!: KeyfoldMove;
  @query("keyfold-look-over") private lookOver!: KeyfoldLookOver;
  @query("keyfold-preview-dialog") private previewDialog!: KeyfoldPreviewDialog;
  @query("keyfold-shortcuts") private shortcuts!: KeyfoldShortcuts;

  readonly #acting = new NodeActions(this);
  readonly #thumbnails = new Thumbnails(this);
  readonly #typeAhead = new TypeAhead();
  readonly #search = new Observed<SearchQuery | null>(this, () => (this.folder === null ? null : searchOf(this.folder)));
  readonly #contents = new ListContents(this, () =>
    this.folder === null || !isReadable(this.state) ? null : { folder: this.folder, place: this.#place, sort: this.#sort },
  );
  readonly #results = new SearchResults(this, () =>
    this.folder === null || !isReadable(this.state)
      ? null
      : {
          folder: this.folder,
          query: this.#search.value ?? null,
          words: this.words,
          sort: this.#sort.key,
          descending: this.#sort.descending,
          language: this.format.tag,
        },
  );
  readonly #windowed = new WindowedRows(this, {
    scroller: () => this.body,
    count: () => (this.view === "grid" ? Math.ceil(this.#nodes.length / this.across) : this.#nodes.length),
    pinned: () => (this.view === "grid" ? Math.floor(this.#focusedIndex / this.across) : this.#focusedIndex),
    height: 40,
  });
  readonly #drops = new DropPlaces(this, {
    mayDrop: () => mayChange(this.state, this.readonly) && !this.#inTrash,
    moveTo: (nodes, to) => void this.#acting.moveTo(nodes, to),
    take: (transfer, to) => this.lookOver.take(pickedByTransfer(transfer), { node: to }),
  });
  readonly #longPress = new LongPress();
  readonly #resize = new ResizeObserver(() => this.#measureAcross());

  #nodes: readonly TreeNode[] = [];
  #order: readonly NodeId[] = [];
  #focusedIndex = -1;
  #chosen: Selection = emptySelection;
  #focusSoon = false;
  #heightOf = "";

  /** Lets the person pick files for the directory that is shown. Call it in a click. */
  addFiles(): void {
    void this.#acting.run("add-files", []);
  }

  /** The same for a directory with all in it. */
  addFolder(): void {
    void this.#acting.run("add-folder", []);
  }

  newSubfolder(): void {
    void this.#acting.run("new-subfolder", []);
  }

  showShortcuts(): void {
    void this.shortcuts.show(this.words);
  }

  /** Moves the focus to the row that has the place in the tab order. */
  override focus(): void {
    this.#focusSoon = true;
    this.requestUpdate();
  }

  get #sort(): Sort {
    return parseSort(this.sort);
  }

  get #inTrash(): boolean {
    return this.current === trashPlace && !this.#searching;
  }

  get #searching(): boolean {
    return this.#search.value != null;
  }

  get #place(): NodeId | null {
    return this.current ?? this.root;
  }

  actingScene(): ActingScene {
    return {
      words: this.words,
      mayChange: mayChange(this.state, this.readonly),
      allowed: parseActions(this.actions),
      menu: this.menu,
      ask: this.ask,
      move: this.moveDialog,
      place: this.#place === trashPlace ? null : this.#place,
      inTrash: this.#inTrash,
      own: (action, nodes) => this.#ownAction(action, nodes),
    };
  }

  protected override folderChanged(folder: Folder | null): void {
    this.dismissed = folder === null ? null : undoOf(folder).value;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#longPress.cancel();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const found = this.#results.nodes;
    const nodes = found ?? this.#contents.nodes;
    if (nodes !== this.#nodes) {
      this.#nodes = nodes;
      this.#order = nodes.map((node) => node.id);
    }
    if (changed.has("selection") && this.selection !== this.#chosen.ids)
      this.#chosen = { ids: this.selection, anchor: this.selection[0] ?? null };
    const known = new Set(this.#order);
    // what is not known yet may still come (a page sets the selection first); what was there and went is left out
    if (this.state !== null && isReadable(this.state)) {
      const kept = keepExisting(this.#chosen, (id) => known.has(id) || this.state?.tree.get(id) !== undefined);
      if (kept !== this.#chosen) this.#choose(kept);
    }
    if (changed.has("current") && this.hasUpdated) {
      this.focusedId = null;
      this.renaming = null;
      if (this.body !== null) this.body.scrollTop = 0;
    }
    this.#keepFocus();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const row = this.renderRoot.querySelector<HTMLElement>(this.view === "grid" ? ".line" : ".table > .row:not(.wait)");
    const heightOf = `${this.view} ${this.across}`;
    if (row !== null) {
      this.#windowed.measured(row.offsetHeight);
      this.#heightOf = heightOf;
    }
    if (this.#focusSoon) this.#focusNow();
  }

  protected override render() {
    const { words, state } = this;
    const readable = state !== null && isReadable(state);
    const query = this.#search.value ?? null;
    return html`${listToolbar(this.#toolbarScene())}
      ${query === null || !readable ? nothing : listFilters(words, query, searchOf, this.folder)}
      <div
        class="body"
        part="base"
        @keydown=${this.#pressed}
        @contextmenu=${this.#contextMenu}
        @pointerdown=${this.#pointerDown}
        @dragover=${(event: DragEvent) => this.#drops.over(event, this.#placeForDrop(), "here")}
        @dragleave=${(event: DragEvent) => this.#drops.leave(event)}
        @drop=${(event: DragEvent) => this.#drops.drop(event, this.#placeForDrop())}
        @dragend=${() => endNodeDrag()}
        @click=${(event: MouseEvent) => {
          if (event.target === event.currentTarget) this.#choose(emptySelection);
        }}
      >
        ${this.status === "opening" ? listSkeleton(words) : readable && this.#nodes.length > 0 ? this.#renderNodes(state) : this.#renderBlank()}
      </div>
      ${
        this.#drops.target === "here" && this.#drops.carriesFiles
          ? html`<div class="dropping"><span>${words.list.dropHere(this.#placeName())}</span></div>`
          : nothing
      }
      ${this.#renderStatus()}
      <keyfold-menu></keyfold-menu>
      <keyfold-ask></keyfold-ask>
      <keyfold-move></keyfold-move>
      <keyfold-shortcuts></keyfold-shortcuts>
      <keyfold-preview-dialog .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-preview-dialog>
      <keyfold-look-over .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-look-over>`;
  }

  #renderNodes(state: NonNullable<typeof this.state>) {
    const scene = this.#listScene(state);
    const name = this.#searching
      ? this.words.list.found(
          this.#nodes.length,
          this.#nodes.every((node) => node.kind === "file"),
        )
      : this.#placeName();
    const gap = (slot: { gap: number }) => html`<div class="gap" role="presentation" ${customProperties({ "--_gap": slot.gap })}></div>`;
    if (this.view === "grid") {
      return html`<div
        class="cards"
        role="grid"
        aria-label=${name}
        aria-multiselectable="true"
        aria-rowcount=${Math.ceil(this.#nodes.length / this.across)}
        aria-colcount=${this.across}
      >
        ${repeat(
          this.#windowed.slots,
          (slot) => ("gap" in slot ? `gap ${slot.after}` : slot.index),
          (slot) =>
            "gap" in slot
              ? gap(slot)
              : html`<div class="line" role="row" aria-rowindex=${slot.index + 1} ${customProperties({ "--_columns": this.across })}>
                  ${repeat(
                    this.#nodes.slice(slot.index * this.across, (slot.index + 1) * this.across),
                    (node) => node.id,
                    (node) => listCard(scene, node),
                  )}
                </div>`,
        )}
      </div>`;
    }
    return html`<div
      class="table"
      role="grid"
      aria-label=${name}
      aria-multiselectable="true"
      aria-rowcount=${this.#nodes.length + 1}
      aria-colcount=${columns.length}
    >
      ${listHead(scene)}
      ${repeat(
        this.#windowed.slots,
        (slot) => ("gap" in slot ? `gap ${slot.after}` : (this.#order[slot.index] ?? slot.index)),
        (slot) => {
          if ("gap" in slot) return gap(slot);
          const node = this.#nodes[slot.index];
          return node === undefined ? nothing : listRow(scene, node, slot.index);
        },
      )}
    </div>`;
  }

  #renderBlank() {
    return listBlank({
      words: this.words,
      status: this.status,
      readable: this.state === null || isReadable(this.state),
      found: this.#searching,
      inTrash: this.#inTrash,
      isTop: this.#place === this.root,
      placeName: this.#placeName(),
      mayAdd:
        this.state === null
          ? !this.readonly
          : mayChange(this.state, this.readonly) && (parseActions(this.actions)?.has("add-files") ?? true),
      run: (action) => void this.#acting.run(action, []),
      clear: () => this.folder !== null && searchOf(this.folder).clear(),
    });
  }

  #renderStatus() {
    const { folder, words } = this;
    const last = folder === null ? null : undoOf(folder).value;
    return listStatus({
      words,
      error: this.renameWrong ?? (this.#acting.report.error === null ? null : words.errors[this.#acting.report.error.code].message({})),
      done: last === this.dismissed ? null : last,
      nameOf: (id) => this.#nameOf(id),
      cut: this.#acting.cut.size,
      undo: () => void this.#undo(),
      dismiss: () => {
        this.dismissed = last;
        this.renameWrong = null;
        this.#acting.report.dismiss();
      },
    });
  }

  #listScene(state: NonNullable<typeof this.state>): ListScene {
    const may = mayChange(state, this.readonly);
    return {
      words: this.words,
      format: this.format,
      state,
      sort: this.#sort,
      inTrash: this.#inTrash,
      searching: this.#searching,
      searchText: this.#search.value?.text ?? "",
      mayChange: may,
      draggable: may && !this.#inTrash && !this.#longPress.touching,
      selected: new Set(this.#chosen.ids),
      cut: this.#acting.cut,
      focusedId: this.focusedId,
      focusedColumn: this.focusedColumn,
      renaming: this.renaming,
      over: this.#drops.target,
      thumbnail: (node) => this.#thumbnails.of(node),
      pathOf: (node) =>
        [
          this.words.files.myFolder,
          ...state.tree
            .path(node.id)
            .slice(0, -1)
            .map((above) => above.displayName),
        ].join(" / "),
      sortBy: (key) => {
        const { key: now, descending } = this.#sort;
        // the first press shows what is asked for most: the newest, the largest
        this.sort = sortAttribute(
          now === key ? { key, descending: !descending } : { key, descending: key === "modified" || key === "size" },
        );
      },
      toggle: (node, event) => {
        event.stopPropagation();
        this.#choose(
          event instanceof MouseEvent && event.shiftKey ? extendTo(this.#chosen, node.id, this.#order) : toggle(this.#chosen, node.id),
        );
      },
      clicked: (node, event) => this.#clicked(node, event),
      opened: (node) => {
        if (!this.#longPress.touching) this.#open(node);
      },
      menu: (node, place) => this.#openMenu(node, place),
      focused: (node, column) => {
        this.focusedId = node.id;
        this.focusedColumn = column;
      },
      renamed: (node, name) => void this.#renamed(node, name),
      dragStart: (node, event) => {
        if (!this.#chosen.ids.includes(node.id)) this.#choose(selectOnly(node.id));
        this.#drops.begin(event, this.#chosen.ids);
      },
      dragOver: (node, event) => {
        if (node.kind === "directory") this.#drops.over(event, node.id, node.id);
      },
      drop: (node, event) => {
        if (node.kind === "directory") this.#drops.drop(event, node.id);
      },
    };
  }

  #toolbarScene(): ToolbarScene {
    const { state, words } = this;
    const readable = state !== null && isReadable(state);
    const rootPath = readable && this.root !== null ? state.tree.path(this.root).length : 0;
    const path = readable && this.#place !== null && this.#place !== trashPlace ? state.tree.path(this.#place).slice(rootPath) : [];
    const sort = this.#sort.key;
    return {
      words,
      view: this.view,
      inTrash: this.#inTrash,
      mayChange: state === null ? this.status === "none" && !this.readonly : mayChange(state, this.readonly),
      allowed: parseActions(this.actions),
      path,
      top: { id: this.root, name: this.#nameOf(this.root) },
      found:
        this.#searching && readable
          ? words.list.found(
              this.#nodes.length,
              this.#nodes.every((node) => node.kind === "file"),
            )
          : null,
      sortLabel: words.list.sortBy[sort],
      count: this.#nodes.length,
      selected: this.#chosen.ids.length,
      over: this.#drops.target,
      run: (action) => void this.#acting.run(action, this.#chosen.ids.length > 1 ? this.#chosen.ids : []),
      show: (view) => (this.view = view),
      navigate: (id) => this.#navigate(id),
      clearSelection: () => this.#choose(emptySelection),
      placeMenu: (place) => void this.#acting.openMenu(this.#chosen.ids, place),
      sortMenu: (place) => void this.#sortMenu(place),
      pathMenu: (nodes, place) => void this.#pathMenu(nodes, place),
      dragOverCrumb: (id, event) => this.#drops.over(event, id, `crumb ${id ?? ""}`),
      dropOnCrumb: (id, event) => this.#drops.drop(event, id),
    };
  }

  async #sortMenu(place: Element): Promise<void> {
    const say = this.words.list.sortBy;
    const now = this.#sort.key;
    const items = (["name", "modified", "size", "kind"] as const).map((key) => ({ id: key, label: say[key], checked: key === now }));
    const key = await this.menu.choose(items, place, this.words.list.sort);
    if (key !== null) this.sort = sortAttribute({ key, descending: key === "modified" || key === "size" });
  }

  async #pathMenu(nodes: readonly TreeNode[], place: Element): Promise<void> {
    const items = nodes.map((node) => ({ id: node.id, label: node.displayName, icon: "folder" as const }));
    const id = await this.menu.choose(items, place, this.words.list.path);
    if (id !== null) this.#navigate(id);
  }

  #nameOf(id: NodeId | null): string {
    if (id === trashPlace) return this.words.files.trash;
    return (id === null ? undefined : this.state?.tree.get(id)?.displayName) ?? this.words.files.myFolder;
  }

  #placeName(): string {
    return this.#nameOf(this.#place);
  }

  #placeForDrop(): NodeId | null {
    return this.#place === trashPlace ? null : this.#place;
  }

  #choose(selection: Selection): void {
    if (selection.ids.length === this.#chosen.ids.length && selection.ids.every((id, index) => id === this.#chosen.ids[index])) {
      this.#chosen = selection;
      return;
    }
    this.#chosen = selection;
    this.selection = selection.ids;
    this.emit("select", { ids: selection.ids });
  }

  #clicked(node: TreeNode, event: MouseEvent): void {
    if (this.renaming === node.id) return;
    this.focusedId = node.id;
    this.focusedColumn = "name";
    this.#focusSoon = true;
    this.requestUpdate();
    if (this.#longPress.takeClick()) return;
    if (this.#longPress.touching) {
      if (this.#longPress.choosing) this.#choose(toggle(this.#chosen, node.id));
      else if (node.kind === "directory" && !this.#inTrash) this.#open(node);
      else {
        this.#choose(selectOnly(node.id));
        this.#open(node);
      }
      if (this.#chosen.ids.length === 0) this.#longPress.choosing = false;
    } else if (event.shiftKey) this.#choose(extendTo(this.#chosen, node.id, this.#order));
    else if (event.ctrlKey || event.metaKey) this.#choose(toggle(this.#chosen, node.id));
    else this.#choose(selectOnly(node.id));
  }

  #open(node: TreeNode): void {
    if (this.#inTrash || this.renaming !== null) return;
    if (node.kind === "directory") {
      if (this.#searching && this.folder !== null) searchOf(this.folder).clear();
      this.#navigate(node.id);
    } else if (this.emit("open", { id: node.id }, { cancelable: true })) void this.previewDialog.show(node.id);
  }

  #navigate(id: NodeId | null): void {
    if (!this.emit("navigate", { id }, { cancelable: true })) return;
    this.current = id;
    this.#longPress.choosing = false;
    if (this.folder !== null) this.dismissed = undoOf(this.folder).value;
    this.#choose(emptySelection);
    if (this.contains(document.activeElement) || this.matches(":focus-within")) this.focus();
  }

  #ownAction(action: ActionId, nodes: readonly NodeId[]): boolean {
    const node = this.state?.tree.get(nodes[0] ?? "");
    const to = node?.kind === "directory" ? node.id : this.#placeForDrop();
    if (action === "open" || action === "preview") {
      if (node !== undefined) this.#open(node);
    } else if (action === "rename") {
      if (node === undefined || !this.#order.includes(node.id)) return false;
      this.renaming = node.id;
      this.renameWrong = null;
    } else if (action === "add-files") this.lookOver.pick({ node: to }, false);
    else if (action === "add-folder") this.lookOver.pick({ node: to }, true);
    else if (action === "select-all") this.#choose(selectAll(this.#order, this.#chosen));
    else if (action === "show-trash") this.#navigate(trashPlace);
    else if (action === "undo") void this.#undo();
    else if (action === "shortcuts") this.showShortcuts();
    else return false;
    return true;
  }

  async #undo(): Promise<void> {
    const { folder } = this;
    if (folder === null) return;
    await this.#acting.report.run(() => undoOf(folder).undo());
    // what was done before that is not news
    this.dismissed = undoOf(folder).value;
  }

  async #renamed(node: TreeNode, name: string | null): Promise<void> {
    if (this.renaming !== node.id || this.folder === null) return;
    const { folder } = this;
    const wrong = name === null || name === node.name ? null : nameProblem(this.words, name);
    this.renaming = null;
    this.renameWrong = wrong;
    this.#focusSoon = this.matches(":focus-within");
    if (name !== null && wrong === null && name !== node.name) await this.#acting.report.run(() => renameNode(folder, node, name));
  }

  #openMenu(node: TreeNode, place: Element | { x: number; y: number }): void {
    if (!this.#chosen.ids.includes(node.id)) this.#choose(selectOnly(node.id));
    void this.#acting.openMenu(this.#chosen.ids, place);
  }

  #nodeOf(event: Event): TreeNode | undefined {
    const row = event
      .composedPath()
      .find((target): target is HTMLElement => target instanceof HTMLElement && target.dataset["id"] !== undefined);
    return row === undefined ? undefined : this.#nodes[this.#order.indexOf(row.dataset["id"] ?? "")];
  }

  readonly #contextMenu = (event: MouseEvent): void => {
    if (this.renaming !== null || this.folder === null) return;
    event.preventDefault();
    if (this.#longPress.touching) return;
    const node = this.#nodeOf(event);
    const atKeyboard = event.clientX === 0 && event.clientY === 0;
    const place = atKeyboard && event.target instanceof Element ? event.target : { x: event.clientX, y: event.clientY };
    if (node !== undefined) this.#openMenu(node, place);
    else {
      this.#choose(emptySelection);
      void this.#acting.openMenu([], place);
    }
  };

  readonly #pointerDown = (event: PointerEvent): void => {
    const node = this.#nodeOf(event);
    const was = this.#longPress.touching;
    this.#longPress.down(event, this, () => {
      if (node !== undefined) this.#choose(toggle(this.#chosen, node.id));
    });
    if (was !== this.#longPress.touching) this.requestUpdate();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || this.renaming !== null || this.#nodes.length === 0) {
      if (event.key === "?" && this.renaming === null) this.showShortcuts();
      return;
    }
    // the focus may have moved since the last drawing
    this.#keepFocus();
    const node = this.#nodes[this.#focusedIndex];
    const modified = event.ctrlKey || event.metaKey;
    const inControl = event.target instanceof HTMLElement && event.target.matches("button, input");
    if (this.#walk(event, modified)) return event.preventDefault();
    if (node === undefined) return;
    if (modified ? this.#shortcut(event, node) : this.#plainKey(event, node, inControl)) event.preventDefault();
  };

  #walk(event: KeyboardEvent, modified: boolean): boolean {
    if (event.altKey) return false;
    const grid = this.view === "grid";
    const place = placeAfter(
      event.key,
      modified,
      { index: Math.max(0, this.#focusedIndex), column: columns.indexOf(this.focusedColumn) },
      {
        count: this.#nodes.length,
        columns: grid ? [1] : this.#visibleColumns(),
        across: grid ? this.across : 1,
        page: this.#windowed.pageLength,
        rightToLeft: getComputedStyle(this).direction === "rtl",
      },
    );
    const id = place === null ? undefined : this.#order[place.index];
    if (place === null || id === undefined) return false;
    const moved = id !== this.focusedId;
    this.focusedId = id;
    this.focusedColumn = columns[place.column] ?? "name";
    this.#focusSoon = true;
    if (moved && event.shiftKey) this.#choose(extendTo(this.#chosen, id, this.#order));
    else if (moved && !modified) this.#choose(selectOnly(id));
    this.requestUpdate();
    return true;
  }

  #shortcut(event: KeyboardEvent, node: TreeNode): boolean {
    const chosen = this.#chosen.ids.length > 0 ? this.#chosen.ids : [node.id];
    const key = event.key.toLowerCase();
    if (key === "a") this.#choose(selectAll(this.#order, this.#chosen));
    else if (key === "x" && !this.#inTrash) void this.#acting.run("cut", chosen);
    else if (key === "v" && !this.#inTrash) void this.#acting.run("paste", []);
    else if (key === "z" && !event.shiftKey) void this.#acting.run("undo", []);
    else if (event.key === " ") this.#choose(toggle(this.#chosen, node.id));
    else return false;
    return true;
  }

  #plainKey(event: KeyboardEvent, node: TreeNode, inControl: boolean): boolean {
    const chosen = this.#chosen.ids.length > 0 ? this.#chosen.ids : [node.id];
    if (inControl && (event.key === "Enter" || event.key === " ")) return false;
    if (event.altKey) {
      if (event.key !== "ArrowUp") return false;
      this.#up();
      return true;
    }
    if (event.key === "Enter") this.#open(node);
    else if (event.key === " " && !this.#typeAhead.takes(event)) {
      this.#choose(event.shiftKey ? extendTo(this.#chosen, node.id, this.#order) : toggle(this.#chosen, node.id));
    } else if (event.key === "F2") void this.#acting.run("rename", [node.id]);
    else if (event.key === "Delete") void this.#acting.run(this.#inTrash ? "purge" : "trash", chosen);
    else if (event.key === "Backspace") this.#up();
    else if (event.key === "Escape") this.#escape();
    else if (event.key === "?") this.showShortcuts();
    else if (event.key === "F10" && event.shiftKey) this.#openMenu(node, event.target as Element);
    else if (event.key !== "/" && this.#typeAhead.takes(event)) {
      const found = this.#typeAhead.find(
        event.key,
        this.#nodes.map((each) => each.displayName),
        this.#focusedIndex,
        event.timeStamp,
      );
      const id = this.#order[found];
      if (id !== undefined) {
        this.focusedId = id;
        this.#focusSoon = true;
        this.#choose(selectOnly(id));
      }
    } else return false;
    return true;
  }

  #escape(): void {
    this.#longPress.choosing = false;
    this.#choose(emptySelection);
  }

  #up(): void {
    const { path, top } = this.#toolbarScene();
    if (this.#inTrash || path.length > 0) this.#navigate(path.at(-2)?.id ?? top.id);
  }

  #visibleColumns(): readonly number[] {
    const row = this.renderRoot.querySelector(".table > .row");
    return columns.flatMap((column, number) => {
      const cell = row?.querySelector(`[data-column="${column}"]`);
      return cell?.checkVisibility() === true ? [number] : [];
    });
  }

  /** The row with the place in the tab order; where it went, the one that took its place. */
  #keepFocus(): void {
    if (this.#nodes.length === 0) {
      this.#focusedIndex = -1;
      return;
    }
    const at = this.focusedId === null ? -1 : this.#order.indexOf(this.focusedId);
    if (at >= 0) {
      this.#focusedIndex = at;
      return;
    }
    const hadFocus = this.focusedId !== null && this.matches(":focus-within");
    this.#focusedIndex = Math.max(0, Math.min(this.#focusedIndex, this.#nodes.length - 1));
    this.focusedId = this.#order[this.#focusedIndex] ?? null;
    if (hadFocus) this.#focusSoon = true;
  }

  #focusNow(): void {
    if (this.focusedId === null || this.renaming !== null) return;
    const row = this.renderRoot.querySelector(`[data-id="${this.focusedId}"]`);
    const cell = row?.matches('[tabindex="0"]') === true ? row : row?.querySelector('[tabindex="0"]');
    if (!(cell instanceof HTMLElement)) return;
    this.#focusSoon = false;
    cell.focus({ preventScroll: true });
    this.#scrollIntoView(row as HTMLElement);
  }

  /** Under the sticky head a row does not count as seen. */
  #scrollIntoView(row: HTMLElement): void {
    const body = this.body;
    if (body === null) return;
    const head = this.renderRoot.querySelector<HTMLElement>(".head")?.offsetHeight ?? 0;
    const view = body.getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    if (top < view.top + head) body.scrollTop -= view.top + head - top;
    else if (bottom > view.bottom) body.scrollTop += bottom - view.bottom;
  }

  #measureAcross(): void {
    const width = this.clientWidth - 40;
    const narrow = this.clientWidth < card.narrow;
    const across = narrow ? 2 : Math.max(1, Math.floor((width + card.gap) / (card.least + card.gap)));
    if (across !== this.across) this.across = across;
    else if (this.#heightOf !== "") this.requestUpdate();
  }
}
