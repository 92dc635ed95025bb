import { html, nothing } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Transfer } from "@keyfold/core";
import { KeyfoldElement, Observed } from "../base/index.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import { classOfKind, iconOfKind, kindOfFile } from "../file-actions/file-kind.ts";
import { fileName } from "../file-actions/node-name.ts";
import { icon } from "../icon/index.ts";
import { WindowedRows } from "../list/windowed-rows.ts";
import { ObjectUrls } from "../preview/object-urls.ts";
import { previewKind } from "../preview/preview-kind.ts";
import { followed, inOrder, summarize } from "./transfer-summary.ts";
import type { TransferSummary } from "./transfer-summary.ts";
import { transfersStyles } from "./transfers.styles.ts";

/** Pictures above this are not drawn as small as they are here. Bytes. */
const thumbLimit = 12 * 2 ** 20;

/**
 * @summary What is being sent and received: each file and all of them, with pause, go on, try again and cancel. Empty while there is nothing.
 *
 * @csspart base - All of it.
 * @csspart item - One transfer.
 * @csspart bar - A bar: pale is encrypted here, full is confirmed by the server.
 */
export class KeyfoldTransfers extends KeyfoldElement {
  static override styles: CSSResultGroup = [KeyfoldElement.styles, transfersStyles];

  /** `upload`, `download` or `reseal`; absent for uploads and downloads. */
  @property() direction: string | null = null;

  /** Whether there is nothing to show. */
  @property({ type: Boolean, reflect: true }) empty = true;

  @state() private hiddenList: boolean | null = null;
  @state() private said = "";
  @state() private notWanted = 0;
  @query(".scroll") private scroller!: HTMLElement | null;
  @query("input") private input!: HTMLInputElement | null;

  readonly #transfers = new Observed<readonly Transfer[]>(this, () => this.folder?.transfers ?? null);
  readonly #urls = new ObjectUrls(this);
  readonly #windowed = new WindowedRows(this, {
    scroller: () => this.scroller,
    count: () => this.#items.length,
    pinned: () => this.#items.findIndex((item) => item.id === this.#focusedId),
    height: 36,
  });
  #items: readonly Transfer[] = [];
  #summary: TransferSummary = summarize([]);
  #focusedId: string | null = null;
  #quarter = 0;
  #wasBusy = false;

  /** Whether the list of items is open: closed at first where there is little room. */
  get isListOpen(): boolean {
    return !(this.hiddenList ?? (this.offsetWidth > 0 && this.offsetWidth < 460));
  }

  /** Shows or hides the list of items. */
  toggleList(): void {
    this.hiddenList = this.isListOpen;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.#items = inOrder(followed(this.#transfers.value ?? [], this.direction));
    this.#summary = summarize(this.#items);
    this.empty = this.#items.length === 0;
    this.#announce();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const item = this.renderRoot.querySelector<HTMLElement>(".item");
    if (item !== null) this.#windowed.measured(item.offsetHeight);
  }

  protected override render() {
    const summary = this.#summary;
    const { words } = this;
    const live = html`<span class="visually-hidden" role="status">${this.said}</span>`;
    if (this.empty) return live;
    const open = this.isListOpen;
    const title = this.#title(summary);
    return html`<section class="base" part="base" aria-label=${words.transfers.label}>
      ${live} ${this.#renderBar("total", title, summary.confirmed, summary.processed, summary.size, "")}
      <div class=${open ? "head open" : "head"}>
        <h2>${title}</h2>
        <span class="sum num"><bdi>${this.#sum(summary)}</bdi></span>
        ${this.#renderAll(summary)}
        <button
          type="button"
          class="icon-button"
          aria-expanded=${String(open)}
          aria-controls="items"
          aria-label=${open ? words.transfers.hide : words.transfers.show}
          @click=${() => this.toggleList()}
        >
          ${icon(open ? "chevron-down" : "chevron-up")}
        </button>
      </div>
      <div class="scroll" id="items" ?hidden=${!open}>
        <div class="items" role="list" @focusin=${this.#focused} @focusout=${() => (this.#focusedId = null)}>
          ${
            open
              ? repeat(
                  this.#windowed.slots,
                  (slot) => ("gap" in slot ? `gap ${slot.after}` : this.#items[slot.index]?.id),
                  (slot) => {
                    if ("gap" in slot) return html`<div class="gap" role="presentation" ${customProperties({ "--_gap": slot.gap })}></div>`;
                    const item = this.#items[slot.index];
                    return item === undefined ? nothing : this.#renderItem(item);
                  },
                )
              : nothing
          }
        </div>
      </div>
      <input type="file" multiple hidden tabindex="-1" aria-label=${words.transfers.giveFile} @change=${this.#gave} />
    </section>`;
  }

  #title({ all, done, active, paused, stalled, needing, direction }: TransferSummary): string {
    const say = this.words.transfers;
    if (active > 0) {
      const at = Math.min(done + 1, all);
      return direction === "upload" ? say.sending(at, all) : direction === "download" ? say.receiving(at, all) : say.moving(at, all);
    }
    if (stalled > 0) return say.stalled(stalled);
    if (paused > 0) return say.paused(paused);
    return needing > 0 ? say.arrived(done, all) : say.allArrived(done);
  }

  #sum({ active, rate, remaining, needing }: TransferSummary): string {
    const say = this.words.transfers;
    if (this.notWanted > 0) return say.notWanted(this.notWanted);
    const parts: string[] = [];
    if (active > 0 && rate > 0) parts.push(this.format.rate(rate));
    if (active > 0 && remaining !== null) parts.push(say.left(this.format.duration(remaining)));
    if (needing > 0) parts.push(say.needYou(needing));
    return parts.join(" · ");
  }

  #renderAll({ active, paused, stalled, needing, done }: TransferSummary) {
    const { words } = this;
    const say = words.transfers;
    const failed = this.#ids("failed");
    const wanting = this.#ids("needs-file");
    const buttons: TemplateResult[] = [];
    if (active > 0)
      buttons.push(
        html`<button
          type="button"
          class="button quiet"
          @click=${() => this.folder?.transfers.pause(this.#ids("running", "waiting", "stalled"))}
        >
          ${say.pauseAll}
        </button>`,
      );
    else if (paused > 0)
      buttons.push(
        html`<button type="button" class="button quiet" @click=${() => this.folder?.transfers.resume(this.#ids("paused"))}>
          ${say.resumeAll}
        </button>`,
      );
    else if (stalled > 0)
      buttons.push(
        html`<button type="button" class="button quiet" @click=${() => this.folder?.transfers.retry(this.#ids("stalled"))}>
          ${icon("retry")}${say.retryAll(1)}
        </button>`,
      );
    if (active + paused + stalled > 0)
      buttons.push(
        html`<button
          type="button"
          class="button quiet"
          @click=${() => this.folder?.transfers.cancel(this.#ids("running", "waiting", "stalled", "paused"))}
        >
          ${say.cancelAll}
        </button>`,
      );
    if (failed.length > 0 && active === 0)
      buttons.push(
        html`<button type="button" class="button" @click=${() => this.folder?.transfers.retry(failed)}>
          ${icon("retry")}${say.retryAll(failed.length)}
        </button>`,
      );
    if (wanting.length > 0)
      buttons.push(
        html`<button type="button" class="button" @click=${() => this.#give()}>${icon("file")}${say.giveFiles(wanting.length)}</button>`,
      );
    if (active + paused + stalled === 0 && done + needing > 0 && wanting.length === 0)
      buttons.push(html`<button type="button" class="button quiet" @click=${() => this.folder?.transfers.clear()}>${say.clear}</button>`);
    return buttons;
  }

  #renderItem(item: Transfer) {
    const { words, format } = this;
    const failed = item.status === "failed";
    const kind = kindOfFile(item);
    const picture = item.file !== null && item.size <= thumbLimit && previewKind(item.file) === "image";
    const colour = failed ? "bad" : item.status === "done" ? "done" : item.status === "needs-file" ? "warn" : "";
    return html`<div class=${`item ${item.status}`} part="item" role="listitem" data-id=${item.id}>
      ${
        picture && item.file !== null
          ? html`<span class="thumb"><img class="art" src=${this.#urls.of(item.file)} alt="" /></span>`
          : icon(iconOfKind(kind), { class: classOfKind(kind) })
      }
      <span class="name" title=${[...item.path, item.name].join("/")}>${fileName(item.name)}</span>
      ${this.#renderBar("", item.name, item.status === "done" || failed ? Math.max(item.confirmed, item.status === "done" ? item.size : 0) : item.confirmed, item.processed, item.size, colour)}
      ${
        item.status === "running" && item.confirmed > 0
          ? html`<bdi class="num col-bytes">${this.#bytesOf(item)}</bdi>
              <bdi class="num end col-rate">${item.rate > 0 ? format.rate(item.rate) : ""}</bdi>
              <bdi class="num end">${item.remaining === null ? "" : words.transfers.itemLeft(format.duration(item.remaining))}</bdi>`
          : html`<span class="say" title=${this.#say(item)}>${this.#say(item)}</span>`
      }
      <span class="buttons">${this.#renderButtons(item)}</span>
    </div>`;
  }

  #say(item: Transfer): string {
    const { words } = this;
    const say = words.transfers;
    switch (item.status) {
      case "running":
        if (item.processed === 0 || item.direction !== "upload") return say.reading;
        return item.processed < item.size ? say.encrypting : say.onItsWay;
      case "waiting":
        return say.waiting;
      case "paused":
        return say.pausedItem;
      case "stalled":
        return item.error === null || item.error.code === "offline" ? say.stalledItem : words.errors[item.error.code].message({});
      case "needs-file":
        return say.needsFile;
      case "failed": {
        const why = words.errors[item.error?.code ?? "server-failed"].message({});
        const { part, whole } = this.format.bytesOf(item.confirmed, item.size);
        return item.confirmed > 0 && item.confirmed < item.size ? say.failedAt(why, part, whole) : why;
      }
      case "done":
        return item.direction === "upload" ? say.inFolder : say.received;
      default:
        return say.cancelled;
    }
  }

  #renderButtons(item: Transfer) {
    const say = this.words.transfers;
    const transfers = this.folder?.transfers;
    const ids = [item.id];
    const button = (name: Parameters<typeof icon>[0], label: string, press: () => void): TemplateResult =>
      html`<button type="button" class="icon-button" aria-label=${label} @click=${press}>${icon(name)}</button>`;
    const cancel = button("close", say.cancel(item.name), () => transfers?.cancel(ids));
    switch (item.status) {
      case "running":
        return [button("pause", say.pause(item.name), () => transfers?.pause(ids)), cancel];
      case "waiting":
        return cancel;
      case "paused":
        return [button("play", say.resume(item.name), () => transfers?.resume(ids)), cancel];
      case "stalled":
      case "failed":
        return [button("retry", say.retry(item.name), () => transfers?.retry(ids)), cancel];
      case "needs-file":
        return [button("file", `${say.giveFile}: ${item.name}`, () => this.#give()), cancel];
      case "done":
        return icon("check", { label: this.#say(item) });
      default:
        return nothing;
    }
  }

  #renderBar(name: string, label: string, confirmed: number, processed: number, size: number, colour: string) {
    // an empty file is all there once it is there
    const share = (bytes: number): number => (size === 0 ? (colour === "done" ? 100 : 0) : Math.min(100, (bytes / size) * 100));
    const value = Math.floor(share(confirmed));
    return html`<div
      class=${["bar", name, colour].join(" ").trim()}
      part="bar"
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${value}
      ${customProperties({ "--_v": share(confirmed), "--_sealed": share(processed) })}
    ></div>`;
  }

  #bytesOf(item: Transfer): string {
    const { part, whole } = this.format.bytesOf(item.confirmed, item.size);
    return this.words.transfers.of(part, whole);
  }

  #ids(...statuses: readonly Transfer["status"][]): readonly string[] {
    return this.#items.filter((item) => statuses.includes(item.status)).map((item) => item.id);
  }

  readonly #focused = (event: FocusEvent): void => {
    const item = (event.target as Element).closest<HTMLElement>(".item");
    this.#focusedId = item?.dataset["id"] ?? null;
  };

  #give(): void {
    if (this.input === null) return;
    this.input.value = "";
    this.input.click();
  }

  readonly #gave = (): void => {
    this.notWanted = this.folder?.uploads.give(this.input?.files ?? []).length ?? 0;
  };

  /** Rarely: at each quarter of many files, and when all is over. */
  #announce(): void {
    const { all, done, active, needing, paused, stalled } = this.#summary;
    const busy = active + paused + stalled > 0;
    const quarter = all < 8 ? 0 : Math.floor((done / all) * 4);
    if (this.#wasBusy && !busy && done + needing > 0) this.said = this.words.transfers.finished(done, needing);
    else if (busy && quarter > this.#quarter) this.said = this.words.transfers.progress(done, all);
    this.#quarter = busy ? quarter : 0;
    this.#wasBusy = busy;
  }
}
