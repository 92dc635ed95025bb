/** A value with subscribers as something to loop over. */
import { cancelled } from "../api/backoff.ts";
import type { Readable } from "../interface/state.ts";

export interface ValuesOptions {
  readonly signal?: AbortSignal;
  /** When no more comes: the last value is given out, and the loop ends. */
  readonly ended?: Promise<unknown>;
}

/** The value now and after each change. A loop that takes its time gets the newest, and nothing heaps up. Throws `cancelled` when the signal aborts. */
export async function* valuesOf<T>(
  source: Pick<Readable<T>, "value" | "subscribe">,
  { signal, ended }: ValuesOptions,
): AsyncGenerator<T, void> {
  let next = Promise.withResolvers<void>();
  let over = false;
  const wake = (): void => next.resolve();
  const end = (): void => {
    over = true;
    wake();
  };
  const stop = source.subscribe(wake);
  signal?.addEventListener("abort", wake);
  ended?.then(end, end);
  try {
    for (;;) {
      if (signal?.aborted === true) throw cancelled(signal);
      const last = over;
      yield source.value;
      if (last) return;
      await next.promise;
      next = Promise.withResolvers();
    }
  } finally {
    stop();
    signal?.removeEventListener("abort", wake);
  }
}
