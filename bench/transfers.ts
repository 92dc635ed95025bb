/** A file up and down over Keyfold, a bare loop of durable PUTs and GETs, and tus: in Node, and in Chromium. */
import { createReadStream, openAsBlob } from "node:fs";
import * as clients from "./clients.ts";
import { MiB, memoryGrowth, rate, report, seconds } from "./measure.ts";
import type { PageUpload } from "./page.ts";
import type { SealingTimes } from "./sealing.ts";
import type { ServerKind } from "./servers.ts";
import { buildPages, inPage, withServer } from "./stage.ts";

/** `file` has `size` bytes. */
export interface TransferStage {
  readonly folder: string;
  readonly file: string;
  readonly size: number;
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

interface Peers {
  readonly bare: Times;
  readonly tus: Times;
  readonly durableTus: Times;
}

function reportTransfers(where: string, size: number, keyfold: Times, { bare, tus, durableTus }: Peers): void {
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
    const detail = `${(growth / MiB).toFixed(0)} MiB${peer === undefined ? "" : `; the bare loop ${(peer / MiB).toFixed(0)} MiB for at most 512`}`;
    report(`${where}: growth of memory, ${direction}, of 64 MiB`, growth / (64 * MiB), "aim < 1", detail);
  }
}

export function reportSealing(where: string, times: SealingTimes, bytes: number): void {
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

export async function transfersInNode({ folder, file, size }: TransferStage): Promise<void> {
  const blob = await openAsBlob(file);
  const pids = () => [process.pid];
  const warm = blob.slice(0, 32 * MiB);

  const bare = await withServer(folder, "bare", undefined, async ({ url }): Promise<Times> => {
    await clients.bareUpload(url, warm);
    return { upload: await seconds(() => clients.bareUpload(url, blob)), download: await seconds(() => clients.bareDownload(url, size)) };
  });
  const overTus = (kind: ServerKind): Promise<Times> =>
    withServer(folder, kind, undefined, async ({ url }) => {
      let place = "";
      const upload = await seconds(async () => (place = await clients.tusUpload(url, blob, createReadStream(file))));
      return { upload, download: await seconds(() => clients.tusDownload(place)) };
    });
  const tus = await overTus("tus");
  const durableTus = await overTus("tus-durable");
  const keyfold = await withServer(folder, "keyfold", undefined, async ({ url }): Promise<Times> => {
    const target = await clients.newFolder(url);
    await clients.keyfoldUpload(target, warm, "warm");
    let upload = 0;
    const uploadGrowth = await memoryGrowth(pids, async () => (upload = await seconds(() => clients.keyfoldUpload(target, blob, "big"))));
    let download = 0;
    const downloadGrowth = await memoryGrowth(pids, async () => (download = await seconds(() => clients.keyfoldDownload(target, "big"))));
    await target.close();
    return { upload, download, uploadGrowth, downloadGrowth };
  });
  reportTransfers("Node", size, keyfold, { bare, tus, durableTus });
}

export async function transfersInChromium({ folder, file, size }: TransferStage): Promise<void> {
  const pages = await buildPages(folder);
  const bare = await withServer(folder, "bare", pages, ({ url }) =>
    inPage(url, file, async (call, pids): Promise<Times> => {
      let upload = 0;
      const uploadGrowth = await memoryGrowth(pids, async () => (upload = Number(await call("bareUpload", url))));
      let download = 0;
      const downloadGrowth = await memoryGrowth(pids, async () => (download = Number(await call("bareDownload", url))));
      return { upload, download, uploadGrowth, downloadGrowth };
    }),
  );
  const overTus = (kind: ServerKind): Promise<Times> =>
    withServer(folder, kind, pages, ({ url }) =>
      inPage(url, file, async (call) => ({ upload: Number(await call("tusUpload", url)), download: Number.NaN })),
    );
  const tus = await overTus("tus");
  const durableTus = await overTus("tus-durable");
  const keyfold = await withServer(folder, "keyfold", pages, async ({ url }): Promise<Times> => {
    const place = await inPage(url, file, async (call, pids) => {
      let sent: PageUpload = { seconds: Number.NaN, blocked: Number.NaN };
      const uploadGrowth = await memoryGrowth(pids, async () => (sent = (await call("keyfoldUpload", url)) as PageUpload));
      const { seconds: upload, blocked } = sent;
      return { upload, uploadGrowth, blocked, link: await call("keyfoldLink") };
    });
    return inPage(url, file, async (call, pids) => {
      reportSealing("Chromium", (await call("measureSealing", 16, 5)) as SealingTimes, 16 * 4 * MiB);
      let download = 0;
      const downloadGrowth = await memoryGrowth(pids, async () => (download = Number(await call("keyfoldDownload", url, place.link))));
      return { ...place, download, downloadGrowth };
    });
  });
  reportTransfers("Chromium", size, keyfold, { bare, tus, durableTus });
}
