/** A site on this machine, and Chromium with a page of it. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium, type Browser, type LaunchOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { browserArguments, findBrowser } from "../../../scripts/browser.mjs";

/** For use in tests and hooks. */
export interface SiteInChromium {
  /** Without a slash at its end. */
  readonly address: string;
  /** A new one for each test. */
  readonly tab: Page;
}

/** To be called in a `describe`, with what the site answers. */
export function siteInChromium(answer: RequestListener, options: LaunchOptions = {}): SiteInChromium {
  let server: Server;
  let browser: Browser;
  let tab: Page;
  beforeAll(async () => {
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments, ...options });
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    tab = await browser.newPage();
  });
  afterEach(() => tab.close());
  return {
    get address() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    get tab() {
      return tab;
    },
  };
}

/** One script with all that it imports: of a module, or of what such a module in this folder would say. */
export async function bundled(entry: { readonly contents: string } | { readonly path: string }): Promise<string> {
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const { outputFiles } = await build({
    ...("path" in entry ? { entryPoints: [entry.path] } : { stdin: { contents: entry.contents, resolveDir, loader: "ts" } }),
    bundle: true,
    format: "esm",
    write: false,
    target: "es2023",
  });
  return outputFiles[0]!.text;
}
