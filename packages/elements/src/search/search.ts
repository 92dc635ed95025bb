import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues } from "lit";
import { property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Folder, NodeId, SearchResults } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { icon } from "../icon/index.ts";
import { chipRow } from "./chip-row.ts";
import { searchOf } from "./folder-search.ts";
import type { FolderSearch, SearchField, SearchQuery } from "./folder-search.ts";
import { searchStyles } from "./search.styles.ts";

/**
 * @summary A field that looks for names, ways and kinds in the folder; a `keyfold-list` of the same folder shows what is found. "/" goes to it; from it the
 *   arrow down goes to what was found, Enter opens the first, Escape clears.
 *
 * @fires keyfold-search - `{count}`: how many were found; `count` is null when nothing is looked for any more.
 * @csspart base - The field.
 * @csspart input - The input.
 * @csspart chip - A filter (with `chips`).
 * @csspart empty - What can be looked for, while nothing is (with `chips`).
 */
export class KeyfoldSearch extends KeyfoldElement implements SearchField {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, searchStyles];

  /** Id of the directory to look in, with all below; null is the whole folder. */
  @property() root: NodeId | null = null;

  /** Shows the filters below the field; else the list shows them while something is looked for. */
  @property({ type: Boolean }) chips = false;

  @query("input") private input!: HTMLInputElement;
  readonly #query = new Observed<SearchQuery | null>(this, () => this.#search);
  readonly #found = new Observed<SearchResults | null>(this, () => this.#search?.found ?? null);
  readonly #here = new Observed<NodeId | null>(this, () => this.#search?.here ?? null);
  #leave: (() => void) | null = null;
  #told: number | null = null;

  get #search(): FolderSearch | null {
    return this.folder === null ? null : searchOf(this.folder);
  }

  get showsChips(): boolean {
    return this.chips;
  }

  override focus(options?: FocusOptions): void {
    this.input.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#slash);
    this.#join();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#slash);
    this.#leave?.();
    this.#leave = null;
  }

  protected override folderChanged(folder: Folder | null, previous: Folder | null): void {
    super.folderChanged(folder, previous);
    this.#join();
  }

  #join(): void {
    this.#leave?.();
    this.#leave = this.#search?.joinField(this) ?? null;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("chips")) this.#search?.fieldChanged();
    const found = this.#found.value ?? null;
    const count = found?.total ?? null;
    // what was found before is no answer
    if (count === this.#told || found?.searching === true) return;
    this.#told = count;
    this.emit("search", { count });
  }

  protected override render() {
    const { words } = this;
    const query = this.#query.value ?? null;
    const found = this.#found.value ?? null;
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
          @focus=${() => this.#search?.prepare()}
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
                ${chipRow(words, this.#search, this.root, this.#here.value ?? null)}
              </div>
              ${query === null ? html`<p class="hint" part="empty">${words.search.hint}</p>` : nothing}`
          : nothing
      }
      <span class="visually-hidden" role="status">${found === null || found.searching ? "" : words.search.results(found.total)}</span>`;
  }

  readonly #typed = (): void => {
    this.#search?.speak(this.words);
    this.#search?.setText(this.input.value, this.root);
  };

  readonly #clear = (): void => {
    this.#search?.clear();
    this.input.value = "";
    this.input.focus();
  };

  readonly #pressed = (event: KeyboardEvent): void => {
    // what an input method composes with these keys is its own
    if (event.isComposing || this.#query.value == null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#clear();
    } else if (event.key === "ArrowDown") this.#search?.goToFirst();
    else if (event.key === "Enter") void this.#search?.openFirst();
    else return;
    event.preventDefault();
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
