/** Mounts that count requests by an address in a header, and a Redis to count in. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import type { RateOptions } from "../src/limits/rates.ts";
import { mount, type TestMount } from "./mount.ts";

export const clientAddress = (request: Request): string | undefined => request.headers.get("x-address") ?? undefined;
export const minute = 60;

export type Store = NonNullable<RateOptions["store"]>;

/** A clock that stands still, but where a test moves it: what a test takes is nothing to it. */
export function standing(): { clock: () => number; wait: (milliseconds: number) => void } {
  let now = 1_800_000_000_000;
  return { clock: () => now, wait: (milliseconds) => void (now += milliseconds) };
}

/** Counts what a test limits, by the address in a header. */
export async function counting(limits: RateOptions["limits"], store: Store = "database", directory?: string): Promise<TestMount> {
  const { clock, wait } = standing();
  return { ...(await mount({ clientAddress, clock, rates: { store, limits: limits ?? {} } }, directory)), wait };
}

export function from(address: string, { send }: TestMount, path = "/v1"): Promise<Response> {
  return send("GET", path, { headers: { "x-address": address } });
}

export async function statuses(requests: number, ask: () => Promise<Response>): Promise<number[]> {
  const seen = [];
  for (let i = 0; i < requests; i++) seen.push((await ask()).status);
  return seen;
}

export const three = { "look-up": { address: { requests: 3, seconds: minute } } };

/** What a test needs of a Redis of its own: a prefix, and a client that ends with the test. */
export async function redis(): Promise<{ client: Redis; prefix: string }> {
  const client = new Redis({ lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  client.on("error", () => undefined);
  const prefix = `keyfold-test-${randomUUID()}`;
  await client.connect();
  onTestFinished(async () => {
    client.disconnect();
    // The test may have ended its own.
    const last = new Redis();
    const keys = await last.keys(`${prefix}*`);
    if (keys.length > 0) await last.del(keys);
    last.disconnect();
  });
  return { client, prefix };
}

/** Whether there is a Redis; said loudly where there is none, and a failure where there must be one. */
export async function findRedis(): Promise<boolean> {
  const client = new Redis({ lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => undefined);
  const found = await client.connect().then(
    () => true,
    () => false,
  );
  client.disconnect();
  if (!found && process.env["CI"] !== undefined) throw new Error("There is no Redis at 127.0.0.1:6379.");
  if (!found) process.stdout.write("SKIPPED: rates counted in Redis. There is none at 127.0.0.1:6379.\n");
  return found;
}
