import { css, html, LitElement, nothing } from "lit";
import type { CSSResultGroup } from "lit";
import { query, state } from "lit/decorators.js";
import { icon } from "../icon/index.ts";
import { theme } from "../theme/index.ts";

export interface Question {
  readonly title: string;
  readonly hint?: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly danger?: boolean;
}

export interface NameQuestion extends Question {
  /** What the field is called. */
  readonly label: string;
  readonly value: string;
  /** Words for what is wrong with a name; null when it will do. */
  check(name: string): string | null;
}

/**
 * @summary A question with one answer, used inside other elements: `await dialog.confirm(…)`, `await dialog.name(…)`.
 * @csspart base - The dialog.
 */
export class KeyfoldAsk extends LitElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      dialog {
        inline-size: min(440px, 100% - 32px);
      }
      .wrong {
        color: var(--keyfold-danger-ink);
        font: var(--keyfold-type-s) var(--keyfold-font);
        margin-block-start: 6px;
      }
      footer {
        justify-content: end;
      }
    `,
  ];

  @state() private question: Question | NameQuestion | null = null;
  @state() private wrong: string | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input") private input!: HTMLInputElement | null;
  #settle: ((answer: string | null) => void) | null = null;

  async confirm(question: Question): Promise<boolean> {
    return (await this.#ask(question)) !== null;
  }

  /** The name that was given, trimmed; null when it was cancelled. */
  name(question: NameQuestion): Promise<string | null> {
    return this.#ask(question);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#answer(null);
  }

  protected override render() {
    const question = this.question;
    if (question === null) return html`<dialog class="dialog"></dialog>`;
    return html`<dialog
      class="dialog"
      part="base"
      aria-labelledby="title"
      @close=${() => this.#answer(null)}
      @keydown=${(event: Event) => event.stopPropagation()}
    >
      <header>
        <div class="grow">
          <h2 id="title">${question.title}</h2>
          ${question.hint === undefined ? nothing : html`<p class="small">${question.hint}</p>`}
        </div>
        <button type="button" class="icon-button" aria-label=${question.cancel} @click=${() => this.#answer(null)}>${icon("close")}</button>
      </header>
      <form method="dialog" class="content" id="form" ?hidden=${!("label" in question)} @submit=${this.#submit}>
        ${
          "label" in question
            ? html`<label class="field"
                  ><span class="visually-hidden">${question.label}</span
                  ><input
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    .value=${question.value}
                    aria-invalid=${this.wrong === null ? nothing : "true"}
                    aria-describedby="wrong"
                    @input=${() => (this.wrong = null)}
                /></label>
                <p class="wrong" id="wrong" role="alert">${this.wrong ?? ""}</p>`
            : nothing
        }
      </form>
      <footer>
        <button type="button" class="button" @click=${() => this.#answer(null)}>${question.cancel}</button>
        <button type="submit" form="form" class=${question.danger === true ? "button danger" : "button primary"}>
          ${question.confirm}
        </button>
      </footer>
    </dialog>`;
  }

  async #ask(question: Question | NameQuestion): Promise<string | null> {
    this.#answer(null);
    this.question = question;
    this.wrong = null;
    await this.updateComplete;
    const answer = new Promise<string | null>((resolve) => {
      this.#settle = resolve;
    });
    this.dialog.showModal();
    this.input?.focus();
    this.input?.select();
    return answer;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const question = this.question;
    if (question === null || !("label" in question)) return this.#answer("");
    const name = this.input?.value.trim() ?? "";
    this.wrong = question.check(name);
    if (this.wrong === null) this.#answer(name);
    else this.input?.focus();
  };

  #answer(answer: string | null): void {
    const settle = this.#settle;
    this.#settle = null;
    if (this.hasUpdated && this.dialog.open) this.dialog.close();
    settle?.(answer);
  }
}
