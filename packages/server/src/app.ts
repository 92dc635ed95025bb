/**
 * The Hono app that a host mounts.
 *
 * @module
 * @example
 * ```ts
 * app.route("/keyfold", keyfold({ database: sqlite("keyfold.db"), blobs: durableFs("blobs"), secret, origin: "https://files.example.com/keyfold" }));
 * ```
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { Acts } from "./acts.ts";
import { auditPolicyOf } from "./audit/writing.ts";
import { damagedParts, type DamagedPart, type PartPlace } from "./blobs/damage.ts";
import { confirmAll, type WrittenParts } from "./blobs/parts.ts";
import { cached, partCache } from "./blobs/cache.ts";
import { blobStoreOf } from "./blobs/source.ts";
import { together } from "./blobs/together.ts";
import { Brand } from "./brand/brand.ts";
import { checkStore, type CheckOptions, type CheckReport } from "./check/check.ts";
import type { Mount, MountEnv, RequestContext } from "./context.ts";
import { cors } from "./cors.ts";
import { patiently } from "./database/database.ts";
import { secretIn } from "./database/secret.ts";
import { maintain, type MaintainOptions, type MaintainReport } from "./jobs/maintain.ts";
import { limitsOf } from "./limits/limits.ts";
import { rateHeaders, rateLimiter } from "./limits/rate-limiter.ts";
import { rateStoreOf } from "./limits/rate-store.ts";
import { scrubAlone, type ScrubReport } from "./jobs/scrub.ts";
import { scrubPolicyOf } from "./jobs/scrub-policy.ts";
import { logLine, logToStandardError } from "./log-line.ts";
import type { KeyfoldOptions } from "./options.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { removeFolder } from "./removal.ts";
import { assetRoutes } from "./routes/assets.ts";
import { auditRoutes } from "./routes/audit.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { brandRoutes } from "./routes/brand.ts";
import { discoveryRoutes } from "./routes/discovery.ts";
import { folderRoutes } from "./routes/folders.ts";
import { hostFolderRoutes } from "./routes/host-folders.ts";
import { logRoutes } from "./routes/log.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { ownedShareRoutes } from "./routes/owned-shares.ts";
import { pairingRoutes } from "./routes/pairings.ts";
import { partRoutes } from "./routes/parts.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { shareRoutes } from "./routes/shares.ts";
import { checkMetricsOption, watchRoutes } from "./routes/watch.ts";
import { everywhere, onData, transportSecurity } from "./secure-headers.ts";
import type { Services } from "./services.ts";
import { originOf } from "./session/base-url.ts";
import { serverKeys, type ServerKeys } from "./session/keys.ts";
import { RememberedPairs } from "./subjects/folders.ts";
import { Metrics } from "./watch/metrics.ts";
import { readinessOf } from "./watch/readiness.ts";
import { patternOf, watchRequests } from "./watch/requests.ts";
import { endpointsOf } from "./webhooks/endpoints.ts";
import { webhooksOf, type Webhooks } from "./webhooks/webhooks.ts";

export interface Keyfold extends Mount {
  /** Expiry, deletion, erasure: to be called every few minutes, in one process or in all. Idempotent. */
  maintain(options?: MaintainOptions): Promise<MaintainReport>;
  /** Deletes a folder as a whole, for the host: at once for everybody, its parts with the next runs of `maintain()`. False when there is none. */
  removeFolder(folder: string): Promise<boolean>;
  /** From now on new requests are refused (503 with `Retry-After`), and `/ready` says no. Those that are under way go on. */
  drain(): void;
  /** Reads a while of the stored parts again, as `maintain()` does; for those who call it apart, with `maintain({ scrub: false })`. All zero when another process is at it. */
  scrub(options?: Pick<MaintainOptions, "budgetMs" | "holder">): Promise<ScrubReport>;
  /** Parts that are damaged or missing, and were not sent again yet; a page of 1,000, after the last one's end. */
  damagedParts(after?: PartPlace): Promise<DamagedPart[]>;
  /** Verifies database against blobs, all of it. Changes nothing. */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** What the host is told: sent when it is due, and what could not be sent. */
  readonly webhooks: Webhooks;
  /** Waits for what goes on after answers, then closes database and store. Requests must have ended. */
  close(): Promise<void>;
}

/**
 * A header on an answer that is made already. `c.header` would make the answer anew, and with it a copy of its body: two of each part that is read.
 * Where the answer's own headers are closed (what a host passed on from elsewhere), it is what remains.
 */
function sayAlso(c: RequestContext, name: string, value: string): void {
  try {
    c.res.headers.set(name, value);
  } catch {
    c.header(name, value);
  }
}

/**
 * The app, to be mounted anywhere. Tables are made or brought up to date at the first request.
 *
 * Throws `invalid-argument` for options that cannot be meant.
 */
export function keyfold(options: KeyfoldOptions): Keyfold {
  const { database, authorize, clock = Date.now, log = logToStandardError } = options;
  const behind = blobStoreOf(options.blobs, { timeoutMs: options.blobTimeoutMs });
  const store = options.cache === undefined ? behind : cached(behind, partCache(options.cache));
  const origin = originOf(options.origin);
  const limits = limitsOf(options.limits);
  if (options.secret !== undefined && options.secret.length < 32)
    throw new KeyfoldError("invalid-argument", "The server's secret has fewer than 32 bytes.");
  const atWork = new Set<Promise<unknown>>();

  const background = (work: () => Promise<unknown>): void => {
    const done = work()
      .catch((error: unknown) => log(logLine(refusalOf(error), "-", "background")))
      .finally(() => atWork.delete(done));
    atWork.add(done);
  };

  let migrated: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    migrated ??= patiently(database, () => database.migrate()).catch((error: unknown) => {
      migrated = undefined; // the next request tries again
      throw error;
    });
    return migrated;
  };

  let derived: Promise<ServerKeys> | undefined;
  const deriveKeys = async (): Promise<ServerKeys> => {
    if (options.secret !== undefined) return serverKeys(options.secret);
    await ready();
    return serverKeys(await secretIn(database));
  };
  const keys = (): Promise<ServerKeys> => {
    derived ??= deriveKeys().catch((error: unknown) => {
      derived = undefined;
      throw error;
    });
    return derived;
  };

  const services: Services = {
    database,
    store,
    keys,
    limits,
    rates:
      options.rates === false ? undefined : rateLimiter(options.rates ?? {}, rateStoreOf(options.rates?.store, database, clock), clock),
    origin,
    authorize,
    clientAddress: options.clientAddress,
    pairs: new RememberedPairs(),
    clock,
    acts: new Acts(database, clock, endpointsOf(options.webhooks), auditPolicyOf(options.audit)),
    scrub: scrubPolicyOf(options.scrub),
    report: log,
    confirm: together((requests: readonly WrittenParts[]) => confirmAll(database, clock, requests)),
    background,
  };

  const brand = options.brand === undefined ? undefined : new Brand(options.brand, { store, clock, log, background });
  checkMetricsOption(options.metrics);
  const metrics = (options.metrics ?? false) === false ? undefined : new Metrics({ database, atWork: () => atWork.size });
  let isDraining = false;
  const draining = (): boolean => isDraining;
  const webhooks = webhooksOf(services, ready);

  const app: Mount = new Hono<MountEnv>();

  watchRequests(app, { metrics, log: options.logRequests === true ? log : undefined, draining }, sayAlso);

  app.use("*", async (c, next) => {
    await next();
    // What a host's own page, passed on to from here, has said stands.
    for (const [name, value] of Object.entries(everywhere)) if (!c.res.headers.has(name)) sayAlso(c, name, value);
    const hsts = transportSecurity(options.hsts, origin, c.req.url);
    if (hsts !== undefined && !c.res.headers.has("strict-transport-security")) sayAlso(c, "strict-transport-security", hsts);
  });

  if (options.cors !== undefined) app.use("*", cors(options.cors, sayAlso));

  app.use("/v1/*", async (c, next) => {
    await ready();
    c.set("bodySeconds", limits.bodySeconds);
    await next();
    for (const [name, value] of Object.entries(onData)) sayAlso(c, name, value);
    const standings = c.get("standings");
    if (standings !== undefined && !c.res.headers.has("ratelimit")) {
      for (const [name, value] of Object.entries(rateHeaders(standings))) sayAlso(c, name, value);
    }
    webhooks.soon();
    const folder = c.get("folder");
    if (folder !== undefined) {
      sayAlso(c, "keyfold-epoch", String(folder.epoch));
      sayAlso(c, "keyfold-seq", String(folder.seq));
    }
  });

  app.onError((error, c) => {
    const refusal = refusalOf(error);
    c.set("problem", refusal.code);
    log(logLine(refusal, c.req.method, patternOf(c), c.get("requestId")));
    return refusal.toResponse(c.get("requestId"));
  });

  discoveryRoutes(app, services);
  openApiRoutes(app, services, { metrics: metrics !== undefined, brand: brand !== undefined });
  folderRoutes(app, services);
  hostFolderRoutes(app, services);
  sessionRoutes(app, services);
  logRoutes(app, services);
  blobRoutes(app, services);
  partRoutes(app, services);
  auditRoutes(app, services);
  pairingRoutes(app, services);
  ownedShareRoutes(app, services);
  shareRoutes(app, services);
  app.all("/v1/*", () => {
    throw new Refusal("not-found");
  });
  watchRoutes(app, readinessOf({ database, store, migrated: ready, draining }), metrics, options.metrics);
  brandRoutes(app, services, brand);
  assetRoutes(app, options.assets);

  return Object.assign(app, {
    async maintain(maintainOptions?: MaintainOptions) {
      await ready();
      const report = await maintain(services, maintainOptions).catch((error: unknown) => {
        metrics?.maintained(undefined);
        throw error;
      });
      metrics?.maintained(report);
      await brand?.refresh(maintainOptions?.budgetMs);
      return report;
    },
    drain() {
      isDraining = true;
    },
    async removeFolder(folder: string) {
      await ready();
      return removeFolder(services, folder);
    },
    async scrub({ budgetMs = 10_000, holder }: Pick<MaintainOptions, "budgetMs" | "holder"> = {}) {
      await ready();
      const end = performance.now() + budgetMs;
      return scrubAlone(services, () => performance.now() < end, { holder, budgetMs });
    },
    async damagedParts(after?: PartPlace) {
      await ready();
      return damagedParts(database, after);
    },
    async check(checkOptions?: CheckOptions) {
      await ready();
      return checkStore(database, store, checkOptions);
    },
    webhooks,
    async close() {
      brand?.close();
      webhooks.stop();
      await Promise.all(atWork);
      await store.close?.();
      await database.close();
    },
  });
}
