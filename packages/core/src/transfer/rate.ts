import type { Clock } from "./port.ts";

const SLOT = 250;
const SLOTS = 20;

/** Bytes a second over the last five seconds. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #bytes = new Float64Array(SLOTS);
  #slot = 0;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.restart();
  }

  /** Forgets what was: after a pause the old rate says nothing. */
  restart(): void {
    this.#bytes.fill(0);
    this.#since = this.#clock.now();
    this.#slot = Math.floor(this.#since / SLOT);
  }

  add(bytes: number): void {
    this.#turn();
    this.#bytes[this.#slot % SLOTS]! += bytes;
  }

  get rate(): number {
    this.#turn();
    const now = this.#clock.now();
    // A window that has only just begun is not taken for a whole one, nor is a first part for an endless flow of them.
    const windowStart = (this.#slot - SLOTS + 1) * SLOT;
    const seconds = Math.max(0.5, (now - Math.max(windowStart, this.#since)) / 1000);
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0) / seconds;
  }

  #turn(): void {
    const slot = Math.floor(this.#clock.now() / SLOT);
    if (slot < this.#slot || slot - this.#slot >= SLOTS) this.#bytes.fill(0);
    else for (let at = this.#slot + 1; at <= slot; at++) this.#bytes[at % SLOTS] = 0;
    this.#slot = slot;
  }
}
