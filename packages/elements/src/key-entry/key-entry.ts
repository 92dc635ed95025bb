import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { KeyfoldError } from "@keyfold/core";
import type { KeyCheckpoint } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { icon } from "../icon/index.ts";
import { plateStyles } from "../key-plate/plate.styles.ts";
import { theme } from "../theme/index.ts";
import { entryStyles } from "./key-entry.styles.ts";
import { rememberChoice } from "./remember-choice.ts";
import { bytesOf, corrected, emptyKey, keyIn, withRow } from "./typed-key.ts";
import type { RowVerdict, TypedKey } from "./typed-key.ts";

/** A key file is a few hundred bytes; what is larger is something else, and is not read. */
const largestKeyFile = 65_536;

/**
 * Takes a key that the person has: pasted, typed in rows, or as the key file. A wrong character is found and named while typing; a wrong key is said once.
 *
 * @summary Open the folder with a key.
 * @event keyfold-close - Opened, or given up.
 * @csspart base - The whole card.
 * @csspart secret - The plate with the typed rows.
 * @csspart error - What is wrong with the key.
 */
export class KeyfoldKeyEntry extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, plateStyles, entryStyles];

  /**
   * What becomes of the key where there is no folder to open it with. It is called with the 64 bytes, which are erased once it has resolved, and with the
   * key file's checkpoint; what it rejects with (a `KeyfoldError`) is told. Not for pages.
   */
  @property({ attribute: false }) use: ((key: Uint8Array, checkpoint: KeyCheckpoint | undefined) => Promise<void>) | null = null;

  @state() private typed: TypedKey = emptyKey;
  @state() private masked = false;
  @state() private opening = false;
  @state() private failure: KeyfoldError | null = null;
  @state() private note: "not-a-key" | "paste-failed" | null = null;
  @state() private lookedAt: number | null = null;
  @state() private dropping = false;

  @query("input[type=file]") private picker!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("blur", this.#hide);
    document.addEventListener("visibilitychange", this.#hide);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("blur", this.#hide);
    document.removeEventListener("visibilitychange", this.#hide);
    this.clear();
  }

  /** Forgets what was typed. */
  clear(): void {
    this.typed = emptyKey;
    this.masked = false;
    this.failure = null;
    this.note = null;
    this.lookedAt = null;
  }

  protected override render(): TemplateResult {
    const { keyEntry: words } = this.words;
    const locked = this.status === "locked";
    return html`<section
      class=${this.dropping ? "entry dropping" : "entry"}
      part="base"
      aria-labelledby="title"
      @dragover=${this.#dragged}
      @dragleave=${() => (this.dropping = false)}
      @drop=${this.#dropped}
      @paste=${this.#pasted}
    >
      <div>
        <h1 id="title" tabindex="-1">${locked ? words.lockedTitle : words.title}</h1>
        <p class="lead">${words.lead}</p>
      </div>
      <form class="two" @submit=${this.#submit} autocomplete="off">
        ${this.#plate()}
        <div class="say">${this.#say()} ${this.#choices()}</div>
      </form>
      <input type="file" accept="text/plain,.txt" hidden @change=${this.#picked} />
    </section>`;
  }

  #plate(): TemplateResult {
    const { keyEntry: words } = this.words;
    const { rows, verdicts, right } = this.typed;
    const empty = rows.every((row) => row === "");
    return html`<div class="plate sheet-card" part="secret">
      <header><b>${words.title}</b></header>
      <ol aria-label=${words.rowsLabel}>
        ${rows.map((row, at) => {
          const verdict = verdicts[at] ?? null;
          const bad = verdict !== null && verdict.state !== "ok" && verdict.state !== "incomplete";
          return html`<li data-row=${at + 1} class=${bad ? "bad" : ""}>
            ${
              this.masked
                ? html`<span class="typed" aria-label=${words.row(at + 1)}>${row === "" ? "" : "•••••–•••••–•••••"}</span>`
                : html`<span class="typed"
                    ><span class="wrong-at" aria-hidden="true" dir="ltr">${wrongAt(row, verdict)}</span
                    ><input
                      type="text"
                      .value=${row}
                      aria-label=${words.row(at + 1)}
                      aria-invalid=${bad ? "true" : nothing}
                      aria-describedby=${this.typed.wrong === at + 1 ? "said" : nothing}
                      placeholder="•••••-•••••-•••••"
                      autocomplete="off"
                      autocapitalize="characters"
                      autocorrect="off"
                      spellcheck="false"
                      dir="ltr"
                      data-1p-ignore
                      data-lpignore="true"
                      @input=${(event: InputEvent) => this.#type(event, at + 1)}
                      @keydown=${(event: KeyboardEvent) => this.#move(event, at + 1)}
                  /></span>`
            }
            <span class="flag">${this.#flag(verdict)}</span>
          </li>`;
        })}
      </ol>
      <footer>
        <span aria-live="polite">${empty ? "" : words.rowsRight(right)}</span>
        <span class="tools"
          >${
            this.masked
              ? html`<button type="button" class="button quiet" @click=${() => (this.masked = false)}>${icon("eye")}${words.show}</button>`
              : html`<button type="button" class="button quiet" @click=${this.#paste}>${empty ? words.paste : words.pasteAgain}</button>`
          }</span
        >
      </footer>
    </div>`;
  }

  #flag(verdict: RowVerdict | null): TemplateResult | typeof nothing {
    const { keyEntry: words } = this.words;
    if (verdict === null || verdict.state === "incomplete") return nothing;
    if (verdict.state === "ok") return icon("check", { class: "mini good-ink", label: words.right });
    return icon("warning", { class: "mini bad-ink", label: verdict.state === "corrected" ? words.oneWrongFlag : words.wrong });
  }

  /** One thing at a time: what went wrong with the whole key, else with the first wrong row. */
  #say(): TemplateResult | typeof nothing {
    const { keyEntry: words, errors } = this.words;
    if (this.failure !== null) {
      const { code } = this.failure;
      const another = code === "wrong-folder";
      return html`<div class="strip bad" part="error" role="alert">
        ${icon("warning")}<b>${errors[code].message({})}</b>
        <div class="acts">
          <button type="button" class="button" @click=${() => (another ? void this.#open(true) : this.#again())}>
            ${errors[code].action}
          </button>
        </div>
      </div>`;
    }
    if (this.note !== null)
      return html`<p class="small bad-ink" part="error" role="alert">${this.note === "not-a-key" ? words.notAKey : words.pasteFailed}</p>`;
    const row = this.typed.wrong;
    if (row === null || this.masked) return nothing;
    return html`<div id="said" class="row-said" part="error" aria-live="polite">${this.#sayRow(row)}</div>`;
  }

  #sayRow(row: number): TemplateResult {
    const { keyEntry: words } = this.words;
    const verdict = this.typed.verdicts[row - 1];
    switch (verdict?.state) {
      case "corrected": {
        const [position = 1] = verdict.positions;
        const read = characterAt(this.typed.rows[row - 1] ?? "", position);
        const likely = characterAt(verdict.suggestion, position);
        return html`<h2>${words.oneWrong(row)}</h2>
          <p>${words.reads(position)} <b class="mono">${read}</b>. ${words.likely} <b class="mono">${likely}</b>.</p>
          ${
            this.lookedAt === row
              ? nothing
              : html`<div class="acts">
                  <button type="button" class="button primary" @click=${() => this.#correct(row)}>${words.use(likely)}</button
                  ><button type="button" class="button" @click=${() => this.#lookAgain(row)}>${words.lookAgain}</button>
                </div>`
          }
          <p class="tiny muted">${words.takenOnlyWhen}</p>`;
      }
      case "elsewhere":
        return html`<h2>${words.misplaced(row, verdict.belongsTo)}</h2>
          <div class="acts">
            <button type="button" class="button primary" @click=${() => this.#correct(row)}>${words.moveRow(verdict.belongsTo)}</button>
          </div>`;
      case "alphabet":
        return html`<h2>${words.notInKeys(row)}</h2>
          <p class="muted">${words.looksLike}</p>`;
      case "length":
        return html`<h2>${words.tooLong(row)}</h2>
          <p class="muted">${words.looksLike}</p>`;
      default:
        return html`<h2>${words.severalWrong(row)}</h2>
          <p class="muted">${words.looksLike}</p>`;
    }
  }

  #choices(): TemplateResult {
    const { keyEntry: words } = this.words;
    const ready = this.typed.complete && !this.opening;
    return html`<div class="choices">
      <button type="button" class="button" @click=${() => this.picker.click()}>${icon("file-save")}${words.file}</button>
      ${this.source === null || this.use !== null ? nothing : rememberChoice(this.words, { remember: this.source.remember, tabAtMost: this.insecurePage }, (remember) => this.#stay(remember))}
      <div class="acts">
        <button
          type="submit"
          class=${this.typed.complete ? "button primary large" : "button large"}
          aria-disabled=${ready ? nothing : "true"}
        >
          ${this.opening ? words.opening : words.open}</button
        >${
          this.status === "locked" || this.use !== null
            ? nothing
            : html`<button type="button" class="button quiet large" @click=${() => this.#close()}>${words.cancel}</button>`
        }
      </div>
    </div>`;
  }

  #type(event: InputEvent, row: number): void {
    const input = event.target as HTMLInputElement;
    const atEnd = input.selectionStart === input.value.length;
    const before = this.typed;
    this.#take(withRow(before, row, input.value));
    const shown = this.typed.rows[row - 1] ?? "";
    // the row is rewritten in capitals and groups; a caret in its middle stays behind the same character
    if (input.value !== shown) {
      const behind = input.value.slice(0, input.selectionStart ?? 0).replaceAll(/[^0-9A-Za-z]/g, "").length;
      input.value = shown;
      if (!atEnd) input.setSelectionRange(...caretBehind(shown, behind));
    }
    if (atEnd && this.typed.verdicts[row - 1]?.state === "ok" && row < 8 && this.typed.rows[row] === "") this.#focusRow(row + 1);
  }

  #move(event: KeyboardEvent, row: number): void {
    const input = event.target as HTMLInputElement;
    if (event.key === "ArrowDown") this.#focusRow(row + 1);
    else if (event.key === "ArrowUp") this.#focusRow(row - 1);
    else if (event.key === "Backspace" && input.value === "") this.#focusRow(row - 1);
    else if (event.key === "Enter" && !this.typed.complete) this.#focusRow(row + 1);
    else return;
    event.preventDefault();
  }

  #focusRow(row: number): void {
    this.renderRoot.querySelector<HTMLInputElement>(`li[data-row="${row}"] input`)?.focus();
  }

  #take(typed: TypedKey): void {
    this.typed = typed;
    this.failure = null;
    this.note = null;
    this.lookedAt = null;
  }

  /** A whole key that came at once is not left lying open; one that needs mending is. */
  #takeText(text: string): void {
    const found = keyIn(text);
    if (found === null) {
      this.note = "not-a-key";
      return;
    }
    this.#take(found);
    this.masked = found.complete;
  }

  readonly #pasted = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (keyIn(text) === null && event.composedPath()[0] instanceof HTMLInputElement) return;
    event.preventDefault();
    this.#takeText(text);
  };

  readonly #paste = async (): Promise<void> => {
    try {
      this.#takeText(await navigator.clipboard.readText());
    } catch {
      this.note = "paste-failed";
      this.#focusRow(1);
    }
  };

  readonly #dragged = (event: DragEvent): void => {
    if (event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain") !== true) return;
    event.preventDefault();
    event.stopPropagation();
    this.dropping = true;
  };

  readonly #dropped = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    event.stopPropagation();
    this.dropping = false;
    const file = event.dataTransfer?.files[0];
    if (file === undefined) this.#takeText(event.dataTransfer?.getData("text/plain") ?? "");
    else await this.#read(file);
  };

  readonly #picked = async (): Promise<void> => {
    const file = this.picker.files?.[0];
    this.picker.value = "";
    if (file !== undefined) await this.#read(file);
  };

  async #read(file: File): Promise<void> {
    if (file.size > largestKeyFile) {
      this.note = "not-a-key";
      return;
    }
    try {
      this.#takeText(await file.text());
    } catch {
      this.failure = new KeyfoldError("file-unreadable", "The key file could not be read.");
    }
  }

  #correct(row: number): void {
    this.#take(corrected(this.typed, row));
  }

  #lookAgain(row: number): void {
    this.lookedAt = row;
    this.#focusRow(row);
  }

  /** Another try begins with the rows in sight: most often one of them is of another key. */
  #again(): void {
    this.failure = null;
    this.masked = false;
    void this.updateComplete.then(() => this.#focusRow(1));
  }

  #stay(remember: "none" | "tab" | "device"): void {
    if (this.source !== null) this.source.remember = remember;
    this.requestUpdate();
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#open(false);
  };

  async #open(anotherFolder: boolean): Promise<void> {
    const key = bytesOf(this.typed);
    if (key === null || this.opening) return;
    this.opening = true;
    this.failure = null;
    try {
      const { checkpoint } = this.typed;
      const known = checkpoint === undefined ? {} : { checkpoint };
      if (this.use !== null) await this.use(key, checkpoint);
      else if (this.source !== null) await this.source.openWithKey(key, { anotherFolder, ...known });
      else await (await this.ensureFolder()).signIn(key, known);
      this.clear();
      this.#close();
    } catch (error) {
      if (!(error instanceof KeyfoldError)) throw error;
      this.failure = error;
    } finally {
      key.fill(0);
      this.opening = false;
    }
  }

  readonly #hide = (): void => {
    if (this.typed.complete) this.masked = true;
  };

  #close(): void {
    this.emit("close");
  }
}

/** The row again, unseen but for the character at fault, which is marked behind the field. */
function wrongAt(row: string, verdict: RowVerdict | null): TemplateResult | typeof nothing {
  if (verdict === null || !("positions" in verdict) || verdict.state === "elsewhere") return nothing;
  const at = indexOf(row, verdict.positions[0] ?? 1);
  return html`<span>${row.slice(0, at)}</span><span class="wrong">${row.slice(at, at + 1)}</span>`;
}

/** Index in the written row (with its hyphens) of the character at a position of 1 to 15. */
function indexOf(row: string, position: number): number {
  return Math.min(row.length, position - 1 + Math.floor((position - 1) / 5));
}

function characterAt(row: string, position: number): string {
  return row[indexOf(row, position)] ?? "";
}

function caretBehind(row: string, characters: number): [number, number] {
  let at = 0;
  for (let seen = 0; at < row.length && seen < characters; at++) if (row[at] !== "-") seen++;
  return [at, at];
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-key-entry": KeyfoldKeyEntry;
  }
}
