/**
 * The command: starts a server, and ends it when it is told to. `check` is another (`check.ts`).
 *
 * @module
 */

import { join } from "node:path";
import { KeyfoldError } from "@keyfold/core/protocol";
import { durableFs } from "../blobs/durable-fs.ts";
import { embedded } from "../embedded.ts";
import { describeCause, logWriter } from "../log-line.ts";
import { serve, type Served } from "../node.ts";
import type { KeyfoldOptions } from "../options.ts";
import { databaseOf } from "../database/database-of.ts";
import { blobsOf } from "../storage-url.ts";
import { runCheck } from "./check.ts";
import { readSettings, type Settings } from "./settings.ts";
import { ended, failed, misused, type Surroundings } from "./surroundings.ts";
import { helpText } from "./variables.ts";

/** Resolves with the exit code, once the server has ended; at once where it is told to end a second time: whatever still runs is to be cut off then. */
export async function run(surroundings: Surroundings): Promise<number> {
  const { args, environment, version, say, complain, onSignal } = surroundings;
  if (args[0] === "check") return runCheck({ ...surroundings, args: args.slice(1) });
  let settings: Settings;
  try {
    const read = readSettings(args, environment);
    if (read === "help" || read === "version") {
      say(read === "help" ? helpText() : `${version}\n`);
      return ended;
    }
    settings = read;
  } catch (error) {
    complain(`${messageOf(error)}\n`);
    return misused;
  }

  // Whoever says so while it still starts is heard.
  const told = Promise.withResolvers<void>();
  const toldAgain = Promise.withResolvers<void>();
  let signals = 0;
  onSignal(() => (++signals === 1 ? told : toldAgain).resolve());

  let served: Served;
  try {
    served = await start(settings, environment, complain);
  } catch (error) {
    complain(`${messageOf(error)}\n`);
    return error instanceof KeyfoldError && error.code === "invalid-argument" ? misused : failed;
  }
  for (const address of served.addresses) say(`Keyfold serves ${address}\n`);
  if (served.fingerprint !== undefined) say(`Its certificate, made here, has the SHA-256 fingerprint\n${served.fingerprint}\n`);

  await told.promise;
  const close = served.close({ graceMs: settings.graceMs }).then(() => ended);
  return Promise.race([close, toldAgain.promise.then(() => failed)]);
}

async function start(settings: Settings, environment: Surroundings["environment"], complain: (text: string) => void): Promise<Served> {
  const { database, blobs, redis, secret, accessKey, logLevel, graceMs: _, ...options } = settings;
  const { dataDir } = options;
  const log = logWriter(logLevel, complain);
  // What was not said to be elsewhere lies in the data folder; so does the secret, as long as the database does.
  const storage =
    database === undefined ? embedded(dataDir) : { database: await databaseOf(database), blobs: durableFs(join(dataDir, "blobs")) };
  const shared = redis === undefined ? undefined : await inRedis(redis);
  const served = await serve({
    ...options,
    ...storage,
    ...shared?.options,
    ...(blobs === undefined ? {} : { blobs: await blobsOf(blobs, { ...accessKey, region: environment["AWS_REGION"] }) }),
    ...(secret === undefined ? {} : { secret }),
    log,
    logRequests: logLevel === "request",
  }).catch((error: unknown) => {
    shared?.close();
    throw error;
  });
  if (shared === undefined) return served;
  return { ...served, close: (option) => served.close(option).finally(() => shared.close()) };
}

/** Clients of the same Redis: counting waits for nobody, whatever the parts do. Throws `invalid-argument`. */
async function inRedis(address: string): Promise<{ readonly options: Pick<KeyfoldOptions, "rates" | "cache">; close(): void }> {
  if (!/^rediss?:\/\//.test(address)) throw new KeyfoldError("invalid-argument", "KEYFOLD_REDIS_URL begins with redis: or rediss: .");
  const { Redis } = await import("ioredis").catch((cause: unknown) => {
    throw new KeyfoldError("invalid-argument", "KEYFOLD_REDIS_URL needs the package ioredis: npm install ioredis", { cause });
  });
  const clients = [0, 1].map(() => {
    const client = new Redis(address, { maxRetriesPerRequest: 1 });
    // Each request that fails says so; the client comes back by itself.
    return client.on("error", () => undefined);
  });
  const [counting, parts] = clients as [InstanceType<typeof Redis>, InstanceType<typeof Redis>];
  return {
    options: { rates: { store: { redis: counting } }, cache: { redis: parts } },
    close: () => clients.forEach((client) => client.disconnect()),
  };
}

/** For people: what to do about it. Of the system's errors the code; their messages may quote an address with its password. */
function messageOf(error: unknown): string {
  if (error instanceof KeyfoldError) return error.message;
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code === "EADDRINUSE") return "Another process listens on this port. Give another --port.";
  if (code === "EACCES") return "This port, or a file, is not this user's to use.";
  if (code === "EADDRNOTAVAIL") return "This machine has no such address. Give another --host.";
  return `Keyfold could not start: ${describeCause(error) ?? "unknown"}`;
}
