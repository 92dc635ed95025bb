import { css, html, LitElement, nothing } from "lit";
import type { CSSResultGroup } from "lit";
import { query, state } from "lit/decorators.js";
import type { Folder, NodeId } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import { theme } from "../theme/index.ts";
import { ActionReport } from "./action-report.ts";
import type { KeyfoldAsk } from "./ask-dialog.ts";
import { canMove, createDirectory, freeName } from "./node-changes.ts";
import { nameProblem } from "./name-problem.ts";

interface Choice {
  readonly folder: Folder;
  readonly ids: readonly NodeId[];
  readonly words: Words;
}

/**
 * @summary Choosing where to move things, used inside other elements: `const to = await dialog.choose(folder, ids, words)`.
 * @csspart base - The dialog.
 */
export class KeyfoldMove extends LitElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      dialog {
        inline-size: min(480px, 100% - 32px);
      }
      .places {
        block-size: min(340px, 50dvh);
        border: 1px solid var(--keyfold-border);
        border-radius: var(--keyfold-radius-large);
        background: var(--keyfold-sunken);
        padding: 8px;
        display: flex;
        & keyfold-tree {
          flex: 1;
        }
      }
      .why {
        min-block-size: 18px;
        margin-block-start: 8px;
        font: var(--keyfold-type-s) var(--keyfold-font);
        color: var(--keyfold-text-2);
        &.bad {
          color: var(--keyfold-danger-ink);
        }
      }
      footer {
        flex-wrap: wrap;
      }
      footer .primary {
        max-inline-size: 60%;
        & span {
          overflow: hidden;
          text-overflow: ellipsis;
        }
      }
    `,
  ];

  @state() private choice: Choice | null = null;
  @state() private to: NodeId | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  readonly #report = new ActionReport(this);
  #settle: ((to: NodeId | null | undefined) => void) | null = null;

  /** The directory that was chosen (null is the root), or undefined when it was cancelled. */
  async choose(folder: Folder, ids: readonly NodeId[], words: Words): Promise<NodeId | null | undefined> {
    this.#finish(undefined);
    this.choice = { folder, ids, words };
    this.to = folder.state.tree.get(ids[0] ?? "")?.parent ?? null;
    this.#report.dismiss();
    await this.updateComplete;
    const chosen = new Promise<NodeId | null | undefined>((resolve) => {
      this.#settle = resolve;
    });
    this.dialog.showModal();
    this.renderRoot.querySelector<HTMLElement>("keyfold-tree")?.focus();
    return chosen;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#finish(undefined);
  }

  protected override render() {
    const { choice } = this;
    if (choice === null) return html`<dialog class="dialog"></dialog>`;
    const { folder, ids, words } = choice;
    const tree = folder.state.tree;
    const name = tree.get(ids[0] ?? "")?.displayName ?? "";
    const place = this.to === null ? words.files.myFolder : (tree.get(this.to)?.displayName ?? words.files.myFolder);
    const possible = canMove(tree, ids, this.to);
    const error = this.#report.error;
    const why = possible
      ? ""
      : ids.every((id) => (tree.get(id)?.parent ?? null) === this.to)
        ? words.move.alreadyHere
        : words.move.intoItself;
    return html`<dialog
        class="dialog"
        part="base"
        aria-labelledby="title"
        @close=${() => this.#finish(undefined)}
        @keydown=${(event: Event) => event.stopPropagation()}
      >
        <header>
          <div class="grow">
            <h2 id="title">${words.move.title(ids.length, name)}</h2>
            <p class="small">${words.move.hint}</p>
          </div>
          <button type="button" class="icon-button" aria-label=${words.files.close} @click=${() => this.#finish(undefined)}>
            ${icon("close")}
          </button>
        </header>
        <div class="content">
          <div class="places">
            <keyfold-tree directories-only .folder=${folder} .current=${this.to} @keyfold-navigate=${this.#chose}></keyfold-tree>
          </div>
          ${
            error === null
              ? html`<p class="why" role="status">${why}</p>`
              : html`<p class="why bad" role="alert">${words.errors[error.code].message({})}</p>`
          }
        </div>
        <footer>
          <button type="button" class="button quiet" @click=${this.#newSubfolder}>
            ${icon("folder-plus")}${words.actions.newSubfolder}
          </button>
          <span class="grow"></span>
          <button type="button" class="button" @click=${() => this.#finish(undefined)}>${words.files.cancel}</button>
          <button
            type="button"
            class="button primary"
            aria-disabled=${possible ? nothing : "true"}
            @click=${() => {
              if (possible) this.#finish(this.to);
            }}
          >
            <span>${words.move.here(place)}</span>
          </button>
        </footer>
      </dialog>
      <keyfold-ask></keyfold-ask>`;
  }

  readonly #chose = (event: CustomEvent<{ id: NodeId | null }>): void => {
    this.to = event.detail.id;
  };

  readonly #newSubfolder = async (): Promise<void> => {
    const { choice, to } = this;
    if (choice === null) return;
    const { folder, words } = choice;
    const name = await this.ask.name({
      title: words.subfolder.title,
      hint: words.subfolder.inside(to === null ? words.files.myFolder : (folder.state.tree.get(to)?.displayName ?? "")),
      label: words.subfolder.name,
      value: freeName(folder.state.tree, to, words.actions.newSubfolderName),
      confirm: words.subfolder.create,
      cancel: words.files.cancel,
      check: (text) => nameProblem(words, text),
    });
    if (name === null) return;
    await this.#report.run(async () => {
      this.to = (await createDirectory(folder, to, name)).id;
    });
  };

  #finish(to: NodeId | null | undefined): void {
    const settle = this.#settle;
    this.#settle = null;
    if (this.hasUpdated && this.dialog.open) this.dialog.close();
    if (settle !== null) this.choice = null;
    settle?.(to);
  }
}
