import type { ReactiveController, ReactiveControllerHost } from "lit";

/** How long something that is dragged stays over a closed subfolder before it opens, ms. */
const springOpen = 700;

/** What is held over a closed subfolder for a while goes in. */
export class SpringOpening implements ReactiveController {
  readonly #open: (key: string) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: ReactiveControllerHost, open: (key: string) => void) {
    this.#open = open;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.over(null);
  }

  /** Something is held over another row than before; null: over none. */
  over(key: string | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = key === null ? null : setTimeout(() => this.#open(key), springOpen);
  }
}
