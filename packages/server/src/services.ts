/**
 * What routes and jobs work with: made once by `keyfold()`.
 *
 * @module
 */

import type { BlobStore } from "./blobs/store.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database/database.ts";
import type { Authorize, Limits, Origin } from "./options.ts";
import type { ServerKeys } from "./session/keys.ts";

export interface Services {
  readonly database: Database;
  readonly store: BlobStore;
  /** Derived once; a promise, for WebCrypto is asynchronous. */
  readonly keys: Promise<ServerKeys>;
  readonly limits: Limits;
  readonly origin: Origin;
  readonly authorize: Authorize | undefined;
  readonly clock: Clock;
  /** Lets work go on after the answer; `close()` waits for it. What is lost with the process, `maintain()` does later. */
  background(work: () => Promise<unknown>): void;
}
