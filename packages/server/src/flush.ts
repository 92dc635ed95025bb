/**
 * Waiting for the disk, together.
 *
 * @module
 */

import { open } from "node:fs/promises";

/** Puts a directory's entries on the disk. */
export async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * One flush for all who ask while another is running: what is returned resolves once a flush has ended that began after the call, and so covers whatever the
 * caller has changed before.
 *
 * @param idle Called when nobody waits any more.
 */
export function sharedFlush(flush: () => Promise<void>, idle?: () => void): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const begin = (): Promise<void> => {
    next = undefined;
    running = flush().finally(() => {
      // Where somebody waits for the next one, that takes its place, and nobody begins a third beside it.
      if (next !== undefined) return;
      running = undefined;
      idle?.();
    });
    return running;
  };

  return () => {
    if (running === undefined) return begin();
    // The running one may have begun before the caller's change.
    next ??= running.catch(() => undefined).then(begin);
    return next;
  };
}
