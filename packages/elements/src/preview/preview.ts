import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { isKeyfoldError } from "@keyfold/core";
import type { BlobId, KeyfoldError, NodeId } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import { icon } from "../icon/index.ts";
import { ObjectUrls } from "./object-urls.ts";
import { openPdf } from "./pdf-page.ts";
import type { PdfPages } from "./pdf-page.ts";
import { isActive, previewLimit, previewKind, textShown } from "./preview-kind.ts";
import { loadPreview, showable } from "./preview-load.ts";
import type { Shown } from "./preview-load.ts";
import { previewStyles } from "./preview.styles.ts";

/**
 * @summary Shows a file: picture, page, text, film, sound; else the icon of its kind. Nothing of a file ever runs or becomes markup here.
 *
 * @fires keyfold-dimensions - `{width, height}`: of a picture, once it is drawn.
 * @csspart base - Where it is shown.
 * @csspart error - Why it cannot be shown.
 */
export class KeyfoldPreview extends KeyfoldElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, previewStyles];

  @property() node: NodeId | null = null;
  /** An earlier version; null is the current one. */
  @property() version: BlobId | null = null;
  /** Fills its box, cutting what stands over: for a face, not for reading. */
  @property({ type: Boolean, reflect: true }) cover = false;

  @state() private shown: Shown | null = null;
  @state() private error: KeyfoldError | null = null;
  @state() private broken = false;
  @state() private received = 0;
  @state() private page = 1;
  @state() private pdf: PdfPages | null = null;
  @query("canvas") private canvas!: HTMLCanvasElement | null;
  @query(".paper") private paper!: HTMLElement | null;
  readonly #urls = new ObjectUrls(this);
  #loading: AbortController | null = null;
  #loaded = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    this.#loaded = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const node = this.node === null ? undefined : this.state?.tree.get(this.node);
    const wanted = node === undefined ? "" : `${this.folder?.id} ${node.id} ${this.version ?? node.current?.blob}`;
    if (wanted === this.#loaded || !this.isConnected) return;
    this.#loaded = wanted;
    void this.#load();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if ((changed.has("pdf") || changed.has("page")) && this.pdf !== null && this.canvas !== null && this.paper !== null) {
      const { width, height } = this.paper.getBoundingClientRect();
      const box = this.cover ? { width: width - 24, height: Number.MAX_SAFE_INTEGER } : { width: width - 32, height: height - 32 };
      this.pdf.paint(this.canvas, this.page, box).catch(() => (this.broken = true));
    }
  }

  protected override render() {
    const node = this.node === null ? undefined : this.state?.tree.get(this.node);
    if (node === undefined) return nothing;
    const { words, format } = this;
    if (this.error !== null) {
      return html`<div class="base" part="base">
        <div class="kind" part="error" role="alert">
          ${icon("warning")}
          <p>${words.errors[this.error.code].message({})}</p>
          <button type="button" class="button" @click=${() => void this.#load()}>${words.errors[this.error.code].action}</button>
        </div>
      </div>`;
    }
    const able = node.kind === "directory" ? "none" : showable(node);
    if (able === "none" || able === "too-large" || this.broken) return this.#renderKind(able === "too-large");
    if (this.shown === null || (this.shown.kind === "pdf" && this.pdf === null)) {
      const size = node.current?.size ?? 0;
      const share = size === 0 ? 0 : Math.min(100, (this.received / size) * 100);
      const { part, whole } = format.bytesOf(this.received, size);
      return html`<div class="base" part="base">
        <div class="loading" role="status">
          <span>${this.received > 0 ? words.preview.progress(part, whole) : words.preview.loading}</span>
          <div
            class="bar"
            role="progressbar"
            aria-label=${words.preview.loading}
            aria-valuenow=${Math.floor(share)}
            ${customProperties({ "--_v": share })}
          ></div>
        </div>
      </div>`;
    }
    return html`<div class="base" part="base">${this.#renderShown(this.shown, node.displayName)}</div>
      ${this.#renderNote(this.shown, { name: node.name, type: node.current?.type ?? "" })}`;
  }

  #renderShown(shown: Shown, name: string): TemplateResult {
    switch (shown.kind) {
      case "image":
        return html`<img
          src=${this.#urls.of(shown.blob)}
          alt=${name}
          decoding="async"
          @load=${this.#measured}
          @error=${() => (this.broken = true)}
        />`;
      case "video":
        return html`<video
          src=${this.#urls.of(shown.blob)}
          controls
          playsinline
          preload="metadata"
          aria-label=${name}
          @error=${() => (this.broken = true)}
        ></video>`;
      case "audio":
        return html`<audio
          src=${this.#urls.of(shown.blob)}
          controls
          preload="metadata"
          aria-label=${name}
          @error=${() => (this.broken = true)}
        ></audio>`;
      case "pdf":
        return html`<div class="paper">
          <canvas role="img" aria-label=${`${name}, ${this.words.preview.page(this.page, this.pdf?.count ?? 1)}`}></canvas>
        </div>`;
      default:
        return html`<pre tabindex="0" dir="auto" aria-label=${name}>${shown.text}</pre>`;
    }
  }

  #renderNote(shown: Shown, file: { name: string; type: string }) {
    const { words } = this;
    if (shown.kind === "pdf" && this.pdf !== null && this.pdf.count > 1 && !this.cover) {
      const { count } = this.pdf;
      return html`<div class="note">
        <span class="grow" role="status">${words.preview.page(this.page, count)}</span>
        <button
          type="button"
          class="icon-button"
          aria-label=${words.preview.previousPage}
          ?disabled=${this.page <= 1}
          @click=${() => (this.page -= 1)}
        >
          ${icon("chevron-up")}
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label=${words.preview.nextPage}
          ?disabled=${this.page >= count}
          @click=${() => (this.page += 1)}
        >
          ${icon("chevron-down")}
        </button>
      </div>`;
    }
    const notes: string[] = [];
    if (shown.kind === "text" && isActive(file)) notes.push(words.preview.asText);
    if (shown.kind === "image" && isActive(file)) notes.push(words.preview.stillImage);
    if (shown.kind === "text" && shown.cut) notes.push(words.preview.cut(this.format.bytes(textShown)));
    return notes.length === 0 ? nothing : html`<p class="note">${icon("frame")}${notes.join(" ")}</p>`;
  }

  #renderKind(tooLarge: boolean) {
    const node = this.node === null ? undefined : this.state?.tree.get(this.node);
    if (node === undefined) return nothing;
    const { words } = this;
    const kind = kindOf(node);
    const how = previewKind({ name: node.name, type: node.current?.type ?? "" });
    const why = this.broken
      ? words.preview.broken
      : tooLarge && how !== "none" && how !== "text"
        ? words.preview.tooLarge(this.format.bytes(previewLimit[how]))
        : node.kind === "directory"
          ? null
          : words.preview.none;
    return html`<div class="base" part="base">
      <div class="kind">${icon(iconOfKind(kind), { class: classOfKind(kind) })}${why === null ? nothing : html`<p>${why}</p>`}</div>
    </div>`;
  }

  async #load(): Promise<void> {
    this.#stop();
    this.shown = null;
    this.error = null;
    this.broken = false;
    this.received = 0;
    this.page = 1;
    const folder = this.folder;
    const node = this.node === null ? undefined : this.state?.tree.get(this.node);
    if (folder === null || node === undefined || node.kind === "directory") return;
    const kind = showable(node);
    if (kind === "none" || kind === "too-large") return;
    const loading = (this.#loading = new AbortController());
    const { signal } = loading;
    try {
      const shown = await loadPreview(folder, node, kind, {
        version: this.version,
        signal,
        onProgress: (received) => {
          if (!signal.aborted) this.received = received;
        },
      });
      if (signal.aborted || shown === null) return;
      if (shown.kind === "pdf") {
        const pdf = await openPdf(shown.blob).catch(() => null);
        if (signal.aborted) return pdf?.close();
        this.pdf = pdf;
        this.broken = pdf === null;
      }
      this.shown = shown;
    } catch (error) {
      if (signal.aborted) return;
      if (!isKeyfoldError(error)) throw error;
      this.error = error;
    }
  }

  #stop(): void {
    this.#loading?.abort();
    this.#loading = null;
    this.pdf?.close();
    this.pdf = null;
  }

  readonly #measured = (event: Event): void => {
    const { naturalWidth: width, naturalHeight: height } = event.target as HTMLImageElement;
    this.emit("dimensions", { width, height });
  };
}
