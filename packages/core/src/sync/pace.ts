/**
 * When to pull: at intervals, sooner when the page comes back to life, later while the server does not answer, not at all while nobody looks.
 *
 * @module
 */
import { backoffDelay } from "../api/backoff.ts";
import { isKeyfoldError } from "../error.ts";

export interface PaceOptions {
  /** Milliseconds between pulls that succeed. */
  readonly interval: number;
  /** One pull. A rejection makes the next one wait longer. */
  readonly pull: () => Promise<void>;
  /** While true, a hidden page goes on pulling: something waits to be sent. */
  readonly busy: () => boolean;
}

/** Waits, in milliseconds, between attempts at a server that does not answer. */
const BACKOFF = { base: 1_000, cap: 15_000 };
/** And at least so many. */
const LEAST = 500;
/** Milliseconds a page is hidden before it stops to pull. */
const HIDDEN_FOR = 5 * 60_000;

export class Pace {
  readonly #options: PaceOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #running = false;
  #pulling = false;
  #hiddenSince: number | null = null;
  #unlisten: () => void = () => undefined;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#unlisten = this.#listen();
    this.#schedule();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#unlisten();
  }

  /** The next pull is due now. */
  hurry(): void {
    if (!this.#running) return;
    this.#failures = 0;
    this.#wait(0);
  }

  /** Something failed outside of a pull: the next one comes sooner than regularly, but not at once. */
  soon(): void {
    if (!this.#running || this.#pulling) return;
    this.#failures++;
    this.#schedule();
  }

  #listen(): () => void {
    if (typeof window === "undefined") return () => undefined;
    const hurry = (): void => this.hurry();
    const visibility = (): void => {
      this.#hiddenSince = document.visibilityState === "hidden" ? performance.now() : null;
      if (this.#hiddenSince === null) this.hurry();
    };
    window.addEventListener("online", hurry);
    window.addEventListener("focus", hurry);
    window.addEventListener("pageshow", hurry);
    document.addEventListener("visibilitychange", visibility);
    return () => {
      window.removeEventListener("online", hurry);
      window.removeEventListener("focus", hurry);
      window.removeEventListener("pageshow", hurry);
      document.removeEventListener("visibilitychange", visibility);
    };
  }

  #schedule(after?: number): void {
    const { interval } = this.#options;
    // A tenth of jitter: clients that started together drift apart.
    const regular = interval * (0.9 + 0.2 * Math.random());
    const next = this.#failures === 0 ? regular : Math.max(Math.min(regular, LEAST), backoffDelay(this.#failures, BACKOFF));
    this.#wait(Math.max(next, after ?? 0));
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#turn(), milliseconds);
    // In Node a folder that is only watched must not keep the process alive.
    if (typeof this.#timer === "object" && "unref" in this.#timer && !this.#options.busy()) this.#timer.unref();
  }

  async #turn(): Promise<void> {
    if (!this.#running || this.#pulling) return;
    const unseen = this.#hiddenSince !== null && performance.now() - this.#hiddenSince > HIDDEN_FOR;
    if (unseen && !this.#options.busy()) return; // visibilitychange goes on from here
    this.#pulling = true;
    let after: number | undefined;
    try {
      await this.#options.pull();
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      if (isKeyfoldError(error) && error.retryAfter !== undefined) after = error.retryAfter * 1000;
    } finally {
      this.#pulling = false;
    }
    if (this.#running) this.#schedule(after);
  }
}
