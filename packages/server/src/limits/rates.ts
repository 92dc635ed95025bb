/**
 * How many requests, by class and by who is counted: the options and their defaults.
 *
 * Generous on purpose: 100,000 small files are some thousand requests, and an office has one address. They stop a script that runs away, not a user.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";

export interface Rate {
  readonly requests: number;
  /** Of a fixed window that begins with its first request. */
  readonly seconds: number;
}

/**
 * `look-up`: what needs no token. `sign-in`: challenges and sessions. `knock`: shares opened by their token. `pairing`: the new device's side. `read` and `write`: all that
 * needs a token.
 */
export const rateClasses = ["look-up", "sign-in", "create", "pairing", "knock", "read", "write"] as const;
export type RateClass = (typeof rateClasses)[number];

/** By address (IPv6 by /64), by the host's user, by folder, by share. The last two only once a token was accepted: else whoever knows an id could lock others out. */
export const rateScopes = ["address", "subject", "folder", "share"] as const;
export type RateScope = (typeof rateScopes)[number];

export type Rates = { readonly [Class in RateClass]: { readonly [Scope in RateScope]?: Rate | false } };

const minute = 60;
const hour = 3600;

export const defaultRates: Rates = {
  "look-up": { address: { requests: 1_200, seconds: minute } },
  "sign-in": { address: { requests: 600, seconds: minute } },
  create: { address: { requests: 60, seconds: hour }, subject: { requests: 30, seconds: hour } },
  // Each of two devices looks once a second.
  pairing: { address: { requests: 1_200, seconds: minute } },
  knock: { address: { requests: 600, seconds: minute } },
  read: {
    address: { requests: 240_000, seconds: minute },
    folder: { requests: 120_000, seconds: minute },
    share: { requests: 120_000, seconds: minute },
  },
  write: { address: { requests: 240_000, seconds: minute }, folder: { requests: 120_000, seconds: minute } },
};

export interface RateOptions {
  /**
   * Where is counted, for all processes together: in the database (default), in Redis (an `ioredis` client, or one of `redis` from version 4 on, that the
   * host made and closes), or in each process for itself.
   */
  readonly store?: "database" | "memory" | { readonly redis: object; readonly prefix?: string };
  /** Instead of the defaults; false: not counted. */
  readonly limits?: { readonly [Class in RateClass]?: { readonly [Scope in RateScope]?: Rate | false } };
}

/** The rates of a mount. Throws `invalid-argument`. */
export function ratesOf(limits: RateOptions["limits"] = {}): Rates {
  for (const [name, scopes] of Object.entries(limits)) {
    if (!rateClasses.some((known) => known === name)) throw new KeyfoldError("invalid-argument", "There is no such class of requests.");
    for (const [scope, rate] of Object.entries(scopes ?? {})) {
      if (!rateScopes.some((known) => known === scope)) throw new KeyfoldError("invalid-argument", "Requests are not counted by this.");
      if (rate !== false && rate !== undefined && !isRate(rate)) {
        throw new KeyfoldError("invalid-argument", "A rate is a whole number of requests in a whole number of seconds, a day at most.");
      }
    }
  }
  const merged = rateClasses.map((name) => [name, { ...defaultRates[name], ...limits[name] }]);
  return Object.fromEntries(merged) as Rates;
}

/** What a header can say (RFC 9651, section 3.3.1). */
const mostRequests = 999_999_999_999_999;

function isRate({ requests, seconds }: Rate): boolean {
  return (
    Number.isSafeInteger(requests) &&
    requests >= 1 &&
    requests <= mostRequests &&
    Number.isSafeInteger(seconds) &&
    seconds >= 1 &&
    seconds <= 24 * hour
  );
}
