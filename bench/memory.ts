/** Whether memory grows with the file: Keyfold's own growth for a small one and for one sixteen times as large, both ways. Zeros, which seal to what looks random. */
import { openAsBlob } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as clients from "./clients.ts";
import { MiB, memoryGrowth, report } from "./measure.ts";
import { buildPages, inPage, makeFile, withServer } from "./stage.ts";

/** Bytes by which the client's processes grew. */
interface Growth {
  readonly up: number;
  readonly down: number;
}

async function inNode(folder: string, file: string): Promise<Growth> {
  const blob = await openAsBlob(file);
  const pids = () => [process.pid];
  return withServer(folder, "keyfold", undefined, async ({ url }) => {
    const target = await clients.newFolder(url);
    await clients.keyfoldUpload(target, blob.slice(0, 32 * MiB), "warm");
    const up = await memoryGrowth(pids, () => clients.keyfoldUpload(target, blob, "big"));
    const down = await memoryGrowth(pids, () => clients.keyfoldDownload(target, "big"));
    await target.close();
    return { up, down };
  });
}

async function inChromium(folder: string, file: string, pages: string): Promise<Growth> {
  return withServer(folder, "keyfold", pages, async ({ url }) => {
    const { up, link } = await inPage(url, file, async (call, pids) => {
      const up = await memoryGrowth(pids, () => call("keyfoldUpload", url));
      return { up, link: await call("keyfoldLink") };
    });
    const down = await inPage(url, file, (call, pids) => memoryGrowth(pids, () => call("keyfoldDownload", url, link)));
    return { up, down };
  });
}

function reportGrowth(where: string, sizes: readonly [number, number], [small, large]: readonly [Growth, Growth]): void {
  const [smaller, larger] = sizes.map((size) => `${size / MiB} MiB`);
  for (const way of ["up", "down"] as const) {
    // A few MiB more or less are the allocator's: what grows by less than 16 MiB is taken for 16.
    const floor = 16 * MiB;
    const ratio = Math.max(large[way], floor) / Math.max(small[way], floor);
    const figures = [large, small].map((growth) => `${(growth[way] / MiB).toFixed(0)} MiB`);
    report(`${where}: growth ${way}, ${larger} against ${smaller}`, ratio, "aim: 1", `${figures[0]} against ${figures[1]}`);
  }
}

export async function memoryOf(folder: string, quick: boolean): Promise<void> {
  const sizes = quick ? ([64 * MiB, 512 * MiB] as const) : ([256 * MiB, 4096 * MiB] as const);
  const pages = await buildPages(folder);
  const growths = { node: [] as Growth[], chromium: [] as Growth[] };
  for (const size of sizes) {
    const file = join(folder, "zeros.bin");
    await makeFile(file, size, true);
    growths.node.push(await inNode(folder, file));
    growths.chromium.push(await inChromium(folder, file, pages));
    await rm(file);
  }
  reportGrowth("Node", sizes, growths.node as [Growth, Growth]);
  reportGrowth("Chromium", sizes, growths.chromium as [Growth, Growth]);
}
