import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { parseActions } from "../file-actions/action-list.ts";
import type { ActionId } from "../file-actions/action-list.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
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
import type { KeyfoldLookOver } from "../uploader/look-over.ts";
import { pickedByTransfer } from "../uploader/picked-tree.ts";
import { Choosing } from "./choosing.ts";
import { DropPlaces } from "./drop-places.ts";
import { GridFocus } from "./grid-focus.ts";
import { listBlank, listSkeleton } from "./list-blank.ts";
import { commandOf } from "./list-commands.ts";
import type { ListCommand } from "./list-commands.ts";
import { listFilters } from "./list-filters.ts";
import { listCards, listTable } from "./list-grid.ts";
import { choosePlace, chooseSort } from "./list-menus.ts";
import type { ListScene } from "./list-scene.ts";
import { listStatus } from "./list-status.ts";
import { listToolbar } from "./list-toolbar.ts";
import type { ToolbarScene } from "./list-toolbar.ts";
import { listStyles } from "./list.styles.ts";
import { nextSort, parseSort, sortAttribute } from "./node-order.ts";
import type { Sort } from "./node-order.ts";
import { ShownNodes } from "./shown-nodes.ts";
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

  @state() private renaming: NodeId | null = null;
  @state() private across = 4;
  @state() private narrow = false;
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
  readonly #shown = new ShownNodes(this, () =>
    this.folder === null || !isReadable(this.state)
      ? null
      : { folder: this.folder, place: this.#place, sort: this.#sort, words: this.words, language: this.format.tag },
  );
  readonly #windowed = new WindowedRows(this, {
    scroller: () => this.body,
    count: () => (this.view === "grid" ? Math.ceil(this.#shown.nodes.length / this.across) : this.#shown.nodes.length),
    pinned: () => (this.view === "grid" ? Math.floor(this.#focus.index / this.across) : this.#focus.index),
    height: 40,
  });
  readonly #focus = new GridFocus(this, {
    order: () => this.#shown.order,
    scroller: () => this.body,
    across: () => (this.view === "grid" ? this.across : null),
    page: () => this.#windowed.pageLength,
  });
  readonly #drops = new DropPlaces(this, {
    mayDrop: () => mayChange(this.state, this.readonly) && !this.#shown.inTrash,
    moveTo: (nodes, to) => void this.#acting.moveTo(nodes, to),
    take: (transfer, to) => this.lookOver.take(pickedByTransfer(transfer), { node: to }),
  });
  readonly #choosing = new Choosing({
    order: () => this.#shown.order,
    chose: (chosen) => {
      this.selection = chosen;
      this.emit("select", { ids: chosen });
    },
    tapped: (node) => {
      if (node.kind === "file" || this.#shown.inTrash) this.#choosing.only(node.id);
      this.#open(node);
    },
  });
  readonly #resize = new ResizeObserver(() => this.#measureAcross());

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
    this.#focus.want();
  }

  get #sort(): Sort {
    return parseSort(this.sort);
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
      inTrash: this.#shown.inTrash,
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
    this.#choosing.longPress.cancel();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.#shown.read();
    if (changed.has("selection")) this.#choosing.set(this.selection);
    const known = new Set(this.#shown.order);
    const tree = this.state?.tree;
    // a page may choose what is not shown here; what went, or lies in the trash now, is left out
    if (tree !== undefined && isReadable(this.state)) {
      this.#choosing.keep((id) => known.has(id) || (tree.get(id) !== undefined && !tree.path(id).some((node) => node.trashed)));
    }
    if (changed.has("current") && this.hasUpdated) {
      this.#focus.forget();
      this.renaming = null;
      if (this.body !== null) this.body.scrollTop = 0;
    }
    this.#focus.keep();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const row = this.renderRoot.querySelector<HTMLElement>(this.view === "grid" ? ".line" : ".table > .row:not(.wait)");
    const heightOf = `${this.view} ${this.across}`;
    if (row !== null) {
      this.#windowed.measured(row.offsetHeight);
      this.#heightOf = heightOf;
    }
  }

  protected override render() {
    const { words, state } = this;
    const readable = state !== null && isReadable(state);
    const { query } = this.#shown;
    return html`${listToolbar(this.#toolbarScene())}
      ${query === null || !readable ? nothing : listFilters(words, query, searchOf, this.folder)}
      <div
        class="body"
        part="base"
        tabindex="-1"
        @keydown=${this.#pressed}
        @contextmenu=${this.#contextMenu}
        @pointerdown=${this.#pointerDown}
        @dragover=${(event: DragEvent) => this.#drops.over(event, this.#placeForDrop(), "here")}
        @dragleave=${(event: DragEvent) => this.#drops.leave(event)}
        @drop=${(event: DragEvent) => this.#drops.drop(event, this.#placeForDrop())}
        @dragend=${() => endNodeDrag()}
        @click=${(event: MouseEvent) => {
          if (event.target === event.currentTarget) this.#choosing.none();
        }}
      >
        ${this.status === "opening" ? listSkeleton(words) : readable && this.#shown.nodes.length > 0 ? this.#renderNodes(state) : this.#renderBlank()}
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
    const { nodes } = this.#shown;
    const name = this.#shown.foundWords(this.words) ?? this.#placeName();
    const grid = { scene: this.#listScene(state), nodes, slots: this.#windowed.slots, name };
    return this.view === "grid" ? listCards(grid, this.across) : listTable(grid);
  }

  #renderBlank() {
    return listBlank({
      words: this.words,
      status: this.status,
      readable: this.state === null || isReadable(this.state),
      found: this.#shown.searching,
      inTrash: this.#shown.inTrash,
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
      inTrash: this.#shown.inTrash,
      searching: this.#shown.searching,
      searchText: this.#shown.query?.text ?? "",
      mayChange: may,
      narrow: this.narrow,
      draggable: may && !this.#shown.inTrash && !this.#choosing.longPress.touching,
      selected: new Set(this.#choosing.ids),
      cut: this.#acting.cut,
      focusedId: this.#focus.id,
      focusedColumn: this.#focus.column,
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
        this.sort = sortAttribute(nextSort(this.#sort, key));
      },
      toggle: (node, event) => {
        event.stopPropagation();
        if (event instanceof MouseEvent && event.shiftKey) this.#choosing.extend(node.id);
        else this.#choosing.toggle(node.id);
      },
      clicked: (node, event) => this.#clicked(node, event),
      opened: (node) => {
        if (!this.#choosing.longPress.touching) this.#open(node);
      },
      menu: (node, place) => this.#openMenu(node, place),
      focused: (node, column) => this.#focus.at(node.id, column),
      renamed: (node, name) => void this.#renamed(node, name),
      dragStart: (node, event) => {
        if (!this.#choosing.ids.includes(node.id)) this.#choosing.only(node.id);
        this.#drops.begin(event, this.#choosing.ids);
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
      inTrash: this.#shown.inTrash,
      mayChange: state === null ? this.status === "none" && !this.readonly : mayChange(state, this.readonly),
      allowed: parseActions(this.actions),
      path,
      top: { id: this.root, name: this.#nameOf(this.root) },
      found: readable ? this.#shown.foundWords(words) : null,
      sortLabel: words.list.sortBy[sort],
      count: this.#shown.nodes.length,
      selected: this.#choosing.ids.length,
      over: this.#drops.target,
      run: (action) => void this.#acting.run(action, this.#choosing.ids.length > 1 ? this.#choosing.ids : []),
      show: (view) => (this.view = view),
      navigate: (id) => this.#navigate(id),
      clearSelection: () => this.#choosing.none(),
      placeMenu: (place) => void this.#acting.openMenu(this.#choosing.ids, place),
      sortMenu: (place) => void this.#sortMenu(place),
      pathMenu: (nodes, place) => void this.#pathMenu(nodes, place),
      dragOverCrumb: (id, event) => this.#drops.over(event, id, `crumb ${id ?? ""}`),
      dropOnCrumb: (id, event) => this.#drops.drop(event, id),
    };
  }

  async #sortMenu(place: Element): Promise<void> {
    const sort = await chooseSort(this.menu, this.words, this.#sort, place);
    if (sort !== null) this.sort = sortAttribute(sort);
  }

  async #pathMenu(nodes: readonly TreeNode[], place: Element): Promise<void> {
    const id = await choosePlace(this.menu, this.words, nodes, place);
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

  #clicked(node: TreeNode, event: MouseEvent): void {
    if (this.renaming === node.id) return;
    this.#focus.at(node.id, "name");
    this.#focus.want();
    this.#choosing.click(node, event);
  }

  #open(node: TreeNode): void {
    if (this.#shown.inTrash || this.renaming !== null) return;
    if (node.kind === "directory") {
      if (this.#shown.searching && this.folder !== null) searchOf(this.folder).clear();
      this.#navigate(node.id);
    } else if (this.emit("open", { id: node.id }, { cancelable: true })) void this.previewDialog.show(node.id);
  }

  #navigate(id: NodeId | null): void {
    if (!this.emit("navigate", { id }, { cancelable: true })) return;
    this.current = id;
    if (this.folder !== null) this.dismissed = undoOf(this.folder).value;
    this.#choosing.none();
    if (this.contains(document.activeElement) || this.matches(":focus-within")) this.focus();
  }

  #ownAction(action: ActionId, nodes: readonly NodeId[]): boolean {
    const node = this.state?.tree.get(nodes[0] ?? "");
    const to = node?.kind === "directory" ? node.id : this.#placeForDrop();
    if (action === "open" || action === "preview") {
      if (node !== undefined) this.#open(node);
    } else if (action === "rename") {
      if (node === undefined || !this.#shown.order.includes(node.id)) return false;
      this.renaming = node.id;
      this.renameWrong = null;
    } else if (action === "add-files") this.lookOver.pick({ node: to }, false);
    else if (action === "add-folder") this.lookOver.pick({ node: to }, true);
    else if (action === "select-all") this.#choosing.all();
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
    if (this.matches(":focus-within")) this.#focus.want();
    if (name !== null && wrong === null && name !== node.name) await this.#acting.report.run(() => renameNode(folder, node, name));
  }

  #openMenu(node: TreeNode, place: Element | { x: number; y: number }): void {
    if (!this.#choosing.ids.includes(node.id)) this.#choosing.only(node.id);
    void this.#acting.openMenu(this.#choosing.ids, place);
  }

  #nodeOf(event: Event): TreeNode | undefined {
    const row = event
      .composedPath()
      .find((target): target is HTMLElement => target instanceof HTMLElement && target.dataset["id"] !== undefined);
    return row === undefined ? undefined : this.#shown.nodes[this.#shown.order.indexOf(row.dataset["id"] ?? "")];
  }

  readonly #contextMenu = (event: MouseEvent): void => {
    if (this.renaming !== null || this.folder === null) return;
    event.preventDefault();
    if (this.#choosing.longPress.touching) return;
    const node = this.#nodeOf(event);
    const atKeyboard = event.clientX === 0 && event.clientY === 0;
    const place = atKeyboard && event.target instanceof Element ? event.target : { x: event.clientX, y: event.clientY };
    if (node !== undefined) this.#openMenu(node, place);
    else {
      this.#choosing.none();
      void this.#acting.openMenu([], place);
    }
  };

  readonly #pointerDown = (event: PointerEvent): void => {
    const node = this.#nodeOf(event);
    const was = this.#choosing.longPress.touching;
    this.#choosing.longPress.down(event, this, () => {
      if (node !== undefined) this.#choosing.toggle(node.id);
    });
    if (was !== this.#choosing.longPress.touching) this.requestUpdate();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || this.renaming !== null) return;
    // the focus may have moved since the last drawing
    this.#focus.keep();
    const modified = event.ctrlKey || event.metaKey;
    const walked = this.#focus.walk(event, modified);
    const inControl = event.target instanceof HTMLElement && event.target.matches("button, input");
    if (walked !== null) {
      if (walked.moved && event.shiftKey) this.#choosing.extend(walked.id);
      else if (walked.moved && !modified) this.#choosing.only(walked.id);
    } else if (this.#typeAhead.takes(event) && event.key !== "?" && event.key !== "/" && !(inControl && event.key === " ")) {
      this.#goTo(event);
    } else {
      const command = commandOf(event, inControl);
      if (command === null || !this.#carryOut(command, this.#shown.nodes[this.#focus.index], event)) return;
    }
    event.preventDefault();
  };

  #goTo(event: KeyboardEvent): void {
    const names = this.#shown.nodes.map((each) => each.displayName);
    const id = this.#shown.order[this.#typeAhead.find(event.key, names, this.#focus.index, event.timeStamp)];
    if (id === undefined) return;
    this.#focus.at(id);
    this.#focus.want();
    this.#choosing.only(id);
  }

  /** False where the command means nothing here: the key is left to the page. */
  #carryOut(command: ListCommand, node: TreeNode | undefined, event: KeyboardEvent): boolean {
    const { inTrash } = this.#shown;
    const chosen = this.#choosing.ids.length > 0 || node === undefined ? this.#choosing.ids : [node.id];
    switch (command) {
      case "up":
        this.#up();
        return true;
      case "help":
        this.showShortcuts();
        return true;
      case "undo":
        void this.#acting.run("undo", []);
        return true;
      case "paste":
        if (inTrash) return false;
        void this.#acting.run("paste", []);
        return true;
      case "select-all":
        this.#choosing.all();
        return true;
      case "select-none":
        this.#choosing.none();
        return true;
      default:
        break;
    }
    if (node === undefined) return false;
    switch (command) {
      case "open":
        this.#open(node);
        break;
      case "toggle":
        this.#choosing.toggle(node.id);
        break;
      case "extend":
        this.#choosing.extend(node.id);
        break;
      case "rename":
        void this.#acting.run("rename", [node.id]);
        break;
      case "cut":
        if (!inTrash) void this.#acting.run("cut", chosen);
        break;
      case "trash":
        void this.#acting.run(inTrash ? "purge" : "trash", chosen);
        break;
      default:
        this.#openMenu(node, event.target as Element);
    }
    return true;
  }

  #up(): void {
    const { path, top } = this.#toolbarScene();
    if (this.#shown.inTrash || path.length > 0) this.#navigate(path.at(-2)?.id ?? top.id);
  }

  #measureAcross(): void {
    const width = this.clientWidth - 40;
    this.narrow = this.clientWidth > 0 && this.clientWidth < card.narrow;
    const across = this.narrow ? 2 : Math.max(1, Math.floor((width + card.gap) / (card.least + card.gap)));
    if (across !== this.across) this.across = across;
    else if (this.#heightOf !== "") this.requestUpdate();
  }
}
