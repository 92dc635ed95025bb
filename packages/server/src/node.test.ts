import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { encodeSentBundle, toBase64url, type BlobStanding, type SentBundle } from "@keyfold/core/protocol";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { codeOf, sendBy, temporaryFolder } from "../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner } from "../test/owner.ts";
import { startChild } from "../test/process.ts";
import { ownAddressesOnly, ownHosts } from "./addresses.ts";
import type { LogLine } from "./log-line.ts";
import { embedded, serve, type ServeOptions } from "./node.ts";

async function served(options: ServeOptions = {}) {
  const dataDir = await temporaryFolder();
  const server = await serve({ dataDir, port: 0, assets: false, maintainEvery: false, ...options });
  onTestFinished(() => server.close());
  return { server, dataDir, base: `http://127.0.0.1:${server.port}/keyfold` };
}

describe("serve", () => {
  test("serves the mount and a site around it on one port", async () => {
    const site = new Hono().get("/", (c) => c.text("home"));
    const { base, server } = await served({ site });
    expect(await (await fetch(new URL("/", base))).text()).toBe("home");
    expect((await fetch(new URL("/nothing", base))).status).toBe(404);
    expect(await (await fetch(`${base}/v1`)).json()).toMatchObject({ protocol: 1, server: base });
    expect(server.addresses).toEqual([base]);
    const owner = await newOwner(sendBy(fetch, base), base);
    expect((await owner.append()).status).toBe(200);
  });

  test("a whole part goes through over HTTP, and one that is too large is refused without being read", async () => {
    const { base } = await served();
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    const bytes = bytesOf(4 * 2 ** 20);
    await owner.createBlobs({ blob, sealedSize: bytes.length });
    expect((await owner.put(blob, 0, bytes)).status).toBe(204);
    expect(hashOf(new Uint8Array(await (await owner.call("GET", `/blobs/${blob}/parts/0`)).arrayBuffer()))).toEqual(hashOf(bytes));
    expect(await codeOf(await owner.put(blob, 0, bytesOf(4 * 2 ** 20 + 1)))).toBe("too-large");
    // Chunked: no length is announced, and the limit holds all the same.
    const endless = request(`${base}${owner.path}/log`, { method: "POST", headers: { "keyfold-token": owner.token, "keyfold-at": "1" } });
    const answered = new Promise<number>((resolve) => endless.on("response", ({ statusCode = 0 }) => resolve(statusCode)));
    for (let sent = 0; sent < 6; sent++) endless.write(bytesOf(65_536));
    expect(await answered).toBe(413);
    endless.destroy();
  });

  test("parts that many read at once are each their own, to the slow as to the quick, whoever breaks off and whatever is sent meanwhile", async () => {
    const { base } = await served();
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    const length = 4 * 2 ** 20;
    const parts = Array.from({ length: 6 }, () => bytesOf(length));
    await owner.createBlobs({ blob, sealedSize: 6 * length });
    for (const [index, bytes] of parts.entries()) expect((await owner.put(blob, index, bytes)).status).toBe(204);
    const ask = (index: number): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const headers = { "keyfold-token": owner.token };
        request(`${base}${owner.path}/blobs/${blob}/parts/${index}`, { headers }).on("response", resolve).on("error", reject).end();
      });
    // Their answers are begun and lie there: what they were read into must not be anybody else's yet.
    const slow = await Promise.all(parts.map((_, index) => ask(index)));
    for (const index of [0, 1, 2]) (await ask(index)).destroy();
    const another = newId();
    await owner.createBlobs({ blob: another, sealedSize: 12 * length });
    await Promise.all(Array.from({ length: 12 }, (_, index) => owner.put(another, index, bytesOf(length))));
    const read = async (answer: IncomingMessage): Promise<Uint8Array> => hashOf(Buffer.concat(await answer.toArray()));
    const quick = await Promise.all(Array.from({ length: 24 }, async (_, i) => read(await ask(i % 6))));
    for (const [i, hash] of quick.entries()) expect(hash).toEqual(hashOf(parts[i % 6]!));
    for (const [index, answer] of slow.entries()) expect(await read(answer)).toEqual(hashOf(parts[index]!));
  });

  test("a client that goes away in the middle of its part is no failure of the server's", async () => {
    const lines: LogLine[] = [];
    let written = (): void => undefined;
    const line = new Promise<void>((resolve) => (written = resolve));
    const { base } = await served({
      log: (each) => {
        lines.push(each);
        written();
      },
    });
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    const bytes = bytesOf(2 * 2 ** 20);
    await owner.createBlobs({ blob, sealedSize: bytes.length });
    const leaving = request(`${base}${owner.path}/blobs/${blob}/parts/0`, {
      method: "PUT",
      headers: { "keyfold-token": owner.token, "keyfold-hash": toBase64url(hashOf(bytes)), "content-length": bytes.length },
    });
    leaving.on("error", () => undefined);
    leaving.write(bytes.subarray(0, 500_000), () => leaving.destroy());
    await line;
    expect(lines).toMatchObject([{ level: "refusal", code: "malformed" }]);
    expect((await owner.put(blob, 0, bytes)).status).toBe(204);
  });

  test("a port that is taken is an error, and leaves the data folder free", async () => {
    const { server, dataDir } = await served();
    await expect(serve({ dataDir: await temporaryFolder(), port: server.port, assets: false })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await server.close();
    const again = await serve({ dataDir, port: 0, assets: false });
    await again.close();
  });

  test("closing lets a request that is under way end, and takes no new one", async () => {
    const { base, server } = await served();
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    const bytes = bytesOf(100_000);
    await owner.createBlobs({ blob, sealedSize: bytes.length });
    const { pathname } = new URL(`${base}${owner.path}/blobs/${blob}/parts/0`);
    const put = request({
      port: server.port,
      path: pathname,
      method: "PUT",
      headers: {
        "keyfold-token": owner.token,
        "keyfold-hash": Buffer.from(hashOf(bytes)).toString("base64url"),
        "content-length": bytes.length,
      },
    });
    const answered = new Promise<number>((resolve, reject) =>
      put.on("response", ({ statusCode = 0 }) => resolve(statusCode)).on("error", reject),
    );
    await new Promise((resolve) => put.write(bytes.subarray(0, 50_000), resolve));
    await fetch(`${base}/v1`); // the server has begun to read
    const closed = server.close();
    await expect(fetch(`${base}/v1`)).rejects.toThrow();
    put.end(bytes.subarray(50_000));
    expect(await answered).toBe(204);
    await closed;
  });
});

describe("the embedded folder", () => {
  test("makes a secret once, for its owner alone", async () => {
    const folder = join(await temporaryFolder(), "data");
    const [first, second] = [embedded(folder), embedded(folder)];
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(second.secret).toBe(first.secret);
    expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "keyfold.db"))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await Promise.all([first.database.close(), second.database.close()]);
  });

  test("with a damaged secret, a file in its place or a database of something else it says so", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "secret"), "");
    expect(() => embedded(folder)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    await writeFile(join(folder, "file"), "");
    expect(() => embedded(join(folder, "file"))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    await mkdir(join(folder, "other"));
    await writeFile(join(folder, "other", "keyfold.db"), "not a database, however long it may be".repeat(100));
    expect(() => embedded(join(folder, "other"))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

test("without an origin, this machine's own addresses on its own port are answered, and no others", () => {
  const allowed = ownAddressesOnly(() => 8787, "/keyfold");
  for (const host of ownHosts()) {
    expect(allowed(`http://${host}:8787/keyfold`)).toBe(true);
    expect(allowed(`http://${host}:8788/keyfold`)).toBe(false);
    expect(allowed(`https://${host}:8787/keyfold`)).toBe(false);
  }
  expect(allowed("http://localhost:8787/keyfold")).toBe(true);
  expect(allowed("http://localhost:8787/other")).toBe(false);
  for (const other of [
    "http://203.0.113.9:8787/keyfold",
    "http://evil.example:8787/keyfold",
    "http://localhost.evil.example:8787/keyfold",
    "nonsense",
  ]) {
    expect(allowed(other)).toBe(false);
  }
});

describe("the built elements", () => {
  async function built() {
    const assets = await temporaryFolder();
    await writeFile(join(assets, "elements.js"), "export {}");
    await writeFile(join(assets, "chunk-5WRI5ZAA.js"), "export {}");
    await writeFile(join(assets, "keyfold-service-worker.js"), "self");
    await writeFile(join(assets, "frame.html"), "<!doctype html>");
    await writeFile(join(assets, "index.d.ts"), "export {}");
    await writeFile(join(assets, "elements.js.map"), "{}");
    return served({ assets });
  }

  test("are served by name, with their type, and kept for ever where the name says so", async () => {
    const { base } = await built();
    const elements = await fetch(`${base}/elements.js`);
    expect(elements.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(elements.headers.get("cache-control")).toBe("no-cache");
    expect(elements.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await fetch(`${base}/chunk-5WRI5ZAA.js`)).headers.get("cache-control")).toContain("immutable");
    expect((await fetch(`${base}/keyfold-service-worker.js`)).headers.get("cache-control")).toBe("no-cache");
    const again = await fetch(`${base}/elements.js`, { headers: { "if-none-match": elements.headers.get("etag")! } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await fetch(`${base}/elements.js`, { method: "HEAD" })).status).toBe(200);
  });

  test("pages carry the policy that they need and nothing more", async () => {
    const { base } = await built();
    for (const name of ["frame", "frame.html"]) {
      const page = await fetch(`${base}/${name}`);
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      const policy = page.headers.get("content-security-policy");
      expect(policy).toContain(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; worker-src 'self'; frame-src 'self'",
      );
      expect(policy).toContain("require-trusted-types-for 'script'");
    }
  });

  test("nothing else in the folder, or outside it, is served", async () => {
    const { base } = await built();
    for (const path of ["index.d.ts", "elements.js.map", "..%2fsecret", "../secret", "%2e%2e/secret", "secret", "", "constructor"]) {
      expect((await fetch(`${base}/${path}`)).status).toBe(404);
    }
  });
});

test("kill -9 in the middle of uploads: whatever was acknowledged is there after the restart, and the rest can be sent", async () => {
  const dataDir = await temporaryFolder();
  let child = await startChild(dataDir);
  const server = child.base;
  const send = sendBy((url, init) => fetch(url.replace(server, child.base), init), server);
  const owner = await newOwner(send, server);
  const stored = new Map<string, Uint8Array<ArrayBuffer>>();
  const appended: string[] = [];
  const wanted = 200;
  const files = Array.from({ length: wanted }, (_, i) => ({ blob: newId(), bytes: bytesOf(i % 10 === 0 ? 600_000 : 1080 + i) }));

  /** Sends what is not acknowledged yet, a part or a bundle at a time, until everything is or the server is gone. */
  const sendAll = async (acknowledged: () => void): Promise<boolean> => {
    const lanes = [0, 1, 2, 3].map(async (lane) => {
      for (const [i, { blob, bytes }] of files.entries()) {
        if (i % 4 !== lane || stored.has(blob)) continue;
        if (i % 8 < 4) {
          const body = encodeSentBundle([{ blob, index: 0, hash: hashOf(bytes), bytes }]);
          const answer = await owner.call("POST", "/parts", { headers: { "keyfold-create": "1" }, body });
          expect(((await answer.json()) as SentBundle).parts.map(({ status }) => status)).toEqual([204]);
        } else {
          expect((await owner.createBlobs({ blob, sealedSize: bytes.length })).status).toBe(200);
          expect((await owner.put(blob, 0, bytes)).status).toBe(204);
        }
        stored.set(blob, bytes);
        acknowledged();
        if (lane === 0 && i % 16 === 0 && (await owner.append({ added: [blob] })).status === 200) appended.push(blob);
      }
    });
    const ends = await Promise.allSettled(lanes);
    // A connection that broke is the kill; anything else is a failure of the test.
    for (const end of ends) if (end.status === "rejected" && !(end.reason instanceof TypeError)) throw end.reason;
    return ends.every(({ status }) => status === "fulfilled");
  };

  for (const killAfter of [23, 71, 130]) {
    const killed = new Promise<void>((resolve) => {
      let count = stored.size;
      void sendAll(() => {
        if (++count === killAfter) void child.end("SIGKILL").then(() => resolve());
      });
    });
    await killed;
    child = await startChild(dataDir, child.port);
    await owner.signIn();
    const page = await owner.call("GET", `/log?from=${owner.position.seq + 1}`);
    await owner.follow(new Uint8Array(await page.arrayBuffer()));
    for (const [blob, bytes] of stored) {
      const read = await owner.call("GET", `/blobs/${blob}/parts/0`);
      expect(read.status).toBe(200);
      expect(hashOf(new Uint8Array(await read.arrayBuffer()))).toEqual(hashOf(bytes));
    }
    for (const blob of appended) expect(await owner.stateOf(blob)).toBe("live");
  }
  expect(await sendAll(() => undefined)).toBe(true);
  expect(stored.size).toBe(wanted);
  const rest = files.map(({ blob }) => blob);
  const states = await Promise.all(
    rest.map(async (blob) => ((await (await owner.call("GET", `/blobs/${blob}`)).json()) as BlobStanding).state),
  );
  expect((await owner.append({ added: rest.filter((_, i) => states[i] === "open") })).status).toBe(200);
  expect(await child.end("SIGTERM")).toBe(0);
  expect((await readFile(join(dataDir, "secret"), "utf8")).trim()).toHaveLength(64);
}, 60_000);
