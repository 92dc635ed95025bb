import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { NodeId } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { icon } from "../icon/index.ts";
import { searchChips, searchOf } from "./folder-search.ts";
import type { SearchQuery } from "./folder-search.ts";
import { SearchResults } from "./search-results.ts";
import { searchStyles } from "./search.styles.ts";

/**
 * @summary A field that looks for names and kinds in the folder; a `keyfold-list` of the same folder shows what is found. "/" goes to it.
 *
 * @fires keyfold-search - `{count}`: how many were found; `count` is null when nothing is looked for any more.
 * @csspart base - The field.
 * @csspart input - The input.
 * @csspart chip - A filter (with `chips`).
 */
export class KeyfoldSearch extends KeyfoldElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, searchStyles];

  /** Id of the directory to look in, with all below; null is the whole folder. */
  @property() root: NodeId | null = null;

  /** Shows the filters below the field; else the list shows them while something is looked for. */
  @property({ type: Boolean }) chips = false;

  @query("input") private input!: HTMLInputElement;
  readonly #search = new Observed<SearchQuery | null>(this, () => (this.folder === null ? null : searchOf(this.folder)));
  readonly #results = new SearchResults(this, () =>
    this.folder === null ? null : { folder: this.folder, query: this.#search.value ?? null, words: this.words },
  );
  #told: number | null = null;

  override focus(options?: FocusOptions): void {
    this.input.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#slash);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#slash);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const count = this.#results.nodes?.length ?? null;
    if (count === this.#told) return;
    this.#told = count;
    this.emit("search", { count });
  }

  protected override render() {
    const { words } = this;
    const query = this.#search.value ?? null;
    const count = this.#results.nodes?.length ?? null;
    return html`<label class="field" part="base">
        ${icon("search")}<span class="visually-hidden">${words.search.label}</span>
        <input
          part="input"
          type="search"
          dir="auto"
          enterkeyhint="search"
          autocomplete="off"
          spellcheck="false"
          placeholder=${words.search.placeholder}
          aria-keyshortcuts="/"
          .value=${live(query?.text ?? "")}
          @input=${this.#typed}
          @keydown=${this.#pressed}
        />
        ${
          query === null
            ? html`<kbd aria-hidden="true">/</kbd>`
            : html`<button type="button" class="icon-button" aria-label=${words.search.clear} @click=${this.#clear}>
                ${icon("close")}
              </button>`
        }
      </label>
      ${
        this.chips
          ? html`<div class="chips" role="group" aria-label=${words.search.filters}>
              ${searchChips.map(
                (chip) =>
                  html`<button
                    type="button"
                    class="chip"
                    part="chip"
                    aria-pressed=${String(query?.chips.has(chip) ?? false)}
                    @click=${() => this.folder !== null && searchOf(this.folder).toggle(chip, this.root)}
                  >
                    ${words.search.chips[chip]}${query?.chips.has(chip) === true ? icon("close") : nothing}
                  </button>`,
              )}
            </div>`
          : nothing
      }
      <span class="visually-hidden" role="status">${count === null ? "" : words.search.results(count)}</span>`;
  }

  readonly #typed = (): void => {
    if (this.folder !== null) searchOf(this.folder).setText(this.input.value, this.root);
  };

  readonly #clear = (): void => {
    if (this.folder !== null) searchOf(this.folder).clear();
    this.input.value = "";
    this.input.focus();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.input.value === "") return;
    event.preventDefault();
    event.stopPropagation();
    this.#clear();
  };

  /** "/" anywhere but where letters are typed. The first search of a page takes it. */
  readonly #slash = (event: KeyboardEvent): void => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
    if (!this.checkVisibility()) return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
  };
}

function isTyping(event: Event): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
