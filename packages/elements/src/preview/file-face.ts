import { css, html, LitElement, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query, state } from "lit/decorators.js";
import { classOfKind, iconOfKind, kindOfFile } from "../file-actions/file-kind.ts";
import { icon } from "../icon/index.ts";
import { theme } from "../theme/index.ts";
import { ObjectUrls } from "./object-urls.ts";
import { openPdf } from "./pdf-page.ts";
import { drawnType, previewKind } from "./preview-kind.ts";

/** Bytes up to which a file of this computer is opened just to show its face. */
const faceLimit = { image: 48 * 2 ** 20, pdf: 24 * 2 ** 20 };
/** Bytes of a text that are drawn small. */
const textFace = 1200;

/**
 * @summary The face of a file of this computer before it is sent: its picture, its first page, its first lines, or the icon of its kind.
 */
export class KeyfoldFileFace extends LitElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      :host {
        display: grid;
        place-items: center;
        overflow: hidden;
        background: var(--keyfold-well);
        block-size: 100%;
        inline-size: 100%;
      }
      img,
      canvas {
        display: block;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        object-position: top;
        min-block-size: 0;
      }
      img {
        object-position: center;
      }
      canvas {
        background: oklch(1 0 0);
        inline-size: auto;
        max-inline-size: 100%;
        box-shadow: 0 0 0 1px oklch(0.2 0.02 230 / 0.12);
      }
      pre {
        margin: 0;
        inline-size: 100%;
        block-size: 100%;
        padding: 8px;
        overflow: hidden;
        background: light-dark(oklch(1 0 0), oklch(0.28 0.014 232));
        font: 5px/7px var(--keyfold-font-mono);
        color: var(--keyfold-text-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .icon {
        inline-size: 28px;
        block-size: 28px;
        stroke-width: 1.2;
      }
    `,
  ];

  @property({ attribute: false }) file: File | null = null;
  @state() private failed = false;
  @state() private text: string | null = null;
  @query("canvas") private canvas!: HTMLCanvasElement | null;
  readonly #urls = new ObjectUrls(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("file")) return;
    this.failed = false;
    this.text = null;
    const { file } = this;
    if (file !== null && previewKind(file) === "text") {
      file
        .slice(0, textFace)
        .text()
        .then(
          (text) => (this.text = file === this.file ? text : this.text),
          () => (this.failed = true),
        );
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("file") && this.canvas !== null) void this.#paint(this.canvas);
  }

  protected override render() {
    const { file } = this;
    if (file === null) return nothing;
    const kind = previewKind(file);
    if (!this.failed && kind === "image" && file.size <= faceLimit.image) {
      return html`<img src=${this.#urls.of(typed(file))} alt="" decoding="async" @error=${() => (this.failed = true)} />`;
    }
    if (!this.failed && kind === "pdf" && file.size <= faceLimit.pdf) return html`<canvas aria-hidden="true"></canvas>`;
    if (this.text !== null && this.text !== "") return html`<pre aria-hidden="true">${this.text}</pre>`;
    const shown = kindOfFile(file);
    return icon(iconOfKind(shown), { class: classOfKind(shown) });
  }

  async #paint(canvas: HTMLCanvasElement): Promise<void> {
    const { file } = this;
    if (file === null) return;
    try {
      const pdf = await openPdf(file);
      if (file === this.file) await pdf.paint(canvas, 1, { width: 200, height: 260 });
      pdf.close();
    } catch {
      // not a PDF, or one with a password: its icon stands for it
      if (file === this.file) this.failed = true;
    }
  }
}

/** One blob a file, so that its URL stays the same; with the type to draw it by where the system gave none. */
const drawnAs = new WeakMap<File, Blob>();
function typed(file: File): Blob {
  if (file.type !== "") return file;
  let blob = drawnAs.get(file);
  if (blob === undefined) drawnAs.set(file, (blob = file.slice(0, file.size, drawnType(file))));
  return blob;
}
