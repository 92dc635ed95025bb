import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { KeyfoldError } from "@keyfold/core";
import type { KeyStep } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import type { KeyfoldMenu } from "../file-actions/menu.ts";
import { icon, mark } from "../icon/index.ts";
import type { MarkState } from "../icon/index.ts";
import { theme } from "../theme/index.ts";
import { barStyles } from "./key-bar.styles.ts";
import { KeyDialog } from "./key-dialog.ts";

const underWay: ReadonlySet<KeyStep> = new Set(["made", "kept", "saved", "signing"]);

/**
 * The key in a bar: Generate key leads to Sign. Once the folder is locked: the key's menu, and signing out; or opening with a key.
 *
 * Alone in a page it opens the key's steps and the key entry in a dialog of its own; a page that shows them elsewhere cancels the events.
 *
 * @summary Generate key, Sign, sign out, open with a key.
 * @slot help - Beside the buttons.
 * @event keyfold-generate - Cancelable: the key's steps are to be shown.
 * @event keyfold-enter-key - Cancelable: the key entry is to be shown.
 * @event keyfold-signed - The folder was signed (locked, or its key changed) from here.
 * @csspart base - The bar.
 * @csspart generate - Generate key.
 * @csspart sign - Sign.
 * @csspart secret - (in the dialog) the plate with the rows.
 * @csspart error - Why signing did not work.
 */
export class KeyfoldKeyBar extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, barStyles];

  /** The key entry is in sight already: the bar need not lead to it. */
  @property({ type: Boolean }) entering = false;

  @query("keyfold-menu") private menu!: KeyfoldMenu;
  readonly #dialog = new KeyDialog(this);
  readonly #resized = new ResizeObserver(() => this.#fit());
  #failure: KeyfoldError | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override updated(): void {
    this.#fit();
  }

  /** Languages with longer words draw closer together, rather than lose a button. */
  #fit(): void {
    const bar = this.renderRoot.querySelector<HTMLElement>(".bar-of-key");
    if (bar === null) return;
    bar.classList.remove("tight");
    bar.classList.toggle("tight", bar.scrollWidth > bar.clientWidth);
  }

  protected override render(): TemplateResult {
    return html`<div class="bar-of-key" part="base">${mark(this.#mark)} ${this.#controls()}<slot name="help"></slot></div>
      ${
        this.#failure === null
          ? nothing
          : html`<p class="failure tiny" part="error" role="alert">${this.words.errors[this.#failure.code].message({})}</p>`
      }
      <keyfold-menu></keyfold-menu>
      ${this.#dialog.template(this.givenFolder, this.source, this.words, this.i18n)}`;
  }

  #controls(): TemplateResult {
    const { keyBar: words } = this.words;
    const step = this.state?.keyStep ?? "none";
    if (this.status === "locked") return this.#locked();
    if (this.status !== "signed-in" || underWay.has(step)) return this.#steps(step);
    return html`<button
        type="button"
        class="button quiet state"
        aria-haspopup="menu"
        @click=${(event: Event) => void this.#openMenu(event.currentTarget as Element)}
      >
        ${words.locked}${icon("chevron-down")}</button
      ><span class="grow"></span><button type="button" class="button" @click=${() => void this.#signOut()}>${words.signOut}</button>`;
  }

  #locked(): TemplateResult {
    const { keyBar: words } = this.words;
    return html`<span class="state">${words.locked}</span>${
        this.entering
          ? nothing
          : html`<span class="grow"></span><button type="button" class="button primary" @click=${this.#enterKey}>${words.enterKey}</button>`
      }`;
  }

  #steps(step: KeyStep): TemplateResult {
    const { keyBar: words } = this.words;
    const made = underWay.has(step);
    const ready = step === "saved";
    const readOnly = this.state !== null && this.state.access !== "write";
    const busy = this.status === "opening" || this.status === "locking" || step === "signing";
    const unable = readOnly || this.status === "opening" || (this.folder === null && this.problem !== null);
    return html`<span class="steps"
      ><button
        type="button"
        part="generate"
        class=${made ? "button tinted" : "button primary"}
        aria-disabled=${unable ? "true" : nothing}
        title=${readOnly ? words.onlyRead : nothing}
        @click=${() => !unable && void this.#generate()}
      >
        ${made ? icon("check") : nothing}${!made ? words.generate : step === "saved" || step === "signing" ? words.saved : words.made}</button
      >${icon("chevron-right", { class: "flip" })}<button
        type="button"
        part="sign"
        class=${ready ? "button primary" : "button"}
        aria-disabled=${ready ? nothing : "true"}
        aria-busy=${busy ? "true" : nothing}
        title=${ready || busy ? nothing : readOnly ? words.onlyRead : made ? words.saveFirst : words.generateFirst}
        @click=${() => ready && void this.#sign()}
      >
        ${step === "signing" ? words.signing : words.sign}
      </button></span
    >`;
  }

  get #mark(): MarkState {
    const step = this.state?.keyStep ?? "none";
    if (step === "made" || step === "kept") return "step1";
    if (step === "saved" || step === "signing") return "step3";
    return this.status === "signed-in" || this.status === "locked" ? "locked" : "open";
  }

  async #generate(): Promise<void> {
    try {
      const folder = await this.ensureFolder();
      // the same key again while one is under way: the button leads back to its steps
      if (!underWay.has(folder.ceremony.value)) await folder.ceremony.generate();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.emit("generate", {}, { cancelable: true })) this.#dialog.open("ceremony");
  }

  async #sign(): Promise<void> {
    const { folder } = this;
    if (folder === null) return;
    this.#failure = null;
    try {
      await folder.ceremony.sign();
      this.emit("signed");
    } catch (error) {
      this.#fail(error);
    }
  }

  async #openMenu(place: Element): Promise<void> {
    const { keyBar: words } = this.words;
    const chosen = await this.menu.choose(
      [
        { id: "new-key", label: words.newKey, icon: "key" },
        { id: "sign-out", label: words.signOut, icon: "sign-out", apart: true },
      ],
      place,
      words.menu,
    );
    if (chosen === "new-key") await this.#generate();
    if (chosen === "sign-out") await this.#signOut();
  }

  readonly #enterKey = (): void => {
    if (this.emit("enter-key", {}, { cancelable: true })) this.#dialog.open("entry");
  };

  async #signOut(): Promise<void> {
    try {
      await this.folder?.signOut();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof KeyfoldError)) throw error;
    this.#failure = error;
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-key-bar": KeyfoldKeyBar;
  }
}
