/**
 * What a host says when it mounts Keyfold.
 *
 * @module
 */

import type { CacheOptions } from "./blobs/cache.ts";
import type { BlobSource } from "./blobs/source.ts";
import type { BrandOptions } from "./brand/options.ts";
import type { AuditOptions } from "./audit/writing.ts";
import type { Clock } from "./clock.ts";
import type { Cors } from "./cors.ts";
import type { Database } from "./database/database.ts";
import type { Limits } from "./limits/limits.ts";
import type { RateOptions } from "./limits/rates.ts";
import type { ScrubOptions } from "./jobs/scrub-policy.ts";
import type { LogLine } from "./log-line.ts";
import type { WebhookOptions } from "./webhooks/endpoints.ts";

export type { Limits } from "./limits/limits.ts";

/**
 * The base URLs (mount included, no slash at the end) under which this server is reached, or a rule that tells one.
 *
 * A session's challenge is answered for these alone: else a server in the middle could pass a challenge on, and get a session of its own. A rule must
 * therefore never go by the request (its Host header is whatever the one in the middle writes), only by what this machine knows of itself.
 */
export type Origin = readonly string[] | ((baseUrl: string) => boolean);

/** What a request wants; `folder` is the id in its path. `open-share`: somebody who has a link, and mostly no account. `list`: one of your users asks for their folders. */
export interface Purpose {
  readonly action: "look-up" | "create" | "sign-in" | "read" | "write" | "open-share" | "list";
  readonly folder?: string;
}

/**
 * What the host's rule says: true lets the request through, false is 403 `refused`, a `Response` is sent as it is (a 429, a redirect to the login). `subject` lets it
 * through and names the host's user, in 1 to 255 bytes that always mean the same one: their folders are found again by it (`GET /v1/folders`), and count against their limits.
 */
export type Verdict = boolean | Response | { readonly subject: string };

/** The host's own rule, asked before anything of the request is looked at but its address. It never replaces the folder's key. */
export type Authorize = (request: Request, purpose: Purpose) => Verdict | Promise<Verdict>;

export interface KeyfoldOptions {
  /** `sqlite("keyfold.db")`. */
  readonly database: Database;
  /** `durableFs("blobs")`, `s3({ … })`, another `BlobStore`, or an unstorage driver that can hold blobs. */
  readonly blobs: BlobSource;
  /** Milliseconds in which a request to the store ends, further attempts included; local files have no limit. Default 30,000. */
  readonly blobTimeoutMs?: number | undefined;
  /** Keeps parts that are read often nearer than the store: `{ bytes }` in this process, `{ redis }` for all. Default: no cache. */
  readonly cache?: CacheOptions | undefined;
  /**
   * At least 32 bytes (or as many characters) that nobody else knows; the same in every process. Tokens and challenges derive from it.
   * Default: one that is drawn once and kept in the database, and so also in its backups.
   */
  readonly secret?: string | Uint8Array | undefined;
  /** Default: this machine's loopback addresses, which is right for development alone. */
  readonly origin?: string | Origin | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** How many requests from whom. Default: `defaultRates`, counted in the database; false counts none (wrong passphrases of shares are counted all the same). */
  readonly rates?: RateOptions | false | undefined;
  readonly authorize?: Authorize | undefined;
  /** Origins of pages elsewhere that may use this server: `["https://app.example"]`. Default: none but the mount's own, and the host may answer for others itself. */
  readonly cors?: Cors | undefined;
  /** Seconds of `Strict-Transport-Security` where `origin` has https alone; false says nothing. Default a year. */
  readonly hsts?: number | false | undefined;
  /**
   * Who sends a request, as far as the host knows (`behindProxies(1)`): requests, and wrong passphrases of a share, are counted by it. Default: the connection's own
   * address, which behind a proxy is the proxy's: then all of its clients count as one for passphrases, and not at all for requests where it is a private one.
   */
  readonly clientAddress?: ((request: Request) => string | undefined) | undefined;
  /** Where the host is told what happens: docs/deploying.md, "Webhooks". */
  readonly webhooks?: readonly WebhookOptions[] | undefined;
  /** How long the audit log goes back, which a folder's owners can read. */
  readonly audit?: AuditOptions | undefined;
  /** How fast stored parts are read again and compared with their hashes. */
  readonly scrub?: ScrubOptions | undefined;
  /** Folder of the built elements; false serves none. Default: `@keyfold/elements`, where it is installed. */
  readonly assets?: string | false | undefined;
  /** Logos and brand pictures of domains, fetched by the server. Default: none are served. */
  readonly brand?: BrandOptions | undefined;
  /** Where the lines about failures go. Default: standard error. */
  readonly log?: ((line: LogLine) => void) | undefined;
  /** A line for every request too, at level `request`. Default false. */
  readonly logRequests?: boolean | undefined;
  /**
   * Serves `GET <mount>/metrics` in Prometheus' text format: to everybody (true; where the mount is not public), or to whoever sends
   * `Authorization: Bearer <token>`. Default: not at all.
   */
  readonly metrics?: boolean | { readonly token: string } | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: Clock | undefined;
}
