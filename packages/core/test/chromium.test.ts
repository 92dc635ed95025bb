/**
 * What only a browser does: saving (page, frame, worker, disk) and thumbnails. Policy and pages are those that the server gives.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Download } from "playwright-core";
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import type * as worker from "../../elements/src/service-worker/messages.ts";
import type * as page from "../src/transfer/save.ts";
import { bundled, siteInChromium } from "./site-in-chromium.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const executablePath =
  process.env["CHROMIUM_PATH"] ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; " +
  "worker-src 'self'; frame-src 'self'; require-trusted-types-for 'script'";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const elements = "../../elements/src/service-worker/";

/** `picture`: a thumbnail of a picture that is drawn for it. `save`: saves `size` bytes of a known pattern; `after`: what happens once a third is written. */
const program = `
  import { openBrowserSink } from ${JSON.stringify(at("../src/transfer/save.ts"))};
  import { makeThumbnail } from ${JSON.stringify(at("../src/transfer/thumbnail.ts"))};
  window.picture = async (width, height, type) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    const noise = context.createImageData(width, height);
    for (let i = 0; i < noise.data.length; i++) noise.data[i] = (i % 4 === 3) ? 255 : (i * 2654435761) >>> 24;
    context.putImageData(noise, 0, 0);
    const drawn = await canvas.convertToBlob({ type: "image/png" });
    const made = await makeThumbnail(type === "broken" ? drawn.slice(90_000) : drawn, type === "broken" ? "image/png" : type);
    if (made === null) return null;
    const shown = await createImageBitmap(made);
    return { type: made.type, smaller: made.size < drawn.size, width: shown.width, height: shown.height };
  };
  window.violations = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => window.violations.push([violatedDirective, blockedURI]));
  window.save = async (name, size, then) => {
    const sink = await openBrowserSink(location.origin + "/keyfold", { name, size });
    try {
      for (let at = 0; at < size; at += 1048576) {
        if (then !== undefined && at > size / 3) {
          if (then === "abort") { sink.abort(); return "aborted"; }
          if (then === "short") break;
          // Nothing more is written until the browser says stop.
          await new Promise((resolve) => sink.cancelled.addEventListener("abort", resolve));
          return "cancelled";
        }
        const piece = new Uint8Array(Math.min(1048576, size - at));
        for (let i = 0; i < piece.length; i++) piece[i] = (at / 1048576 + i * 7) & 255;
        await sink.write(piece);
      }
      if (then === "short") { sink.close(); return "short"; }
      await sink.close();
      return "saved";
    } catch (error) {
      return error.code ?? String(error);
    }
  };
`;

function expectedDigest(size: number): string {
  const hash = createHash("sha256");
  for (let start = 0; start < size; start += 2 ** 20) {
    const piece = new Uint8Array(Math.min(2 ** 20, size - start));
    for (let i = 0; i < piece.length; i++) piece[i] = (start / 2 ** 20 + i * 7) & 255;
    hash.update(piece);
  }
  return hash.digest("hex");
}

test("page and worker speak the same language", () => {
  expectTypeOf<worker.SaveRequest>().toEqualTypeOf<page.SaveRequest>();
  expectTypeOf<worker.ToWorker>().toEqualTypeOf<page.ToWorker>();
  expectTypeOf<worker.FromWorker>().toEqualTypeOf<page.FromWorker>();
});

if (executablePath === undefined)
  process.stdout.write("SKIPPED: saving and thumbnails in a browser. No Chromium was found; CHROMIUM_PATH names one.\n");

describe.skipIf(executablePath === undefined)("in Chromium", () => {
  /** Every address that anybody asked the server for. */
  const asked: string[] = [];
  let files = new Map<string, [type: string, body: string | Buffer]>();
  const site = siteInChromium(
    (request, response) => {
      asked.push(request.url ?? "");
      const [type, body] = files.get(request.url ?? "") ?? [];
      response.writeHead(type === undefined ? 404 : 200, { "content-type": type ?? "text/plain", "content-security-policy": policy });
      response.end(body);
    },
    {
      // Without a locale, Chromium saves no name beyond ASCII.
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--host-resolver-rules=MAP lan.test 127.0.0.1"],
    },
  );

  beforeAll(async () => {
    files = new Map([
      ["/", ["text/html", '<!doctype html><title>host</title><body><script type="module" src="/host.js"></script></body>']],
      ["/host.js", ["text/javascript", await bundled({ contents: program })]],
      ["/keyfold/frame", ["text/html", await readFile(at(`${elements}frame.html`))]],
      ["/keyfold/frame.js", ["text/javascript", await bundled({ path: at(`${elements}frame.ts`) })]],
      ["/keyfold/keyfold-service-worker.js", ["text/javascript", await bundled({ path: at(`${elements}keyfold-service-worker.ts`) })]],
    ]);
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterEach(async () => {
    expect(await site.tab.evaluate(() => (globalThis as unknown as { violations: unknown[] }).violations)).toEqual([]);
  });

  const open = (host: string): Promise<unknown> => site.tab.goto(`http://${host}:${new URL(site.address).port}/`);
  const save = (name: string, size: number, then?: string): Promise<string> =>
    site.tab.evaluate(
      ([name, size, then]) => (globalThis as unknown as { save: (...args: unknown[]) => Promise<string> }).save(name, size, then),
      [name, size, then] as const,
    );
  const digestOf = async (download: Download): Promise<string> =>
    createHash("sha256")
      .update(await readFile(await download.path()))
      .digest("hex");

  test.for([0, 1, 40 * 2 ** 20 + 3])("%d bytes arrive on disk, under their name, which stands in no address", async (size) => {
    await open("127.0.0.1");
    const name = "Résumé 📄 'a' (1)%2F*.pdf";
    const [download, result] = await Promise.all([site.tab.waitForEvent("download"), save(name, size)]);
    expect(result).toBe("saved");
    expect(download.suggestedFilename().replaceAll("_", "")).toBe(name.replaceAll("*", ""));
    expect(await download.failure()).toBeNull();
    expect(await digestOf(download)).toBe(expectedDigest(size));
    expect(download.url()).toMatch(/\/keyfold\/save\/[0-9a-f]{32}$/);
    expect(asked.filter((path) => !["/", "/host.js", "/favicon.ico"].includes(path)).toSorted()).toEqual([
      "/keyfold/frame",
      "/keyfold/frame.js",
      "/keyfold/keyfold-service-worker.js",
    ]);
  });

  test("two at once, and another after them, through the same frame", async () => {
    await open("127.0.0.1");
    const downloads: Download[] = [];
    site.tab.on("download", (download) => downloads.push(download));
    const sizes = [9 * 2 ** 20, 5 * 2 ** 20 + 1];
    expect(await Promise.all(sizes.map((size, i) => save(`${i}.bin`, size)))).toEqual(["saved", "saved"]);
    expect(await save("2.bin", 3)).toBe("saved");
    await expect.poll(() => downloads.length).toBe(3);
    for (const download of downloads) {
      const size = [...sizes, 3][Number(download.suggestedFilename()[0])]!;
      expect(await digestOf(download)).toBe(expectedDigest(size));
    }
    expect(asked.filter((path) => path === "/keyfold/frame")).toHaveLength(1);
  });

  test.for(["abort", "short"])("a download that ends too early fails in the browser: %s", async (how) => {
    await open("127.0.0.1");
    const [download] = await Promise.all([site.tab.waitForEvent("download"), save("a.bin", 30 * 2 ** 20, how)]);
    expect(await download.failure()).not.toBeNull();
  });

  test("stopped in the browser's downloads, the page is told", async () => {
    await open("127.0.0.1");
    const result = save("a.bin", 60 * 2 ** 20, "wait");
    const download = await site.tab.waitForEvent("download");
    await download.cancel();
    expect(await result).toBe("cancelled");
  });

  test("over http:// on a LAN, where there is no worker, it is saved all the same", async () => {
    await open("lan.test");
    expect(await site.tab.evaluate(() => isSecureContext)).toBe(false);
    const size = 9 * 2 ** 20;
    const [download, result] = await Promise.all([site.tab.waitForEvent("download"), save("a.bin", size)]);
    expect(result).toBe("saved");
    expect(download.suggestedFilename()).toBe("a.bin");
    expect(await digestOf(download)).toBe(expectedDigest(size));
    expect(asked).not.toContain("/keyfold/frame");
  });

  test("a large picture gets a thumbnail of 320 pixels; a small, broken or active one gets none, and nothing fails", async () => {
    await open("127.0.0.1");
    const picture = (...args: unknown[]): Promise<unknown> =>
      site.tab.evaluate((args) => (globalThis as unknown as { picture: (...args: unknown[]) => Promise<unknown> }).picture(...args), args);
    expect(await picture(1600, 900, "image/png")).toEqual({ type: "image/webp", smaller: true, width: 320, height: 180 });
    expect(await picture(300, 2000, "image/jpeg")).toMatchObject({ width: 48, height: 320 });
    expect(await picture(20, 20, "image/png")).toBeNull();
    expect(await picture(400, 400, "broken")).toBeNull();
    expect(await picture(400, 400, "image/svg+xml")).toBeNull();
  });
});
