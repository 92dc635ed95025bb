/** The Hono types of the mount. */
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { FolderRow } from "./database/tables.ts";

export interface MountEnv {
  /** Under @hono/node-server the request's own stream is in `incoming`; elsewhere there may be no bindings at all. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Set once a token has been accepted; its epoch and seq go into the answer's headers. */
    folder?: FolderRow;
    /** Drawn here, or by a proxy (`X-Request-Id`). */
    requestId?: string;
    /** Code of the problem document that answers. */
    problem?: string;
  };
}

export type Mount = Hono<MountEnv>;
export type RequestContext = Context<MountEnv>;
