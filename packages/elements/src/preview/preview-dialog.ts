import { css, html } from "lit";
import type { CSSResultGroup } from "lit";
import { query, state } from "lit/decorators.js";
import type { NodeId } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { ActionReport } from "../file-actions/action-report.ts";
import { classOfKind, iconOfKind, kindOf } from "../file-actions/file-kind.ts";
import { saveNodes } from "../file-actions/node-changes.ts";
import { icon } from "../icon/index.ts";

/**
 * @summary A file large, over the page, used inside list and details: `dialog.show(id)`.
 * @csspart base - The dialog.
 */
export class KeyfoldPreviewDialog extends KeyfoldElement {
  static override styles: CSSResultGroup = [
    KeyfoldElement.styles,
    css`
      :host {
        display: contents;
      }
      dialog.dialog {
        inline-size: min(1100px, 100% - 32px);
        block-size: min(860px, 100dvh - 32px);
        max-block-size: none;
        overflow: hidden;
      }
      dialog[open] {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
      }
      .dialog > header {
        align-items: center;
        padding: 8px 10px 8px 18px;
        padding-inline: 18px 10px;
        gap: 8px;
        border-block-end: 1px solid var(--keyfold-border);
        & h2 {
          font: 600 var(--keyfold-type-m) var(--keyfold-font);
          overflow: hidden;
          text-overflow: ellipsis;
          white-space: nowrap;
          min-inline-size: 0;
        }
      }
      @media (max-width: 659px) {
        dialog.dialog {
          block-size: 92dvh;
        }
      }
    `,
  ];

  @state() private node: NodeId | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  readonly #report = new ActionReport(this);

  async show(id: NodeId): Promise<void> {
    this.node = id;
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render() {
    const { words } = this;
    const node = this.node === null ? undefined : this.state?.tree.get(this.node);
    const kind = node === undefined ? "other" : kindOf(node);
    return html`<dialog
      class="dialog"
      part="base"
      aria-label=${words.preview.openTitle(node?.displayName ?? "")}
      @close=${() => (this.node = null)}
      @keydown=${(event: Event) => event.stopPropagation()}
    >
      <header>
        ${icon(iconOfKind(kind), { class: classOfKind(kind) })}
        <h2 tabindex="-1" autofocus><bdi>${node?.displayName ?? ""}</bdi></h2>
        <button type="button" class="button" @click=${this.#save}>${icon("download")}${words.actions.download}</button>
        <button type="button" class="icon-button" aria-label=${words.preview.closePreview} @click=${() => this.dialog.close()}>
          ${icon("close")}
        </button>
      </header>
      <keyfold-preview .folder=${this.givenFolder} .from=${this.source} .i18n=${this.i18n} .node=${this.node}></keyfold-preview>
    </dialog>`;
  }

  readonly #save = (): void => {
    const { folder, node } = this;
    if (folder !== null && node !== null) void this.#report.run(() => saveNodes(folder, [node]));
  };
}
