import { css, html, LitElement, nothing } from "lit";
import type { CSSResultGroup } from "lit";
import { property, query } from "lit/decorators.js";
import { icon } from "../icon/index.ts";
import type { IconName } from "../icon/index.ts";
import { theme } from "../theme/index.ts";

export interface MenuItem<Id extends string = string> {
  readonly id: Id;
  readonly label: string;
  readonly icon?: IconName;
  /** Shown beside it: "F2". */
  readonly keys?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** A line above it. */
  readonly apart?: boolean;
  /** For a choice among several. */
  readonly checked?: boolean;
}

/** A point of the viewport in px, or what the menu hangs on. */
export type MenuPlace = { readonly x: number; readonly y: number } | Element;

const margin = 8;

/**
 * @summary A menu in the top layer, used inside other elements: `const chosen = await menu.choose(items, place)`.
 * @csspart base - The list of items.
 */
export class KeyfoldMenu extends LitElement {
  static override styles: CSSResultGroup = [
    ...theme,
    css`
      .menu button:focus-visible {
        outline-offset: -2px;
      }
      .menu [role^="menuitem"] kbd {
        color: var(--keyfold-text-2);
      }
    `,
  ];

  @property({ attribute: false }) items: readonly MenuItem[] = [];

  @query(".menu") private menu!: HTMLElement;
  #settle: ((chosen: string | null) => void) | null = null;
  #opener: HTMLElement | null = null;
  #typed = "";
  #typedAt = 0;

  /** Opens, and resolves with the chosen id, or null when it was closed without a choice. */
  async choose<Id extends string>(items: readonly MenuItem<Id>[], place: MenuPlace, label: string): Promise<Id | null> {
    this.#settle?.(null);
    this.items = items;
    this.ariaLabel = label;
    await this.updateComplete;
    this.#opener = deepActive();
    const chosen = new Promise<string | null>((resolve) => {
      this.#settle = resolve;
    });
    if (!this.menu.matches(":popover-open")) this.menu.showPopover();
    this.#place(place);
    this.#buttons()[0]?.focus();
    return (await chosen) as Id | null;
  }

  close(): void {
    if (this.menu.matches(":popover-open")) this.menu.hidePopover();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#finish(null);
  }

  protected override render() {
    return html`<div
      class="menu"
      part="base"
      popover="auto"
      role="menu"
      aria-label=${this.ariaLabel ?? nothing}
      @toggle=${this.#toggled}
      @keydown=${this.#pressed}
    >
      ${this.items.map(
        (item) =>
          html`${item.apart === true ? html`<hr />` : nothing}<button
              type="button"
              role=${item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked=${item.checked === undefined ? nothing : String(item.checked)}
              tabindex="-1"
              class=${item.danger === true ? "danger" : ""}
              aria-disabled=${item.disabled === true ? "true" : nothing}
              @click=${() => this.#chose(item)}
            >
              ${item.checked === true ? icon("check") : item.icon === undefined ? nothing : icon(item.icon)}<span>${item.label}</span>${
                item.keys === undefined ? nothing : html`<kbd>${item.keys}</kbd>`
              }
            </button>`,
      )}
    </div>`;
  }

  #buttons(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>("button")];
  }

  #chose(item: MenuItem): void {
    if (item.disabled === true) return;
    this.#finish(item.id);
  }

  readonly #toggled = (event: ToggleEvent): void => {
    if (event.newState === "closed") this.#finish(null);
  };

  /** Focus goes back first: what is chosen may want it elsewhere. */
  #finish(chosen: string | null): void {
    const settle = this.#settle;
    if (settle === null) return;
    this.#settle = null;
    const within = this.matches(":focus-within") || deepActive() === document.body;
    this.close();
    if (within) this.#opener?.focus();
    settle(chosen);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const go = (to: number): void => buttons[(to + buttons.length) % buttons.length]?.focus();
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at < 0 ? -1 : at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Tab") this.close();
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey)
      this.#typeAhead(event.key, buttons, at);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  #typeAhead(letter: string, buttons: readonly HTMLElement[], at: number): void {
    const now = performance.now();
    this.#typed = now - this.#typedAt > 600 ? letter : this.#typed + letter;
    this.#typedAt = now;
    const typed = this.#typed.toLocaleLowerCase();
    const from = typed.length === 1 ? at + 1 : Math.max(at, 0);
    const order = [...buttons.slice(from), ...buttons.slice(0, from)];
    order.find((button) => button.textContent.trim().toLocaleLowerCase().startsWith(typed))?.focus();
  }

  #place(place: MenuPlace): void {
    const { width, height } = this.menu.getBoundingClientRect();
    const backwards = getComputedStyle(this).direction === "rtl";
    let x: number;
    let y: number;
    if (place instanceof Element) {
      const anchor = place.getBoundingClientRect();
      x = backwards ? anchor.left : anchor.right - width;
      y =
        anchor.bottom + 4 + height > innerHeight - margin && anchor.top - height - 4 > margin ? anchor.top - height - 4 : anchor.bottom + 4;
    } else {
      x = backwards ? place.x - width : place.x;
      y = place.y;
    }
    this.menu.style.setProperty("left", `${Math.round(Math.max(margin, Math.min(x, innerWidth - width - margin)))}px`);
    this.menu.style.setProperty("top", `${Math.round(Math.max(margin, Math.min(y, innerHeight - height - margin)))}px`);
  }
}

function deepActive(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement ? active : null;
}
