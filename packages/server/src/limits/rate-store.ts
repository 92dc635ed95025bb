/**
 * Where requests are counted: one number a key, that counts up from nothing when its window is over.
 *
 * @module
 */

import { sql } from "kysely";
import { RateLimiterMemory, RateLimiterRedis, RLWrapperTimeouts, type RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "../clock.ts";
import { changed, patiently, transactLightly, type Batch, type Database } from "../database/database.ts";
import type { RateOptions } from "./rates.ts";

export interface Counted {
  /** In this window, those just added included. */
  readonly requests: number;
  /** Milliseconds until its end. */
  readonly left: number;
}

export interface RateStore {
  /** How many requests are asked for at once: where asking costs a transaction, a piece of the whole is taken and counted here. */
  pieceOf(requests: number): number;
  add(key: string, requests: number, seconds: number): Promise<Counted>;
}

/** What a piece is of the whole, in the database: at most so many transactions in a window. A small limit is counted one by one. */
const pieces = 64;
/** What says nothing in so long is away, milliseconds. */
const patience = 500;
/** How long it is not asked then, milliseconds. */
const away = 2_000;

export function rateStoreOf(option: RateOptions["store"], database: Database, clock: Clock): RateStore {
  if (option === "memory") return inMemory();
  return insured(typeof option === "object" ? inRedis(option) : inDatabase(database, clock));
}

/**
 * While the store is away (Redis stopped, the database's disk full or its lock held) each process counts for itself: neither is everybody refused, nor is nothing
 * counted, and what needs no room can still be read. One request in a while finds out whether it is back, the others do not wait for it.
 */
function insured(store: RateStore): RateStore {
  const insurance = inMemory();
  let awayUntil = 0;
  return {
    pieceOf: (requests) => store.pieceOf(requests),
    async add(key, requests, seconds) {
      if (performance.now() < awayUntil) return insurance.add(key, requests, seconds);
      try {
        return await store.add(key, requests, seconds);
      } catch {
        awayUntil = performance.now() + away;
        return insurance.add(key, requests, seconds);
      }
    },
  };
}

/** The library judges nothing here, it counts: the limit of a key is known above. */
const base = { points: Number.MAX_SAFE_INTEGER, duration: 1 };

interface Counter {
  penalty(key: string, points: number, options: { customDuration: number }): Promise<RateLimiterRes>;
}

function byLibrary(counter: Counter): RateStore {
  return {
    pieceOf: () => 1,
    async add(key, requests, seconds) {
      const { consumedPoints, msBeforeNext } = await counter.penalty(key, requests, { customDuration: seconds });
      return { requests: consumedPoints, left: msBeforeNext };
    },
  };
}

function inMemory(): RateStore {
  return byLibrary(new RateLimiterMemory(base));
}

function inRedis({ redis, prefix = "keyfold:rate" }: { readonly redis: object; readonly prefix?: string }): RateStore {
  const limiter = new RateLimiterRedis({ ...base, storeClient: redis, keyPrefix: prefix, rejectIfRedisNotReady: true });
  return byLibrary(new RLWrapperTimeouts({ limiter, timeoutMs: patience }));
}

/** A row a key. Lightly: a count that is lost with the power is no harm. */
function inDatabase(database: Database, clock: Clock): RateStore {
  const once = (id: string, requests: number, seconds: number): Promise<Counted> =>
    patiently(database, () => database.light((batch) => count(batch, { id, requests, seconds }, clock())), patience);
  return {
    pieceOf: (requests) => Math.max(1, Math.floor(requests / pieces)),
    async add(key, requests, seconds) {
      try {
        return await once(key, requests, seconds);
      } catch (error) {
        // Another process was first with this key.
        if (database.fault(error) !== "duplicate") throw error;
        return once(key, requests, seconds);
      }
    },
  };
}

async function count(batch: Batch, added: { id: string; requests: number; seconds: number }, now: number): Promise<Counted> {
  const { id, requests, seconds } = added;
  const end = now + seconds * 1000;
  const counted = await batch
    .updateTable("rate_count")
    // In this order: MySQL sees in the second the new value of the first.
    .set({
      requests: sql<number>`case when ends_at <= ${now} then ${requests} else requests + ${requests} end`,
      ends_at: sql<number>`case when ends_at <= ${now} then ${end} else ends_at end`,
    })
    .where("id", "=", id)
    .executeTakeFirst();
  if (changed(counted) === 0) {
    await batch.insertInto("rate_count").values({ id, requests, ends_at: end }).execute();
    return { requests, left: end - now };
  }
  const row = await batch.selectFrom("rate_count").select(["requests", "ends_at"]).where("id", "=", id).executeTakeFirstOrThrow();
  return { requests: row.requests, left: row.ends_at - now };
}

/** Counts whose window is over. */
export async function forgetCounts(database: Database, now: number): Promise<void> {
  await transactLightly(database, (batch) => batch.deleteFrom("rate_count").where("ends_at", "<=", now).execute());
}
