/**
 * What routes and jobs work with: made once by `keyfold()`.
 *
 * @module
 */

import type { Acts } from "./acts.ts";
import type { ArrivedPart, WrittenParts } from "./blobs/parts.ts";
import type { BlobStore } from "./blobs/store.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database/database.ts";
import type { RateLimiter } from "./limits/rate-limiter.ts";
import type { ScrubPolicy } from "./jobs/scrub-policy.ts";
import type { LogLine } from "./log-line.ts";
import type { Authorize, KeyfoldOptions, Limits, Origin } from "./options.ts";
import type { ServerKeys } from "./session/keys.ts";
import type { RememberedPairs } from "./subjects/folders.ts";

export interface Services {
  readonly database: Database;
  readonly store: BlobStore;
  /** Derived once, from the host's secret or from the one in the database. */
  readonly keys: () => Promise<ServerKeys>;
  readonly limits: Limits;
  /** Undefined: requests are not counted. */
  readonly rates: RateLimiter | undefined;
  readonly origin: Origin;
  readonly authorize: Authorize | undefined;
  readonly clientAddress: KeyfoldOptions["clientAddress"];
  readonly pairs: RememberedPairs;
  readonly clock: Clock;
  /** Tells owners and host what happens. */
  readonly acts: Acts;
  readonly scrub: ScrubPolicy;
  /** Writes a line for the host. */
  readonly report: (line: LogLine) => void;
  /** Confirms parts that lie in the store; those of many requests in one commit. Gives those whose blob was given up meanwhile. */
  readonly confirm: (written: WrittenParts) => Promise<Set<ArrivedPart>>;
  /** Lets work go on after the answer; `close()` waits for it. What is lost with the process, `maintain()` does later. */
  background(work: () => Promise<unknown>): void;
}
