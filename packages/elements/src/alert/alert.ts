import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import { KeyfoldElement } from "../base/index.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import { icon, mark } from "../icon/index.ts";
import { theme } from "../theme/index.ts";
import { alertStyles } from "./alert.styles.ts";

/**
 * Says that the folder is open to anyone, for as long as it is; it cannot be dismissed. After locking: how much is still being re-encrypted. Below it, on
 * a page over http://: that whoever is on the network can change the page.
 *
 * @summary The folder isn't secure, said plainly.
 * @slot action - In place of "How locking works".
 * @csspart base - The strip across the page.
 * @csspart message - Its words.
 * @csspart network - The line about the network.
 */
export class KeyfoldAlert extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, alertStyles];

  @query("dialog") private dialog!: HTMLDialogElement;

  protected override render(): TemplateResult {
    return html`${this.#own()}${this.insecurePage ? this.#network() : nothing}`;
  }

  #network(): TemplateResult {
    const { alert: words } = this.words;
    return html`<div class="network" part="network" role="note">
      <span class="lead">${icon("info")}<b>${words.network}</b></span>
      <span class="message">${words.networkNote}</span>
    </div>`;
  }

  #own(): TemplateResult | typeof nothing {
    const { status, state } = this;
    const unprotected = status === "open" || status === "locking" || (status === "none" && this.problem === null);
    if (unprotected) return this.#unprotected();
    if (status === "signed-in" && state !== null && state.exposed.remaining > 0)
      return this.#resealing(state.exposed.remaining, state.exposed.total);
    return nothing;
  }

  #unprotected(): TemplateResult {
    const { alert: words, home, page } = this.words;
    const backwards = getComputedStyle(this).direction === "rtl";
    return html`<div class="alert" part="base" role="status">
        <span class="lead">${icon("fold-0")}<b>${words.lead}</b></span>
        <span class="message" part="message"> ${backwards ? words.messageRtl : words.message}</span>
        <span class="act"
          ><slot name="action"
            ><button type="button" class="link small" @click=${() => this.dialog.showModal()}>${words.how}</button></slot
          ></span
        >
      </div>
      <dialog class="dialog" aria-labelledby="how" closedby="any">
        <header>
          <h2 id="how">${words.how}</h2>
          <button type="button" class="icon-button" aria-label=${page.close} @click=${() => this.dialog.close()}>${icon("close")}</button>
        </header>
        <ol class="content how">
          ${home.steps.map(
            ([title, text], at) =>
              html`<li>
                ${mark((["open", "step1", "locked"] as const)[at] ?? "open")}<span><b>${title}</b>${text}</span>
              </li>`,
          )}
        </ol>
      </dialog>`;
  }

  #resealing(remaining: number, total: number): TemplateResult {
    const { alert: words } = this.words;
    const reseals = this.folder?.transfers.value.filter((each) => each.direction === "reseal" && each.remaining !== null) ?? [];
    const left = Math.max(0, ...reseals.map((each) => each.remaining ?? 0));
    const done = total === 0 ? 0 : ((total - remaining) / total) * 100;
    const sentence = words.resealing(remaining, total);
    return html`<div class="reseal" part="base">
      ${icon("fold-4")}<span part="message" role="status"><b>${sentence}</b> ${words.copied}</span>
      ${left > 0 ? html`<span class="num">${words.about(this.format.duration(left))}</span>` : nothing}
      <div
        class="bar"
        role="progressbar"
        aria-label=${sentence}
        aria-valuenow=${Math.floor(done)}
        aria-valuemin="0"
        aria-valuemax="100"
        ${customProperties({ "--_v": done })}
      ></div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-alert": KeyfoldAlert;
  }
}
