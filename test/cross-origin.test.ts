/** A host whose pages live on another origin than the mount: `cors` lets them in, and nobody else. */
import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve, sqlite, type Served } from "@keyfold/server/node";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { device, launch } from "./browser.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function bundled(entry: { contents: string } | { path: string }): Promise<string> {
  const { outputFiles } = await build({
    ...("path" in entry ? { entryPoints: [entry.path] } : { stdin: { contents: entry.contents, resolveDir: here(".") } }),
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** What a page does with a server of another origin: everything that the protocol has headers for, and a part that a worker sends. */
const program = `
  import { generateKey, Keyfold } from "@keyfold/core";
  globalThis.story = async (server) => {
    const keyfold = new Keyfold({ server });
    const folder = await keyfold.create();
    const large = new Uint8Array(6 * 2 ** 20).map((_, i) => i * 31);
    await folder.upload([{ file: new Blob(["small"]), name: "small.txt" }, { file: new Blob([large]), name: "large.bin" }], { to: "/a" });
    const { link } = await folder.share(["/a/small.txt"]);
    const key = generateKey();
    await folder.lock(key);
    const again = await new Keyfold({ server }).open(key);
    const back = new Uint8Array(await (await again.download("/a/large.bin")).arrayBuffer());
    const same = back.length === large.length && back.every((byte, i) => byte === large[i]);
    return { small: await (await again.download("/a/small.txt")).text(), same, status: again.state.status, shared: link.length > 0 };
  };
  globalThis.code = (server) => new Keyfold({ server }).create().then(() => "created", (error) => error.code);
  globalThis.elements = (server) => import(server + "/elements.js").then(() => customElements.get("keyfold-manager") !== undefined);
  globalThis.ready = true;`;

interface Told {
  readonly small: string;
  readonly same: boolean;
  readonly status: string;
  readonly shared: boolean;
}

declare global {
  var story: (server: string) => Promise<Told>;
  var code: (server: string) => Promise<string>;
  var elements: (server: string) => Promise<boolean>;
}

describe("a page of another origin", () => {
  let browser: Browser;
  let site: Server;
  let stranger: Server;
  let served: Served;
  let data: string;
  let server = "";
  let folders: () => Promise<number>;
  const at = (of: Server): string => `http://localhost:${(of.address() as AddressInfo).port}`;

  beforeAll(async () => {
    const files = new Map([
      ["/", ["text/html", '<!doctype html><title>host</title><script type="module" src="/host.js"></script>']],
      ["/host.js", ["text/javascript", await bundled({ contents: program })]],
      ["/sending-worker.js", ["text/javascript", await bundled({ path: here("../packages/core/src/transfer/sending-worker.ts") })]],
    ]);
    const host = async (): Promise<Server> => {
      const listening = createServer((request, response) => {
        const [type, body] = files.get(request.url ?? "") ?? [];
        response.writeHead(type === undefined ? 404 : 200, { "content-type": type ?? "text/plain" }).end(body ?? "");
      });
      await new Promise<void>((resolve) => void listening.listen(0, "localhost", resolve));
      return listening;
    };
    site = await host();
    stranger = await host();
    data = await mkdtemp(join(tmpdir(), "keyfold-origins-"));
    served = await serve({ port: 0, hostname: "127.0.0.1", dataDir: data, cors: [at(site)] });
    server = served.addresses[0] ?? "";
    folders = async () => {
      const database = sqlite(join(data, "keyfold.db"));
      const rows = await database.query.selectFrom("folder").select("id").execute();
      await database.close();
      return rows.length;
    };
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close({ graceMs: 0 });
    site?.close();
    stranger?.close();
    await rm(data, { recursive: true, force: true });
  });

  async function open(of: Server): Promise<{ page: Page; workers: string[]; close: () => Promise<void> }> {
    const { page, context } = await device(browser);
    const workers: string[] = [];
    page.on("worker", (worker) => workers.push(worker.url()));
    await page.goto(`${at(of)}/`);
    await page.waitForFunction(() => "ready" in globalThis);
    return { page, workers, close: () => context.close() };
  }

  it("that is listed makes, fills, shares, locks and reads a folder, and its worker sends parts", async () => {
    const { page, workers, close } = await open(site);
    const told = await page.evaluate((address) => story(address), server);
    expect(told).toEqual({ small: "small", same: true, status: "signed-in", shared: true });
    expect(workers).toContain(`${at(site)}/sending-worker.js`);
    await close();
  });

  it("that is listed may load the elements from the mount, too", async () => {
    const { page, close } = await open(site);
    const loaded = await page.evaluate((address) => elements(address), server);
    expect(loaded).toBe(true);
    await close();
  });

  it("that is not listed reads nothing and changes nothing, neither by script nor by a form", async () => {
    const before = await folders();
    const { page, close } = await open(stranger);
    expect(await page.evaluate((address) => code(address), server)).toBe("offline");
    expect(
      await page.evaluate(
        (address) =>
          fetch(`${address}/v1`).then(
            () => "read",
            () => "refused",
          ),
        server,
      ),
    ).toBe("refused");
    const opaque = await page.evaluate(
      (address) =>
        fetch(`${address}/v1/folders`, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }).then(
          ({ type }) => type,
          () => "blocked",
        ),
      server,
    );
    expect(["opaque", "blocked"]).toContain(opaque);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url() === `${server}/v1/folders`),
      page.evaluate((address) => {
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action: `${address}/v1/folders`, enctype: "text/plain" });
        const field = document.createElement("input");
        Object.assign(field, { name: '{"genesis":"AAAA","x":"', value: '"}' });
        form.append(field);
        document.body.append(form);
        form.submit();
      }, server),
    ]);
    expect(answer.status()).toBe(403);
    expect(await folders()).toBe(before);
    await close();
  });
});
