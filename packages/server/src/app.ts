/**
 * The Hono app that a host mounts.
 *
 * @module
 * @example
 * ```ts
 * app.route("/keyfold", keyfold({ database: sqlite("keyfold.db"), blobs: durableFs("blobs"), secret, origin: "https://files.example.com/keyfold" }));
 * ```
 */

import { defaultQuota, KeyfoldError, largestSealedSize } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { Acts } from "./acts.ts";
import { auditPolicyOf } from "./audit/writing.ts";
import { routePath } from "hono/route";
import { damagedParts, type DamagedPart, type PartPlace } from "./blobs/damage.ts";
import { confirmAll, type WrittenParts } from "./blobs/parts.ts";
import { blobStoreOf } from "./blobs/store.ts";
import { together } from "./blobs/together.ts";
import { checkStore, type CheckOptions, type CheckReport } from "./check/check.ts";
import type { Mount, MountEnv, RequestContext } from "./context.ts";
import { patiently } from "./database/database.ts";
import { secretIn } from "./database/secret.ts";
import { maintain, type MaintainOptions, type MaintainReport } from "./jobs/maintain.ts";
import { scrub, type ScrubReport } from "./jobs/scrub.ts";
import { scrubPolicyOf } from "./jobs/scrub-policy.ts";
import { logLine, logToStandardError } from "./log-line.ts";
import type { KeyfoldOptions, Limits } from "./options.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { assetRoutes } from "./routes/assets.ts";
import { auditRoutes } from "./routes/audit.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { discoveryRoutes } from "./routes/discovery.ts";
import { folderRoutes } from "./routes/folders.ts";
import { logRoutes } from "./routes/log.ts";
import { ownedShareRoutes } from "./routes/owned-shares.ts";
import { pairingRoutes } from "./routes/pairings.ts";
import { partRoutes } from "./routes/parts.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { shareRoutes } from "./routes/shares.ts";
import type { Services } from "./services.ts";
import { originOf } from "./session/base-url.ts";
import { serverKeys, type ServerKeys } from "./session/keys.ts";
import { endpointsOf } from "./webhooks/endpoints.ts";
import { webhooksOf, type Webhooks } from "./webhooks/webhooks.ts";

export interface Keyfold extends Mount {
  /** Expiry, deletion, erasure: to be called every few minutes, in one process or in all. Idempotent. */
  maintain(options?: MaintainOptions): Promise<MaintainReport>;
  /** Reads a while of the stored parts again, as `maintain()` does; for those who call it apart, with `maintain({ scrub: false })`. */
  scrub(options?: { readonly budgetMs?: number }): Promise<ScrubReport>;
  /** Parts that are damaged or missing, and were not sent again yet; a page of 1,000, after the last one's end. */
  damagedParts(after?: PartPlace): Promise<DamagedPart[]>;
  /** Verifies database against blobs, all of it. Changes nothing. */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** What the host is told: sent when it is due, and what could not be sent. */
  readonly webhooks: Webhooks;
  /** Waits for what goes on after answers, then closes database and store. Requests must have ended. */
  close(): Promise<void>;
}

const secureHeaders = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

function limitsOf(option: Partial<Limits> = {}): Limits {
  const limits = { quota: option.quota ?? defaultQuota, maxFileSize: Math.min(option.maxFileSize ?? largestSealedSize, largestSealedSize) };
  if (!Object.values(limits).every((limit) => Number.isSafeInteger(limit) && limit >= 0)) {
    throw new KeyfoldError("invalid-argument", "A limit is a whole number of bytes.");
  }
  return limits;
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
  const store = blobStoreOf(options.blobs);
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
    origin,
    authorize,
    clientAddress: options.clientAddress,
    clock,
    acts: new Acts(database, clock, endpointsOf(options.webhooks), auditPolicyOf(options.audit)),
    scrub: scrubPolicyOf(options.scrub),
    report: log,
    confirm: together((requests: readonly WrittenParts[]) => confirmAll(database, clock, requests)),
    background,
  };

  const webhooks = webhooksOf(services, ready);

  const app: Mount = new Hono<MountEnv>();

  app.use("*", async (c, next) => {
    await next();
    // What a host's own page, passed on to from here, has said stands.
    for (const [name, value] of Object.entries(secureHeaders)) if (!c.res.headers.has(name)) sayAlso(c, name, value);
  });

  app.use("/v1/*", async (c, next) => {
    await ready();
    await next();
    webhooks.soon();
    sayAlso(c, "cache-control", "no-store");
    sayAlso(c, "content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    const folder = c.get("folder");
    if (folder !== undefined) {
      sayAlso(c, "keyfold-epoch", String(folder.epoch));
      sayAlso(c, "keyfold-seq", String(folder.seq));
    }
  });

  app.onError((error, c) => {
    const refusal = refusalOf(error);
    log(logLine(refusal, c.req.method, routePath(c)));
    return refusal.toResponse();
  });

  discoveryRoutes(app, services);
  folderRoutes(app, services);
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
  assetRoutes(app, options.assets);

  return Object.assign(app, {
    async maintain(maintainOptions?: MaintainOptions) {
      await ready();
      return maintain(services, maintainOptions);
    },
    async scrub({ budgetMs = 10_000 } = {}) {
      await ready();
      const end = performance.now() + budgetMs;
      return scrub(services, () => performance.now() < end);
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
      webhooks.stop();
      await Promise.all(atWork);
      await store.close?.();
      await database.close();
    },
  });
}
