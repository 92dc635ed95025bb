import { html, nothing } from "lit";
import type { CSSResultGroup, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import type { Adoption, FolderState, Problem } from "@keyfold/core";
import { KeyfoldElement } from "../base/index.ts";
import { customProperties } from "../file-actions/custom-properties.ts";
import type { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import { icon } from "../icon/index.ts";
import type { IconName } from "../icon/index.ts";
import { KeyDialog } from "../key-bar/key-dialog.ts";
import { theme } from "../theme/index.ts";
import { isGrave, problemAction } from "./problem-action.ts";
import { statusStyles } from "./status.styles.ts";

/**
 * How the folder stands with the server: connection, room used, and a problem in one sentence with one button.
 *
 * @summary Connection, room, and what went wrong.
 * @event keyfold-enter-key - Cancelable: the key entry is to be shown; else it opens in a dialog.
 * @event keyfold-make-room - Cancelable: the trash is to be shown. Without anybody who cancels it there is no button for it.
 * @csspart base - All of it.
 * @csspart progress - The bar of room used.
 * @csspart problem - The problem's strip.
 */
export class KeyfoldStatus extends KeyfoldElement {
  static override styles: CSSResultGroup = [...theme, statusStyles];

  /** `line`: connection and room only. `problem`: the strip only. Both without it. */
  @property() show: "line" | "problem" | null = null;

  /** Whether the page has a place to make room in: then a full folder offers it. */
  @property({ type: Boolean, attribute: "can-make-room" }) canMakeRoom = false;

  @state() private adoption: Adoption | null = null;
  @query("keyfold-ask") private ask!: KeyfoldAsk;
  readonly #dialog = new KeyDialog(this);
  #busy = false;

  protected override render(): TemplateResult {
    const { problem, state } = this;
    return html`<div class="base" part="base">
        ${this.show === "line" || problem === null ? nothing : this.#strip(problem)}
        ${this.show === "line" || this.adoption === null ? nothing : this.#adopted(this.adoption)}
        ${this.show === "problem" || state === null ? nothing : this.#line(state)}
      </div>
      <keyfold-ask></keyfold-ask>${this.#dialog.template(this.givenFolder, this.source, this.words, this.i18n)}`;
  }

  #line(state: FolderState): TemplateResult {
    const { status: words } = this.words;
    const { usage, connection, pending } = state;
    const waits = connection !== "online";
    const said = connection === "online" ? words.live : connection === "connecting" ? words.connecting : words.offline;
    const room = usage === null ? null : this.format.bytesOf(usage.used, usage.quota);
    const used = usage === null || usage.quota === 0 ? 0 : Math.min(100, (usage.used / usage.quota) * 100);
    return html`<div class="usage">
      <div class="line">
        <span class=${waits ? "dot wait" : "dot"}></span><span role="status">${said}</span>${
          pending.length > 0 ? html`<span class="num">· ${words.waiting(pending.length)}</span>` : nothing
        }<span class="grow"></span>${room === null ? nothing : html`<span class="num">${words.usage(room.part, room.whole)}</span>`}
      </div>
      ${
        room === null || used === 0
          ? nothing
          : html`<div
              class=${used >= 95 ? "bar warn" : "bar"}
              part="progress"
              role="progressbar"
              aria-label=${words.used(room.part, room.whole)}
              aria-valuenow=${Math.round(used)}
              aria-valuemin="0"
              aria-valuemax="100"
              ${customProperties({ "--_v": used })}
            ></div>`
      }
    </div>`;
  }

  #strip(problem: Problem): TemplateResult {
    const word = this.words.errors[problem.code];
    const action = problemAction(problem);
    const offered = action !== "none" && (action !== "make-room" || this.canMakeRoom);
    const explained = this.#explained(problem);
    return html`<div class=${isGrave(problem.code) ? "strip bad" : "strip"} part="problem" role="alert">
      ${icon(glyph(problem))}<b>${differs(problem) ? this.words.status.history.differs : word.message(this.#numbers(problem))}</b>${
        offered
          ? html`<button type="button" class="button" ?disabled=${this.#busy} @click=${() => void this.#act(problem)}>
              ${action === "adopt" ? this.words.status.history.adopt : word.action}
            </button>`
          : html`<span></span>`
      }
      ${explained === null ? nothing : html`<p>${explained}</p>`} ${problem.code === "rolled-back" ? this.#histories(problem) : nothing}
    </div>`;
  }

  /** The problem's own numbers, and how many changes wait here. */
  #numbers(problem: Problem): Readonly<Record<string, number>> {
    return { changes: this.state?.pending.length ?? 0, ...problem.numbers };
  }

  #explained(problem: Problem): string | null {
    const { status: words } = this.words;
    const { history } = words;
    const { changes = 0, files = 0, deviceAt, serverAt } = problem.numbers;
    if (differs(problem)) return history.differsWhy;
    if (problem.code === "forked") return history.forked;
    if (problem.code === "rolled-back") {
      const at =
        deviceAt === undefined
          ? ""
          : ` ${history.seen(this.format.dateTime(deviceAt), serverAt === undefined ? null : this.format.dateTime(serverAt))}`;
      if (problem.remedy === "give-back") return `${history.givingBack(changes)}${at}`;
      if (files > 0) return `${history.contentLost(files, changes)}${at}`;
      return `${problem.remedy === "adopt" ? history.notGivenBack : history.nothingChanged}${at}`;
    }
    if (problem.code !== "offline" || (this.state?.pending.length ?? 0) === 0) return null;
    const at = this.state?.syncedAt ?? null;
    return at === null ? words.keptNever : words.kept(this.format.time(at));
  }

  /** Two histories, drawn: what the server shows, what this browser has verified. */
  #histories(problem: Problem): TemplateResult | typeof nothing {
    const { history: words } = this.words.status;
    const { server, device = this.state?.seq } = problem.numbers;
    if (server === undefined || device === undefined || device <= 0) return nothing;
    const dots = (count: number): TemplateResult[] => Array.from({ length: count }, () => html`<i></i>`);
    const short = Math.min(60, Math.max(12, ((device - server) / device) * 100));
    return html`<div class="timeline wide">
      <span>${words.server}</span><span class="track short" ${customProperties({ "--_short": short })}>${dots(2)}<i class="end"></i></span
      ><b class="num">${words.change(server)}</b><span>${words.browser}</span><span class="track mine">${dots(6)}</span
      ><b class="num">${words.change(device)}</b>
    </div>`;
  }

  /** Nothing is taken in the place of what was verified here before the person said so; then it is said what became of the rest. */
  async #adopt(problem: Problem): Promise<void> {
    const { history: words } = this.words.status;
    const { folder } = this;
    const { changes = 0 } = problem.numbers;
    const hint = changes === 0 ? words.adoptForked : words.adoptHint(changes, problem.nodes?.length ?? 0);
    const { cancel } = words;
    if (folder === null || !(await this.ask.confirm({ title: words.adoptTitle, hint, confirm: words.adoptConfirm, cancel, danger: true })))
      return;
    this.#busy = true;
    this.requestUpdate();
    try {
      this.adoption = await folder.adopt();
    } catch {
      // the folder's state tells what is still wrong
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }

  #adopted({ carried, lost }: Adoption): TemplateResult {
    const { history: words } = this.words.status;
    const names = lost.map(({ name }) => name).filter((name) => name !== null);
    return html`<div class="strip" part="problem" role="status">
      ${icon("info")}<b>${words.adopted(carried)}</b
      ><button type="button" class="button" @click=${() => (this.adoption = null)}>${words.done}</button>
      ${lost.length === 0 ? nothing : html`<p>${words.lost(lost.length)}</p>`}
      ${
        names.length === 0
          ? nothing
          : html`<ul class="lost">
              ${names.map((name) => html`<li><bdi>${name}</bdi></li>`)}
            </ul>`
      }
    </div>`;
  }

  async #act(problem: Problem): Promise<void> {
    switch (problemAction(problem)) {
      case "adopt":
        await this.#adopt(problem);
        return;
      case "enter-key":
        if (this.emit("enter-key", {}, { cancelable: true })) this.#dialog.open("entry");
        return;
      case "make-room":
        this.emit("make-room", {}, { cancelable: true });
        return;
      case "reload":
        location.reload();
        return;
      case "retry":
        this.#busy = true;
        this.requestUpdate();
        try {
          await (this.source === null ? this.folder?.refresh() : this.source.retry());
        } catch {
          // the folder's state tells what is still wrong
        } finally {
          this.#busy = false;
          this.requestUpdate();
        }
        return;
      case "none":
    }
  }
}

function glyph({ code }: Problem): IconName {
  if (code === "offline" || code === "server-failed") return "offline";
  if (code === "rolled-back" || code === "forked") return "history";
  if (problemAction({ code }) === "enter-key") return "key";
  return isGrave(code) ? "warning" : "info";
}

declare global {
  interface HTMLElementTagNameMap {
    "keyfold-status": KeyfoldStatus;
  }
}

/** Another device's snapshot comes to another state: of the folder, not of one file, as `tampered` says else. */
function differs({ code, error }: Problem): boolean {
  return code === "tampered" && error.reason === "snapshot-differs";
}
