/** The bar at the bottom of a phone: where to go, with Add in its middle. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icon } from "../icon/index.ts";
import type { IconName } from "../icon/index.ts";
import type { Words } from "../i18n/index.ts";
import type { Tab } from "./scene.ts";

export interface BottomBar {
  readonly words: Words["page"];
  readonly tab: Tab;
  /** Transfers under way. */
  readonly sending: number;
  readonly mayAdd: boolean;
  go(tab: Tab): void;
  add(): void;
  code(): void;
}

export function bottomBar(bar: BottomBar): TemplateResult {
  const { words } = bar;
  const place = (tab: Tab, glyph: IconName, label: string, count = 0): TemplateResult =>
    html`<button type="button" aria-current=${bar.tab === tab ? "page" : nothing} @click=${() => bar.go(tab)}>
      ${icon(glyph)}${count > 0 ? html`<span class="count">${count}</span>` : nothing}${label}
    </button>`;
  return html`<nav class="area-foot bottom-bar" aria-label=${words.goTo}>
    ${place("files", "folder", words.files)}${place("search", "search", words.search)}<button
      type="button"
      class="add"
      aria-disabled=${bar.mayAdd ? nothing : "true"}
      @click=${() => bar.mayAdd && bar.add()}
    >
      <i>${icon("plus")}</i>${words.add}</button
    >${place("sends", "activity", words.sends, bar.sending)}<button type="button" @click=${() => bar.code()}>
      ${icon("qr")}${words.code}
    </button>
  </nav>`;
}
