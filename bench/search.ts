/** Search over 100,000 files in Chromium: what a keystroke costs the page, how soon results are there, what the index costs. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";
import { median, MiB, report } from "./measure.ts";
import type { Keystroke, SearchTimes } from "./search-page.ts";

/** Milliseconds of the main thread that a keystroke may take: in the median, and ever. */
const usual = 16;
const worst = 50;

export async function searchTimes(files: number): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("search-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArguments, "--enable-precise-memory-info", "--js-flags=--expose-gc"],
  });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "", type: "module" });
    await page.waitForFunction(() => "measureSearch" in globalThis);
    const times = await page.evaluate(
      (count) => (globalThis as unknown as { measureSearch(count: number): Promise<SearchTimes> }).measureSearch(count),
      files,
    );
    print(times);
  } finally {
    await browser.close();
  }
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const most = (keys: readonly Keystroke[], of: (key: Keystroke) => number): Keystroke => keys.reduce((a, b) => (of(b) > of(a) ? b : a));

function print({ nodes, build, bytes, typed, filtered, below, renames }: SearchTimes): void {
  const works = typed.map((key) => key.work);
  const heaviest = most(typed, (key) => key.work);
  const longest = most(typed, (key) => key.longest);
  report(
    `Chromium: searching ${nodes} nodes, a keystroke, of ${usual} ms`,
    median(works) / usual,
    "aim <= 1",
    `median ${ms(median(works))} of ${typed.length} keystrokes`,
  );
  report(
    `Chromium: the costliest keystroke, of ${worst} ms`,
    heaviest.work / worst,
    "aim <= 1",
    `${ms(heaviest.work)}, "${heaviest.text}", ${heaviest.total} found`,
  );
  report(`Chromium: the longest slice, of ${worst} ms`, longest.longest / worst, "aim <= 1", `${ms(longest.longest)}, "${longest.text}"`);
  const slowest = most(typed, (key) => key.full);
  const [first, full] = [typed.map((key) => key.first), typed.map((key) => key.full)];
  report(
    "Chromium: first result, of a frame of 16 ms",
    median(first) / 16,
    "",
    `median ${ms(median(first))}, latest ${ms(Math.max(...first))}`,
  );
  report(
    "Chromium: full result, of 100 ms",
    median(full) / 100,
    "aim <= 1",
    `median ${ms(median(full))}, latest ${ms(slowest.full)}, "${slowest.text}"`,
  );
  report(
    "Chromium: index, of a second",
    build.full / 1000,
    "aim < 1",
    `${ms(build.full)}, longest slice ${ms(build.longest)}; ${(bytes / MiB).toFixed(1)} MiB`,
  );
  const filter = most(filtered, (key) => key.work);
  report(
    `Chromium: filters alone, of ${worst} ms`,
    filter.work / worst,
    "",
    `worst ${ms(filter.work)}, longest slice ${ms(filter.longest)}`,
  );
  const rename = most(renames, (key) => key.work);
  report(
    `Chromium: renaming a directory of ${below} files, of 16 ms`,
    rename.longest / 16,
    "aim <= 1",
    `longest slice ${ms(rename.longest)}, in all ${ms(rename.work)}, an open search's new result after ${ms(rename.full)}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await searchTimes(100_000);
