/**
 * A store that is reached over something that can fail: every request ends by a time limit, so many are under way at once, and what failed is tried
 * again where that does no harm.
 *
 * Putting, reading and removing are idempotent (a key has one content, which the database has claimed), so a request that was *answered* with a failure
 * is sent again. One that was not answered in time is not: it may still be under way, and reading the bytes it was given.
 *
 * @module
 */

import { setTimeout as wait } from "node:timers/promises";
import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import { StoreFault, storeFault } from "./store-fault.ts";
import { asError, type BlobStore, type StoreItem } from "./store.ts";

export interface GuardOptions {
  /** Milliseconds in which a request ends, waiting for its turn and further attempts included. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Requests at a time. Default 16. */
  readonly parallel?: number | undefined;
}

export const storeTimeout = 30_000;

const attempts = 3;

/** Before the second attempt, milliseconds; doubled for each further one. */
const firstWait = 100;

/** Keys of one removal under one time limit. */
const keysPerRemoval = 256;

/** Throws `invalid-argument` for options that cannot be meant. */
export function guarded(store: BlobStore, { timeoutMs = storeTimeout, parallel = 16 }: GuardOptions = {}): BlobStore {
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs <= 0 || timeoutMs > 2 ** 31 - 1) {
    throw new KeyfoldError("invalid-argument", "The blob store's time limit is a number of milliseconds.");
  }
  const permits = new Permits(parallel);

  const run = async <Result>(request: () => Promise<Result>): Promise<Result> => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await permits.hold(late.signal, request);
        } catch (cause) {
          const fault = storeFault(cause);
          const again = fault instanceof StoreFault && fault.again && !late.signal.aborted;
          if (!again || attempt === attempts) throw fault;
          const pause = firstWait * 2 ** (attempt - 1) * (0.5 + Math.random());
          await wait(pause, undefined, { signal: late.signal }).catch(() => {
            throw fault;
          });
        }
      }
    } finally {
      clearTimeout(timer);
    }
  };

  const put = (key: string, bytes: Bytes): Promise<void> => run(() => store.put(key, bytes));

  return {
    put,
    async putAll(items: readonly StoreItem[]) {
      const settled = await Promise.allSettled(items.map(({ key, bytes }) => put(key, bytes)));
      return settled.map((outcome) => (outcome.status === "fulfilled" ? undefined : asError(outcome.reason)));
    },
    // Never into the caller's memory: an attempt that was given up may still be writing there.
    get: (key) => run(() => store.get(key)),
    async remove(keys) {
      for (let start = 0; start < keys.length; start += keysPerRemoval) {
        const some = keys.slice(start, start + keysPerRemoval);
        await run(() => store.remove(some));
      }
    },
    ...(store.close === undefined ? {} : { close: () => store.close!() }),
  };
}

function timeout(): StoreFault {
  return new StoreFault("server-failed", "The blob store did not answer in time.", { reason: "timeout", again: false });
}

/** So many at a time; the others in the order in which they came. */
class Permits {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs it with a permit, until the signal says that it is too late; what is still under way then is left to itself. */
  hold<Result>(late: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      let holding = false;
      const begin = (): void => {
        holding = true;
        (async () => run())().then(
          (result) => end(() => resolve(result)),
          (error: unknown) => end(() => reject(asError(error))),
        );
      };
      const end = (settle: () => void): void => {
        late.removeEventListener("abort", tooLate);
        this.#waiting.delete(begin);
        if (holding) this.#next();
        holding = false;
        settle();
      };
      const tooLate = (): void => end(() => reject(timeout()));
      if (late.aborted) return reject(timeout());
      late.addEventListener("abort", tooLate, { once: true });
      if (this.#free === 0) return void this.#waiting.add(begin);
      this.#free--;
      return begin();
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) return void this.#free++;
    this.#waiting.delete(first);
    return first();
  }
}
