/**
 * Bodies that come too slowly: a client that sends a byte a minute holds a connection, a buffer and a place.
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

/** Runs the work with a signal that aborts, with `too-slow`, when time is over. */
export async function withinSeconds<Result>(seconds: number | undefined, work: (late: AbortSignal) => Promise<Result>): Promise<Result> {
  const late = new AbortController();
  // The connection is of no more use: what is still to come on it belongs to this body.
  const stop = (): void => late.abort(new Refusal("too-slow", { headers: { connection: "close" } }));
  const timer = seconds === undefined ? undefined : setTimeout(stop, seconds * 1000);
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Gives each piece of a stream. Rejects with what `take` throws, and with the signal's reason. */
export async function flowOf(stream: ReadableStream<Uint8Array>, take: (piece: Uint8Array) => void, late: AbortSignal): Promise<void> {
  const reader = stream.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  late.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      late.throwIfAborted();
      if (done) return;
      take(value);
    }
  } catch (error) {
    cancel();
    throw error;
  } finally {
    late.removeEventListener("abort", cancel);
  }
}
