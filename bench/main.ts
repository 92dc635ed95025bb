/**
 * `npm run bench`: every line is a ratio of two figures of this run, against its aim. Nothing here fails; a figure below its aim is to be read.
 *
 * `--quick` sends 128 MiB where 1 GiB is sent otherwise.
 */
import { createReadStream, openAsBlob } from "node:fs";
import { copyFile, mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { plainBrowser } from "../test/plain-browser.ts";
import * as clients from "./clients.ts";
import { loadTimes } from "./load.ts";
import { databaseTimes } from "./databases.ts";
import { MiB, memoryGrowth, rate, report, seconds } from "./measure.ts";
import { openingTimes } from "./opening.ts";
import type { Bench, PageUpload } from "./page.ts";
import { providerTimes } from "./providers.ts";
import { scale } from "./scale.ts";
import { measureSealing, type SealingTimes } from "./sealing.ts";
import { searchTimes } from "./search.ts";
import { startServer, type RunningServer, type ServerKind } from "./servers.ts";
import { storeTimes } from "./stores.ts";

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
  /** Longest time in ms for which the page's main thread was held up while it uploaded. */
  readonly blocked?: number;
}

/** Calls a function of the page. */
type Call = (name: keyof Bench, ...values: readonly unknown[]) => Promise<unknown>;

interface Peers {
  readonly bare: Times;
  readonly tus: Times;
  readonly durableTus: Times;
}

function reportTransfers(where: string, keyfold: Times, { bare, tus, durableTus }: Peers): void {
  const detail = (own: number, peer: number) => `${rate(size, own)} against ${rate(size, peer)}`;
  report(`${where}: upload against bare PUTs`, bare.upload / keyfold.upload, "aim >= 0.8", detail(keyfold.upload, bare.upload));
  report(`${where}: upload against tus`, tus.upload / keyfold.upload, "aim >= 1.5", detail(keyfold.upload, tus.upload));
  report(`${where}: upload against tus that flushes`, durableTus.upload / keyfold.upload, "", detail(keyfold.upload, durableTus.upload));
  report(`${where}: download against bare GETs`, bare.download / keyfold.download, "aim >= 0.8", detail(keyfold.download, bare.download));
  if (keyfold.blocked !== undefined) {
    const held = `${keyfold.blocked.toFixed(0)} ms at most while ${size / MiB} MiB are read, sealed and sent by workers`;
    report(`${where}: thread held up, upload, of 100 ms`, keyfold.blocked / 100, "aim < 1", held);
  }
  for (const [direction, growth, peer] of [
    ["upload", keyfold.uploadGrowth, bare.uploadGrowth],
    ["download", keyfold.downloadGrowth, bare.downloadGrowth],
  ] as const) {
    if (growth === undefined) continue;
    const detail = `${(growth / MiB).toFixed(0)} MiB${peer === undefined ? "" : `; the bare loop ${(peer / MiB).toFixed(0)} MiB`}`;
    report(`${where}: growth of memory, ${direction}, of 64 MiB`, growth / (64 * MiB), "aim < 1", detail);
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
  const overTus = (kind: ServerKind): Promise<Times> =>
    withServer(kind, undefined, async ({ url }) => {
      let place = "";
      const upload = await seconds(async () => (place = await clients.tusUpload(url, blob, createReadStream(file))));
      return { upload, download: await seconds(() => clients.tusDownload(place)) };
    });
  const tus = await overTus("tus");
  const durableTus = await overTus("tus-durable");
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
  reportTransfers("Node", keyfold, { bare, tus, durableTus });
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
  await copyFile(fileURLToPath(import.meta.resolve("@keyfold/core/sending-worker.js")), join(pages, "sending-worker.js"));

  /** A browser of its own for each, which nothing has grown before. */
  async function inPage<T>(url: string, use: (call: Call, pids: () => readonly number[]) => Promise<T>): Promise<T> {
    const browser = await plainBrowser();
    try {
      const opened = await browser.open(`${new URL(url).origin}/bench.html`, "'bench' in globalThis");
      await opened.chooseFile(file);
      const { pages: renderers, others } = await browser.processes();
      const ids = [...renderers, ...others];
      const call: Call = async (name, ...values) =>
        opened.evaluate(`bench.${name}(${values.map((value) => JSON.stringify(value)).join()})`);
      return await use(call, () => ids);
    } finally {
      await browser.close();
    }
  }

  const bare = await withServer("bare", pages, ({ url }) =>
    inPage(url, async (call, pids): Promise<Times> => {
      let upload = 0;
      const uploadGrowth = await memoryGrowth(pids, async () => (upload = Number(await call("bareUpload", url))));
      let download = 0;
      const downloadGrowth = await memoryGrowth(pids, async () => (download = Number(await call("bareDownload", url))));
      return { upload, download, uploadGrowth, downloadGrowth };
    }),
  );
  const overTus = (kind: ServerKind): Promise<Times> =>
    withServer(kind, pages, ({ url }) =>
      inPage(url, async (call) => ({ upload: Number(await call("tusUpload", url)), download: Number.NaN })),
    );
  const tus = await overTus("tus");
  const durableTus = await overTus("tus-durable");
  const keyfold = await withServer("keyfold", pages, async ({ url }): Promise<Times> => {
    const place = await inPage(url, async (call, pids) => {
      let sent: PageUpload = { seconds: Number.NaN, blocked: Number.NaN };
      const uploadGrowth = await memoryGrowth(pids, async () => (sent = (await call("keyfoldUpload", url)) as PageUpload));
      const { seconds: upload, blocked } = sent;
      return { upload, uploadGrowth, blocked, link: await call("keyfoldLink") };
    });
    return inPage(url, async (call, pids) => {
      reportSealing("Chromium", (await call("measureSealing", 16, 5)) as SealingTimes, 16 * 4 * MiB);
      let download = 0;
      const downloadGrowth = await memoryGrowth(pids, async () => (download = Number(await call("keyfoldDownload", url, place.link))));
      return { ...place, download, downloadGrowth };
    });
  });
  reportTransfers("Chromium", keyfold, { bare, tus, durableTus });
}

try {
  console.log(`${size / MiB} MiB over loopback; servers are processes of their own; six parts in flight\n`);
  await makeFile();
  reportSealing("Node", await measureSealing(32, 5), 32 * 4 * MiB);
  await storeTimes(folder, quick ? 12 : 48);
  await inNode();
  await inChromium();
  await providerTimes();
  await openingTimes(folder, quick ? 1_000 : 10_000);
  await searchTimes(quick ? 20_000 : 100_000);
  await scale(folder, quick);
  await loadTimes(folder, quick);
  await databaseTimes(folder, quick);
} finally {
  await rm(folder, { recursive: true, force: true });
}
