import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { NodeId } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import type { ActionId } from "../file-actions/action-list.ts";
import { parseActions } from "../file-actions/action-list.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { KeyfoldMove } from "../file-actions/move-dialog.ts";
import { NodeActions, trashPlace } from "../file-actions/node-actions.ts";
import type { ActingElement, ActingScene } from "../file-actions/node-actions.ts";
import { endNodeDrag } from "../file-actions/node-drag.ts";
import { isOpen, isReadable, mayChange, wearsMark } from "../file-actions/rights.ts";
import { DropPlaces } from "../list/drop-places.ts";
import { WindowedRows } from "../list/windowed-rows.ts";
import type { KeyfoldLookOver } from "../uploader/look-over.ts";
import { pickedByTransfer } from "../uploader/picked-tree.ts";
import { dropPlaceOf, rowName, shownRows } from "./shown-rows.ts";
import { SpringOpening } from "./spring-opening.ts";
import { treeBlank } from "./tree-blank.ts";
import { TreeFocus } from "./tree-focus.ts";
import { TreeKeyboard } from "./tree-keyboard.ts";
import type { TreeDeed } from "./tree-keyboard.ts";
import { treeRow } from "./tree-row.ts";
import type { Row } from "./tree-row.ts";
import { rowKey } from "./tree-rows.ts";
import { treeWrong } from "./tree-wrong.ts";
import { treeStyles } from "./tree.styles.ts";

/**
 * @summary The folder's tree: subfolders inside subfolders, and files. Follows the ARIA tree pattern; large trees are drawn in part.
 *
 * @fires keyfold-select - `{ids}`: what was chosen, after it was.
 * @fires keyfold-navigate - `{id}`: a directory (null: the root, "trash": the trash) is about to be shown. Cancelable; else `current` changes.
 * @csspart base - What scrolls.
 * @csspart row - One row.
 * @csspart badge - The mark of a subfolder that is not protected.
 * @csspart empty - The words where there is nothing yet.
 * @csspart error - What went wrong.
 */
export class KeyfoldTree extends KeyfoldElement implements ActingElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, treeStyles];

  /** Id of the directory at the top; null is the folder's own root. */
  @property() root: NodeId | null = null;

  /** Id of the directory that is shown elsewhere; null is the root, "trash" the trash. */
  @property() current: NodeId | null = null;

  /** Ids of what is chosen. As an attribute: separated by spaces. */
  @property({ converter: { fromAttribute: (text: string | null) => text?.split(/\s+/u).filter(Boolean) ?? [] } })
  selection: readonly NodeId[] = [];

  /** Action ids that are offered, separated by spaces; absent for all. */
  @property() actions: string | null = null;

  @property({ type: Boolean }) readonly = false;

  /** Shows no files and no trash: for choosing a place. */
  @property({ type: Boolean, attribute: "directories-only" }) directoriesOnly = false;

  @state() private expanded: ReadonlySet<string> = new Set([rowKey(null)]);

  @query(".base") private scroller!: HTMLElement | null;
  @query("keyfold-menu") private menu!: KeyfoldMenu;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  @query("keyfold-move") private moveDialog!: KeyfoldMove;
  @query("keyfold-look-over") private lookOver!: KeyfoldLookOver;

  readonly #acting = new NodeActions(this);
  readonly #windowed = new WindowedRows(this, {
    scroller: () => this.scroller,
    count: () => this.#rows.length,
    pinned: () => this.#focus.index,
    height: 32,
  });
  readonly #drops = new DropPlaces(this, {
    mayDrop: () => mayChange(this.state, this.readonly) && !this.directoriesOnly,
    moveTo: (nodes, to) => void this.#acting.moveTo(nodes, to),
    take: (transfer, to) => this.lookOver.take(pickedByTransfer(transfer), { node: to }),
    heldOver: (key) => this.#spring.over(key),
  });
  readonly #focus = new TreeFocus(this, () => this.#rows);
  readonly #keyboard = new TreeKeyboard(this, {
    focus: this.#focus,
    rows: () => this.#rows,
    nameOf: (row) => rowName(this.words, row),
    page: () => this.#windowed.pageLength,
    take: (step, row) => this.#take(step, row),
  });
  readonly #spring = new SpringOpening(this, (key) => {
    const under = this.#rows.find((each) => rowKey(each.id) === key);
    if (under?.expanded === false) this.#toggle(under);
  });
  #rows: readonly Row[] = [];

  /** Moves the focus to the row that has the place in the tab order. */
  override focus(): void {
    this.#focus.want();
  }

  /** Opens the way down to a directory and scrolls to it. */
  reveal(id: NodeId): void {
    this.#openWay(id);
    this.#focus.at(rowKey(id));
    void this.updateComplete.then(() => this.#windowed.scrollTo(this.#focus.index));
  }

  actingScene(): ActingScene {
    return {
      words: this.words,
      mayChange: mayChange(this.state, this.readonly),
      allowed: parseActions(this.actions),
      menu: this.menu,
      ask: this.ask,
      move: this.moveDialog,
      place: this.root,
      inTrash: false,
      own: (action, ids) => this.#ownAction(action, ids),
    };
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has("root")) this.expanded = new Set([...this.expanded, rowKey(this.root)]);
    if (changed.has("current")) this.#showCurrent();
    this.#rows = shownRows(this.state, {
      root: this.root,
      expanded: this.expanded,
      directoriesOnly: this.directoriesOnly,
      language: this.format.tag,
      current: this.current,
    });
    this.#focus.keep();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const item = this.renderRoot.querySelector<HTMLElement>(".item");
    if (item !== null) this.#windowed.measured(item.offsetHeight);
  }

  protected override render() {
    const { words, state } = this;
    return html`<div
        class="base"
        part="base"
        @keydown=${this.#keyboard.pressed}
        @contextmenu=${this.#contextMenu}
        @dragleave=${(event: DragEvent) => this.#drops.leave(event)}
      >
        <div role="tree" aria-label=${words.tree.label}>
          ${repeat(
            this.#windowed.slots,
            (slot) => ("gap" in slot ? `gap ${slot.after}` : rowKey(this.#rows[slot.index]?.id ?? null)),
            (slot) => {
              if ("gap" in slot) return html`<div class="gap" role="presentation" ${customProperties({ "--_gap": slot.gap })}></div>`;
              const row = this.#rows[slot.index];
              return row === undefined ? nothing : this.#renderRow(row);
            },
          )}
        </div>
        ${treeBlank({
          words,
          opening: this.status === "opening",
          empty: !this.directoriesOnly && (state === null || (isReadable(state) && state.tree.childCount(this.root) === 0)),
        })}
      </div>
      ${treeWrong(words, this.#acting.report)}
      <keyfold-menu></keyfold-menu>
      ${
        this.directoriesOnly
          ? nothing
          : html`<keyfold-ask></keyfold-ask><keyfold-move></keyfold-move
              ><keyfold-look-over .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-look-over>`
      }`;
  }

  #renderRow(row: Row): TemplateResult {
    const { words, state } = this;
    const key = rowKey(row.id);
    const isRoot = row.id === this.root && row.node?.kind !== "file";
    const open = isOpen(state) || this.status === "none";
    const place = dropPlaceOf(row);
    return treeRow(row, {
      words,
      isRoot,
      name: rowName(words, row),
      marked: row.id !== trashPlace && (row.node === null || isRoot ? open : state !== null && wearsMark(state, row.node)),
      selected: this.#isSelected(row),
      current: this.#isCurrent(row),
      focused: key === this.#focus.key,
      draggable: row.node !== null && !isRoot && mayChange(state, this.readonly) && !this.directoriesOnly,
      over: key === this.#drops.target,
      cut: row.node !== null && this.#acting.cut.has(row.node.id),
      clicked: (event) => this.#clicked(event, row),
      toggled: () => this.#toggle(row),
      gotFocus: () => this.#focus.at(key),
      dragStart: (event) => {
        if (row.node !== null) this.#drops.begin(event, this.selection.includes(row.node.id) ? this.selection : [row.node.id]);
      },
      dragEnd: () => endNodeDrag(),
      dragOver: (event) => {
        if (place !== undefined) this.#drops.over(event, place, rowKey(place));
      },
      drop: (event) => {
        if (place !== undefined) this.#drops.drop(event, place);
      },
    });
  }

  #showCurrent(): void {
    const current = this.current;
    this.#focus.at(rowKey(current));
    if (current !== null && current !== trashPlace) this.#openWay(current);
  }

  #openWay(id: NodeId): void {
    const path = this.state?.tree.path(id) ?? [];
    this.expanded = new Set([...this.expanded, rowKey(this.root), ...path.slice(0, -1).map((node) => node.id)]);
  }

  #isCurrent(row: Row): boolean {
    return row.id === trashPlace ? this.current === trashPlace : row.node?.kind !== "file" && row.id === this.current;
  }

  #isSelected(row: Row): boolean {
    return this.#isCurrent(row) || (row.node?.kind === "file" && this.selection.includes(row.node.id));
  }

  #clicked(event: MouseEvent, row: Row): void {
    this.#focus.at(rowKey(row.id));
    const onTwist = event.composedPath().some((target) => target instanceof Element && target.classList.contains("twist"));
    if (onTwist && row.expanded !== null) this.#toggle(row);
    else this.#activate(row);
  }

  #activate(row: Row): void {
    if (row.node?.kind === "file") {
      const parent = row.node.parent;
      if (parent !== this.current && !this.#navigate(parent)) return;
      this.selection = [row.node.id];
      this.emit("select", { ids: this.selection });
    } else this.#navigate(row.id);
  }

  #navigate(id: NodeId | null): boolean {
    if (!this.emit("navigate", { id }, { cancelable: true })) return false;
    this.current = id;
    if (this.selection.length > 0) {
      this.selection = [];
      this.emit("select", { ids: [] });
    }
    return true;
  }

  #toggle(row: Row): void {
    if (row.expanded === null) return;
    const expanded = new Set(this.expanded);
    if (!expanded.delete(rowKey(row.id))) expanded.add(rowKey(row.id));
    this.expanded = expanded;
  }

  #take(step: TreeDeed, row: Row): void {
    if (typeof step === "object") {
      if ("toggle" in step) this.#toggle(step.toggle);
      else this.expanded = new Set([...this.expanded, ...step.expand]);
      return;
    }
    switch (step) {
      case "activate":
        return this.#activate(row);
      case "undo":
      case "redo":
        return void this.#acting.run(step, []);
      case "paste":
        return void this.#acting.run("paste", row.id === null || row.id === trashPlace ? [] : [row.id]);
      case "menu":
        return this.#openMenu(row, this.#itemOf(row));
      default:
        if (row.node !== null && row.id !== this.root && !this.directoriesOnly) void this.#acting.run(step, [row.node.id]);
    }
  }

  #ownAction(action: ActionId, ids: readonly NodeId[]): boolean {
    const node = this.state?.tree.get(ids[0] ?? "");
    if (action === "open" && node?.kind === "directory") this.#navigate(node.id);
    else if (action === "preview" && node !== undefined)
      this.#activate({ id: node.id, node, level: 1, expanded: null, setSize: 1, position: 1 });
    else if (action === "show-trash") this.#navigate(trashPlace);
    else if (action === "add-files" || action === "add-folder")
      this.lookOver.pick({ node: node?.kind === "directory" ? node.id : this.root }, action === "add-folder");
    else return false;
    return true;
  }

  #itemOf(row: Row): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`.item[data-key="${rowKey(row.id)}"]`);
  }

  readonly #contextMenu = (event: MouseEvent): void => {
    const item = event
      .composedPath()
      .find((target): target is HTMLElement => target instanceof HTMLElement && target.classList.contains("item"));
    const row = item === undefined ? undefined : this.#rows.find((each) => rowKey(each.id) === item.dataset["key"]);
    if (row === undefined || item === undefined || this.directoriesOnly) return;
    event.preventDefault();
    this.#focus.at(rowKey(row.id));
    this.#openMenu(row, event.clientX === 0 && event.clientY === 0 ? item : null, event);
  };

  #openMenu(row: Row, item: HTMLElement | null, event?: MouseEvent): void {
    if (this.directoriesOnly) return;
    if (row.id === trashPlace) return;
    const ids = row.node === null || row.id === this.root ? [] : [row.node.id];
    void this.#acting.openMenu(ids, item ?? { x: event?.clientX ?? 0, y: event?.clientY ?? 0 });
  }
}
