/**
 * Waiting between attempts: exponential with full jitter, so that a thousand clients that lost the server at one moment do not come back at
 * one moment. ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";

export interface Backoff {
  /** Milliseconds of the first ceiling. */
  readonly base: number;
  /** Milliseconds that no wait exceeds. */
  readonly cap: number;
}

export const REQUEST_BACKOFF: Backoff = { base: 300, cap: 8_000 };

/** Milliseconds to wait before attempt `attempt` + 1 (the first attempt is 1). `random` is in [0, 1). */
export function backoffDelay(attempt: number, backoff: Backoff = REQUEST_BACKOFF, random: () => number = Math.random): number {
  return random() * Math.min(backoff.cap, backoff.base * 2 ** Math.min(attempt, 30));
}

/** Resolves after `ms` milliseconds; rejects with `cancelled` when the signal aborts first. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(cancelled(signal));
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(cancelled(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

export function cancelled(signal?: AbortSignal): KeyfoldError {
  const reason: unknown = signal?.reason;
  if (reason instanceof KeyfoldError) return reason;
  return new KeyfoldError("cancelled", "Cancelled.", { cause: reason });
}

/** What the work comes to, or `cancelled` once the signal aborts: the waiting ends, and the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Nobody else may be listening to what becomes of it.
  work.catch(() => undefined);
  if (signal.aborted) return Promise.reject(cancelled(signal));
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled(signal));
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
