import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { parseActions } from "../file-actions/action-list.ts";
import type { ActionId } from "../file-actions/action-list.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import { errorText } from "../file-actions/error-text.ts";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import type { KeyfoldMove } from "../file-actions/move-dialog.ts";
import { NodeActions } from "../file-actions/node-actions.ts";
import type { ActingElement, ActingScene } from "../file-actions/node-actions.ts";
import { isOpen, isReadable, mayChange } from "../file-actions/rights.ts";
import { icon } from "../icon/index.ts";
import type { KeyfoldPreviewDialog } from "../preview/preview-dialog.ts";
import { detailsStyles } from "./details.styles.ts";
import { factsOf } from "./file-facts.ts";
import { versionList } from "./version-list.ts";

/**
 * @summary What there is to know about a file or directory, with its preview, versions and actions; of several, how many and how large.
 *
 * @fires keyfold-close - The person closed the details.
 * @fires keyfold-navigate - `{id}`: a directory is about to be opened. Cancelable.
 * @slot actions - More actions, after the buttons.
 * @slot preview - In place of the preview.
 * @csspart base - All of it.
 * @csspart meta - The facts.
 * @csspart empty - The words while nothing is chosen.
 * @csspart error - What went wrong.
 */
export class KeyfoldDetails extends KeyfoldElement implements ActingElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, detailsStyles];

  /** Id of the node. */
  @property() node: NodeId | null = null;
  /** Ids of several; comes before `node`. */
  @property({ attribute: false }) selection: readonly NodeId[] = [];
  /** Action ids that are offered, separated by spaces; absent for all. */
  @property() actions: string | null = null;
  @property({ type: Boolean }) readonly = false;

  @state() private dimensions: { width: number; height: number } | null = null;
  @state() private said = "";
  @query("keyfold-menu") private menu!: KeyfoldMenu;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  @query("keyfold-move") private moveDialog!: KeyfoldMove;
  @query("keyfold-preview-dialog") private previewDialog!: KeyfoldPreviewDialog;
  readonly #acting = new NodeActions(this);

  actingScene(): ActingScene {
    const first = this.#nodes()[0];
    return {
      words: this.words,
      mayChange: mayChange(this.state, this.readonly),
      allowed: parseActions(this.actions),
      menu: this.menu,
      ask: this.ask,
      move: this.moveDialog,
      place: first?.parent ?? null,
      inTrash: first !== undefined && this.#isTrashed(first),
      own: (action, ids) => this.#ownAction(action, ids),
    };
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has("node") || changed.has("selection")) {
      this.dimensions = null;
      this.said = "";
      this.#acting.report.dismiss();
    }
  }

  protected override render() {
    const nodes = this.#nodes();
    const [node] = nodes;
    const { words } = this;
    const inner = html`<keyfold-menu></keyfold-menu><keyfold-ask></keyfold-ask><keyfold-move></keyfold-move
      ><keyfold-preview-dialog .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n}></keyfold-preview-dialog>`;
    if (node === undefined) {
      return html`<div class="nothing" part="empty">
          ${icon("info")}
          <p>${words.details.nothing}</p>
        </div>
        ${inner}`;
    }
    const error = this.#acting.report.error;
    return html`<div class="base" part="base">
        <slot name="preview">${nodes.length > 1 ? this.#renderMany() : this.#renderPreview(node)}</slot>
        <div class="title">
          <h2 tabindex="-1">${nodes.length > 1 ? words.details.selected(nodes.length) : html`<bdi>${node.displayName}</bdi>`}</h2>
          <button type="button" class="icon-button" aria-label=${words.details.closeDetails} @click=${() => this.emit("close")}>
            ${icon("close")}
          </button>
        </div>
        ${this.#renderActions(nodes, node)}
        ${error === null ? nothing : html`<p class="wrong" part="error" role="alert">${errorText(words, error)}</p>`}
        ${this.#renderExposure(node)} ${nodes.length > 1 ? this.#renderSum(nodes) : this.#renderFacts(node)}
        ${this.folder !== null && nodes.length === 1 && node.versions.length > 1 ? this.#renderVersions(this.folder, node) : nothing}
        ${
          nodes.length > 1
            ? nothing
            : node.pending
              ? html`<p class="verified wait">${icon("clock", { class: "mini" })}${words.details.notVerified}</p>`
              : html`<p class="verified">${icon("check", { class: "mini" })}${words.details.verified}</p>`
        }
        <span class="visually-hidden" role="status">${this.said}</span>
      </div>
      ${inner}`;
  }

  #renderPreview(node: TreeNode) {
    if (node.kind === "directory" || this.#isTrashed(node)) {
      const kind = kindOf(node);
      const colour = `${classOfKind(kind)}${kind === "folder" && isOpen(this.state) ? " open" : ""}`;
      return html`<figure class="preview sheet-card"><div class="alone">${icon(iconOfKind(kind), { class: colour })}</div></figure>`;
    }
    return html`<figure class="preview sheet-card">
      <keyfold-preview
        cover
        .folder=${this.givenFolder}
        .from=${this.source}
        .i18n=${this.i18n}
        .node=${node.id}
        @keyfold-dimensions=${(event: CustomEvent<{ width: number; height: number }>) => (this.dimensions = event.detail)}
      ></keyfold-preview>
    </figure>`;
  }

  #renderMany() {
    return html`<figure class="preview sheet-card"><div class="many">${icon("files")}</div></figure>`;
  }

  #renderActions(nodes: readonly TreeNode[], node: TreeNode) {
    const { words } = this;
    const inTrash = this.#isTrashed(node);
    const allowed = parseActions(this.actions);
    const offers = (action: ActionId): boolean => allowed === null || allowed.has(action);
    const ids = nodes.map((each) => each.id);
    const zipped = nodes.length > 1 || node.kind === "directory";
    const main: ActionId = inTrash ? "restore" : "download";
    const may = main === "download" || mayChange(this.state, this.readonly);
    return html`<div class="actions">
      ${
        offers(main) && may
          ? html`<button type="button" class="button primary" @click=${() => void this.#acting.run(main, ids)}>
              ${icon(inTrash ? "history" : "download")}${inTrash ? words.actions.restore : zipped ? words.actions.downloadZip : words.actions.download}
            </button>`
          : html`<span></span>`
      }
      ${
        nodes.length === 1 && !inTrash
          ? html`<button type="button" class="icon-button" aria-label=${words.details.open} @click=${() => this.#open(node)}>
              ${icon("open")}
            </button>`
          : nothing
      }
      <slot name="actions"></slot>
      <button
        type="button"
        class="icon-button"
        aria-haspopup="menu"
        aria-label=${words.files.more}
        @click=${(event: Event) => void this.#acting.openMenu(ids, event.currentTarget as Element)}
      >
        ${icon("more")}
      </button>
    </div>`;
  }

  #renderExposure(node: TreeNode) {
    const { words, state } = this;
    if (isOpen(state)) {
      return html`<div class="note">${icon("fold-0")}<b>${words.details.anyoneTitle}</b><span>${words.details.anyoneHint}</span></div>`;
    }
    if (!node.exposed) return nothing;
    return html`<div class="note">${icon("fold-0")}<b>${words.details.exposedTitle}</b><span>${words.details.exposedHint}</span></div>`;
  }

  #renderFacts(node: TreeNode) {
    const { words, format, state } = this;
    if (state === null) return nothing;
    const facts = factsOf(node, { words, format, tree: state.tree }, this.dimensions);
    return html`<dl class="facts" part="meta">
      ${facts.map(
        ([term, value]) =>
          html`<dt>${term}</dt>
            <dd><bdi>${value}</bdi></dd>`,
      )}
    </dl>`;
  }

  #renderSum(nodes: readonly TreeNode[]) {
    const { words, format, state } = this;
    const bytes = nodes.reduce((sum, node) => sum + (state?.tree.size(node.id) ?? 0), 0);
    const directories = nodes.filter((node) => node.kind === "directory").length;
    return html`<dl class="facts" part="meta">
      <dt>${words.details.holds}</dt>
      <dd>${words.details.holdsCount(words.files.folders(directories), words.files.filesCount(nodes.length - directories))}</dd>
      <dt>${words.details.size}</dt>
      <dd>${format.bytes(bytes)}</dd>
    </dl>`;
  }

  #renderVersions(folder: Folder, node: TreeNode) {
    const allowed = parseActions(this.actions);
    return versionList({
      words: this.words,
      format: this.format,
      versions: folder.versions({ node: node.id }),
      fromDrop: node.fromDrop,
      mayRestore: mayChange(this.state, this.readonly) && !this.#isTrashed(node),
      mayDownload: allowed === null || allowed.has("download"),
      restore: (blob) => void this.#revert(node, blob),
      download: (version) => void this.#acting.report.run(() => folder.save([{ node: node.id }], { version })),
    });
  }

  #nodes(): readonly TreeNode[] {
    const state = this.state;
    if (state === null || !isReadable(state)) return [];
    const ids = this.selection.length > 0 ? this.selection : this.node === null ? [] : [this.node];
    return ids.flatMap((id) => state.tree.get(id) ?? []);
  }

  #isTrashed(node: TreeNode): boolean {
    return node.trashed || (this.state?.tree.path(node.id).some((above) => above.trashed) ?? false);
  }

  #open(node: TreeNode): void {
    if (node.kind === "directory") this.emit("navigate", { id: node.id }, { cancelable: true });
    else void this.previewDialog.show(node.id);
  }

  #ownAction(action: ActionId, ids: readonly NodeId[]): boolean {
    const node = this.state?.tree.get(ids[0] ?? "");
    if ((action !== "open" && action !== "preview") || node === undefined) return false;
    this.#open(node);
    return true;
  }

  async #revert(node: TreeNode, blob: string): Promise<void> {
    const { folder } = this;
    if (folder === null) return;
    if (await this.#acting.report.run(() => folder.revert({ node: node.id }, blob))) this.said = this.words.details.restored;
  }
}
