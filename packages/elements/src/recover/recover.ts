import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { isKeyfoldError, type KeyCheckpoint } from "@keyfold/core";
import {
  openRecovery,
  recoveryZip,
  serverSource,
  type DamagedItem,
  type Recovery,
  type RecoveryItem,
  type RecoverySource,
} from "@keyfold/core/recover";
import { KeyfoldElement } from "../base/index.ts";
import { icon, mark } from "../icon/index.ts";
import { recoverWords as german } from "../locales/de/recover.ts";
import { recoverWords as english, type RecoverWords } from "../locales/en/recover.ts";
import { theme } from "../theme/index.ts";
import { NotACopy, openPicked, placeOfDrop, placeOfFiles } from "./picked-copy.ts";
import { recoverStyles } from "./recover.styles.ts";
import { reportText } from "./report.ts";
import { chooseSink } from "./save-zip.ts";
import { endedStrips, faultStrip, fileList, type Ended } from "./told.ts";

interface Data {
  readonly name: string | null;
  readonly source: RecoverySource;
  readonly hasBlobs: boolean;
}

interface Running {
  readonly state: "running";
  readonly done: number;
  readonly all: number;
}

/**
 * Gets a folder's files back from a copy of the server's data, or from the server that serves the page: data, key, zip. The page around it is one file
 * that works from a disk; this element reads what it is given and sends nothing.
 *
 * @summary Recovery without the site.
 * @csspart base - The whole page.
 */
export class KeyfoldRecover extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, recoverStyles];

  /** Base URL of a server that may be read instead of a copy; null where the page was opened from a file. */
  @property({ attribute: false }) server: string | null = null;

  @state() private data: Data | null = null;
  @state() private reading = false;
  @state() private fault: "noDatabase" | "notDatabase" | null = null;
  @state() private dropping = false;
  @state() private recovery: Recovery | null = null;
  @state() private trash = false;
  @state() private versions = false;
  @state() private saving: Running | Ended | null = null;

  @query("input[type=file]") private picker!: HTMLInputElement;
  #stop: AbortController | null = null;

  get #text(): RecoverWords {
    return (this.format.tag.startsWith("de") ? german : english)(this.format);
  }

  protected override render(): TemplateResult {
    const text = this.#text;
    return html`<main
      class="page"
      part="base"
      @dragover=${this.#dragged}
      @dragleave=${() => (this.dropping = false)}
      @drop=${this.#dropped}
    >
      <header class="top">
        ${mark("locked")}
        <h1>${text.title}</h1>
        <button type="button" class="button quiet" lang=${text.language === "Deutsch" ? "de" : "en"} @click=${this.#speak}>
          ${text.language}
        </button>
        <p class="lead">${text.lead}</p>
      </header>
      ${this.server === null ? nothing : this.#saveStep(text)}
      ${globalThis.isSecureContext ? html`${this.#dataStep(text)} ${this.#keyStep(text)} ${this.#filesStep(text)}` : this.#insecure(text)}
    </main>`;
  }

  #insecure(text: RecoverWords): TemplateResult {
    return html`<div class="strip bad" role="alert">${icon("warning")}<b>${text.needsSecure}</b></div>`;
  }

  #saveStep(text: RecoverWords): TemplateResult {
    return html`<div class="row">
      <a class="button" href="recover.html" download="keyfold-recover.html">${icon("file-save")}${text.save}</a
      ><span class="muted">${text.saveNote}</span>
    </div>`;
  }

  #dataStep(text: RecoverWords): TemplateResult {
    return html`<section class="step" aria-labelledby="data">
      <h2 id="data">${text.dataTitle}</h2>
      ${
        this.data === null
          ? html`<p>${text.dataLead}</p>
              <div class=${this.dropping ? "place sheet-card dropping" : "place sheet-card"}>
                ${icon("folder")}
                <span class="or">${this.reading ? text.reading : text.dropData}</span>
                <div class="row">
                  <button type="button" class="button primary" ?disabled=${this.reading} @click=${() => this.picker.click()}>
                    ${text.chooseData}
                  </button>
                  ${
                    this.server === null
                      ? nothing
                      : html`<button type="button" class="button" @click=${this.#fromServer}>${icon("globe")}${text.fromServer}</button>`
                  }
                </div>
              </div>
              ${this.fault === null ? nothing : html`<p class="bad-ink" role="alert">${text[this.fault]}</p>`}`
          : html`<div class="found">
                ${icon("check")}<b>${this.data.name === null ? text.foundServer : text.foundData(this.data.name)}</b
                ><button type="button" class="button quiet" @click=${this.#forget}>${text.other}</button>
              </div>
              ${this.data.hasBlobs ? nothing : html`<div class="strip warn" role="alert">${icon("warning")}<b>${text.noBlobs}</b></div>`}`
      }
      <input type="file" webkitdirectory multiple hidden aria-label=${text.chooseData} @change=${this.#picked} />
    </section>`;
  }

  #keyStep(text: RecoverWords): TemplateResult | typeof nothing {
    if (this.recovery !== null) return nothing;
    if (this.data === null) {
      return html`<section class="step" aria-labelledby="key">
        <h2 id="key">${text.keyTitle}</h2>
        <p class="waits">${text.keyWaits}</p>
      </section>`;
    }
    const keyEntry = { title: text.keyTitle, lead: text.keyLead, open: text.keyOpen, opening: text.keyOpening };
    return html`<keyfold-key-entry .i18n=${{ keyEntry }} .use=${this.#open}></keyfold-key-entry>`;
  }

  #filesStep(text: RecoverWords): TemplateResult | typeof nothing {
    const { recovery } = this;
    if (recovery === null) return nothing;
    const items = this.#items(recovery, text);
    const files = items.filter(({ version }) => version !== null);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return html`<section class="step" aria-labelledby="files">
      <h2 id="files" tabindex="-1">${text.filesTitle}</h2>
      ${recovery.history.faults.map((fault) => faultStrip(fault, text))}
      <p>${files.length === 0 ? text.none : text.files(files.length, bytes)}</p>
      ${files.length === 0 ? nothing : fileList(files, text, this.format)}
      <div class="row">
        ${this.#choice(text.withTrash, this.trash, (on) => (this.trash = on))}
        ${this.#choice(text.withVersions, this.versions, (on) => (this.versions = on))}
      </div>
      ${this.#savingStep(items, text)}
    </section>`;
  }

  #choice(label: string, on: boolean, choose: (on: boolean) => void): TemplateResult {
    return html`<label
      ><input
        type="checkbox"
        .checked=${on}
        ?disabled=${this.saving?.state === "running"}
        @change=${(event: Event) => choose((event.target as HTMLInputElement).checked)}
      />${label}</label
    >`;
  }

  #savingStep(items: readonly RecoveryItem[], text: RecoverWords): TemplateResult {
    const { saving } = this;
    if (saving?.state === "running") {
      return html`<progress max=${saving.all} .value=${saving.done} aria-label=${text.saving(saving.done, saving.all)}></progress>
        <div class="row">
          <span role="status">${text.saving(saving.done, saving.all)}</span
          ><button type="button" class="button" @click=${() => this.#stop?.abort()}>${text.stop}</button>
        </div>`;
    }
    return html`${saving === null ? nothing : endedStrips(saving, text)}
      <div class="row">
        <button
          type="button"
          class=${saving?.state === "done" ? "button large" : "button primary large"}
          ?disabled=${items.length === 0}
          @click=${() => void this.#save(items, text)}
        >
          ${icon("download")}${text.saveZip}</button
        ><button type="button" class="button quiet large" @click=${this.#forget}>${text.startAgain}</button>
      </div>`;
  }

  #items(recovery: Recovery, text: RecoverWords): RecoveryItem[] {
    return recovery.items({ trash: this.trash, versions: this.versions, places: text.places });
  }

  // what the person does

  readonly #speak = (): void => {
    document.documentElement.lang = this.#text.language === "Deutsch" ? "de" : "en";
    document.title = this.#text.title;
  };

  readonly #dragged = (event: DragEvent): void => {
    if (this.data !== null || event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    this.dropping = true;
  };

  readonly #dropped = async (event: DragEvent): Promise<void> => {
    event.preventDefault(); // else the browser leaves the page and shows the file
    this.dropping = false;
    if (this.data === null && event.dataTransfer !== null) await this.#read(placeOfDrop(event.dataTransfer));
  };

  readonly #picked = async (): Promise<void> => {
    const files = [...(this.picker.files ?? [])];
    this.picker.value = "";
    if (files.length > 0) await this.#read(Promise.resolve(placeOfFiles(files)));
  };

  async #read(given: ReturnType<typeof placeOfDrop>): Promise<void> {
    this.reading = true;
    this.fault = null;
    try {
      this.data = await openPicked(await given);
    } catch (error) {
      this.fault = error instanceof NotACopy ? error.fault : "notDatabase";
    } finally {
      this.reading = false;
    }
  }

  readonly #fromServer = (): void => {
    if (this.server !== null) this.data = { name: null, source: serverSource(this.server), hasBlobs: true };
  };

  readonly #forget = (): void => {
    this.#stop?.abort();
    void this.data?.source.close();
    this.data = null;
    this.recovery = null;
    this.saving = null;
    this.fault = null;
  };

  readonly #open = async (key: Uint8Array, checkpoint: KeyCheckpoint | undefined): Promise<void> => {
    if (this.data === null) return;
    this.recovery = await openRecovery(this.data.source, { bytes: new Uint8Array(key), checkpoint });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#files")?.focus();
  };

  async #save(items: readonly RecoveryItem[], text: RecoverWords): Promise<void> {
    const { recovery } = this;
    const sink = await chooseSink(text.zipName);
    if (recovery === null || sink === null) return;
    const stop = (this.#stop = new AbortController());
    const all = items.length;
    const damaged: DamagedItem[] = [];
    this.saving = { state: "running", done: 0, all };
    const files = items.filter(({ version }) => version !== null).length;
    const zip = recoveryZip(recovery, items, {
      signal: stop.signal,
      onItem: (done) => (this.saving = { state: "running", done, all }),
      onDamage: (one) => damaged.push(one),
      report: () => ({ name: text.reportName, text: reportText(recovery, files, damaged, text) }),
    });
    try {
      await sink(zip, stop.signal);
      this.saving = { state: "done", recovered: files - damaged.length, damaged };
    } catch (error) {
      this.saving = { state: stop.signal.aborted || isKeyfoldError(error, "cancelled") ? "stopped" : "failed" };
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-recover": KeyfoldRecover;
  }
}
