/**
 * Around every request: its id, its figures, its log line; and while the server ends, its refusal.
 *
 * @module
 */

import { routePath } from "hono/route";
import type { Mount, RequestContext } from "../context.ts";
import type { LogLine } from "../log-line.ts";
import { refuseFor } from "../refusal.ts";
import type { Metrics } from "./metrics.ts";
import { requestIdHeader, requestIdOf } from "./request-id.ts";

export interface RequestWatch {
  readonly metrics: Metrics | undefined;
  /** Receives a line for every request, where the host wants them. */
  readonly log: ((line: LogLine) => void) | undefined;
  /** Whether the server is ending. */
  readonly draining: () => boolean;
}

/** Asked also while the server ends: that is when it matters. */
const always = /\/(?:health|ready|metrics)$/;

export function watchRequests(app: Mount, { metrics, log, draining }: RequestWatch, sayAlso: SayAlso): void {
  app.use("*", async (c, next) => {
    const id = requestIdOf(c.req.header(requestIdHeader));
    c.set("requestId", id);
    const begun = performance.now();
    metrics?.begun();
    const socket = c.env?.outgoing?.socket;
    const before = socket?.bytesWritten ?? 0;
    let status = 500;
    try {
      await next();
      sayAlso(c, requestIdHeader, id);
      ({ status } = c.res);
    } finally {
      const seconds = (performance.now() - begun) / 1000;
      const { method } = c.req;
      const route = patternOf(c);
      const code = c.get("problem");
      metrics?.answered({ method, route, status, seconds, received: lengthOf(c), code });
      // Until the last byte has left, and not to the headers alone.
      if (metrics !== undefined && socket != null) c.env?.outgoing?.once("close", () => metrics.sent(route, socket.bytesWritten - before));
      log?.({ level: "request", code: code ?? "ok", status, method, route, request: id, ms: Math.round(seconds * 1000) });
    }
  });

  app.use("*", async (c, next) => {
    if (draining() && !always.test(c.req.path)) throw refuseFor(1, "unavailable", { headers: { connection: "close" } });
    await next();
  });
}

type SayAlso = (c: RequestContext, name: string, value: string) => void;

/** The pattern that was matched last: `/keyfold/v1/folders/:folder/log`. */
export function patternOf(c: RequestContext): string {
  return routePath(c).replaceAll(/\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
}

function lengthOf(c: RequestContext): number {
  const text = c.req.header("content-length") ?? "";
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}
