/** Clock and memory of one run, and the lines that the benchmark prints. */
import { readFileSync } from "node:fs";

export const MiB = 1024 * 1024;

export async function seconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/** Resident bytes of a process, from /proc; 0 where there is none. */
export function residentBytes(pid: number): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Largest growth of the processes' resident memory while the action runs, sampled every 20 ms. */
export async function memoryGrowth(pids: () => readonly number[], action: () => Promise<unknown>): Promise<number> {
  const total = () => pids().reduce((sum, pid) => sum + residentBytes(pid), 0);
  const before = total();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, total());
  }, 20);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, total()) - before;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One line: what, the ratio, its aim, and the two figures behind it. */
export function report(what: string, ratio: number, aim: string, detail: string): void {
  console.log(`${what.padEnd(52)} ${ratio.toFixed(2).padStart(6)}   ${aim.padEnd(12)} ${detail}`);
}

export function rate(bytes: number, time: number): string {
  return `${(bytes / MiB / time).toFixed(0)} MiB/s`;
}
