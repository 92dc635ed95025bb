/**
 * Counting requests, and saying when one comes too many.
 *
 * What the store has granted is taken from memory first, and a key that has nothing left is refused without asking again until its window is over: whoever storms
 * the server costs its database nothing.
 *
 * @module
 */

import { second, type Clock } from "../clock.ts";
import { refuseFor } from "../refusal.ts";
import type { RateStore } from "./rate-store.ts";
import { ratesOf, type RateClass, type RateOptions, type RateScope, type Rate } from "./rates.ts";

/** What an answer says of one limit. */
export interface Standing {
  /** `write-folder` */
  readonly policy: string;
  readonly rate: Rate;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly left: number;
}

export interface RateLimiter {
  /** Counts a request; undefined where there is no limit. Throws `rate-limited`. */
  take(kind: RateClass, scope: RateScope, key: string): Promise<Standing | undefined>;
}

/** Granted to this process and not used yet, and what the store had left beyond it. */
interface Grant {
  points: number;
  beyond: number;
  readonly until: number;
}

const keptGrants = 20_000;

export function rateLimiter(options: RateOptions, store: RateStore, clock: Clock): RateLimiter {
  const rates = ratesOf(options.limits);
  const grants = new Map<string, Grant>();

  const keep = (id: string, grant: Grant): void => {
    grants.delete(id);
    grants.set(id, grant);
    if (grants.size <= keptGrants) return;
    const now = clock();
    for (const [old, { until }] of grants) if (until <= now) grants.delete(old);
    for (const [old] of grants) {
      if (grants.size <= keptGrants) break;
      grants.delete(old);
    }
  };

  /** The present window's grant; undefined once it is over. */
  const standingOf = (id: string): Grant | undefined => {
    const grant = grants.get(id);
    return grant !== undefined && grant.until > clock() ? grant : undefined;
  };

  /** Asks the store for a piece. What it gives is first of all for the request that asks: others, that come meanwhile, have the rest. */
  const ask = async (id: string, rate: Rate): Promise<{ grant: Grant; taken: boolean }> => {
    const piece = store.pieceOf(rate.requests);
    const { requests, left } = await store.add(id, piece, rate.seconds);
    const granted = Math.max(0, piece - Math.max(0, requests - rate.requests));
    const grant = standingOf(id) ?? { points: 0, beyond: 0, until: clock() + left };
    grant.points += Math.max(0, granted - 1);
    grant.beyond = Math.max(0, rate.requests - requests);
    keep(id, grant);
    return { grant, taken: granted > 0 };
  };

  const takeFrom = async (id: string, rate: Rate): Promise<{ grant: Grant; taken: boolean }> => {
    const grant = standingOf(id);
    if (grant === undefined || (grant.points === 0 && grant.beyond > 0)) return ask(id, rate);
    const taken = grant.points > 0;
    if (taken) grant.points--;
    return { grant, taken };
  };

  return {
    async take(kind, scope, key) {
      const rate = rates[kind][scope];
      if (rate === undefined || rate === false) return undefined;
      const policy = `${kind}-${scope}`;
      const { grant, taken } = await takeFrom(`${policy}:${key}`, rate);
      const left = Math.max(1, grant.until - clock());
      const standing: Standing = { policy, rate, remaining: taken ? grant.points + grant.beyond : 0, left };
      if (!taken) throw refuseFor(left / second, "rate-limited", { headers: rateHeaders([standing]) });
      return standing;
    },
  };
}

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4): lists of strings, with quota and window in seconds; with what is
 * available, and for how many seconds it has to do. The end of these is what `Retry-After` says, too (section 6).
 */
export function rateHeaders(standings: readonly Standing[]): Record<string, string> {
  return {
    "ratelimit-policy": standings.map(({ policy, rate }) => `"${policy}";q=${rate.requests};w=${rate.seconds}`).join(", "),
    ratelimit: standings.map(({ policy, remaining, left }) => `"${policy}";r=${remaining};t=${Math.ceil(left / second)}`).join(", "),
  };
}
