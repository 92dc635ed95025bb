/**
 * `@keyfold/server/bullmq`: the background work as jobs of BullMQ, in Redis, for those who run workers.
 *
 * The jobs are `maintain()`, `scrub()` and `webhooks.deliver()`, as `serve()` runs them on its timer. What keeps two workers from the same work are the leases and
 * claims in Keyfold's own database; Redis decides when, and by whom. Should it forget everything, nothing is lost: the next worker that starts schedules anew.
 *
 * @module
 * @example
 * ```ts
 * const files = keyfold({ … });
 * const working = await work(files, { connection: { host: "127.0.0.1", port: 6379 } });
 * process.once("SIGTERM", () => void working.close().then(() => files.close()));
 * ```
 */

import { Queue, UnrecoverableError, Worker, type ConnectionOptions, type Job, type WorkerOptions } from "bullmq";
import type { Keyfold } from "./app.ts";
import { describeCause, logToStandardError } from "./log-line.ts";
import type { KeyfoldOptions } from "./options.ts";

/** `collect`: all of `maintain()` but the scrub. `webhooks`: sends what is due. */
export const jobNames = ["collect", "scrub", "webhooks"] as const;
export type JobName = (typeof jobNames)[number];

export interface WorkOptions {
  /** `{ host, port, … }`, `{ url }`, or a client of ioredis with `maxRetriesPerRequest: null`, which stays yours to close. */
  readonly connection: ConnectionOptions;
  /** The queue's name, the same in all workers. Default `keyfold`. */
  readonly queue?: string;
  /** Before all keys in Redis. Default `bull`, as BullMQ has it. */
  readonly prefix?: string;
  /** Milliseconds between two jobs of a kind, the same in all workers; false: none is scheduled. Default: a minute, `webhooks` ten seconds. */
  readonly every?: { readonly [Name in JobName]?: number | false };
  /** Milliseconds that a job spends, about. Default 10,000. What is not done then, the next one does. */
  readonly budgetMs?: number;
  /** How often a job that fails is tried in all. Default 5. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; they double from one to the next. Default 5,000. */
  readonly backoffMs?: number;
  /** BullMQ's own, for the worker. A job whose worker was killed is taken up by another after `lockDuration` and `stalledInterval` at most, 30 s each. */
  readonly worker?: Pick<WorkerOptions, "lockDuration" | "maxStalledCount" | "metrics" | "name" | "stalledInterval" | "telemetry">;
  /** Where the lines about failures go. Default: standard error. */
  readonly log?: KeyfoldOptions["log"];
}

/** A worker that works. */
export interface Working {
  /** What was done and what failed lies in it: `getFailed()`, `getCompleted()`. */
  readonly queue: Queue;
  readonly worker: Worker;
  /** Takes no further job, waits for those that run, and ends its connections. The app is the host's to close, afterwards. */
  close(): Promise<void>;
}

type App = Pick<Keyfold, "maintain" | "scrub" | "webhooks">;

const intervals: Record<JobName, number> = { collect: 60_000, scrub: 60_000, webhooks: 10_000 };

/** Failed jobs stay to be looked at: for thirty days, the last thousand. Of the others the last hundred. */
const kept = { removeOnComplete: { count: 100 }, removeOnFail: { count: 1000, age: 30 * 24 * 3600 } };

/**
 * Starts a worker, and schedules the jobs where no other has. Resolves once they are scheduled: as long as Redis is away, it waits.
 *
 * Any number of workers, in any number of processes, may be at one queue; each does up to three jobs at a time.
 */
export async function work(app: App, options: WorkOptions): Promise<Working> {
  const { connection, queue: name = "keyfold", every = {}, attempts = 5, backoffMs = 5_000, log = logToStandardError } = options;
  const where = { connection, ...(options.prefix === undefined ? {} : { prefix: options.prefix }) };
  const failed = (route: string) => (error: unknown) => {
    const cause = describeCause(error);
    log({ level: "error", code: "internal", status: 500, method: "-", route, ...(cause === undefined ? {} : { cause }) });
  };

  const queue = new Queue(name, where);
  queue.on("error", failed("queue"));
  try {
    for (const job of jobNames) {
      const interval = every[job] ?? intervals[job];
      if (interval === false) await queue.removeJobScheduler(job);
      // The trace would hold paths of this machine; what is needed of it is in the reason.
      else
        await queue.upsertJobScheduler(
          job,
          { every: interval },
          { name: job, opts: { ...retried(attempts, backoffMs), ...kept, stackTraceLimit: 0 } },
        );
    }
  } catch (error) {
    await queue.close();
    throw error;
  }

  const run = async (job: Job): Promise<unknown> => {
    const doIt = jobOf(app, job.name, { budgetMs: options.budgetMs ?? 10_000, holder: `${name}:${job.id}`.slice(-64) });
    return doIt().catch((error: unknown) => {
      failed(job.name)(error);
      // Without the error's own message, which may quote what was sent: it is kept in Redis.
      throw new Error(describeCause(error) ?? "It failed.");
    });
  };
  const worker = new Worker(name, run, { ...options.worker, ...where, concurrency: jobNames.length });
  worker.on("error", failed("worker"));

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await worker.close();
    await queue.close();
  };
  return { queue, worker, close: () => (closing ??= close()) };
}

function retried(attempts: number, delay: number) {
  return { attempts, backoff: { type: "exponential", delay } };
}

/** A job that is taken up again after its worker was killed holds its lease still, by its own id. */
function jobOf(app: App, name: string, run: { readonly budgetMs: number; readonly holder: string }): () => Promise<unknown> {
  switch (name) {
    case "collect":
      return () => app.maintain({ ...run, scrub: false });
    case "scrub":
      return () => app.scrub(run);
    case "webhooks":
      return () => app.webhooks.deliver({ budgetMs: run.budgetMs });
    default:
      throw new UnrecoverableError("There is no such job.");
  }
}
