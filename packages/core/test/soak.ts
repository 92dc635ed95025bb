/**
 * `npm run soak`: every law, over and over with new seeds, for as long as it is told.
 *
 *     --minutes 10     how long; default 5
 *     --seed 7         the first seed; each next check has the next one. Default: drawn
 *     --law "rows:"    only laws whose name has this in it
 *     --path 3:0:1     only this counterexample of the seed, as a failure printed it
 *
 * The laws run in a thread of their own, so that one that hangs is found as well. Ends with 1 where a law did not hold.
 *
 * @module
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { allLaws } from "./laws/index.ts";
import type { Checked } from "./laws/law.ts";

interface Order {
  readonly until: number;
  readonly seed: number;
  readonly law: string;
  readonly path: string | undefined;
}

type Told =
  | { readonly kind: "begins"; readonly name: string; readonly seed: number }
  | { readonly kind: "ended"; readonly name: string; readonly seed: number; readonly checked: Checked };

/** Runs of a check are those of a test, this many times over. */
const LONGER = 4;
/** Milliseconds of one check, at most; its last run may take longer. */
const SLICE = 5_000;
/** Milliseconds without a word from the laws after which one of them hangs. */
const SILENCE = 120_000;
/** Milliseconds between two lines of progress. */
const PROGRESS = 60_000;

if (isMainThread) await main();
else await work(workerData as Order);

async function work({ until, seed: first, law, path }: Order): Promise<void> {
  const laws = allLaws.filter(({ name }) => name.includes(law));
  const port = parentPort;
  if (port === null) throw new Error("The laws run in a thread of their own.");
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window's
  const tell = (told: Told): void => port.postMessage(told);
  for (let seed = first; ; seed = (seed + 1) | 0) {
    for (const one of laws) {
      if (Date.now() >= until) return;
      tell({ kind: "begins", name: one.name, seed });
      const within = Math.max(1, Math.min(SLICE, until - Date.now()));
      tell({ kind: "ended", name: one.name, seed, checked: await one.check({ runs: one.runs * LONGER, seed, path, within }) });
      if (path !== undefined) return;
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string" },
      law: { type: "string", default: "" },
      path: { type: "string" },
    },
  });
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const laws = allLaws.filter(({ name }) => name.includes(values.law));
  if (!(minutes > 0) || !Number.isSafeInteger(seed) || laws.length === 0) {
    process.stderr.write("Usage: npm run soak -- [--minutes 10] [--seed 7] [--law name] [--path 3:0:1]\n");
    process.exit(2);
  }
  process.stdout.write(`soak: ${laws.length} laws, ${minutes} min, seed ${seed}\n`);

  const began = Date.now();
  const order: Order = { until: began + minutes * 60_000, seed, law: values.law, path: values.path };
  const runs = new Map(laws.map(({ name }) => [name, 0]));
  let failures = 0;
  const failed = (name: string, at: number, what: string): void => {
    failures++;
    process.stdout.write(`\n✗ ${name}\n  again: npm run soak -- --law ${JSON.stringify(name)} --seed ${at}${what}\n\n`);
  };

  const worker = new Worker(new URL(import.meta.url), { workerData: order });
  let now: { readonly name: string; readonly seed: number } | null = null;
  const silence = (): NodeJS.Timeout =>
    setTimeout(() => {
      if (now !== null) failed(now.name, now.seed, `\n  hangs: no end after ${SILENCE / 1000} s`);
      void worker.terminate();
    }, SILENCE);
  let watchdog = silence();
  const progress = setInterval(() => {
    const total = [...runs.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(`${Math.round((Date.now() - began) / 1000)} s: ${total} runs, ${failures} failures\n`);
  }, PROGRESS);
  worker.on("message", (told: Told) => {
    clearTimeout(watchdog);
    watchdog = silence();
    now = told;
    if (told.kind === "begins") return;
    const { name, checked } = told;
    runs.set(name, (runs.get(name) ?? 0) + checked.runs);
    if (checked.failure === null) return;
    const { path, counterexample, error } = checked.failure;
    failed(name, checked.seed, ` --path ${path}\n  ${counterexample.slice(0, 8_000)}\n  ${error.slice(0, 4_000).replaceAll("\n", "\n  ")}`);
  });
  worker.on("error", (error) => failed(now?.name ?? "the laws", now?.seed ?? seed, `\n  ${error.stack ?? error.message}`));
  await new Promise((resolve) => worker.once("exit", resolve));
  clearTimeout(watchdog);
  clearInterval(progress);

  const width = Math.max(...laws.map(({ name }) => name.length));
  for (const [name, count] of runs) process.stdout.write(`${name.slice(0, 110).padEnd(Math.min(width, 110))} ${count}\n`);
  const total = [...runs.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `\n${total} runs of ${laws.length} laws in ${Math.round((Date.now() - began) / 1000)} s, seed ${seed}: ${failures} failures\n`,
  );
  process.exit(failures > 0 ? 1 : 0);
}
