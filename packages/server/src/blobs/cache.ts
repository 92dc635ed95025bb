/**
 * Hot parts, kept nearer than the store: in memory, or in Redis.
 *
 * A cache never decides anything. The database is asked first, the reader checks every part's hash, and a part that does not fit it is dropped from the
 * cache and read from the store (`forget`). A cache that fails or is slow is passed by; after a failure it is left alone for a while.
 *
 * @module
 */

import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import { LRUCache } from "lru-cache";
import type { RedisClient } from "./redis-store.ts";
import type { BlobStore } from "./store.ts";

/** What `keyfold({ cache })` takes. */
export type CacheOptions =
  /** In this process, so many bytes of parts, the least recently used going first. */
  | { readonly bytes: number }
  /** In Redis, for all processes: an ioredis client of the host's, which stays the host's to close. */
  | {
      readonly redis: RedisClient;
      /** Before every key. Default `keyfold:part`. */
      readonly prefix?: string;
      /** Milliseconds that a part is kept. Default an hour. Redis's own `maxmemory` and eviction decide about the room. */
      readonly keepMs?: number;
      /** Milliseconds after which it is passed by. Default 250. */
      readonly waitMs?: number;
    };

export interface PartCache {
  /** Milliseconds after which it is passed by. Default 250. */
  readonly waitMs?: number | undefined;
  get(key: string): Promise<Uint8Array | null>;
  set(key: string, bytes: Bytes): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

/** A cache that has not answered after so long is passed by, milliseconds. */
const patience = 250;

/** How long a cache that failed is left alone, milliseconds. */
const rest = 5_000;

/** Throws `invalid-argument` for options that cannot be meant. */
export function partCache(options: CacheOptions): PartCache {
  if ("redis" in options) {
    return { waitMs: options.waitMs, ...redisCache(options.redis, options.prefix ?? "keyfold:part", options.keepMs ?? 3_600_000) };
  }
  if (!Number.isSafeInteger(options.bytes) || options.bytes <= 0) {
    throw new KeyfoldError("invalid-argument", "A cache's size is a number of bytes.");
  }
  return memoryCache(options.bytes);
}

function memoryCache(maxSize: number): PartCache {
  const parts = new LRUCache<string, Bytes>({ maxSize, sizeCalculation: (bytes, key) => bytes.length + key.length + 1 });
  return {
    get: async (key) => parts.get(key) ?? null,
    set: async (key, bytes) => void parts.set(key, bytes),
    remove: async (keys) => keys.forEach((key) => parts.delete(key)),
  };
}

function redisCache(client: RedisClient, prefix: string, keepMs: number): PartCache {
  if (!Number.isSafeInteger(keepMs) || keepMs <= 0)
    throw new KeyfoldError("invalid-argument", "A cached part is kept for a number of milliseconds.");
  const nameOf = (key: string): string => `${prefix}:${key}`;
  return {
    get: (key) => client.getBuffer(nameOf(key)),
    set: async (key, bytes) => void (await client.set(nameOf(key), Buffer.from(bytes), "PX", keepMs)),
    remove: async (keys) => void (await Promise.all(keys.map((key) => client.unlink(nameOf(key))))),
  };
}

/** The store with a cache in front of it. */
export function cached(store: BlobStore, cache: PartCache): BlobStore {
  let restsUntil = 0;
  /** Reads from the store under way, and whether their key was written or removed meanwhile: then what they found is not kept. */
  const reading = new Map<string, Set<{ stale: boolean }>>();

  /** Asks the cache, but not for long; undefined where it is of no help. */
  const ask = async <Result>(request: () => Promise<Result>): Promise<Result | undefined> => {
    if (performance.now() < restsUntil) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("The cache did not answer in time.")), cache.waitMs ?? patience);
    });
    try {
      return await Promise.race([(async () => request())(), late]);
    } catch {
      restsUntil = performance.now() + rest;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  const drop = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) for (const read of reading.get(key) ?? []) read.stale = true;
    await ask(() => cache.remove(keys));
  };

  /** A change of the store: dropped before it, so that nothing old outlives a crash in between, and after it, for a read that began meanwhile. */
  const changing = async <Result>(keys: readonly string[], change: () => Promise<Result>): Promise<Result> => {
    await drop(keys);
    try {
      return await change();
    } finally {
      await drop(keys);
    }
  };

  const fetch = async (key: string, into?: Bytes): Promise<Bytes | null> => {
    const read = { stale: false };
    const others = reading.get(key) ?? new Set();
    reading.set(key, others.add(read));
    try {
      const bytes = await store.get(key, into);
      // A copy: the caller's memory is used again.
      if (bytes !== null && !read.stale) await ask(() => cache.set(key, bytes.slice()));
      if (read.stale) await ask(() => cache.remove([key]));
      return bytes;
    } finally {
      others.delete(read);
      if (others.size === 0) reading.delete(key);
    }
  };

  return {
    ...(store.local === undefined ? {} : { local: store.local }),
    put: (key, bytes) => changing([key], () => store.put(key, bytes)),
    ...(store.putAll === undefined
      ? {}
      : {
          putAll: (items) =>
            changing(
              items.map(({ key }) => key),
              () => store.putAll!(items),
            ),
        }),
    async get(key, into) {
      const hit = await ask(() => cache.get(key));
      if (hit === undefined || hit === null) return fetch(key, into);
      const bytes = into !== undefined && hit.length <= into.length ? into.subarray(0, hit.length) : new Uint8Array(hit.length);
      bytes.set(hit);
      return bytes;
    },
    // The cache first: after a crash between the two the store alone may still have it, which `maintain()` removes again.
    remove: (keys) => changing(keys, () => store.remove(keys)),
    forget: (key) => drop([key]),
    ...(store.close === undefined ? {} : { close: () => store.close!() }),
  };
}
