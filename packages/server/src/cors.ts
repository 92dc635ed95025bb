/**
 * Pages of other origins than the mount's (Fetch, "CORS protocol"): listed by the host, and without credentials. What lets a request in is in headers that a page
 * sets by itself, never in what the browser adds.
 *
 * Not Hono's middleware: it makes each answer anew, and with it a copy of its body.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import type { MiddlewareHandler } from "hono";
import type { MountEnv, RequestContext } from "./context.ts";
import { Refusal } from "./refusal.ts";

export interface CorsOptions {
  /** `["https://app.example"]`, or a rule. An origin as browsers write it: no path, no slash at the end. */
  readonly origins: readonly string[] | ((origin: string) => boolean);
  /** Request headers of the host's own, for its login: `["authorization"]`. */
  readonly headers?: readonly string[];
}

export type Cors = CorsOptions["origins"] | CorsOptions;

/** Those of the protocol (docs/protocol.md). */
export const requestHeaders = [
  "content-type",
  "keyfold-token",
  "keyfold-hash",
  "keyfold-at",
  "keyfold-turn",
  "keyfold-delete",
  "keyfold-head",
  "keyfold-create",
  "keyfold-share",
] as const;
export const answerHeaders = [
  "keyfold-epoch",
  "keyfold-seq",
  "keyfold-count",
  "keyfold-head",
  "keyfold-code",
  "keyfold-turn",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
] as const;
const methods = "GET, POST, PUT, DELETE";

/** Seconds for which a browser need not ask again; none keeps it longer than two hours. */
const preflightAge = 7200;

interface Rule {
  readonly lists: (origin: string) => boolean;
  readonly allowed: string;
}

function ruleOf(option: Cors): Rule {
  const options: CorsOptions = typeof option === "object" && "origins" in option ? option : { origins: option };
  const { origins, headers = [] } = options;
  if (typeof origins !== "function" && !origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)) {
    throw new KeyfoldError("invalid-argument", "An origin for CORS has a scheme, a host and nothing after them.");
  }
  if (!headers.every((name) => /^[A-Za-z0-9-]+$/.test(name)))
    throw new KeyfoldError("invalid-argument", "This is not the name of a header.");
  const lists = typeof origins === "function" ? origins : (origin: string) => origins.includes(origin);
  return { lists, allowed: [...requestHeaders, ...headers.map((name) => name.toLowerCase())].join(", ") };
}

/** A browser says whose page it was; one of an origin that is not listed is refused before anything happens. */
function isForeign(c: RequestContext): boolean {
  const site = c.req.header("sec-fetch-site");
  return site === "cross-site" || site === "same-site";
}

export function cors(option: Cors, sayAlso: (c: RequestContext, name: string, value: string) => void): MiddlewareHandler<MountEnv> {
  const { lists, allowed } = ruleOf(option);
  return async (c, next) => {
    const origin = c.req.header("origin");
    const listed = origin !== undefined && lists(origin);
    if (listed && c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined) {
      return c.body(null, 204, {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": methods,
        "access-control-allow-headers": allowed,
        "access-control-max-age": String(preflightAge),
        vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
      });
    }
    if (origin !== undefined && !listed && isForeign(c)) throw new Refusal("refused", { headers: { vary: "Origin" } });
    await next();
    // A cache must not give one origin what was said to another, nor to any what was said to none.
    sayAlso(c, "vary", [c.res.headers.get("vary"), "Origin"].filter((value) => value !== null).join(", "));
    if (!listed) return undefined;
    sayAlso(c, "access-control-allow-origin", origin);
    sayAlso(c, "access-control-expose-headers", answerHeaders.join(", "));
    sayAlso(c, "cross-origin-resource-policy", "cross-origin");
    return undefined;
  };
}
