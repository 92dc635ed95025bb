/**
 * Who is alive: names held while a page (or a process) lives, so that what a dead one left behind can be told from what a living one works on.
 *
 * In browsers these are Web Locks, which end with their page whatever happens to it; on pages that have none, what pages tell one another; elsewhere a
 * process is alone with its memory.
 *
 * @module
 */
import { broadcastLocks } from "./broadcast-locks.ts";
import type { Liveness } from "./held-name.ts";

export type { Liveness, Release } from "./held-name.ts";

/** By Web Locks (https://w3c.github.io/web-locks/). */
export function webLocks(manager: LockManager): Liveness {
  return {
    hold: (name, patience = 0) =>
      new Promise((resolve, reject) => {
        const held = (lock: Lock | null): Promise<void> | undefined => {
          if (lock === null) {
            resolve(null);
            return undefined;
          }
          return new Promise((release) => resolve(() => release()));
        };
        const asked =
          patience > 0
            ? manager.request(name, { signal: AbortSignal.timeout(patience) }, held)
            : manager.request(name, { ifAvailable: true }, held);
        asked.catch((error: unknown) => {
          if (error instanceof DOMException && (error.name === "TimeoutError" || error.name === "AbortError")) resolve(null);
          else reject(error instanceof Error ? error : new Error(String(error)));
        });
      }),
    during: async (name, work) => await manager.request(name, work),
  };
}

const heldHere = new Set<string>();
const queues = new Map<string, Promise<unknown>>();

/** Within this process only. */
export function processLocks(): Liveness {
  return {
    hold(name) {
      if (heldHere.has(name)) return Promise.resolve(null);
      heldHere.add(name);
      return Promise.resolve(() => heldHere.delete(name));
    },
    async during(name, work) {
      const before = queues.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      queues.set(name, mine);
      try {
        return await mine;
      } finally {
        if (queues.get(name) === mine) queues.delete(name);
      }
    },
  };
}

/** One for the page: pages do not hear themselves. */
let amongPages: Liveness | undefined;

/** Web Locks in pages and their workers, or the nearest thing to them; the process's own elsewhere. */
export function liveness(): Liveness {
  const inBrowser = typeof document !== "undefined" || typeof importScripts === "function";
  if (!inBrowser) return processLocks();
  const manager = (navigator as { locks?: LockManager }).locks;
  if (manager !== undefined) return webLocks(manager);
  return (amongPages ??= broadcastLocks(new BroadcastChannel("keyfold")));
}

declare const importScripts: unknown;
