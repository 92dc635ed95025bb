import { cancelled } from "../api/backoff.ts";

/** One piece of work. */
export type Job<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Does jobs, so many of them at once, and yields what comes of each as it is ready. The first one that fails ends the others, and so does whoever stops
 * asking; nothing is under way any more when it is over. Jobs are asked for when there is room for them.
 */
export async function* abreast<T>(jobs: Iterable<Job<T>>, width: number, signal: AbortSignal): AsyncGenerator<T> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const underWay = new Set<Promise<() => T>>();
  const next = async (): Promise<T> => (await Promise.race(underWay))();
  try {
    for (const job of jobs) {
      const mine: Promise<() => T> = job(either).then((value) => () => {
        underWay.delete(mine);
        return value;
      });
      mine.catch(() => undefined); // heard by the race, or over by then
      underWay.add(mine);
      if (underWay.size >= width) yield await next();
    }
    while (underWay.size > 0) yield await next();
  } finally {
    stop.abort(cancelled(signal));
    await Promise.allSettled(underWay);
  }
}
