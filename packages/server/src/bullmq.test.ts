import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Job } from "bullmq";
import { Redis } from "ioredis";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findRedis, redis } from "../test/counting.ts";
import { base, mount, temporaryFolder } from "../test/mount.ts";
import { newOwner } from "../test/owner.ts";
import { receiver, webhookSecret } from "../test/receiver.ts";
import type { BlobStore } from "./blobs/store.ts";
import { jobNames, work, type JobName, type WorkOptions, type Working } from "./bullmq.ts";
import type { LogLine } from "./log-line.ts";

const day = 24 * 3600 * 1000;
const connection = { host: "127.0.0.1", port: 6379 };

let hasRedis = false;
beforeAll(async () => {
  hasRedis = await findRedis();
});
beforeEach(({ skip }) => {
  if (!hasRedis) skip();
});

type App = Parameters<typeof work>[0];

/** A job that was done, and what came of it. */
interface Done {
  readonly name: string;
  readonly id: string | undefined;
  readonly by: string | undefined;
  readonly result: Record<string, number>;
}

async function started(
  app: App,
  options: Partial<WorkOptions> & Pick<WorkOptions, "prefix">,
): Promise<Working & { done: Done[]; lines: LogLine[] }> {
  const lines: LogLine[] = [];
  const working = await work(app, { connection, log: (line) => void lines.push(line), ...options });
  onTestFinished(() => working.close());
  const done: Done[] = [];
  working.worker.on("completed", ({ name, id, processedBy }: Job, result: Record<string, number>) => {
    done.push({ name, id, by: processedBy, result });
  });
  return { ...working, done, lines };
}

/** One kind alone, so often; the others are not scheduled. */
function only(name: JobName, every: number): NonNullable<WorkOptions["every"]> {
  return { ...Object.fromEntries(jobNames.map((other) => [other, false])), [name]: every };
}

/** An app of which nothing is asked but one kind of job. */
function doing(scrub: App["scrub"]): App {
  const never = () => Promise.reject(new Error("It was not scheduled."));
  return { scrub, maintain: never, webhooks: { deliver: never } as unknown as App["webhooks"] };
}

const nothing = { parts: 0, bytes: 0, damaged: 0, missing: 0, healed: 0, unreadable: 0 };

describe("a worker", () => {
  test("collects, scrubs and sends webhooks, and what came of it lies in the queue", async () => {
    const { prefix } = await redis();
    // The first attempt is the server's own, right after the request.
    const { got, url } = await receiver((response, count) => response.writeHead(count === 1 ? 503 : 204).end());
    const site = await mount({ webhooks: [{ url, secret: webhookSecret, events: ["upload.arrived"] }] });
    const owner = await newOwner(site.send, base);
    const [live, dropped] = [await owner.upload(), await owner.upload()];
    await owner.append({ added: [live, dropped] });
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(1);
    await owner.append({ dropped: [dropped] });
    const store = join(site.directory, "blobs");
    const files = async () => (await readdir(store, { recursive: true })).filter((name) => name.endsWith(".0"));
    const file = join(
      store,
      (await files()).find((name) => name.includes(live))!,
    );
    const bytes = await readFile(file);
    bytes[0] = bytes[0]! ^ 1;
    await writeFile(file, bytes);
    site.wait(31 * day);

    const { done, queue, lines } = await started(site.app, { prefix, every: { collect: 50, scrub: 50, webhooks: 50 } });
    await expect.poll(() => got.length, { timeout: 30_000 }).toBe(2);
    await expect.poll(async () => (await files()).length, { timeout: 30_000 }).toBe(1);
    await expect.poll(async () => (await site.app.damagedParts()).map(({ blob }) => blob), { timeout: 30_000 }).toEqual([live]);
    const sum = (name: JobName, figure: string) => () =>
      done.filter((job) => job.name === name).reduce((total, { result }) => total + result[figure]!, 0);
    await expect.poll(sum("collect", "released"), { timeout: 30_000 }).toBe(1);
    await expect.poll(sum("scrub", "damaged"), { timeout: 30_000 }).toBe(1);
    await expect.poll(sum("webhooks", "delivered"), { timeout: 30_000 }).toBe(1);
    expect((await queue.getCompleted()).length).toBeGreaterThan(0);
    expect(lines).toEqual([]);
  });

  test("tries a job that fails again, after longer and longer waits", async () => {
    const { prefix } = await redis();
    const at: number[] = [];
    const scrub = async () => {
      at.push(performance.now());
      if (at.length < 4) throw new Error("away");
      return nothing;
    };
    const { done, queue, lines } = await started(doing(scrub), { prefix, every: only("scrub", day), backoffMs: 40 });
    await expect.poll(() => done.length, { timeout: 30_000 }).toBe(1);
    expect(at).toHaveLength(4);
    const waits = at.slice(1).map((time, i) => time - at[i]!);
    // A timer may be early by the fraction that the clocks differ in.
    for (const [i, least] of [40, 80, 160].entries()) expect(waits[i]).toBeGreaterThan(least - 5);
    expect(await queue.getFailed()).toEqual([]);
    expect(lines.map(({ route, level }) => [route, level])).toEqual([1, 2, 3].map(() => ["scrub", "error"]));
  });

  test("leaves a job that failed every time to be looked at, without what its errors quote, and goes on with the next", async () => {
    const { prefix } = await redis();
    const scrub = async () => {
      throw new TypeError("postgres://me:hunter2@host", { cause: Object.assign(new Error("hunter2"), { code: "ECONNREFUSED" }) });
    };
    const { queue } = await started(doing(scrub), { prefix, every: only("scrub", 100), attempts: 2, backoffMs: 1 });
    await expect.poll(async () => (await queue.getFailed()).length, { timeout: 30_000 }).toBeGreaterThan(1);
    const [failed] = await queue.getFailed();
    expect(failed).toMatchObject({ name: "scrub", attemptsMade: 2, stacktrace: [] });
    expect(failed!.failedReason).toContain("TypeError < Error(ECONNREFUSED)");
    expect(JSON.stringify(failed)).not.toContain("hunter2");
  });

  test("refuses a job that it does not know, at once", async () => {
    const { prefix } = await redis();
    const { queue } = await started(
      doing(async () => nothing),
      { prefix, every: only("scrub", day) },
    );
    await queue.add("format-the-disk", {}, { attempts: 5 });
    await expect.poll(async () => (await queue.getFailed()).map(({ attemptsMade }) => attemptsMade), { timeout: 30_000 }).toEqual([1]);
  });

  test("that is closed waits for the job that runs, and takes no other", async () => {
    const { prefix } = await redis();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const scrub = async () => {
      runs++;
      await gate.promise;
      return nothing;
    };
    const worker = await started(doing(scrub), { prefix, every: only("scrub", 20) });
    // As many as a worker does at a time.
    await expect.poll(() => runs, { timeout: 30_000 }).toBe(jobNames.length);
    let isClosed = false;
    const closing = worker.close().then(() => (isClosed = true));
    const another = await started(
      doing(async () => nothing),
      { prefix, every: only("scrub", 20) },
    );
    await expect.poll(() => another.done.length, { timeout: 30_000 }).toBeGreaterThan(3);
    expect([isClosed, worker.done.length, runs]).toEqual([false, 0, jobNames.length]);
    gate.resolve();
    await closing;
    expect([worker.done.length, runs]).toEqual([jobNames.length, jobNames.length]);
  });

  test("leaves a client that it was given to its host", async () => {
    const { prefix } = await redis();
    const client = new Redis({ ...connection, maxRetriesPerRequest: null });
    onTestFinished(() => client.disconnect());
    const worker = await started(
      doing(async () => nothing),
      { prefix, connection: client, every: only("scrub", 50) },
    );
    await expect.poll(() => worker.done.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await worker.close();
    expect(await client.ping()).toBe("PONG");
  });
});

describe("workers", () => {
  test.for(["scrub", "collect"] as const)("of which one is at the %s leave it alone", async (kind) => {
    const { prefix } = await redis();
    const directory = await temporaryFolder();
    const kept = new Map<string, Uint8Array<ArrayBuffer>>();
    const gate = Promise.withResolvers<void>();
    let [now, most] = [0, 0];
    const counted = async <Result>(result: () => Result): Promise<Result> => {
      most = Math.max(most, ++now);
      await gate.promise;
      now--;
      return result();
    };
    const blobs: BlobStore = {
      local: true,
      put: async (key: string, bytes: Uint8Array) => void kept.set(key, new Uint8Array(bytes)),
      get: (key: string) => counted(() => kept.get(key) ?? null),
      remove: (keys: readonly string[]) => counted(() => keys.forEach((key) => kept.delete(key))),
    };
    const sites = [await mount({ blobs }, directory), await mount({ blobs }, directory)];
    const owner = await newOwner(sites[0]!.send, base);
    const ids = [await owner.upload(), await owner.upload(), await owner.upload()];
    await owner.append({ added: ids });
    if (kind === "collect") {
      await owner.append({ dropped: ids });
      for (const site of sites) site.wait(31 * day);
    }
    const workers = await Promise.all(
      sites.map(({ app }, i) => started(app, { prefix, every: only(kind, 20), worker: { name: `worker ${i}` } })),
    );
    const done = () => workers.flatMap((worker) => worker.done);
    await expect.poll(() => now, { timeout: 30_000 }).toBe(1);
    await expect.poll(() => new Set(done().map(({ by }) => by)).size, { timeout: 30_000 }).toBe(2);
    const figure = kind === "scrub" ? "parts" : "deleted";
    expect(done().filter(({ result }) => result[figure] !== 0)).toEqual([]);
    gate.resolve();
    await expect.poll(() => done().filter(({ result }) => result[figure] === 3).length, { timeout: 30_000 }).toBe(1);
    expect(most).toBe(1);
  });

  test("of which one was killed: another takes its job up, and goes on under its lease", async () => {
    const { prefix } = await redis();
    const site = await mount();
    const owner = await newOwner(site.send, base);
    await owner.append({ added: [await owner.upload()] });
    const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const child = spawn(
      process.execPath,
      ["--no-warnings", "--import", here("../test/source.mjs"), here("../test/working-child.ts"), site.directory, prefix],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    const exited = once(child, "exit").then(() => "exited");
    expect(await Promise.race([once(child.stdout, "data").then(([line]) => String(line)), exited])).toBe("reading\n");
    child.kill("SIGKILL");
    await exited;

    // Nothing else is due for an hour.
    const { worker, done } = await started(site.app, {
      prefix,
      every: only("scrub", 3_600_000),
      worker: { lockDuration: 1_000, stalledInterval: 200 },
    });
    const stalled: string[] = [];
    worker.on("stalled", (id) => void stalled.push(id));
    await expect.poll(() => done.length, { timeout: 30_000 }).toBe(1);
    expect(done[0]).toMatchObject({ name: "scrub", result: { ...nothing, parts: 1, bytes: 1080 } });
    expect(stalled).toEqual([done[0]!.id]);
  });

  test("have one schedule among them, which goes by the last that started", async () => {
    const { prefix } = await redis();
    const app = doing(async () => nothing);
    const schedule = async ({ queue }: Working) => (await queue.getJobSchedulers()).map(({ key, every }) => [key, every]);
    const first = await started(app, { prefix, every: only("scrub", day) });
    expect(await schedule(first)).toEqual([["scrub", day]]);
    const second = await started(app, { prefix, every: only("scrub", 2 * day) });
    expect(await schedule(first)).toEqual([["scrub", 2 * day]]);
    await started(app, { prefix, every: { collect: false, scrub: false, webhooks: false } });
    expect(await schedule(second)).toEqual([]);
  });
});
