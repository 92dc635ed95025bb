import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { KeyfoldError } from "@keyfold/core";
import type { Folder, KeyCeremony, KeyStep, Remember } from "@keyfold/core";
import { copyText, KeyfoldElement, Observed } from "../base/index.ts";
import { icon, mark } from "../icon/index.ts";
import type { IconName, MarkState } from "../icon/index.ts";
import { keyPlate } from "../key-plate/key-plate.ts";
import { plateStyles } from "../key-plate/plate.styles.ts";
import { theme } from "../theme/index.ts";
import { ceremonyStyles } from "./key-ceremony.styles.ts";
import { printKit } from "./kit.ts";
import { checkStep } from "./row-check.ts";
import { saveFile } from "./save-file.ts";
import { doneStep, signStep } from "./sign-step.ts";

type View = "keep" | "check" | "sign" | "done";

/** Milliseconds after which shown rows are masked again. */
const showFor = 60_000;

/**
 * The key's steps: keep it (file, kit, or copy and type one row back), say so, sign. The key itself stays in core; this element asks for its rows
 * when the person does, and drops them when the window is left.
 *
 * @summary Keep the new key, then sign.
 * @event keyfold-close - The person is through, or puts signing off.
 * @csspart base - The whole card.
 * @csspart secret - The plate with the key's rows.
 * @csspart network - That the page is not protected from whoever is on the network, where it is not.
 * @csspart error - What went wrong while signing.
 */
export class KeyfoldKeyCeremony extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, plateStyles, ceremonyStyles];

  @state() private rows: readonly string[] | null = null;
  @state() private asked: number | null = null;
  @state() private typed = "";
  @state() private checked = false;
  @state() private rowWrong = false;
  @state() private saved: string | null = null;
  @state() private printed = false;
  @state() private copyFailed = false;
  @state() private failure: KeyfoldError | null = null;

  readonly #step = new Observed(this, () => this.ceremony);
  #maskTimer: ReturnType<typeof setTimeout> | null = null;
  #shown: View | null = null;
  #shownStep = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("blur", this.mask);
    addEventListener("pagehide", this.mask);
    document.addEventListener("visibilitychange", this.mask);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("blur", this.mask);
    removeEventListener("pagehide", this.mask);
    document.removeEventListener("visibilitychange", this.mask);
    this.mask();
    this.typed = "";
  }

  /** Masks the rows: on leaving the window, after a minute, and whenever a page wants it. */
  readonly mask = (): void => {
    if (this.#maskTimer !== null) clearTimeout(this.#maskTimer);
    this.#maskTimer = null;
    this.rows = null;
  };

  protected get ceremony(): KeyCeremony | null {
    return this.folder?.ceremony ?? null;
  }

  protected override folderChanged(folder: Folder | null, previous: Folder | null): void {
    super.folderChanged(folder, previous);
    this.#forget();
  }

  protected override render(): TemplateResult | typeof nothing {
    const ceremony = this.ceremony;
    const step = this.#step.value ?? "none";
    const view = this.#view;
    if (ceremony === null || view === null) return nothing;
    const { ceremony: words } = this.words;
    if (view !== "keep" && this.rows !== null) queueMicrotask(this.mask);
    return html`<section class="ceremony" part="base" aria-label=${words.label}>
      <aside>
        ${mark(markOf(view))}
        <ol class="rail">
          ${this.#railStep(1, "keep", words.keep, words.keepNote, view)} ${this.#railStep(2, "check", words.check, words.checkNote, view)}
          ${this.#railStep(3, "sign", words.sign, words.signNote, view)}
        </ol>
      </aside>
      <div class="body">
        ${
          view === "keep"
            ? this.#keep(ceremony)
            : view === "check"
              ? checkStep({
                  words,
                  row: this.asked ?? 1,
                  expected: ceremony.reveal()[(this.asked ?? 1) - 1] ?? "",
                  typed: this.typed,
                  right: this.checked,
                  wrong: this.rowWrong,
                  type: (text) => this.#type(text),
                  back: () => this.#back(),
                  goOn: () => this.#confirm(),
                })
              : view === "sign"
                ? signStep({
                    words: this.words,
                    rotating: this.status === "signed-in",
                    counts: this.#counts,
                    signing: step === "signing",
                    // its keys are kept as chosen the moment it is locked
                    remember: this.source?.remember ?? null,
                    tabAtMost: this.insecurePage,
                    failure: this.failure,
                    stay: (remember) => this.#stay(remember),
                    notYet: () => this.#close(),
                    sign: () => void this.#sign(),
                  })
                : doneStep(words, () => this.#close())
        }
      </div>
    </section>`;
  }

  protected override updated(): void {
    // a new step begins at its heading, for those who hear the page and those who tab through it
    const view = this.#view;
    if (view === this.#shown) return;
    const before = this.#shown;
    this.#shown = view;
    if (view === null || before === null) return;
    const target = view === "check" ? "input" : "h1";
    this.renderRoot.querySelector<HTMLElement>(target)?.focus();
  }

  get #view(): View | null {
    const views: Readonly<Record<KeyStep, View | null>> = {
      none: null,
      made: this.asked === null ? "keep" : "check",
      kept: this.asked === null ? "keep" : "check",
      saved: "sign",
      signing: "sign",
      done: "done",
    };
    return views[this.#step.value ?? "none"];
  }

  get #counts(): string {
    const count = this.state?.tree.count ?? { files: 0, directories: 0 };
    return this.words.page.countsAnd(count.files, count.directories);
  }

  #railStep(number: number, name: View, title: string, note: string, view: View): TemplateResult {
    const order: readonly View[] = ["keep", "check", "sign", "done"];
    const done = order.indexOf(view) > order.indexOf(name);
    const current = view === name;
    return html`<li class=${done ? "done" : ""} aria-current=${current ? "step" : nothing}>
      <span class="n">${done ? icon("check", { label: this.words.ceremony.done }) : number}</span><span>${title}</span
      ><small>${note}</small>
    </li>`;
  }

  #keep(ceremony: KeyCeremony): TemplateResult {
    const { ceremony: words, files } = this.words;
    const kept = ceremony.value === "kept";
    const shown = this.rows !== null;
    return html`<div>
        <h1 tabindex="-1">${words.keepTitle}</h1>
        <p class="lead">${words.cannotRecover} <b>${words.lose}</b></p>
      </div>
      ${
        this.insecurePage
          ? html`<p class="network" part="network">
              ${icon("info")}<span><b>${words.network}</b> ${words.networkNote}</span>
            </p>`
          : nothing
      }
      <div class="two">
        ${keyPlate({
          title: words.keyFor(files.myFolder),
          keyIdWord: words.keyId,
          keyId: ceremony.keyId,
          rows: this.rows,
          label: shown ? words.rowsLabel : words.rowsHidden,
          footer: html`<span>${shown ? words.hides : words.hidden}</span
            ><button type="button" class="button quiet" aria-pressed=${String(shown)} @click=${shown ? this.mask : this.#show}>
              ${icon(shown ? "eye-off" : "eye")}${shown ? words.hide : words.show}
            </button>`,
        })}
        <div class="ways">
          ${this.#way("file-save", words.saveFile, this.saved ?? words.saveFileNote, this.saved === null ? null : words.fileSaved, () => this.#saveFile())}
          ${this.#way("print", words.printKit, words.printKitNote, this.printed ? words.printed : null, () => void this.#print())}
          ${this.#way("copy", words.copy, words.copyNote, this.checked ? words.rowChecked : null, () => void this.#copy())}
          ${this.copyFailed ? html`<p class="tiny failed" part="error" role="alert">${words.copyFailed}</p>` : nothing}
          <p class="tiny muted aside-note">${words.checksItself}</p>
        </div>
      </div>
      <div class="end">
        <span class="small muted"
          >${kept ? (this.saved === null && this.printed ? words.keepPrinted : words.putElsewhere) : words.oneWay}</span
        ><span class="grow"></span>
        <button
          type="button"
          class=${kept ? "button primary large" : "button large"}
          aria-disabled=${kept ? nothing : "true"}
          @click=${() => this.#confirm()}
        >
          ${words.savedIt}
        </button>
      </div>`;
  }

  #way(glyph: IconName, title: string, note: string, done: string | null, act: () => void): TemplateResult {
    return html`<button type="button" class=${done === null ? "way" : "way done"} @click=${act}>
      <span class="glyph">${icon(done === null ? glyph : "check")}</span><b>${title}</b><small>${note}</small>${
        done === null ? icon("chevron-right", { class: "mini flip" }) : html`<span class="tag good bare">${done}</span>`
      }
    </button>`;
  }

  readonly #show = (): void => {
    this.rows = this.ceremony?.reveal() ?? null;
    if (this.#maskTimer !== null) clearTimeout(this.#maskTimer);
    this.#maskTimer = setTimeout(this.mask, showFor);
  };

  #saveFile(): void {
    const ceremony = this.ceremony;
    if (ceremony === null) return;
    const file = ceremony.file();
    saveFile(file);
    this.saved = file.name;
    ceremony.kept("file");
  }

  async #print(): Promise<void> {
    const { ceremony, folder } = this;
    if (ceremony === null || folder === null || ceremony.keyId === null) return;
    const step = this.#shownStep;
    await printKit({
      kit: ceremony.kit(),
      link: folder.link(),
      madeOn: this.format.dateTime(Date.now()),
      language: this.format.tag,
      direction: getComputedStyle(this).direction === "rtl" ? "rtl" : "ltr",
      words: this.words,
    });
    if (step !== this.#shownStep) return;
    this.printed = true;
    ceremony.kept("kit");
  }

  async #copy(): Promise<void> {
    const ceremony = this.ceremony;
    if (ceremony === null) return;
    try {
      await copyText(ceremony.reveal().join("\n"));
    } catch {
      this.copyFailed = true;
      return;
    }
    this.copyFailed = false;
    this.typed = "";
    this.rowWrong = false;
    this.checked = false;
    this.mask();
    this.asked = ceremony.copied();
  }

  #type(text: string): void {
    this.typed = text;
    this.rowWrong = false;
    if (text.length < 15 || this.asked === null) return;
    this.checked = this.ceremony?.checkRow(this.asked, text) ?? false;
    this.rowWrong = !this.checked;
  }

  #back(): void {
    this.typed = "";
    this.rowWrong = false;
    this.asked = null;
  }

  #confirm(): void {
    const ceremony = this.ceremony;
    if (ceremony?.value !== "kept") return;
    this.typed = "";
    this.mask();
    ceremony.confirmSaved();
  }

  #stay(remember: Remember): void {
    if (this.source !== null) this.source.remember = remember;
    this.requestUpdate();
  }

  async #sign(): Promise<void> {
    const ceremony = this.ceremony;
    if (ceremony?.value !== "saved") return;
    this.failure = null;
    try {
      await ceremony.sign();
    } catch (error) {
      if (!(error instanceof KeyfoldError)) throw error;
      this.failure = error;
    }
  }

  #close(): void {
    this.emit("close");
    if (this.ceremony?.value === "done") this.#forget();
  }

  #forget(): void {
    this.mask();
    this.#shownStep++;
    this.typed = "";
    this.asked = null;
    this.checked = false;
    this.rowWrong = false;
    this.saved = null;
    this.printed = false;
    this.copyFailed = false;
    this.failure = null;
  }
}

function markOf(view: View): MarkState {
  return ({ keep: "step1", check: "step2", sign: "step3", done: "locked" } as const)[view];
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-key-ceremony": KeyfoldKeyCeremony;
  }
}
