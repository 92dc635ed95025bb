import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Transfer } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { dragsFiles } from "../file-actions/node-drag.ts";
import { isOpen, mayChange } from "../file-actions/rights.ts";
import { icon, mark } from "../icon/index.ts";
import { claimsOf } from "./claims.ts";
import { parseBytes } from "./limits.ts";
import type { UploadLimits } from "./limits.ts";
import type { KeyfoldLookOver, UploadPlace } from "./look-over.ts";
import { pickedByTransfer } from "./picked-tree.ts";
import { uploaderStyles } from "./uploader.styles.ts";

/**
 * @summary Takes files and whole directories: dropped, pasted or picked; shows them before they are sent.
 *
 * @fires keyfold-before-upload - `{files}`: before they are taken. Cancelable.
 * @fires keyfold-reject - `{files, reasons}`: what was left out, and why: `type`, `file-size`, `file-count`, `total-size`.
 * @slot prompt - In place of "Drop files or folders here".
 * @csspart base - All of it.
 * @csspart dropzone - The sheet that takes files.
 * @csspart item - One picked file.
 * @csspart error - Why nothing can be added here.
 */
export class KeyfoldUploader extends KeyfoldElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, uploaderStyles];

  /** Where files go: a path ("/2026/taxes", made where missing) or a directory's id; absent for the root. */
  @property() to: string | null = null;
  @property() accept = "";
  /** Bytes, or with a unit: "25 MB". */
  @property({ attribute: "max-file-size" }) maxFileSize: string | null = null;
  @property({ type: Number, attribute: "max-files" }) maxFiles: number | null = null;
  @property({ attribute: "max-total-size" }) maxTotalSize: string | null = null;
  /** What happens with a name that exists already, unless the person decides. */
  @property() conflict: "keep-both" | "replace" = "keep-both";
  /** Sends at once, without a look. */
  @property({ type: Boolean }) autostart = false;
  @property({ type: Boolean }) readonly = false;

  @state() private over = false;
  @query("keyfold-look-over") private lookOver!: KeyfoldLookOver;
  readonly #uploads = new Observed<readonly Transfer[]>(this, () => this.folder?.uploads ?? null);
  #limits: UploadLimits = { accept: "", maxFileSize: null, maxFiles: null, maxTotalSize: null };

  /** Opens the picker for files. Call it in a click. */
  pickFiles(): void {
    if (this.#why() === null) this.lookOver.pick(this.#place, false);
  }

  /** Opens the picker for a directory with all in it. Call it in a click. */
  pickDirectory(): void {
    if (this.#why() === null) this.lookOver.pick(this.#place, true);
  }

  /** Takes what was dropped or pasted elsewhere on the page; call it inside the event. */
  takeTransfer(transfer: DataTransfer): void {
    if (this.#why() === null) this.lookOver.take(pickedByTransfer(transfer), this.#place);
  }

  get #place(): UploadPlace {
    const to = this.to ?? "";
    return /^[0-9a-f]{32}$/u.test(to) ? { node: to } : to === "" || to === "/" ? { node: null } : to;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("paste", this.#pasted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("paste", this.#pasted);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.#limits = {
      accept: this.accept,
      maxFileSize: parseBytes(this.maxFileSize),
      maxFiles: this.maxFiles,
      maxTotalSize: parseBytes(this.maxTotalSize),
    };
  }

  protected override render() {
    const reviewing = this.#reviewing();
    return html`<div class="base" part="base" ?hidden=${!reviewing}>
        <div class="card">
          <keyfold-look-over
            inline
            exportparts="item"
            .folder=${this.givenFolder}
            .from=${this.source}
            .i18n=${this.i18n}
            .limits=${this.#limits}
            .conflict=${this.conflict}
            .autostart=${this.autostart}
            @keyfold-before-upload=${this.#passOn}
            @keyfold-reject=${this.#passOn}
            @keyfold-settled=${() => this.requestUpdate()}
          ></keyfold-look-over>
        </div>
      </div>
      ${reviewing ? nothing : this.#renderDropzone()}`;
  }

  #renderDropzone() {
    const { words } = this;
    const why = this.#why();
    const open = isOpen(this.state) || this.status === "none";
    return html`<div
      class=${["dropzone sheet-card", this.over ? "over" : "", why === null ? "" : "off"].join(" ").trim()}
      part="dropzone"
      tabindex="-1"
      @dragenter=${this.#dragOver}
      @dragover=${this.#dragOver}
      @dragleave=${this.#dragLeave}
      @drop=${this.#drop}
    >
      ${mark(open ? "open" : "locked")}
      <h2><slot name="prompt">${words.uploader.title}</slot></h2>
      <div class="choices">
        <button type="button" class="button tinted large" ?disabled=${why !== null} @click=${() => this.pickFiles()}>
          ${icon("upload")}${words.uploader.chooseFiles}
        </button>
        <button type="button" class="button large" ?disabled=${why !== null} @click=${() => this.pickDirectory()}>
          ${words.uploader.chooseFolder}
        </button>
      </div>
      ${why === null ? html`<p>${open ? words.uploader.openHint : words.uploader.lockedHint}</p>` : html`<p part="error" role="status">${why}</p>`}
    </div>`;
  }

  /** Why nothing can be added now; null where it can. */
  #why(): string | null {
    const { words, state } = this;
    if (this.readonly) return words.files.readOnlyHere;
    if (state === null) return this.status === "none" ? null : words.list.opening;
    if (state.status === "locked") return words.list.lockedHint;
    return mayChange(state, false) ? null : words.files.readOnly;
  }

  #reviewing(): boolean {
    const claimed = this.folder === null ? new Set<string>() : claimsOf(this.folder);
    const picked = (this.#uploads.value ?? []).some((transfer) => transfer.status === "picked" && !claimed.has(transfer.id));
    return picked || (this.hasUpdated && this.lookOver.hasNotice);
  }

  readonly #passOn = (event: CustomEvent<Record<string, unknown>>): void => {
    const name = event.type.slice("keyfold-".length);
    if (!this.emit(name, event.detail, { cancelable: event.cancelable })) event.preventDefault();
  };

  readonly #pasted = (event: ClipboardEvent): void => {
    if (event.clipboardData === null || event.clipboardData.files.length === 0 || event.defaultPrevented) return;
    event.preventDefault();
    this.takeTransfer(event.clipboardData);
  };

  readonly #dragOver = (event: DragEvent): void => {
    if (!dragsFiles(event) || this.#why() !== null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    this.over = true;
  };

  readonly #dragLeave = (event: DragEvent): void => {
    if (event.relatedTarget instanceof Node && (event.currentTarget as Node).contains(event.relatedTarget)) return;
    this.over = false;
  };

  readonly #drop = (event: DragEvent): void => {
    this.over = false;
    if (event.dataTransfer === null || !dragsFiles(event) || this.#why() !== null) return;
    event.preventDefault();
    event.stopPropagation();
    this.takeTransfer(event.dataTransfer);
  };
}
