import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { NodeId, Transfer } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { ActionReport } from "../file-actions/action-report.ts";
import { fileName } from "../file-actions/node-name.ts";
import { icon } from "../icon/index.ts";
import { claimsOf } from "./claims.ts";
import { nameOf, withinLimits } from "./limits.ts";
import type { Rejected, RejectReason, UploadLimits } from "./limits.ts";
import { lookOverStyles } from "./look-over.styles.ts";
import { takenNames } from "./name-conflicts.ts";
import { pickedByInput } from "./picked-tree.ts";
import type { PickedTree } from "./picked-tree.ts";

/** Where files go: a directory by id (null: the root), or a path that is made where it is missing. */
export type UploadPlace = string | { readonly node: NodeId | null };

const unlimited: UploadLimits = { accept: "", maxFileSize: null, maxFiles: null, maxTotalSize: null };
/** Faces that are drawn at first, and with each press on "more". */
const facesAtOnce = 60;

/**
 * @summary What was picked, looked over before anything leaves this device: faces, taking out, names that exist already. Used inside uploader, list and
 *   tree; in a dialog, or in place with `inline`.
 *
 * @fires keyfold-before-upload - `{files}`: before they are taken. Cancelable.
 * @fires keyfold-reject - `{files, reasons}`: what was left out, and why.
 * @fires keyfold-sent - `{ids}`: the person sent them.
 * @fires keyfold-settled - What there is to say or to look over changed.
 * @csspart base - The panel or dialog.
 * @csspart item - One file.
 */
export class KeyfoldLookOver extends KeyfoldElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, lookOverStyles];

  @property({ type: Boolean }) inline = false;
  @property({ attribute: false }) limits: UploadLimits = unlimited;
  @property({ attribute: false }) conflict: "keep-both" | "replace" = "keep-both";
  /** Sends at once, without a look. */
  @property({ type: Boolean }) autostart = false;

  @state() private ids: ReadonlySet<string> = new Set();
  @state() private reading = false;
  @state() private rejected: readonly Rejected[] = [];
  @state() private unreadable = false;
  @state() private shown = facesAtOnce;
  @state() private said = "";
  @query("dialog") private dialog!: HTMLDialogElement | null;
  @query("input") private input!: HTMLInputElement;
  readonly #uploads = new Observed<readonly Transfer[]>(this, () => this.folder?.uploads ?? null);
  readonly #report = new ActionReport(this);
  #place: UploadPlace = { node: null };
  #said = false;
  #directories: readonly (readonly string[])[] = [];

  /** What is looked over here now. */
  get picked(): readonly Transfer[] {
    const claimed = this.folder === null ? new Set<string>() : claimsOf(this.folder);
    return (this.#uploads.value ?? []).filter(
      (transfer) => transfer.status === "picked" && (this.inline ? !claimed.has(transfer.id) : this.ids.has(transfer.id)),
    );
  }

  /** Whether there is something to say although nothing is picked: what was left out, or could not be read. */
  get hasNotice(): boolean {
    return this.reading || this.rejected.length > 0 || this.unreadable || this.#report.error !== null;
  }

  /** Lets the person pick files, or a directory with all in it. Call it in a click: browsers ask for one. */
  pick(place: UploadPlace, directory: boolean): void {
    this.#place = place;
    this.input.value = "";
    this.input.multiple = !directory && this.limits.maxFiles !== 1;
    this.input.webkitdirectory = directory;
    this.input.accept = directory ? "" : this.limits.accept;
    this.input.click();
  }

  /** Takes what was dropped or pasted. */
  take(reading: Promise<PickedTree>, place: UploadPlace): void {
    this.#place = place;
    this.reading = true;
    this.unreadable = false;
    void this.#report
      .run(async () => {
        let tree: PickedTree;
        try {
          tree = await reading;
        } catch {
          // the browser's own errors name no file: some of it could not be read
          this.unreadable = true;
          return;
        }
        await this.#add(tree, place);
      })
      .finally(() => (this.reading = false));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unclaim();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.#said !== this.hasNotice) {
      this.#said = this.hasNotice;
      this.emit("settled");
    }
    const wanted = !this.inline && (this.picked.length > 0 || this.hasNotice);
    if (this.dialog !== null && this.dialog.open !== wanted) {
      if (wanted) this.dialog.showModal();
      else this.dialog.close();
    }
  }

  protected override render() {
    const hidden = html`<input
      type="file"
      hidden
      tabindex="-1"
      aria-label=${this.words.uploader.chooseFiles}
      @change=${this.#inputChanged}
    />`;
    const live = html`<span class="visually-hidden" role="status">${this.said}</span>`;
    if (this.inline)
      return html`${hidden}${live}
        <div class="panel" part="base">${this.#renderHead()}${this.#renderFaces()}${this.#renderEnd()}</div>`;
    return html`${hidden}<dialog
        class="dialog"
        part="base"
        aria-labelledby="title"
        @cancel=${this.#cancelled}
        @keydown=${(event: Event) => event.stopPropagation()}
      >
        ${live}
        <header>${this.#renderHead()}</header>
        <div class="content panel">${this.#renderFaces()}</div>
        <footer>${this.#renderEnd()}</footer>
      </dialog>`;
  }

  #renderHead() {
    const { picked, words, format } = this;
    const bytes = picked.reduce((sum, transfer) => sum + transfer.size, 0);
    return html`<div class="row-head grow">
      <h2 id="title">
        ${picked.length === 0 ? (this.reading ? words.uploader.reading : words.uploader.nothingLeft) : words.uploader.reviewTitle(picked.length, this.#placeName())}
      </h2>
      ${picked.length === 0 ? nothing : html`<bdi class="num muted">${format.bytes(bytes)}</bdi>`}
    </div>`;
  }

  #renderFaces() {
    const { picked, words, format } = this;
    const taken = this.state === null ? new Set<string>() : takenNames(this.state.tree, picked, this.#place);
    const error = this.#report.error;
    return html`${
        this.rejected.length === 0 && !this.unreadable && error === null
          ? nothing
          : html`<div class="notices" role="alert">
              ${this.#renderRejected()} ${this.unreadable ? html`<p>${words.uploader.unreadable}</p>` : nothing}
              ${error === null ? nothing : html`<p>${words.errors[error.code].message({})}</p>`}
            </div>`
      }
      <ul class="picked">
        ${repeat(
          picked.slice(0, this.shown),
          (transfer) => transfer.id,
          (transfer) =>
            html`<li part="item">
              <span class="face"><keyfold-file-face .file=${transfer.file}></keyfold-file-face></span>
              <button
                type="button"
                class="remove"
                aria-label=${words.uploader.takeOut(transfer.name)}
                @click=${() => this.#takeOut(transfer)}
              >
                ${icon("close")}
              </button>
              <span class="name" title=${[...transfer.path, transfer.name].join("/")}>${fileName(transfer.name)}</span>
              ${transfer.path.length === 0 ? nothing : html`<bdi class="path">${transfer.path.join("/")}</bdi>`}
              ${taken.has(transfer.id) ? this.#renderConflict(transfer) : html`<bdi class="num">${format.bytes(transfer.size)}</bdi>`}
            </li>`,
        )}
      </ul>
      ${
        picked.length > this.shown
          ? html`<button type="button" class="button quiet mini-more" @click=${() => (this.shown += facesAtOnce)}>
              ${words.uploader.andMore(picked.length - this.shown)}
            </button>`
          : nothing
      }`;
  }

  #renderConflict(transfer: Transfer) {
    const { words, folder } = this;
    const chosen = transfer.conflict === "none" ? this.conflict : transfer.conflict;
    return html`<select
      aria-label=${words.uploader.conflict(transfer.name)}
      @change=${(event: Event) => folder?.uploads.setConflict([transfer.id], (event.target as HTMLSelectElement).value as "keep-both" | "replace")}
    >
      <option value="keep-both" ?selected=${chosen === "keep-both"}>${words.uploader.keepBoth}</option>
      <option value="replace" ?selected=${chosen === "replace"}>${words.uploader.replace}</option>
    </select>`;
  }

  #renderRejected() {
    const { words, format, limits } = this;
    const grouped = Map.groupBy(this.rejected, (one) => one.reason);
    return [...grouped].map(([reason, ones]) => {
      const names =
        format.list(ones.slice(0, 3).map((one) => nameOf(one.file))) +
        (ones.length > 3 ? ` ${words.uploader.andMore(ones.length - 3)}` : "");
      return html`<p>${this.#rejectWords(reason, names, limits)}</p>`;
    });
  }

  #rejectWords(reason: RejectReason, names: string, limits: UploadLimits): string {
    const say = this.words.uploader.rejected;
    switch (reason) {
      case "type":
        return say.type(names);
      case "file-size":
        return say["file-size"](names, this.format.bytes(limits.maxFileSize ?? 0));
      case "file-count":
        return say["file-count"](names, this.format.number(limits.maxFiles ?? 0));
      default:
        return say["total-size"](names, this.format.bytes(limits.maxTotalSize ?? 0));
    }
  }

  #renderEnd() {
    const { picked, words } = this;
    const taken = this.state === null ? 0 : takenNames(this.state.tree, picked, this.#place).size;
    return html`<div class="end grow">
      <span class="grow">${taken > 0 ? words.uploader.namesExist(taken) : ""}</span>
      <button type="button" class="button quiet" @click=${this.#cancelled}>
        ${picked.length === 0 ? words.files.close : words.files.cancel}
      </button>
      ${
        picked.length === 0
          ? nothing
          : html`<button type="button" class="button primary" @click=${this.#send}>${words.uploader.send(picked.length)}</button>`
      }
    </div>`;
  }

  #placeName(): string {
    const first = this.picked[0];
    const id = first?.node ?? null;
    if (typeof this.#place === "string" && id === null && this.#place !== "/" && this.#place !== "") return this.#place.replace(/^\//u, "");
    return id === null ? this.words.files.myFolder : (this.state?.tree.get(id)?.displayName ?? this.words.files.myFolder);
  }

  readonly #inputChanged = (): void => {
    const tree = pickedByInput(this.input.files ?? []);
    if (tree.files.length > 0) this.take(Promise.resolve(tree), this.#place);
  };

  async #add(tree: PickedTree, place: UploadPlace): Promise<void> {
    const before = this.picked;
    const { taken, rejected } = withinLimits(tree.files, this.limits, {
      files: before.length,
      bytes: before.reduce((sum, transfer) => sum + transfer.size, 0),
    });
    this.rejected = rejected;
    if (rejected.length > 0)
      this.emit("reject", { files: rejected.map((one) => one.file.file), reasons: rejected.map((one) => one.reason) });
    if (taken.length === 0 && tree.directories.length === 0) return;
    if (!this.emit("before-upload", { files: taken.map((one) => one.file) }, { cancelable: true })) return;
    const folder = await this.ensureFolder();
    const options = { to: place, conflict: this.conflict };
    if (this.autostart || taken.length === 0) {
      folder.uploads.add(taken, { ...options, directories: tree.directories });
      return;
    }
    this.#directories = [...this.#directories, ...tree.directories];
    const ids = folder.uploads.add(taken, { ...options, pick: true });
    this.shown = facesAtOnce;
    this.ids = new Set([...this.ids, ...ids]);
    if (!this.inline) for (const id of ids) claimsOf(folder).add(id);
  }

  #takeOut(transfer: Transfer): void {
    this.folder?.uploads.remove([transfer.id]);
    this.said = this.words.uploader.takenOut(transfer.name);
    if (this.picked.length === 0) this.#settle();
  }

  readonly #send = (): void => {
    const { folder } = this;
    const ids = this.picked.map((transfer) => transfer.id);
    if (folder === null || ids.length === 0) return;
    if (this.#directories.length > 0) folder.uploads.add([], { to: this.#place, directories: this.#directories });
    folder.uploads.send(ids);
    this.#settle();
    this.emit("sent", { ids });
  };

  readonly #cancelled = (event: Event): void => {
    event.preventDefault();
    this.folder?.uploads.remove(this.picked.map((transfer) => transfer.id));
    this.#settle();
  };

  #settle(): void {
    this.#unclaim();
    this.#directories = [];
    this.ids = new Set();
    this.rejected = [];
    this.unreadable = false;
    this.#report.dismiss();
  }

  #unclaim(): void {
    if (this.folder === null) return;
    const claimed = claimsOf(this.folder);
    for (const id of this.ids) claimed.delete(id);
  }
}
