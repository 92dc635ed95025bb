/**
 * Fetches that go on one at a time for each name, few at a time in all.
 *
 * @module
 */

export class Errands<Result> {
  readonly #running = new Map<string, Promise<Result>>();
  readonly #waiting: (() => void)[] = [];
  readonly #atOnce: number;
  readonly #most: number;
  #busy = 0;

  constructor({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = atOnce;
    this.#most = atOnce + waiting;
  }

  /** The result of the errand under this name, which is begun unless it runs. undefined where too many wait already. */
  run(name: string, errand: () => Promise<Result>): Promise<Result> | undefined {
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    if (this.#running.size >= this.#most) return undefined;
    const begun = this.#inTurn(errand).finally(() => this.#running.delete(name));
    this.#running.set(name, begun);
    return begun;
  }

  async #inTurn(errand: () => Promise<Result>): Promise<Result> {
    if (this.#busy < this.#atOnce) this.#busy++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await errand();
    } finally {
      // The next one takes this one's place.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }
}
