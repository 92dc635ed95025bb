import { html, nothing, svg } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { KeyfoldError } from "@keyfold/core";
import { copyText, KeyfoldElement } from "../base/index.ts";
import { theme } from "../theme/index.ts";
import { finderRing, qrShape, quietZone } from "./qr-shape.ts";
import type { QrShape } from "./qr-shape.ts";
import { qrStyles } from "./qr.styles.ts";

/**
 * A QR code with the folder's link, and the link to copy. Where there is no folder yet, one is made as soon as this element can be seen: a code must
 * lead somewhere.
 *
 * @summary The folder's link as a QR code.
 * @csspart base - The card.
 * @csspart code - The code itself, always dark on white.
 * @csspart link - Copies the link.
 * @csspart empty - In place of the code while there is no folder.
 */
export class KeyfoldQr extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, qrStyles];

  /** The page that the link leads to, absolute or relative; without it, the page that the folder's link names itself. */
  @property() page: string | null = null;

  @state() private said: "copied" | "copy-failed" | null = null;
  @state() private failure: KeyfoldError | null = null;

  @query(".link-field") private field!: HTMLInputElement | null;
  #seen: IntersectionObserver | null = null;
  #shape: { readonly link: string; readonly shape: QrShape } | null = null;
  #asked = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#inSight();
    });
    this.#seen.observe(this);
    document.addEventListener("visibilitychange", this.#look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#seen?.disconnect();
    this.#seen = null;
    document.removeEventListener("visibilitychange", this.#look);
  }

  protected override render(): TemplateResult {
    const { qr: words } = this.words;
    const { folder } = this;
    const link = folder === null ? null : this.#link();
    const locked = this.status === "signed-in" || this.status === "locked";
    return html`<div class="card sheet-card" part="base">
      <div>
        <h2>${words.title}</h2>
        <p class="small muted">${locked ? words.introLocked : words.intro}</p>
      </div>
      <div class="code">${link === null ? this.#placeholder() : this.#code(link)}</div>
      ${
        link === null
          ? nothing
          : html`<div class="foot">
                <span role="status">${this.said === "copied" ? words.copied : this.said === "copy-failed" ? words.copyFailed : ""}</span
                ><button type="button" class="link" part="link" @click=${() => void this.#copy(link)}>${words.copy}</button>
              </div>
              ${this.said === "copy-failed" ? html`<input class="link-field mono" readonly .value=${link} aria-label=${words.copy} dir="ltr" />` : nothing}
              ${isLocal(link) ? html`<p class="tiny muted">${words.local}</p>` : locked ? nothing : html`<p class="tiny muted">${words.anyone}</p>`}`
      }
    </div>`;
  }

  protected override updated(): void {
    if (this.#asked && this.folder === null) this.#inSight();
  }

  #link(): string | null {
    const { folder } = this;
    if (folder === null) return null;
    return this.page === null ? folder.link() : folder.link(new URL(this.page, document.baseURI).href);
  }

  #placeholder(): TemplateResult {
    const { qr: words, errors } = this.words;
    return html`<div class="qr-code blank-code" part="empty">
      <p class="tiny" role=${this.failure === null ? nothing : "alert"}>
        ${this.failure === null ? words.empty : errors[this.failure.code].message({})}
      </p>
    </div>`;
  }

  #code(link: string): TemplateResult {
    if (this.#shape?.link !== link) this.#shape = { link, shape: qrShape(link) };
    const { size, modules, finders } = this.#shape.shape;
    const whole = size + 2 * quietZone;
    return html`<svg
      class="qr-code"
      part="code"
      role="img"
      aria-label=${this.words.qr.label}
      viewBox="${-quietZone} ${-quietZone} ${whole} ${whole}"
      shape-rendering="geometricPrecision"
    >
      <path shape-rendering="crispEdges" d=${modules}></path>
      ${finders.map(
        ([x, y]) =>
          svg`<path fill-rule="evenodd" d=${finderRing(x, y)}></path><rect x=${x + 2} y=${y + 2} width="3" height="3" rx="0.6"></rect>`,
      )}
    </svg>`;
  }

  readonly #look = (): void => {
    if (this.#asked) this.#inSight();
  };

  /** In sight, in a page that is itself in sight: a page opened in the background makes no folder. */
  #inSight(): void {
    this.#asked = true;
    if (this.folder !== null || this.source === null || this.failure !== null) return;
    if (document.visibilityState !== "visible" || this.status !== "none" || this.problem !== null) return;
    void this.ensureFolder().catch((error: unknown) => {
      if (!(error instanceof KeyfoldError)) throw error;
      this.failure = error;
    });
  }

  async #copy(link: string): Promise<void> {
    try {
      await copyText(link);
      this.said = "copied";
    } catch {
      this.said = "copy-failed";
      await this.updateComplete;
      this.field?.select();
    }
  }
}

function isLocal(link: string): boolean {
  const { hostname } = new URL(link);
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.");
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-qr": KeyfoldQr;
  }
}
