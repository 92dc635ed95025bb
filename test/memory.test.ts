/**
 * What a large file takes of a browser's memory: the same, whatever its size. All of the browser counts: what a page sends is held by others of its processes.
 *
 * @module
 */
import { copyFile, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve, type Served } from "@keyfold/server/node";
import { build } from "esbuild";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainBrowser, type PlainBrowser, type PlainPage } from "./plain-browser.ts";

const MiB = 2 ** 20;
const size = 384 * MiB;
/** Far above what parts under way take, far below what the file has. */
const most = 200;

const program = `
  import { Keyfold, memoryStore } from "@keyfold/core";
  const keyfold = new Keyfold({ server: "/keyfold", store: memoryStore() });
  const { port1: nowhere, port2 } = new MessageChannel();
  port2.close();
  window.upload = async () => {
    const folder = await keyfold.create();
    await folder.upload([{ file: document.querySelector("input").files[0], name: "big.bin" }]);
    return folder.link();
  };
  window.download = async (link) => {
    const folder = await new Keyfold({ server: "/keyfold", store: memoryStore() }).openLink(link);
    const reader = folder.stream("/big.bin").getReader();
    let size = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      size += piece.value.length;
      nowhere.postMessage(null, [piece.value.buffer]); // as saving does: to a worker
    }
    return size;
  };`;

let data: string;
let served: Served;
let browser: PlainBrowser;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "keyfold-memory-"));
  const stdin = { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
  await copyFile(fileURLToPath(import.meta.resolve("@keyfold/core/sending-worker.js")), join(data, "sending-worker.js"));
  const script = { "content-type": "text/javascript" };
  const site = new Hono();
  site.get("/", (context) =>
    context.html('<!doctype html><title>memory</title><input type="file"><script type="module" src="/page.js"></script>'),
  );
  site.get("/page.js", (context) => context.body(outputFiles[0]!.text, 200, script));
  site.get("/sending-worker.js", async (context) => context.body(await readFile(join(data, "sending-worker.js"), "utf8"), 200, script));
  served = await serve({ port: 0, dataDir: join(data, "server"), site, assets: false, limits: { quota: 4 * size } });
});
afterAll(async () => {
  await served.close();
  await rm(data, { recursive: true, force: true });
});

/** Resident MiB of processes, from /proc. */
function resident(ids: readonly number[]): number {
  const of = (id: number): number => {
    try {
      return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1024;
    } catch {
      return 0; // ended
    }
  };
  return ids.reduce((sum, id) => sum + of(id), 0);
}

/** By how many MiB the whole browser grew at most, in a page of its own that nothing has grown before. */
async function growth(use: (page: PlainPage) => Promise<unknown>): Promise<{ most: number; result: unknown }> {
  browser = await plainBrowser();
  try {
    const page = await browser.open(`http://127.0.0.1:${served.port}/`, "'upload' in globalThis");
    const { pages, others } = await browser.processes();
    const ids = [...pages, ...others];
    const before = resident(ids);
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, resident(ids))), 20);
    try {
      return { result: await use(page), most: Math.round(peak - before) };
    } finally {
      clearInterval(timer);
    }
  } finally {
    await browser.close();
  }
}

test.skipIf(process.platform !== "linux")("384 MiB up and down grow Chromium by what is under way, not by the file", async () => {
  const path = join(data, "big.bin");
  const file = await open(path, "w");
  const piece = Buffer.alloc(MiB);
  for (let i = 0; i < size / MiB; i++) {
    piece.writeUInt32LE(i);
    await file.write(piece);
  }
  await file.close();

  const up = await growth(async (page) => {
    await page.chooseFile(path);
    return page.evaluate("upload()");
  });
  expect(up.result).toMatch(/\/f\/|#/);
  const down = await growth((page) => page.evaluate(`download(${JSON.stringify(up.result)})`));
  expect(down.result).toBe(size);
  console.log(`Chromium grew by ${up.most} MiB on the way up, by ${down.most} MiB on the way down.`);
  expect(up.most).toBeLessThan(most);
  expect(down.most).toBeLessThan(most);
});
