import { css, html } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { SourceElement } from "./source-element.ts";

/**
 * Opens a folder and gives it to all Keyfold elements inside it, and to those anywhere that name it with `for`.
 *
 * @summary A folder, for the elements inside.
 * @slot - Any content; Keyfold elements in it find this folder.
 * @event keyfold-status - `{status, previous}`: the folder was opened, locked, signed in to or out of.
 * @event keyfold-problem - `{error}`: a `KeyfoldError`, told apart by `code`.
 * @event keyfold-change - `{seq}`: the folder's history went on.
 * @event keyfold-transfer - `{transfer, status}`: id of a transfer that began, or has another status.
 * @event keyfold-key - `{step}`: where the key stands.
 */
export class KeyfoldFolder extends SourceElement {
  static override styles: CSSResultGroup = css`
    :host {
      display: contents;
    }
    :host([hidden]) {
      display: none;
    }
  `;

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-folder": KeyfoldFolder;
  }
}
