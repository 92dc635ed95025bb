/** Ceremony and key entry in a dialog, for elements that stand in a page without the manager, which gives them its middle instead. */
import { html, nothing } from "lit";
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from "lit";
import type { Folder } from "@keyfold/core";
import type { FolderSource } from "../base/index.ts";
import type { PartialWords, Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";

export type KeyDialogKind = "ceremony" | "entry";

export interface KeyDialogHost extends ReactiveControllerHost {
  readonly renderRoot: ParentNode;
}

export class KeyDialog implements ReactiveController {
  readonly #host: KeyDialogHost;
  #kind: KeyDialogKind | null = null;

  constructor(host: KeyDialogHost) {
    this.#host = host;
    host.addController(this);
  }

  get kind(): KeyDialogKind | null {
    return this.#kind;
  }

  open(kind: KeyDialogKind): void {
    this.#kind = kind;
    this.#host.requestUpdate();
  }

  readonly close = (): void => {
    if (this.#kind === null) return;
    this.#kind = null;
    this.#host.requestUpdate();
  };

  hostDisconnected(): void {
    this.#kind = null;
  }

  hostUpdated(): void {
    const dialog = this.#host.renderRoot.querySelector<HTMLDialogElement>("dialog.key-dialog");
    if (this.#kind !== null && dialog !== null && !dialog.open) dialog.showModal();
  }

  /** Stands in the host's template; `folder` and `from` are the host's own, so that what is in the dialog need not look for them. */
  template(folder: Folder | null, from: FolderSource | null, words: Words, i18n: PartialWords): TemplateResult | typeof nothing {
    if (this.#kind === null) return nothing;
    const ceremony = this.#kind === "ceremony";
    // the key's first step is closed by "I've saved it" and by nothing else: Escape does not lose a key
    return html`<dialog
      class="dialog key-dialog"
      aria-label=${ceremony ? words.ceremony.label : words.keyEntry.title}
      @cancel=${(event: Event) => ceremony && event.preventDefault()}
      @close=${this.close}
    >
      ${
        ceremony
          ? html`<keyfold-key-ceremony .folder=${folder} .from=${from} .i18n=${i18n} @keyfold-close=${this.close}></keyfold-key-ceremony>`
          : html`<button type="button" class="icon-button close" aria-label=${words.page.close} @click=${this.close}>
                ${icon("close")}</button
              ><keyfold-key-entry .folder=${folder} .from=${from} .i18n=${i18n} @keyfold-close=${this.close}></keyfold-key-entry>`
      }
    </dialog>`;
  }
}
