import { cancelled } from "../api/backoff.ts";

/** A number of permits, given out in the order in which they were asked for: what bounds memory and requests under way. */
export class Permits {
  #count: number;
  /** Below zero after a cut, until as many have come back. */
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** From now on there are this many; those out beyond it are not given out again. */
  resize(count: number): void {
    this.#free += count - this.#count;
    this.#count = count;
    this.#giveOut();
  }

  /** Resolves with the way to give the permit back. Rejects with `cancelled` when the signal aborts first. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw cancelled(signal);
    if (this.#free > 0 && this.#queue.length === 0) this.#free--;
    else await this.#turn(signal);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free++;
      this.#giveOut();
    };
  }

  #giveOut(): void {
    while (this.#free > 0) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#free--;
      next();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#queue.splice(this.#queue.indexOf(mine), 1);
        reject(cancelled(signal));
      };
      const mine = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      this.#queue.push(mine);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
