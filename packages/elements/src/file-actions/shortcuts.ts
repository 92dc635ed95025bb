import { css, html, LitElement } from "lit";
import type { CSSResultGroup } from "lit";
import { query, state } from "lit/decorators.js";
import type { Words } from "../i18n/index.ts";
import { icon } from "../icon/index.ts";
import { theme } from "../theme/index.ts";
import { keyName } from "./action-list.ts";

type Key = keyof Words["shortcuts"]["keys"];
const groups: readonly (readonly [keyof Words["shortcuts"]["groups"], readonly (readonly [Key, readonly string[]])[]])[] = [
  [
    "move",
    [
      ["arrows", ["↑", "↓"]],
      ["open", ["Enter"]],
      ["up", ["Backspace"]],
      ["edges", ["Ctrl+Home", "Ctrl+End"]],
      ["typeAhead", ["A…Z"]],
    ],
  ],
  [
    "choose",
    [
      ["toggle", ["Space"]],
      ["range", ["Shift+↓"]],
      ["all", ["Ctrl+A"]],
      ["none", ["Esc"]],
    ],
  ],
  [
    "change",
    [
      ["rename", ["F2"]],
      ["cut", ["Ctrl+X"]],
      ["paste", ["Ctrl+V"]],
      ["trash", ["Delete"]],
      ["undo", ["Ctrl+Z"]],
      ["redo", ["Ctrl+Shift+Z"]],
      ["menu", ["Shift+F10"]],
    ],
  ],
  [
    "find",
    [
      ["search", ["/"]],
      ["help", ["?"]],
    ],
  ],
];

/**
 * @summary The overview of the shortcuts, used inside the list: `dialog.show(words)`.
 * @csspart base - The dialog.
 */
export class KeyfoldShortcuts extends LitElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      .groups {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
        gap: 20px 32px;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px 16px;
        align-items: center;
        margin-block-start: 8px;
        font: var(--keyfold-type-s) var(--keyfold-font);
      }
      dd {
        display: flex;
        gap: 4px;
        justify-content: end;
      }
      kbd {
        font: 500 var(--keyfold-type-xs) var(--keyfold-font);
        color: var(--keyfold-text-2);
        border: 1px solid var(--keyfold-border);
        border-radius: var(--keyfold-radius-small);
        padding: 1px 6px;
        white-space: nowrap;
      }
    `,
  ];

  @state() private words: Words | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;

  async show(words: Words): Promise<void> {
    this.words = words;
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
  }

  protected override render() {
    const { words } = this;
    if (words === null) return html`<dialog class="dialog"></dialog>`;
    const say = words.shortcuts;
    return html`<dialog class="dialog" part="base" aria-labelledby="title" @keydown=${(event: Event) => event.stopPropagation()}>
      <header>
        <h2 id="title">${say.title}</h2>
        <button type="button" class="icon-button" aria-label=${words.files.close} @click=${() => this.dialog.close()}>
          ${icon("close")}
        </button>
      </header>
      <div class="content groups">
        ${groups.map(
          ([group, keys]) =>
            html`<section>
              <h3 class="keyline">${say.groups[group]}</h3>
              <dl>
                ${keys.map(
                  ([key, pressed]) =>
                    html`<dt>${say.keys[key]}</dt>
                      <dd>${pressed.map((one) => html`<kbd>${keyName(one)}</kbd>`)}</dd>`,
                )}
              </dl>
            </section>`,
        )}
      </div>
    </dialog>`;
  }
}
