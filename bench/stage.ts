/** Where a benchmark plays: a server in a process of its own, a page in a browser of its own. */
import { copyFile, mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { plainBrowser } from "../test/plain-browser.ts";
import { MiB } from "./measure.ts";
import type { Bench } from "./page.ts";
import { startServer, type RunningServer, type ServerKind } from "./servers.ts";

/** Calls a function of the page. */
export type Call = (name: keyof Bench, ...values: readonly unknown[]) => Promise<unknown>;

/** A file of random bytes; with `sparse` of zeros that take no room. */
export async function makeFile(path: string, size: number, sparse = false): Promise<void> {
  const handle = await open(path, "w");
  if (sparse) await handle.truncate(size);
  else {
    const chunk = Buffer.alloc(MiB);
    for (let index = 0; index < size / MiB; index++) {
      for (let offset = 0; offset < MiB; offset += 65_536) crypto.getRandomValues(chunk.subarray(offset, offset + 65_536));
      await handle.write(chunk);
    }
  }
  await handle.close();
}

export async function withServer<T>(
  folder: string,
  kind: ServerKind,
  pages: string | undefined,
  use: (server: RunningServer) => Promise<T>,
): Promise<T> {
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

/** The benchmark's page and its scripts; the folder that they lie in. */
export async function buildPages(folder: string): Promise<string> {
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
  return pages;
}

/** A browser of its own for each, which nothing has grown before; the file is chosen in its page. */
export async function inPage<T>(url: string, file: string, use: (call: Call, pids: () => readonly number[]) => Promise<T>): Promise<T> {
  const browser = await plainBrowser();
  try {
    const opened = await browser.open(`${new URL(url).origin}/bench.html`, "'bench' in globalThis");
    await opened.chooseFile(file);
    const { pages: renderers, others } = await browser.processes();
    const ids = [...renderers, ...others];
    const call: Call = async (name, ...values) => opened.evaluate(`bench.${name}(${values.map((value) => JSON.stringify(value)).join()})`);
    return await use(call, () => ids);
  } finally {
    await browser.close();
  }
}
