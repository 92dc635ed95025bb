import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Least width of a card and the room between two, px; a list narrower than the last has two cards in any case. */
const card = { least: 168, gap: 16, narrow: 460 };
/** Room beside the cards, both sides together, px. */
const beside = 40;

/** How many cards stand side by side, by the width the list has. */
export class CardsAcross implements ReactiveController {
  count = 4;
  /** Whether a row is two lines. */
  narrow = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #resize = new ResizeObserver(() => this.#measure());

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#resize.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#resize.disconnect();
  }

  #measure(): void {
    const { clientWidth } = this.#host;
    this.narrow = clientWidth > 0 && clientWidth < card.narrow;
    this.count = this.narrow ? 2 : Math.max(1, Math.floor((clientWidth - beside + card.gap) / (card.least + card.gap)));
    // where neither changed, the height of a row or card may have
    this.#host.requestUpdate();
  }
}
