/**
 * What stops every transfer of a folder alike: no connection, a server that fails, no room, a key that is missing. One transfer finds out, all
 * wait, and all go on together.
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import type { ErrorCode } from "../error.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Clock } from "./port.ts";

/** Milliseconds: the ceiling of the first wait, and of every later one. */
const BASE = 500;
const CAP = 15_000;
/** Room and disks change slowly. */
const CAP_WITHOUT_ROOM = 60_000;

const PASSING: ReadonlySet<ErrorCode> = new Set(["offline", "server-failed", "rate-limited", "busy", "quota", "storage-full"]);
/** Ends when the person signs in: `wake()` is called then. */
const FOR_A_KEY: ReadonlySet<ErrorCode> = new Set(["signed-out", "key-needed", "locked-elsewhere", "old-key"]);

/** Whether the same request may well succeed later, without anybody changing the file. */
export function passes(error: unknown): error is KeyfoldError {
  if (!isKeyfoldError(error)) return false;
  return PASSING.has(error.code) || FOR_A_KEY.has(error.code) || error.reason === "hash-mismatch";
}

/** Whether it ends only when the person signs in. */
export function needsKey(error: KeyfoldError): boolean {
  return FOR_A_KEY.has(error.code);
}

/** Whatever was thrown, as a `KeyfoldError`. */
export function asKeyfoldError(error: unknown): KeyfoldError {
  if (error instanceof KeyfoldError) return error;
  return new KeyfoldError("server-failed", "Something unforeseen stopped this transfer.", { cause: error, reason: "unforeseen" });
}

type Phase = "clear" | "waiting" | "trying";

export class Outage {
  readonly #clock: Clock;
  readonly #listener: () => void;
  readonly #held = new Set<() => void>();
  #phase: Phase = "clear";
  #error: KeyfoldError | null = null;
  #attempts = 0;
  #stopTimer: () => void = () => undefined;
  #closed = false;

  /** `listener` hears of each beginning and each end. */
  constructor(clock: Clock, listener: () => void = () => undefined) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** What is wrong; null while nothing is known to be. */
  get error(): KeyfoldError | null {
    return this.#error;
  }

  /** Does the work again and again until it succeeds or fails for a reason that does not pass. Rejects with `cancelled` on abort. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      await this.#passable(signal);
      try {
        const done = await work();
        this.end();
        return done;
      } catch (error) {
        if (signal.aborted) throw cancelled(signal);
        if (!passes(error)) throw error;
        this.begin(error);
      }
    }
  }

  /** Everybody waits from now on. Requests that were under way together fail together: only the first counts as an attempt. */
  begin(error: KeyfoldError): void {
    const news = this.#error?.code !== error.code;
    this.#error = error;
    if (this.#phase !== "waiting" && !this.#closed) {
      this.#phase = "waiting";
      if (!needsKey(error)) this.#stopTimer = this.#clock.after(this.#delay(error), () => this.#try());
    }
    if (news) this.#listener();
  }

  /** Tries again now: the connection is back, the person asked for it, a key has come. */
  wake(): void {
    if (this.#phase !== "waiting") return;
    this.#stopTimer();
    this.#attempts = 0;
    this.#try();
  }

  /** It is over, as far as anybody knows: everybody goes on. */
  end(): void {
    if (this.#phase === "clear") return;
    this.#stopTimer();
    this.#attempts = 0;
    this.#try();
    this.#phase = "clear";
    this.#error = null;
    this.#listener();
  }

  /** No timer runs from now on. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  #delay(error: KeyfoldError): number {
    const cap = error.code === "quota" || error.code === "storage-full" ? CAP_WITHOUT_ROOM : CAP;
    const ceiling = Math.min(cap, BASE * 2 ** Math.min(this.#attempts++, 20));
    return Math.max((error.retryAfter ?? 0) * 1000, ceiling * (0.5 + 0.5 * this.#clock.random()));
  }

  #try(): void {
    this.#phase = "trying";
    const held = [...this.#held];
    this.#held.clear();
    for (const go of held) go();
  }

  #passable(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled(signal));
        return;
      }
      if (this.#phase !== "waiting") {
        resolve();
        return;
      }
      const abort = (): void => {
        this.#held.delete(go);
        reject(cancelled(signal));
      };
      const go = (): void => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      this.#held.add(go);
      signal.addEventListener("abort", abort, { once: true });
    });
  }
}
