/**
 * What a host says when it mounts Keyfold.
 *
 * @module
 */

import type { AuditOptions } from "./audit/writing.ts";
import type { BlobSource } from "./blobs/store.ts";
import type { Clock } from "./clock.ts";
import type { Database } from "./database/database.ts";
import type { ScrubOptions } from "./jobs/scrub-policy.ts";
import type { LogLine } from "./log-line.ts";
import type { WebhookOptions } from "./webhooks/endpoints.ts";

export interface Limits {
  /** Sealed bytes that a folder may hold. Default 5 GiB. */
  readonly quota: number;
  /** Sealed bytes of one file version. Default, and at most, 1 TiB. */
  readonly maxFileSize: number;
}

/**
 * The base URLs (mount included, no slash at the end) under which this server is reached, or a rule that tells one.
 *
 * A session's challenge is answered for these alone: else a server in the middle could pass a challenge on, and get a session of its own. A rule must
 * therefore never go by the request (its Host header is whatever the one in the middle writes), only by what this machine knows of itself.
 */
export type Origin = readonly string[] | ((baseUrl: string) => boolean);

/** What a request wants; `folder` is the id in its path. `open-share`: somebody who has a link, and mostly no account. */
export interface Purpose {
  readonly action: "look-up" | "create" | "sign-in" | "read" | "write" | "open-share";
  readonly folder?: string;
}

/**
 * The host's own rule, asked before anything else is looked at: true lets the request through, false is 403 `refused`, a `Response` is sent as it is
 * (a 429, a redirect to the login). It never replaces the folder's key.
 */
export type Authorize = (request: Request, purpose: Purpose) => boolean | Response | Promise<boolean | Response>;

export interface KeyfoldOptions {
  /** `sqlite("keyfold.db")`. */
  readonly database: Database;
  /** `durableFs("blobs")`, another `BlobStore`, or any unstorage driver. */
  readonly blobs: BlobSource;
  /**
   * At least 32 bytes (or as many characters) that nobody else knows; the same in every process. Tokens and challenges derive from it.
   * Default: one that is drawn once and kept in the database, and so also in its backups.
   */
  readonly secret?: string | Uint8Array | undefined;
  /** Default: this machine's loopback addresses, which is right for development alone. */
  readonly origin?: string | Origin | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly authorize?: Authorize | undefined;
  /**
   * Who sends a request, as far as the host knows: wrong passphrases of a share are counted by it. Default: the connection's own address, which behind a
   * proxy is the proxy's, and then all of its clients count as one.
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
  /** Where the lines about failures go. Default: standard error. */
  readonly log?: ((line: LogLine) => void) | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: Clock | undefined;
}
