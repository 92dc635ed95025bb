/**
 * `npm run bench`: every line is a ratio of two figures of this run, against its aim. Nothing here fails; a figure below its aim is to be read.
 *
 * `--quick` sends 128 MiB where 1 GiB is sent otherwise.
 */
import { createReadStream, openAsBlob } from "node:fs";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";
import * as clients from "./clients.ts";
import { MiB, memoryGrowth, rate, report, seconds } from "./measure.ts";
import { openingTimes } from "./opening.ts";
import type { Bench } from "./page.ts";
import { providerTimes } from "./providers.ts";
import { measureSealing, type SealingTimes } from "./sealing.ts";
import { startServer, type RunningServer, type ServerKind } from "./servers.ts";

const quick = process.argv.includes("--quick");
const size = (quick ? 128 : 1024) * MiB;
const folder = await mkdtemp(join(tmpdir(), "keyfold-bench-"));
const file = join(folder, "file.bin");

async function makeFile(): Promise<void> {
  const handle = await open(file, "w");
  const chunk = Buffer.alloc(MiB);
  for (let index = 0; index < size / MiB; index++) {
    for (let offset = 0; offset < MiB; offset += 65_536) crypto.getRandomValues(chunk.subarray(offset, offset + 65_536));
    await handle.write(chunk);
  }
  await handle.close();
}

async function withServer<T>(kind: ServerKind, pages: string | undefined, use: (server: RunningServer) => Promise<T>): Promise<T> {
  const place = join(folder, kind);
  await mkdir(place, { recursive: true });
  const server = await startServer(kind, place, pages);
  try {
    return await use(server);
  } finally {
    await server.stop();
    await rm(place, { recursive: true, force: true });
  }
}

interface Times {
  readonly upload: number;
  readonly download: number;
  /** Largest growth of the client's memory in each direction. */
  readonly uploadGrowth?: number;
  readonly downloadGrowth?: number;
}

function reportTransfers(where: string, keyfold: Times, bare: Times, tus: Times): void {
  const detail = (own: number, peer: number) => `${rate(size, own)} against ${rate(size, peer)}`;
  report(`${where}: upload against bare PUTs`, bare.upload / keyfold.upload, "aim >= 0.8", detail(keyfold.upload, bare.upload));
  report(`${where}: upload against tus`, tus.upload / keyfold.upload, "aim >= 1.5", detail(keyfold.upload, tus.upload));
  report(`${where}: download against bare GETs`, bare.download / keyfold.download, "aim >= 0.8", detail(keyfold.download, bare.download));
  for (const [direction, growth] of [
    ["upload", keyfold.uploadGrowth],
    ["download", keyfold.downloadGrowth],
  ] as const) {
    if (growth !== undefined)
      report(`${where}: growth of memory, ${direction}, of 64 MiB`, growth / (64 * MiB), "aim < 1", `${(growth / MiB).toFixed(0)} MiB`);
  }
}

function reportSealing(where: string, times: SealingTimes, bytes: number): void {
  const of = (milliseconds: number) => rate(bytes, milliseconds / 1000);
  report(
    `${where}: sealing against subtle.encrypt`,
    times.bare / times.encrypt,
    "aim >= 0.9",
    `${of(times.encrypt)} against ${of(times.bare)}`,
  );
  report(
    `${where}: sealing and hashing against both bare`,
    times.bareWithHash / times.seal,
    "",
    `${of(times.seal)} against ${of(times.bareWithHash)}`,
  );
}

async function inNode(): Promise<void> {
  const blob = await openAsBlob(file);
  const pids = () => [process.pid];
  const warm = blob.slice(0, 32 * MiB);

  const bare = await withServer("bare", undefined, async ({ url }): Promise<Times> => {
    await clients.bareUpload(url, warm);
    return { upload: await seconds(() => clients.bareUpload(url, blob)), download: await seconds(() => clients.bareDownload(url, size)) };
  });
  const tus = await withServer("tus", undefined, async ({ url }): Promise<Times> => {
    let place = "";
    const upload = await seconds(async () => (place = await clients.tusUpload(url, blob, createReadStream(file))));
    return { upload, download: await seconds(() => clients.tusDownload(place)) };
  });
  const keyfold = await withServer("keyfold", undefined, async ({ url }): Promise<Times> => {
    const target = await clients.newFolder(url);
    await clients.keyfoldUpload(target, warm, "warm");
    let upload = 0;
    const uploadGrowth = await memoryGrowth(pids, async () => (upload = await seconds(() => clients.keyfoldUpload(target, blob, "big"))));
    let download = 0;
    const downloadGrowth = await memoryGrowth(pids, async () => (download = await seconds(() => clients.keyfoldDownload(target, "big"))));
    await target.close();
    return { upload, download, uploadGrowth, downloadGrowth };
  });
  reportTransfers("Node", keyfold, bare, tus);
}

async function inChromium(): Promise<void> {
  const pages = join(folder, "pages");
  await mkdir(pages, { recursive: true });
  await writeFile(
    join(pages, "bench.html"),
    '<!doctype html><meta charset="utf-8"><input type="file"><script type="module" src="/bench.js"></script>',
  );
  await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    outfile: join(pages, "bench.js"),
    logLevel: "error",
  });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...browserArguments, "--enable-precise-memory-info"] });
  const session = await browser.newBrowserCDPSession();
  const renderers = async (): Promise<number[]> => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };

  async function page(url: string): Promise<Page> {
    const opened = await browser.newPage();
    await opened.goto(`${url}/bench.html`);
    await opened.setInputFiles("input", file);
    await opened.waitForFunction(() => "bench" in globalThis);
    return opened;
  }
  const call = (opened: Page, name: Exclude<keyof Bench, "chosen" | "timed" | "measureSealing">, argument = ""): Promise<number> =>
    opened.evaluate(
      ([method, value]) =>
        (globalThis as unknown as { bench: Record<string, (value: string) => Promise<number>> }).bench[method as string]?.(
          value as string,
        ) ?? 0,
      [name, argument],
    );

  try {
    const bare = await withServer("bare", pages, async ({ url }): Promise<Times> => {
      const opened = await page(url);
      const times = { upload: await call(opened, "bareUpload", url), download: await call(opened, "bareDownload", url) };
      await opened.close();
      return times;
    });
    const tus = await withServer("tus", pages, async ({ url }): Promise<Times> => {
      const opened = await page(url);
      const upload = await call(opened, "tusUpload", url);
      await opened.close();
      return { upload, download: Number.NaN };
    });
    const keyfold = await withServer("keyfold", pages, async ({ url }): Promise<Times> => {
      const opened = await page(new URL(url).origin);
      const sealing = await opened.evaluate(() => (globalThis as unknown as { bench: Bench }).bench.measureSealing(16, 5));
      reportSealing("Chromium", sealing, 16 * 4 * MiB);
      const ids = await renderers();
      let upload = 0;
      const uploadGrowth = await memoryGrowth(
        () => ids,
        async () => (upload = await call(opened, "keyfoldUpload", url)),
      );
      let download = 0;
      const downloadGrowth = await memoryGrowth(
        () => ids,
        async () => (download = await call(opened, "keyfoldDownload")),
      );
      await opened.close();
      return { upload, download, uploadGrowth, downloadGrowth };
    });
    reportTransfers("Chromium", keyfold, bare, tus);
  } finally {
    await browser.close();
  }
}

try {
  console.log(`${size / MiB} MiB over loopback; servers are processes of their own; six parts in flight\n`);
  await makeFile();
  reportSealing("Node", await measureSealing(32, 5), 32 * 4 * MiB);
  await inNode();
  await inChromium();
  await providerTimes();
  await openingTimes(folder, quick ? 1_000 : 10_000);
} finally {
  await rm(folder, { recursive: true, force: true });
}
