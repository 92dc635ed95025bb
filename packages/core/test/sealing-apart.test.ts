/**
 * Uploads of a page in Chromium, over a real server: parts are read and sealed by the workers that send them, and whatever becomes of file, worker
 * and person, what leaves under a nonce is always the same.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { serverForTests } from "./devices-on-server.ts";
import { bundled, siteInChromium } from "./site-in-chromium.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const MiB = 2 ** 20;
const patient = { timeout: 60_000 };
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `seen`: what was sent to workers, and how much was sealed by the page itself. */
const program = `
  import { Keyfold, memoryStore } from ${JSON.stringify(at("../src/index.ts"))};
  const seen = window.seen = { workers: [], bytes: 0, keys: new Set(), sealedHere: 0 };
  const measure = (value) => {
    if (value instanceof CryptoKey) seen.keys.add([value.type, value.extractable, ...value.usages].join());
    else if (value instanceof Blob) return;
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) seen.bytes += value.byteLength;
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(measure);
  };
  const NativeWorker = Worker;
  window.Worker = class extends NativeWorker {
    constructor(...given) { super(...given); seen.workers.push(this); }
    postMessage(message, transfer) { measure(message); super.postMessage(message, transfer); }
  };
  const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = (how, key, data) => {
    if (data.byteLength > 65536) seen.sealedHere += data.byteLength;
    return encrypt(how, key, data);
  };
  const folder = await new Keyfold({ server: "/keyfold", store: memoryStore() }).create();
  const contentOf = (size, kind) => {
    const content = new Uint8Array(size);
    for (let start = 0; start < size; start += 65521) content.fill(start / 65521 + kind, start, start + 65521);
    return content;
  };
  let transfer;
  /** The file can be edited unnoticed: some browsers read whatever is there. */
  window.begin = (size) => {
    const editions = [0, 1].map((kind) => new Blob([contentOf(size, kind)]));
    const file = new File([editions[0]], "big.bin", { lastModified: 1 });
    let edition = 0;
    file.slice = (start, end) => editions[edition].slice(start, end);
    window.edit = () => { edition = 1; };
    transfer = window.transfer = folder.upload([{ file, name: "big.bin" }]);
    window.over = transfer.then(() => "done", (error) => error.code);
  };
  /** Ends workers as a browser does that has no memory left for them. */
  window.kill = () => {
    for (const worker of seen.workers) { worker.terminate(); worker.dispatchEvent(new ErrorEvent("error", { cancelable: true })); }
  };
  window.digest = async () => {
    const back = new Uint8Array(await new Response(folder.stream("/big.bin")).arrayBuffer());
    return [...new Uint8Array(await crypto.subtle.digest("SHA-256", back))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  window.report = () => ({ workers: seen.workers.length, bytes: seen.bytes, keys: [...seen.keys], sealedHere: seen.sealedHere });
  window.started = true;
`;

const contentDigest = (size: number, kind: number): string => {
  const content = new Uint8Array(size);
  for (let start = 0; start < size; start += 65_521) content.fill(start / 65_521 + kind, start, start + 65_521);
  return createHash("sha256").update(content).digest("hex");
};

interface SentPart {
  readonly blob: string;
  readonly index: number;
  /** Of the body. */
  readonly digest: string;
}

describe("an upload of a page", () => {
  const keyfold = serverForTests();
  const scripts = new Map<string, string>();
  let workers: "'self'" | "'none'" = "'self'";
  let parts: SentPart[] = [];
  /** What a part meets before it gets to the server: true lets it through, false answers 503. */
  let meet: (part: SentPart) => Promise<boolean> | boolean = () => true;

  const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? "";
    const script = scripts.get(url);
    if (script !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      return;
    }
    if (url === "/") {
      const policy = `default-src 'none'; script-src 'self'; connect-src 'self'; worker-src ${workers}; require-trusted-types-for 'script'; trusted-types keyfold-sending`;
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy });
      response.end('<!doctype html><script type="module" src="/host.js"></script>');
      return;
    }
    const body = await bodyOf(request);
    const [, blob, index] = /\/blobs\/([0-9a-f]{32})\/parts\/(\d+)$/.exec(url) ?? [];
    if (request.method === "PUT" && blob !== undefined) {
      const part = { blob, index: Number(index), digest: createHash("sha256").update(body).digest("base64url") };
      expect(request.headers["keyfold-hash"]).toBe(part.digest);
      parts.push(part);
      if (!(await meet(part))) {
        response.writeHead(503).end();
        return;
      }
    }
    const { port } = new URL(keyfold.url);
    const onward = httpRequest({ port, path: url, method: request.method, headers: request.headers }, (came) => {
      response.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  };

  const site = siteInChromium((request, response) => void answer(request, response).catch(() => response.destroy()));
  beforeAll(async () => {
    scripts.set("/host.js", await bundled({ contents: program }));
    scripts.set("/sending-worker.js", await bundled({ path: at("../src/transfer/sending-worker.ts") }));
  });
  beforeEach(() => {
    parts = [];
    meet = () => true;
    workers = "'self'";
  });

  const open = async (): Promise<void> => {
    await site.tab.goto(site.address);
    await site.tab.waitForFunction(() => "started" in globalThis);
  };
  const run = <T>(script: string): Promise<T> => site.tab.evaluate(script);
  const report = () => run<{ workers: number; bytes: number; keys: string[]; sealedHere: number }>("report()");
  /** No blob's part ever left twice in two forms. */
  const expectOneForm = (): void => {
    const forms = new Map<string, Set<string>>();
    for (const { blob, index, digest } of parts) {
      const place = `${blob} ${index}`;
      forms.set(place, (forms.get(place) ?? new Set()).add(digest));
    }
    for (const [place, digests] of forms) expect(digests.size, place).toBe(1);
  };
  /** Every part waits here from the first on, until it is opened. */
  const gate = () => {
    const came = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<boolean>();
    meet = () => {
      came.resolve();
      return opened.promise;
    };
    return { came: came.promise, open: (pass: boolean) => opened.resolve(pass) };
  };

  test("is read and sealed by workers: no content crosses, the page seals nothing, and the key is one that cannot be taken out", async () => {
    await open();
    await run(`begin(${18 * MiB + 5})`);
    expect(await run("over")).toBe("done");
    const { bytes, keys, sealedHere, workers: started } = await report();
    // A salt and a prefix for each part.
    expect(bytes).toBe(parts.length * (32 + 7));
    expect(keys).toEqual(["secret,false,encrypt,decrypt"]);
    expect(sealedHere).toBe(0);
    expect(started).toBeGreaterThanOrEqual(2);
    expect(new Set(parts.map(({ index }) => index)).size).toBe(parts.length);
    expect(await run("digest()")).toBe(contentDigest(18 * MiB + 5, 0));
    await expect.poll(() => site.tab.workers().length, patient).toBeLessThanOrEqual(1);
  });

  test("goes on when its workers end midway: the same bytes are sealed again, by the page", async () => {
    await open();
    const { came, open: pass } = gate();
    await run(`begin(${11 * MiB})`);
    await came;
    await run("kill()");
    meet = () => true;
    pass(false);
    expect(await run("over")).toBe("done");
    expect((await report()).sealedHere).toBeGreaterThan(0);
    expectOneForm();
    expect(await run("digest()")).toBe(contentDigest(11 * MiB, 0));
  });

  test("of a file that was edited between two tries of a part begins anew under another key: nothing leaves twice under one nonce", async () => {
    await open();
    const { came, open: pass } = gate();
    await run(`begin(${11 * MiB})`);
    await came;
    await run("edit()");
    await run("kill()");
    meet = () => true;
    pass(false);
    expect(await run("over")).toBe("done");
    expectOneForm();
    expect(new Set(parts.map(({ blob }) => blob)).size).toBe(2);
    expect(await run("digest()")).toBe(contentDigest(11 * MiB, 1));
  });

  test("sends what its worker holds when the server failed: nothing is read or sealed again", async () => {
    await open();
    let failures = 3;
    meet = () => failures-- <= 0;
    await run(`begin(${7 * MiB})`);
    expect(await run("over")).toBe("done");
    const { bytes, sealedHere } = await report();
    expect(sealedHere).toBe(0);
    expect(bytes).toBe(new Set(parts.map(({ index }) => index)).size * (32 + 7));
    expectOneForm();
    expect(await run("digest()")).toBe(contentDigest(7 * MiB, 0));
  });

  test("paused, it goes on; cancelled, it ends and its workers hold nothing", async () => {
    await open();
    const first = gate();
    await run(`begin(${19 * MiB})`);
    await first.came;
    await run("transfer.pause()");
    first.open(true);
    meet = () => true;
    await run("transfer.resume()");
    expect(await run("over")).toBe("done");
    expectOneForm();
    expect(await run("digest()")).toBe(contentDigest(19 * MiB, 0));

    const second = gate();
    await run(`begin(${19 * MiB})`);
    await second.came;
    await run("transfer.cancel()");
    expect(await run("over")).toBe("cancelled");
    second.open(false);
    // Spent ones are ended once nothing is held there.
    await expect.poll(() => site.tab.workers().length, patient).toBeLessThanOrEqual(1);
  });

  test("where a policy forbids workers, the page seals and sends by itself", async () => {
    workers = "'none'";
    await open();
    await run(`begin(${9 * MiB})`);
    expect(await run("over")).toBe("done");
    expect((await report()).sealedHere).toBeGreaterThan(8 * MiB);
    expect(await run("digest()")).toBe(contentDigest(9 * MiB, 0));
  });
});
