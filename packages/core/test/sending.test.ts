/**
 * Large requests in a browser: sent by workers that are replaced, and by the page where there can be none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bundled, siteInChromium } from "./site-in-chromium.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const MiB = 2 ** 20;
const patient = { timeout: 60_000 };
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const program = `
  import { Http } from ${JSON.stringify(at("../src/api/http.ts"))};
  import { NoWorker, Unread } from ${JSON.stringify(at("../src/api/sender-message.ts"))};
  import { webCryptoProvider } from ${JSON.stringify(at("../src/crypto/webcrypto.ts"))};
  import { nobleProvider } from ${JSON.stringify(at("../src/crypto/noble.ts"))};
  import { inPlace } from ${JSON.stringify(at("../src/crypto/noble-runner.ts"))};
  import { createSealer, drawBlob } from ${JSON.stringify(at("../src/seal/sealer.ts"))};
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
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const nameOf = (error) => error instanceof NoWorker ? "no worker" : error instanceof Unread ? (error.short ? "short" : "unread") : error.code ?? String(error);
  const never = new AbortController().signal;
  const put = (held, path = "/any", signal = never) =>
    http.send({ method: "PUT", path, headers: { "keyfold-hash": "x" }, body: held, idempotent: true, timeout: 20000, attempts: 1, signal });
  const jobOf = (sealer, part, file) => {
    const { start, end } = sealer.contentRangeOfPart(part);
    return { content: file.slice(start, end), part, length: sealer.geometry.partLength(part), sealing: sealer.sealing };
  };
  /** Each part sealed here and by a worker, and what the server got of the second, sent twice. */
  window.sealAll = async (size, padded) => {
    const provider = webCryptoProvider();
    const sealer = await createSealer(provider, { ...drawBlob(provider), size, padded });
    const content = new Uint8Array(size).map((_, i) => i % 251);
    return Promise.all(Array.from({ length: sealer.partCount }, async (_, part) => {
      const { start, end } = sealer.contentRangeOfPart(part);
      const here = await sealer.sealPart(part, content.subarray(start, end));
      const held = await http.sealApart(jobOf(sealer, part, new Blob([content])), never);
      const sent = [];
      for (let i = 0; i < 2; i++) sent.push(new TextDecoder().decode((await put(held)).body).split(" ")[0]);
      held.letGo();
      return { here: hex(here.hash), apart: hex(held.hash), sent };
    }));
  };
  const oneOf = async (file, provider = webCryptoProvider()) => {
    const sealer = await createSealer(provider, { ...drawBlob(provider), size: file.size, padded: false });
    return jobOf(sealer, 0, file);
  };
  /** One part: how the attempt to have it sealed by a worker ends, or what holds it. */
  window.hold = async ({ size = 2 ** 21, file = new Blob([new Uint8Array(size)]), own, noble, abort } = {}) => {
    const called = new AbortController();
    if (abort) window.give = () => called.abort();
    const client = own ? new Http({ server: location.origin + "/keyfold", fetch: (...args) => fetch(...args) }) : http;
    try {
      window.held = await client.sealApart(await oneOf(file, noble ? nobleProvider(await inPlace()) : undefined), called.signal);
      return "held";
    } catch (error) {
      return nameOf(error);
    }
  };
  window.putHeld = (path) => put(window.held, path).then(({ status }) => status, nameOf);
  window.letGo = () => window.held.letGo();
  window.fromDisk = (start, end) => window.hold({ file: document.querySelector("input").files[0].slice(start, end) });
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
  let starts = 0;
  let script = "";
  let there: "ours" | "another" | "none" | "late" | "earlier" = "ours";
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
      response.end('<!doctype html><input type="file"><script type="module" src="/host.js"></script>');
    } else if (url === "/host.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (url === "/sending-worker.js") {
      starts++;
      if (there === "late") wanted();
      else if (there === "none") response.writeHead(404).end();
      else if (there === "earlier") response.writeHead(200, { "content-type": "text/javascript" }).end(earlier);
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
  /** The script of an earlier release, from a cache: it sends, and knows of nothing else. */
  const earlier = `onmessage = async ({ data: { id, url, method, headers, body } }) => {
    const response = await fetch(url, { method, headers, body });
    postMessage({ id, status: response.status, headers: [...response.headers], body: await response.arrayBuffer() });
  };
  postMessage({ ready: true });`;

  const site = siteInChromium(answer);
  beforeAll(async () => {
    script = await bundled({ contents: program });
    worker = await bundled({ path: at("../src/transfer/sending-worker.ts") });
  });
  beforeEach(() => {
    starts = 0;
    there = "ours";
  });

  const open = async (path = "/"): Promise<void> => {
    await site.tab.goto(site.address + path);
    await site.tab.waitForFunction(() => "send" in globalThis);
  };
  const send = (path: string, size: number, options: object = {}): Promise<Sent> =>
    site.tab.evaluate(
      ([path, size, options]) => (globalThis as unknown as { send: (...args: unknown[]) => Promise<Sent> }).send(path, size, options),
      [path, size, options] as const,
    );
  const violations = (): Promise<string[]> => site.tab.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);

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
    await expect.poll(() => site.tab.workers().length, patient).toBeLessThanOrEqual(1);
  });

  test("called off, it ends on the wire too", async () => {
    await open();
    const received = new Promise<void>((resolve) => (arrived = resolve));
    const over = new Promise<void>((resolve) => (ended = resolve));
    const sent = send("/never", 2 * MiB, { after: true });
    await received;
    await site.tab.evaluate(() => (globalThis as unknown as { give: () => void }).give());
    expect(await sent).toMatchObject({ code: "cancelled", whole: true });
    await over;
    expect(await send("/any", MiB)).toMatchObject({ status: 200 });
  });

  test("called off before its worker is there, it ends at once", async () => {
    await site.tab.clock.install();
    there = "late";
    const asked = new Promise<void>((resolve) => (wanted = resolve));
    await open();
    // No timer of the page's ends the waiting for a worker that never comes.
    await site.tab.clock.pauseAt(Date.now() + 1_000);
    const sent = send("/any", 2 * MiB, { after: true });
    await asked;
    await site.tab.evaluate(() => (globalThis as unknown as { give: () => void }).give());
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
    expect(site.tab.workers().length).toBe(1);
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

  const run = <T>(script: string): Promise<T> => site.tab.evaluate(script);

  test.each([
    [0, true],
    [4 * MiB - 40 - 64, false],
    [4 * MiB, false],
    [9 * MiB + 3, true],
  ])("a part of %d bytes (padded: %s) that a worker seals is the one that the page would, as often as it is sent", async (size, padded) => {
    await open();
    const parts = await run<{ here: string; apart: string; sent: string[] }[]>(`sealAll(${size}, ${padded})`);
    for (const { here, apart, sent } of parts) expect([apart, ...sent]).toEqual([here, here, here]);
    expect(await violations()).toEqual([]);
    await expect.poll(() => site.tab.workers().length, patient).toBeLessThanOrEqual(1);
  });

  /** The last worker, and how many messages went to it. */
  const watched = `globalThis.Worker = class extends Worker {
    constructor(...given) { super(...given); globalThis.last = this; globalThis.posted = 0; }
    postMessage(...given) { globalThis.posted++; super.postMessage(...given); }
  }`;

  test("what a worker held is lost with it, and the next part has another worker", async () => {
    await open();
    await run(watched);
    expect(await run("hold()")).toBe("held");
    await run('last.terminate(); last.dispatchEvent(new ErrorEvent("error", { cancelable: true }))');
    expect(await run("putHeld()")).toBe("no worker");
    await run("letGo()");
    expect(await run("hold()")).toBe("held");
    expect(await run("putHeld()")).toBe(200);
    expect(starts).toBe(2);
  });

  test("a worker that is gone without a word is noticed when something is called off, and none is waited for for ever", async () => {
    await open();
    await run(watched);
    expect(await run("hold()")).toBe("held");
    await site.tab.clock.install();
    await run("last.terminate()");
    const silent = run("hold({ abort: true })");
    const sealed = run("hold()");
    await expect.poll(() => run("posted"), patient).toBe(3);
    await run("give()");
    expect(await silent).toBe("cancelled");
    await site.tab.clock.runFor(11_000);
    expect(await sealed).toBe("no worker");
    expect(await run("hold()")).toBe("held");
    expect(starts).toBe(2);
  });

  test("a part that is called off is not held; a refusal and a lost connection leave it held", async () => {
    await open();
    expect(await run("hold()")).toBe("held");
    expect(await run('putHeld("/full")')).toBe("quota");
    expect(await run('putHeld("/gone")')).toBe("offline");
    expect(await run("putHeld()")).toBe(200);
    const off = run("hold({ abort: true })");
    await run("give()");
    expect(await off).toBe("cancelled");
    await run("letGo()");
    expect(await run("putHeld()")).toBe("no worker");
    expect(await send("/any", 4 * MiB)).toMatchObject({ status: 200 });
    expect(await send("/any", 8 * MiB)).toMatchObject({ status: 200 });
    // It had its share, and nothing is held: it is ended.
    await expect.poll(() => site.tab.workers().length, patient).toBe(0);
  });

  test("a file that was edited on the disk, or cut off, is not read", async () => {
    await open();
    const folder = await mkdtemp(join(tmpdir(), "keyfold-sending-"));
    try {
      const path = join(folder, "file.bin");
      await writeFile(path, new Uint8Array(3 * MiB));
      await site.tab.setInputFiles("input", path);
      expect(await run(`fromDisk(0, ${2 * MiB})`)).toBe("held");
      await run("letGo()");
      await writeFile(path, new Uint8Array(MiB).fill(1));
      expect(await run(`fromDisk(0, ${2 * MiB})`)).toBe("unread");
      await rm(path);
      expect(await run(`fromDisk(0, ${2 * MiB})`)).toBe("unread");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("where keys cannot be handed over, the host sends, or the worker is of an earlier release, the page is told to seal by itself", async () => {
    await open();
    expect(await run("hold({ noble: true })")).toBe("no worker");
    expect(await run("hold({ own: true })")).toBe("no worker");
    expect(starts).toBe(0);
    await open("/no-workers");
    expect(await run("hold()")).toBe("no worker");
    there = "earlier";
    await open();
    for (let i = 0; i < 2; i++) expect(await run("hold()")).toBe("no worker");
    expect(await send("/any", 2 * MiB)).toMatchObject({ status: 200, answer: `${digestOf(2 * MiB)} its own x` });
    expect(starts).toBe(1);
  });
});
