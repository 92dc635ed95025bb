import { cancelled } from "../api/backoff.ts";
import type { KeyfoldError } from "../error.ts";
import { needsKey, passes } from "./outage.ts";
import type { ReadingPort } from "./port.ts";

const BASE = 300;
const CAP = 10_000;

/** What a download does about a network that fails. */
export interface Patience {
  /** Attempts of one request. */
  readonly attempts: number;
  /** Told while it waits, and with null when it goes on. */
  readonly stalled?: (error: KeyfoldError | null) => void;
}

/** What waiting takes. */
type Waiting = Pick<ReadingPort, "clock" | "connection">;

/** For callers that nobody looks at: about a minute. */
export const someAttempts: Patience = { attempts: 10 };

/** Does the work again while it fails for a reason that passes; goes on at once when the connection is back. */
export async function patiently<T>(port: Waiting, patience: Patience, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await work();
      if (attempt > 1) patience.stalled?.(null);
      return done;
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      // A key that is missing does not come back by waiting.
      if (!passes(error) || attempt >= patience.attempts || needsKey(error)) throw error;
      patience.stalled?.(error);
      const ceiling = Math.min(CAP, BASE * 2 ** Math.min(attempt, 20));
      await pause(port, Math.max((error.retryAfter ?? 0) * 1000, ceiling * (0.5 + 0.5 * port.clock.random())), signal);
    }
  }
}

function pause(port: Waiting, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      stopTimer();
      unsubscribe();
      signal.removeEventListener("abort", abort);
    };
    const go = (): void => {
      stop();
      resolve();
    };
    const abort = (): void => {
      stop();
      reject(cancelled(signal));
    };
    const stopTimer = port.clock.after(milliseconds, go);
    let before = port.connection.value;
    const unsubscribe = port.connection.subscribe(() => {
      const now = port.connection.value;
      if (now === "online" && before !== "online") go();
      before = now;
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}
