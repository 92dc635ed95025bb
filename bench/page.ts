/** What the benchmark calls inside Chromium. */
import * as clients from "./clients.ts";
import { measureSealing } from "./sealing.ts";
import { watchThread } from "./thread.ts";

export interface PageUpload {
  readonly seconds: number;
  /** Longest time in ms for which the page's main thread was held up. */
  readonly blocked: number;
}

const BARE_MOST = 512 * 2 ** 20;

let folder: Awaited<ReturnType<typeof clients.newFolder>> | undefined;

const bench = {
  measureSealing,
  chosen: (): File => {
    const file = document.querySelector("input")?.files?.[0];
    if (file === undefined) throw new Error("No file was chosen.");
    return file;
  },
  async timed(action: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await action();
    return (performance.now() - started) / 1000;
  },
  async keyfoldUpload(server: string): Promise<PageUpload> {
    folder = await clients.newFolder(server);
    const target = folder;
    const stop = watchThread();
    const seconds = await bench.timed(() => clients.keyfoldUpload(target, bench.chosen(), "big"));
    return { seconds, blocked: stop() };
  },
  keyfoldLink: (): string => folder?.link() ?? "",
  /** In another page than the upload's, with nothing but the link. */
  async keyfoldDownload(server: string, link: string): Promise<number> {
    const opened = await clients.openFolder(server, link);
    return bench.timed(() => clients.keyfoldDownload(opened, "big"));
  },
  bareUpload: (server: string): Promise<number> => bench.scaled((some) => clients.bareUpload(server, some)),
  bareDownload: (server: string): Promise<number> => bench.scaled((some) => clients.bareDownload(server, some.size)),
  /** As long as it would take for all of the file, by as much of it as a page can send without giving memory back: Chromium 156 fails near 1 GiB. */
  async scaled(action: (some: Blob) => Promise<unknown>): Promise<number> {
    const file = bench.chosen();
    const some = file.slice(0, BARE_MOST);
    return ((await bench.timed(() => action(some))) * file.size) / some.size;
  },
  tusUpload: (server: string): Promise<number> => bench.timed(() => clients.tusUpload(server, bench.chosen())),
};

export type Bench = typeof bench;
Object.assign(globalThis, { bench });
