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

/**
 * Bytes that a process takes, from /proc: what it shares counts by its share (PSS), so that what a browser's processes hand each other is counted once.
 * Where that is not told: its resident bytes.
 */
function takenBytes(pid: number): number {
  try {
    const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    if (line !== null) return Number(line[1]) * 1024;
  } catch {
    // gone, or not told
  }
  return residentBytes(pid);
}

/** Largest growth of what the processes take together while the action runs; looked at every 20 ms, less often where looking takes long. */
export async function memoryGrowth(pids: () => readonly number[], action: () => Promise<unknown>): Promise<number> {
  let last = 0;
  const total = (): number => {
    const started = performance.now();
    const sum = pids().reduce((taken, pid) => taken + takenBytes(pid), 0);
    last = performance.now() - started;
    return sum;
  };
  const before = total();
  let peak = before;
  let timer: ReturnType<typeof setTimeout>;
  const look = (): void => {
    peak = Math.max(peak, total());
    timer = setTimeout(look, Math.max(20, 5 * last));
  };
  timer = setTimeout(look, 20);
  try {
    await action();
  } finally {
    clearTimeout(timer);
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
