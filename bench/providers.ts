/** WebCrypto and noble side by side: how fast they seal and open, and for how long sealing holds up the page. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";
import { MiB, rate, report } from "./measure.ts";
import { measureProviders, type ProviderTimes } from "./providers-page.ts";

const parts = 8;
const size = parts * 4 * MiB;

function reportProviders(where: string, { web, noble }: { readonly web: ProviderTimes; readonly noble: ProviderTimes }): void {
  const detail = (what: "seal" | "open") => `${rate(size, noble[what] / 1000)} against ${rate(size, web[what] / 1000)}`;
  report(`${where}: sealing on noble against WebCrypto`, web.seal / noble.seal, "", detail("seal"));
  report(`${where}: opening on noble against WebCrypto`, web.open / noble.open, "", detail("open"));
  for (const [name, { blocked }] of Object.entries({ WebCrypto: web, noble })) {
    report(
      `${where}: thread held up, ${name}, of 100 ms`,
      blocked / 100,
      "aim < 1",
      `${blocked.toFixed(0)} ms at most while 32 MiB are sealed`,
    );
  }
}

async function inChromium(): Promise<{ readonly web: ProviderTimes; readonly noble: ProviderTimes }> {
  const entryPoints = [fileURLToPath(new URL("providers-page.ts", import.meta.url))];
  // Split, as products are: in a page with a worker the primitives are not loaded.
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "/",
    write: false,
    logLevel: "error",
  });
  const files = new Map<string, readonly [type: string, body: string | Buffer]>([
    ["/", ["text/html", '<!doctype html><meta charset="utf-8"><script type="module" src="/providers-page.js"></script>']],
    ["/noble-worker.js", ["text/javascript", await readFile(new URL("../packages/core/dist/noble-worker.js", import.meta.url))]],
    ...outputFiles.map(({ path, text }) => [path, ["text/javascript", text]] as const),
  ]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? "") ?? [];
    response.writeHead(type === undefined ? 404 : 200, { "content-type": type ?? "text/plain" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => "measureProviders" in globalThis);
    const times = await page.evaluate(
      (count) => (globalThis as unknown as { measureProviders: typeof measureProviders }).measureProviders(count),
      parts,
    );
    if (page.workers().length !== 1) throw new Error("noble ran in the page, not in its worker.");
    return times;
  } finally {
    await browser.close();
    server.close();
  }
}

export async function providerTimes(): Promise<void> {
  reportProviders("Node", await measureProviders(parts));
  reportProviders("Chromium", await inChromium());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await providerTimes();
