/**
 * How many requests with parts are under way at a time.
 *
 * Over HTTP/1.1 browsers keep six connections to a host, and what finds none free waits for one: the log, and what the person looks at meanwhile. So on a
 * slow line two are left alone: four parts of 4 MiB fill it. Where a part takes a moment only, so does waiting for one, and all six are used: then
 * what counts is that the server's disk and the processor never wait for the line.
 *
 * @module
 */
import { Permits } from "./permits.ts";

const FEWEST_REQUESTS = 4;
export const MOST_REQUESTS = 6;
/** A request that took less is a quick one, milliseconds; judged by those that carry something, bytes. */
const QUICK = 400;
const JUDGED = 2 ** 20;

export class Requests {
  readonly #permits = new Permits(FEWEST_REQUESTS);
  readonly #now: () => number;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Sends when there is room. Rejects with `cancelled` when the signal aborts first, and as `send` does.
   *
   * @param bytes What the request carries.
   */
  async run<T>(bytes: number, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const release = await this.#permits.take(signal);
    const started = this.#now();
    try {
      const answer = await send();
      if (bytes >= JUDGED) this.#permits.resize(this.#now() - started < QUICK ? MOST_REQUESTS : FEWEST_REQUESTS);
      return answer;
    } finally {
      release();
    }
  }
}
