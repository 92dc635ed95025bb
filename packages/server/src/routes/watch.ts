/** For whoever runs the server: is it alive, can it serve, how is it. No ids, no addresses, no secrets. */
import { createHash, timingSafeEqual } from "node:crypto";
import { KeyfoldError } from "@keyfold/core/protocol";
import type { Mount } from "../context.ts";
import type { KeyfoldOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import type { Metrics } from "../watch/metrics.ts";
import type { Readiness } from "../watch/readiness.ts";

export function watchRoutes(
  app: Mount,
  readiness: () => Promise<Readiness>,
  metrics: Metrics | undefined,
  option: KeyfoldOptions["metrics"],
): void {
  // It answers, so it lives: nothing is asked, for a restart would not mend a database.
  app.get("/health", (c) => c.json({ alive: true }, 200, { "cache-control": "no-store" }));

  app.get("/ready", async (c) => {
    const { ready, ...checks } = await readiness();
    if (ready) return c.json({ ready, ...checks }, 200, { "cache-control": "no-store" });
    return new Refusal("unavailable", { members: { ready, ...checks }, headers: { "retry-after": "1" } }).toResponse(c.get("requestId"));
  });

  if (metrics === undefined) return;
  const token = typeof option === "object" ? option.token : undefined;
  app.get("/metrics", async (c) => {
    if (token !== undefined && !isBearer(c.req.header("authorization"), token)) throw new Refusal("token-refused");
    const { registry } = metrics;
    return c.body(await registry.metrics(), 200, { "content-type": registry.contentType, "cache-control": "no-store" });
  });
}

/** Throws `invalid-argument` for a token that can be guessed. */
export function checkMetricsOption(option: KeyfoldOptions["metrics"]): void {
  if (typeof option === "object" && option.token.length < 16)
    throw new KeyfoldError("invalid-argument", "The token of the metrics has fewer than 16 characters.");
}

function isBearer(header: string | undefined, token: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(header ?? ""), hash(`Bearer ${token}`));
}
