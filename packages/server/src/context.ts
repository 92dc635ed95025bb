/** The Hono types of the mount. */
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { FolderRow } from "./database/tables.ts";
import type { Standing } from "./limits/rate-limiter.ts";
import type { RateClass } from "./limits/rates.ts";

export interface MountEnv {
  /** Under @hono/node-server the request's own stream is in `incoming`; elsewhere there may be no bindings at all. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Set once a token has been accepted; its epoch and seq go into the answer's headers. */
    folder?: FolderRow;
    /** The host's user, as a keyed hash, where the host has named one. */
    subject?: string;
    /** As what it is counted, and how what it was counted by stands: goes into the answer's headers. */
    kind?: RateClass;
    standings?: readonly Standing[];
    /** Seconds in which its body must have come. */
    bodySeconds?: number;
    /** Drawn here, or by a proxy (`X-Request-Id`). */
    requestId?: string;
    /** Code of the problem document that answers. */
    problem?: string;
  };
}

export type Mount = Hono<MountEnv>;
export type RequestContext = Context<MountEnv>;
