import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query } from "lit/decorators.js";
import type { NodeId, TreeNode } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { parseActions } from "../file-actions/action-list.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { KeyfoldMove } from "../file-actions/move-dialog.ts";
import { NodeActions } from "../file-actions/node-actions.ts";
import type { ActingElement, ActingScene } from "../file-actions/node-actions.ts";
import { endNodeDrag } from "../file-actions/node-drag.ts";
import { isReadable, mayChange } from "../file-actions/rights.ts";
import type { KeyfoldShortcuts } from "../file-actions/shortcuts.ts";
import type { KeyfoldPreviewDialog } from "../preview/preview-dialog.ts";
import { searchOf } from "../search/folder-search.ts";
import type { KeyfoldLookOver } from "../uploader/look-over.ts";
import { pickedByTransfer } from "../uploader/picked-tree.ts";
import { CardsAcross } from "./cards-across.ts";
import { Choosing } from "./choosing.ts";
import { DropPlaces } from "./drop-places.ts";
import { FoundEntry } from "./found-entry.ts";
import { GridFocus } from "./grid-focus.ts";
import { LastChange } from "./last-change.ts";
import { doInList } from "./list-actions.ts";
import { drawFilters, drawPlace, drawStatus, drawToolbar } from "./list-drawing.ts";
import { ListKeyboard } from "./list-keyboard.ts";
import type { ListNow, ListParts } from "./list-parts.ts";
import { placeName, takingPlace } from "./list-place.ts";
import { listStyles } from "./list.styles.ts";
import { parseSort, sortAttribute } from "./node-order.ts";
import { Renaming } from "./renaming.ts";
import { RowEvents } from "./row-events.ts";
import { ShownNodes } from "./shown-nodes.ts";
import { Thumbnails } from "./thumbnails.ts";
import { WindowedRows } from "./windowed-rows.ts";

const ids = { fromAttribute: (text: string | null) => text?.split(/\s+/u).filter(Boolean) ?? [] };

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

  @query(".body") private body!: HTMLElement | null;
  @query("keyfold-menu") private menu!: KeyfoldMenu;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  @query("keyfold-move") private moveDialog!: KeyfoldMove;
  @query("keyfold-look-over") private lookOver!: KeyfoldLookOver;
  @query("keyfold-preview-dialog") private previewDialog!: KeyfoldPreviewDialog;
  @query("keyfold-shortcuts") private shortcuts!: KeyfoldShortcuts;

  readonly #acting = new NodeActions(this);
  readonly #cards = new CardsAcross(this);
  readonly #shown = new ShownNodes(this, () => {
    const { folder, place, sort, words } = this.#now();
    return folder === null || !isReadable(this.state) ? null : { folder, place, sort, words, language: this.format.tag };
  });
  readonly #windowed = new WindowedRows(this, {
    scroller: () => this.body,
    count: () => (this.view === "grid" ? Math.ceil(this.#shown.nodes.length / this.#cards.count) : this.#shown.nodes.length),
    pinned: () => (this.view === "grid" ? Math.floor(this.#focus.index / this.#cards.count) : this.#focus.index),
    height: 40,
  });
  readonly #focus = new GridFocus(this, {
    order: () => this.#shown.order,
    scroller: () => this.body,
    across: () => (this.view === "grid" ? this.#cards.count : null),
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
  readonly #renaming = new Renaming(this, {
    report: this.#acting.report,
    words: () => this.words,
    leave: () => this.#focus.want(),
  });
  readonly #lastChange = new LastChange(this, this.#acting.report);
  readonly #parts: ListParts = {
    host: this,
    acting: this.#acting,
    cards: this.#cards,
    choosing: this.#choosing,
    drops: this.#drops,
    focus: this.#focus,
    lastChange: this.#lastChange,
    renaming: this.#renaming,
    shown: this.#shown,
    thumbnails: new Thumbnails(this),
    windowed: this.#windowed,
    now: () => this.#now(),
    menu: () => this.menu,
    lookOver: () => this.lookOver,
    open: (node) => this.#open(node),
    navigate: (id) => this.#navigate(id),
    show: (view) => (this.view = view),
    sortBy: (sort) => (this.sort = sortAttribute(sort)),
    showShortcuts: () => this.showShortcuts(),
  };
  readonly #rows = new RowEvents(this.#parts);
  readonly #keyboard = new ListKeyboard(this.#parts, this.#rows);

  constructor() {
    super();
    const entry = new FoundEntry(this, {
      first: () => {
        const [id] = this.#shown.order;
        if (id === undefined) return;
        this.#focus.at(id, "name");
        this.#focus.want();
        this.#choosing.only(id);
      },
      open: () => {
        this.#shown.read();
        const [node] = this.#shown.nodes;
        if (node !== undefined) this.#open(node);
      },
    });
    this.addController(entry);
  }

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

  actingScene(): ActingScene {
    const now = this.#now();
    return {
      words: now.words,
      mayChange: now.mayChange,
      allowed: now.allowed,
      menu: this.menu,
      ask: this.ask,
      move: this.moveDialog,
      place: takingPlace(now),
      inTrash: this.#shown.inTrash,
      own: (action, nodes) => doInList(this.#parts, action, nodes),
    };
  }

  protected override folderChanged(): void {
    this.#lastChange.dismiss();
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
      this.#renaming.cancel();
      if (this.body !== null) this.body.scrollTop = 0;
    }
    this.#focus.keep();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const row = this.renderRoot.querySelector<HTMLElement>(this.view === "grid" ? ".line" : ".table > .row:not(.wait)");
    if (row !== null) this.#windowed.measured(row.offsetHeight);
  }

  protected override render() {
    const now = this.#now();
    return html`${drawToolbar(this.#parts)} ${drawFilters(this.#parts)}
      <div
        class="body"
        part="base"
        tabindex="-1"
        @keydown=${this.#keyboard.pressed}
        @contextmenu=${this.#rows.contextMenu}
        @pointerdown=${this.#rows.pointerDown}
        @dragover=${(event: DragEvent) => this.#drops.over(event, takingPlace(this.#now()), "here")}
        @dragleave=${(event: DragEvent) => this.#drops.leave(event)}
        @drop=${(event: DragEvent) => this.#drops.drop(event, takingPlace(this.#now()))}
        @dragend=${() => endNodeDrag()}
        @click=${(event: MouseEvent) => {
          if (event.target === event.currentTarget) this.#choosing.none();
        }}
      >
        ${drawPlace(this.#parts, this.#rows)}
      </div>
      ${
        this.#drops.target === "here" && this.#drops.carriesFiles
          ? html`<div class="dropping"><span>${now.words.list.dropHere(placeName(now.words, now.state, now.place))}</span></div>`
          : nothing
      }
      ${drawStatus(this.#parts)}
      <keyfold-menu></keyfold-menu>
      <keyfold-ask></keyfold-ask>
      <keyfold-move></keyfold-move>
      <keyfold-shortcuts></keyfold-shortcuts>
      <keyfold-preview-dialog .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-preview-dialog>
      <keyfold-look-over .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-look-over>`;
  }

  #now(): ListNow {
    return {
      words: this.words,
      format: this.format,
      folder: this.folder,
      state: this.state,
      status: this.status,
      view: this.view,
      root: this.root,
      place: this.current ?? this.root,
      sort: parseSort(this.sort),
      readonly: this.readonly,
      mayChange: mayChange(this.state, this.readonly),
      allowed: parseActions(this.actions),
    };
  }

  #open(node: TreeNode): void {
    if (this.#shown.inTrash || this.#renaming.id !== null) return;
    if (node.kind === "directory") {
      if (this.#shown.searching && this.folder !== null) searchOf(this.folder).clear();
      this.#navigate(node.id);
    } else if (this.emit("open", { id: node.id }, { cancelable: true })) void this.previewDialog.show(node.id);
  }

  #navigate(id: NodeId | null): void {
    if (!this.emit("navigate", { id }, { cancelable: true })) return;
    this.current = id;
    this.#lastChange.dismiss();
    this.#choosing.none();
    if (this.contains(document.activeElement) || this.matches(":focus-within")) this.focus();
  }
}
