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

  const ask = async (id: string, rate: Rate): Promise<Grant> => {
    const piece = store.pieceOf(rate.requests);
    const { requests, left } = await store.add(id, piece, rate.seconds);
    const granted = Math.max(0, piece - Math.max(0, requests - rate.requests));
    // While it was asked for, another request may have been granted a piece of the same window.
    const held = grants.get(id);
    const unused = held !== undefined && held.until > clock() ? held.points : 0;
    const grant = { points: unused + granted, beyond: Math.max(0, rate.requests - requests), until: clock() + left };
    keep(id, grant);
    return grant;
  };

  return {
    async take(kind, scope, key) {
      const rate = rates[kind][scope];
      if (rate === undefined || rate === false) return undefined;
      const policy = `${kind}-${scope}`;
      const id = `${policy}:${key}`;
      let grant = grants.get(id);
      if (grant === undefined || grant.until <= clock() || (grant.points === 0 && grant.beyond > 0)) grant = await ask(id, rate);
      const left = Math.max(1, grant.until - clock());
      if (grant.points === 0) {
        const headers = rateHeaders([{ policy, rate, remaining: 0, left }]);
        throw refuseFor(left / second, "rate-limited", { headers });
      }
      grant.points--;
      return { policy, rate, remaining: grant.points + grant.beyond, left };
    },
  };
}

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): quota and window; what remains, and seconds until it is whole again. */
export function rateHeaders(standings: readonly Standing[]): Record<string, string> {
  return {
    "ratelimit-policy": standings.map(({ policy, rate }) => `"${policy}";q=${rate.requests};w=${rate.seconds}`).join(", "),
    ratelimit: standings.map(({ policy, remaining, left }) => `"${policy}";r=${remaining};t=${Math.ceil(left / second)}`).join(", "),
  };
}
