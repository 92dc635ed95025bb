/**
 * Large requests in a browser: sent by workers that are replaced, and by the page where there can be none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { browserArguments, findBrowser } from "../../../scripts/browser.mjs";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MiB = 2 ** 20;
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const program = `
  import { Http } from ${JSON.stringify(at("../src/api/http.ts"))};
  const http = new Http({ server: location.origin + "/keyfold", headers: { "x-host": "its own" } });
  window.violations = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => window.violations.push(violatedDirective));
  window.send = async (path, size, { after, fetch: own } = {}) => {
    const body = new Uint8Array(size).map((_, i) => i % 251);
    const called = new AbortController();
    const client = own ? new Http({ server: location.origin + "/keyfold", fetch: (...args) => fetch(...args) }) : http;
    const request = { method: "PUT", path, headers: { "keyfold-hash": "x" }, body, idempotent: true, timeout: 20000, attempts: 1, signal: called.signal };
    const sent = client.send(request);
    if (after) window.give = () => called.abort();
    try {
      const { status, headers, body: answer } = await sent;
      return { status, seq: headers.get("keyfold-seq"), answer: new TextDecoder().decode(answer), whole: body.length === size && body[size - 1] === (size - 1) % 251 };
    } catch (error) {
      return { code: error.code, reason: error.reason, retryAfter: error.retryAfter, whole: body.length === size && body[size - 1] === (size - 1) % 251 };
    }
  };
`;

const policy = (workers: string): string =>
  `default-src 'none'; script-src 'self'; connect-src 'self'; worker-src ${workers}; require-trusted-types-for 'script'; trusted-types keyfold-sending`;

const digestOf = (size: number): string =>
  createHash("sha256")
    .update(new Uint8Array(size).map((_, i) => i % 251))
    .digest("hex");

interface Sent {
  readonly status?: number;
  readonly code?: string;
  readonly answer?: string;
  readonly whole: boolean;
}

describe("a large request in Chromium", () => {
  let server: Server;
  let browser: Browser;
  let tab: Page;
  let address: string;
  let starts = 0;
  let script = "";
  let there: "ours" | "another" | "none" | "late" = "ours";
  /** Called when the script is asked for and does not come. */
  let wanted: () => void = () => undefined;
  /** Called when a request has arrived at a path that is never answered. */
  let arrived: () => void = () => undefined;
  /** Called when such a request was ended by the browser. */
  let ended: () => void = () => undefined;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = request.url ?? "";
    if (url === "/" || url === "/no-workers") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy(url === "/" ? "'self'" : "'none'") });
      response.end('<!doctype html><script type="module" src="/host.js"></script>');
    } else if (url === "/host.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (url === "/sending-worker.js") {
      starts++;
      if (there === "late") wanted();
      else if (there === "none") response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "text/javascript" }).end(there === "ours" ? worker : "");
    } else if (url === "/keyfold/never") {
      request.resume();
      request.on("end", () => arrived());
      response.on("close", () => ended());
    } else {
      const hash = createHash("sha256");
      request.on("data", (piece: Buffer) => hash.update(piece));
      request.on("end", () => {
        if (url === "/keyfold/gone") request.socket.destroy();
        else if (url === "/keyfold/empty") response.writeHead(204, { "keyfold-seq": "7" }).end();
        else if (url === "/keyfold/full")
          response.writeHead(507, { "content-type": "application/problem+json" }).end('{"code":"quota","used":1,"quota":1,"needed":1}');
        else
          response
            .writeHead(200, { "keyfold-seq": "7" })
            .end(`${hash.digest("hex")} ${String(request.headers["x-host"])} ${String(request.headers["keyfold-hash"])}`);
      });
    }
  };

  let worker = "";
  const bundled = async (options: BuildOptions): Promise<string> => {
    const { outputFiles } = await build({ ...options, bundle: true, format: "esm", write: false, target: "es2023" });
    return outputFiles[0]!.text;
  };

  beforeAll(async () => {
    script = await bundled({ stdin: { contents: program, resolveDir: at("."), loader: "ts" } });
    worker = await bundled({ entryPoints: [at("../src/transfer/sending-worker.ts")] });
    server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
  });
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    tab = await browser.newPage();
    starts = 0;
    there = "ours";
  });
  afterEach(() => tab.close());

  const open = async (path = "/"): Promise<void> => {
    await tab.goto(address + path);
    await tab.waitForFunction(() => "send" in globalThis);
  };
  const send = (path: string, size: number, options: object = {}): Promise<Sent> =>
    tab.evaluate(
      ([path, size, options]) => (globalThis as unknown as { send: (...args: unknown[]) => Promise<Sent> }).send(path, size, options),
      [path, size, options] as const,
    );
  const violations = (): Promise<string[]> => tab.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);

  test("arrives byte for byte with the host's headers, and the caller keeps its bytes; a small one starts no worker", async () => {
    await open();
    expect(await send("/any", 1000)).toMatchObject({ status: 200, answer: `${digestOf(1000)} its own x` });
    expect(starts).toBe(0);
    for (const size of [MiB, 4 * MiB])
      expect(await send("/any", size)).toEqual({ status: 200, seq: "7", answer: `${digestOf(size)} its own x`, whole: true });
    expect(starts).toBe(1);
    expect(await violations()).toEqual([]);
  });

  test("an empty answer and a refusal are what they are from the page", async () => {
    await open();
    expect(await send("/empty", MiB)).toEqual({ status: 204, seq: "7", answer: "", whole: true });
    expect(await send("/full", MiB)).toMatchObject({ code: "quota", whole: true });
    expect(await send("/gone", MiB)).toMatchObject({ code: "offline", reason: "network", whole: true });
  });

  test("another worker takes over after 16 MiB, so that what the first one holds is freed", async () => {
    await open();
    for (let i = 0; i < 9; i++) expect(await send("/any", 4 * MiB)).toMatchObject({ status: 200 });
    expect(starts).toBe(3);
    await expect.poll(() => tab.workers().length).toBeLessThanOrEqual(1);
  });

  test("called off, it ends on the wire too", async () => {
    await open();
    const received = new Promise<void>((resolve) => (arrived = resolve));
    const over = new Promise<void>((resolve) => (ended = resolve));
    const sent = send("/never", 2 * MiB, { after: true });
    await received;
    await tab.evaluate(() => (globalThis as unknown as { give: () => void }).give());
    expect(await sent).toMatchObject({ code: "cancelled", whole: true });
    await over;
    expect(await send("/any", MiB)).toMatchObject({ status: 200 });
  });

  test("called off before its worker is there, it ends at once", async () => {
    await tab.clock.install();
    there = "late";
    const asked = new Promise<void>((resolve) => (wanted = resolve));
    await open();
    // No timer of the page's ends the waiting for a worker that never comes.
    await tab.clock.pauseAt(Date.now() + 1_000);
    const sent = send("/any", 2 * MiB, { after: true });
    await asked;
    await tab.evaluate(() => (globalThis as unknown as { give: () => void }).give());
    expect(await sent).toMatchObject({ code: "cancelled" });
  });

  test("a worker that cannot be had for a while, as when the server is away, is asked for again when it is back", async () => {
    await open();
    for (let i = 0; i < 4; i++) expect(await send("/any", 4 * MiB)).toMatchObject({ status: 200 });
    expect(starts).toBe(1);
    there = "none";
    expect(await send("/any", 4 * MiB)).toMatchObject({ status: 200 }); // by the page itself
    expect(starts).toBe(2);
    there = "ours";
    expect(await send("/any", 4 * MiB)).toMatchObject({ status: 200 });
    expect(starts).toBe(3);
    expect(tab.workers().length).toBe(1);
  });

  test("where the script is missing or not ours, or a policy forbids workers, the page sends by itself", async () => {
    there = "none";
    await open();
    for (let i = 0; i < 2; i++)
      expect(await send("/any", 2 * MiB)).toMatchObject({ status: 200, answer: `${digestOf(2 * MiB)} its own x` });
    expect(starts).toBe(1);
    there = "another";
    await open();
    expect(await send("/any", 2 * MiB)).toMatchObject({ status: 200, answer: `${digestOf(2 * MiB)} its own x` });
    await open("/no-workers");
    expect(await send("/any", 2 * MiB)).toMatchObject({ status: 200, answer: `${digestOf(2 * MiB)} its own x` });
  });

  test("a host's own fetch sees it", async () => {
    await open();
    expect(await send("/any", 2 * MiB, { fetch: true })).toMatchObject({ status: 200, whole: true });
    expect(starts).toBe(0);
  });
});
