/**
 * `@keyfold/server/node`: a process of its own.
 *
 * @module
 */

import type { Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { KeyfoldError } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { baseUrls, ownAddressesOnly } from "./addresses.ts";
import { keyfold, type Keyfold } from "./app.ts";
import { embedded } from "./embedded.ts";
import { limitsOf } from "./limits/limits.ts";
import { describeCause, logToStandardError } from "./log-line.ts";
import type { KeyfoldOptions } from "./options.ts";
import { selfMadeCertificate, type Certificate } from "./self-made-certificate.ts";

export { embedded, type Embedded } from "./embedded.ts";
export * from "./index.ts";

export interface ServeOptions extends Partial<KeyfoldOptions> {
  /** Default 8787; 0 takes any that is free. */
  readonly port?: number;
  /** Default 127.0.0.1; `0.0.0.0` or `::` for all addresses. */
  readonly hostname?: string;
  /** Where Keyfold is mounted. Default `/keyfold`; empty for the root. */
  readonly path?: string;
  /** Folder for database, blobs and secret; needed unless both `database` and `blobs` are given. Default `.keyfold`. */
  readonly dataDir?: string;
  /** Answers everything outside the mount: a Hono app, or whatever has its `fetch`. */
  readonly site?: { fetch(request: Request, env?: HttpBindings): Response | Promise<Response> };
  /**
   * Serves https: by a key and a certificate (PEM), or, with true, by one that this machine makes for itself and keeps in `dataDir`. The latter is for a LAN:
   * browsers warn of it, and people compare its fingerprint.
   */
  readonly tls?: boolean | { readonly key: string; readonly cert: string };
  /** Milliseconds between two runs of `maintain()`. Default a minute; false: somebody else calls it. */
  readonly maintainEvery?: number | false;
}

export interface Served {
  readonly port: number;
  /** Base URLs of the mount, this machine's own first. */
  readonly addresses: readonly string[];
  readonly app: Keyfold;
  /** SHA-256 of the certificate that this machine made for itself. */
  readonly fingerprint?: string;
  /**
   * Stops listening, refuses what comes on connections that are kept (503), lets requests that are under way end (at most `graceMs`, default 10 s), closes
   * database and store. Those that were cut off are told in `log`.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Serves Keyfold, and a site around it, on one port. Resolves once it listens.
 *
 * Without `origin` it answers challenges under loopback and this machine's own addresses on its port; behind a proxy `origin` must be given.
 * Rejects with what the system says (`EADDRINUSE` …), `invalid-argument`, `storage-full`.
 */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const { port = 8787, hostname = "127.0.0.1", site, maintainEvery = 60_000, log = logToStandardError } = options;
  const path = (options.path ?? "/keyfold").replace(/\/+$/, "");
  if (path !== "" && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path))
    throw new KeyfoldError("invalid-argument", "The path of the mount begins with a slash.");

  const tls = await certificateOf(options);
  const scheme = tls === undefined ? "http" : "https";
  let listening = port;
  const { database, blobs } = options;
  const storage = database !== undefined && blobs !== undefined ? { database, blobs } : embedded(options.dataDir ?? ".keyfold");
  const app = keyfold({ ...storage, ...defined(options), origin: options.origin ?? ownAddressesOnly(() => listening, path, scheme) });
  const all = new Hono<{ Bindings: HttpBindings }>().route(path === "" ? "/" : path, app);
  if (site !== undefined) all.all("*", (c) => site.fetch(c.req.raw, c.env));

  const serverOptions = { keepAliveTimeout: 65_000, ...patienceOf(options.limits) };
  const server = createAdaptorServer(
    tls === undefined
      ? { fetch: all.fetch, serverOptions }
      : { fetch: all.fetch, createServer: createSecureServer, serverOptions: { ...serverOptions, key: tls.key, cert: tls.cert } },
  ) as Server;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, hostname, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  const address = server.address();
  if (address !== null && typeof address === "object") listening = address.port;

  const timer = maintainEvery === false ? undefined : maintainTimer(app, maintainEvery, log);

  let closing: Promise<void> | undefined;
  const close = async (graceMs: number): Promise<void> => {
    app.drain();
    const allEnded = await closeServer(server, graceMs);
    if (!allEnded) log({ level: "error", code: "unavailable", status: 503, method: "-", route: "close" });
    app.webhooks.stop(); // what an endpoint keeps open must not keep this open
    await timer?.stop();
    await app.close();
  };
  return {
    port: listening,
    addresses: baseUrls(hostname, listening, path, scheme),
    ...(tls?.fingerprint === undefined ? {} : { fingerprint: tls.fingerprint }),
    app,
    close: ({ graceMs = 10_000 } = {}) => (closing ??= close(graceMs)),
  };
}

/** The app's own answer to a slow body comes before Node's. */
function patienceOf(option: KeyfoldOptions["limits"]): {
  headersTimeout: number;
  requestTimeout: number;
  connectionsCheckingInterval: number;
} {
  const { headerSeconds, bodySeconds } = limitsOf(option);
  return {
    headersTimeout: headerSeconds * 1000,
    requestTimeout: (headerSeconds + bodySeconds + 30) * 1000,
    connectionsCheckingInterval: Math.min(10_000, headerSeconds * 500),
  };
}

async function certificateOf({
  tls,
  dataDir = ".keyfold",
}: ServeOptions): Promise<(Pick<Certificate, "key" | "cert"> & Partial<Certificate>) | undefined> {
  if (tls !== true) return tls === false ? undefined : tls;
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return selfMadeCertificate(folder);
}

/** An option that is there but undefined must not hide the embedded one. */
function defined(options: ServeOptions): Partial<KeyfoldOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Runs `maintain()` again and again, one run at a time. */
function maintainTimer(app: Keyfold, every: number, log: NonNullable<KeyfoldOptions["log"]>): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const run = async (): Promise<void> => {
    try {
      await app.maintain({ budgetMs: Math.min(10_000, every) });
      await app.webhooks.deliver({ budgetMs: Math.min(10_000, every) });
    } catch (error) {
      const cause = describeCause(error);
      log({ level: "error", code: "internal", status: 500, method: "-", route: "maintain", ...(cause === undefined ? {} : { cause }) });
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = run();
  }, every);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** No new connections; idle ones end at once, the others with their answer. Resolves with whether they did within the grace. */
async function closeServer(server: Server, graceMs: number): Promise<boolean> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection that was busy is idle after its answer, and would be kept alive.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  let inTime = true;
  const end = setTimeout(() => {
    inTime = false;
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
  return inTime;
}
