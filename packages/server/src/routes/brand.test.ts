import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { generate } from "selfsigned";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { codeOf, mount, temporaryFolder, type TestMount } from "../../test/mount.ts";
import { png, sendPng, upstream, type Answer, type Upstream } from "../../test/upstream.ts";
import type { BrandOptions } from "../brand/options.ts";
import { clearbitShaped } from "../brand/providers.ts";
import { durableFs } from "../blobs/durable-fs.ts";
import type { BlobStore } from "../blobs/store.ts";

// On a busy machine nothing here may run out of time.
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 50_000 };

const hour = 3600 * 1000;
const day = 24 * hour;

/** Times are no part of what is tested here: nothing runs into them unless a test says so. */
const patient = { waitMs: 60_000, timeoutMs: 60_000 };

async function branded(near: Upstream, brand: BrandOptions = {}): Promise<TestMount> {
  const options = { domains: ["example.com"], providers: [near.provider("near")], unsafeForTests: near.unsafe, ...patient, ...brand };
  return mount({ brand: options });
}

const sourceOf = (answer: Response): string | null => answer.headers.get("keyfold-brand");

async function logoOf(site: TestMount, path = "/brand/example.com"): Promise<Response> {
  const answer = await site.send("GET", path);
  expect(answer.status).toBe(200);
  return answer;
}

const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

describe("which domains", () => {
  test("none, until the host says so", async () => {
    const { send } = await mount();
    expect((await send("GET", "/brand/example.com")).status).toBe(404);
    const near = await upstream(sendPng);
    const site = await branded(near, { domains: [] });
    expect(await codeOf(await site.send("GET", "/brand/example.com"))).toBe("not-found");
    expect(near.asked).toEqual([]);
  });

  test("those that are listed; what is no domain is malformed; a provider hears of no other", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { domains: ["example.com", "*.müller.de"] });
    for (const domain of ["example.com", "EXAMPLE.com", "www.m%C3%BCller.de"]) await logoOf(site, `/brand/${domain}`);
    for (const domain of ["example.org", "xn--mller-kva.de", "www.example.com"])
      expect(await codeOf(await site.send("GET", `/brand/${domain}`))).toBe("not-found");
    for (const domain of ["127.0.0.1", "localhost", "a%20b.com", "example.com%3Fx", "example.com%2Fy"])
      expect(await codeOf(await site.send("GET", `/brand/${domain}`))).toBe("malformed");
    expect(near.asked).toEqual(["/example.com?size=128", "/www.xn--mller-kva.de?size=128"]);
  });

  test("all, where the host allows all", async () => {
    const site = await mount({ brand: { domains: "all" } });
    expect(sourceOf(await logoOf(site, "/brand/who.knows.net"))).toBe("drawn");
  });

  test("the host's own rule is asked first", async () => {
    const near = await upstream(sendPng);
    const site = await mount({ authorize: () => false, brand: { domains: "all", providers: [near.provider("near")], ...patient } });
    expect(await codeOf(await site.send("GET", "/brand/example.com"))).toBe("refused");
    expect(near.asked).toEqual([]);
  });

  test.for<BrandOptions>([
    { domains: ["https://example.com"] },
    { logos: { "example.com": Buffer.from("<html></html>".padEnd(64)) } },
    { logos: { "example.com": "/nowhere/at/all.png" } },
    { palette: ["#fff", "#000000", "#000000", "#000000"] },
    { providers: [{ name: "A B", url: () => undefined }] },
    { timeoutMs: 0 },
  ])("options that cannot be meant are told when the server starts: %j", async (brand) => {
    await expect(mount({ brand })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("what is asked for", () => {
  test("goes to a server that answers in Clearbit's shape", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { providers: [clearbitShaped(near.url)] });
    const answer = await logoOf(site, "/brand/example.com?size=100&format=jpg&greyscale=true");
    expect(near.asked).toEqual(["/example.com?size=128&format=jpg&greyscale=true"]);
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(sourceOf(answer)).toBe("clearbit");
    expect(await bytesOf(answer)).toEqual(png);
  });

  test("is greyed here where the provider does not", async () => {
    const site = await branded(await upstream(sendPng));
    const answer = await logoOf(site, "/brand/example.com?greyscale=true&size=32");
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    const text = await answer.text();
    expect(text).toContain('type="saturate" values="0"');
    expect(text).toContain(png.toString("base64"));
  });

  test.for(["size=7", "size=513", "size=1e2", "size=-1", "size=", "format=exe", "format=", "greyscale=1", "greyscale=TRUE"])(
    "is refused where it is %s",
    async (query) => {
      const near = await upstream(sendPng);
      expect(await codeOf(await (await branded(near)).send("GET", `/brand/example.com?${query}`))).toBe("malformed");
      expect(near.asked).toEqual([]);
    },
  );

  test("is answered so that nothing runs, nothing is guessed, and any page may show it", async () => {
    const site = await mount({ brand: { domains: ["example.com"] } });
    const { headers } = await logoOf(site);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none';/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    const { headers: page } = await site.send("GET", "/v1");
    expect(page.get("cross-origin-resource-policy")).toBe("same-origin");
  });

  test("is not sent again to a browser that has it", async () => {
    const site = await branded(await upstream(sendPng));
    const etag = (await logoOf(site)).headers.get("etag")!;
    const again = await site.send("GET", "/brand/example.com", { headers: { "if-none-match": `"x", W/${etag}` } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect(again.headers.get("etag")).toBe(etag);
  });
});

describe("providers", () => {
  test("are asked in their order, after the host's own, until one has a logo", async () => {
    const near = await upstream((response, { url }) => {
      if (url!.startsWith("/second")) sendPng(response, undefined as never);
      else response.writeHead(404).end();
    });
    const at = (name: string) => ({ name, url: () => `${near.url}/${name}` });
    const none = { name: "none", url: () => undefined };
    const own = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.padEnd(64));
    const site = await branded(near, { providers: [none, at("first"), at("second"), at("third")], logos: { "own.com": own } });
    expect(sourceOf(await logoOf(site))).toBe("second");
    expect(near.asked).toEqual(["/first", "/second"]);
    const hosts = await logoOf(site, "/brand/own.com");
    expect([sourceOf(hosts), await bytesOf(hosts)]).toEqual(["own", own]);
    expect(near.asked).toHaveLength(2);
  });

  test("the host's own may be a file, or lie elsewhere", async () => {
    const near = await upstream(sendPng);
    const path = join(await temporaryFolder(), "logo.png");
    await writeFile(path, png);
    const site = await branded(near, { logos: { "file.com": path, "away.com": `${near.url}/away.png` } });
    expect(await bytesOf(await logoOf(site, "/brand/file.com"))).toEqual(png);
    const away = await logoOf(site, "/brand/away.com");
    expect([sourceOf(away), await bytesOf(away)]).toEqual(["own", png]);
    expect(near.asked).toEqual(["/away.png"]);
  });

  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const bad: Readonly<Record<string, readonly [code: string, answer: Answer]>> = {
    "a wrong type under a right name": ["type", (response) => response.writeHead(200, { "content-type": "image/png" }).end("x".repeat(99))],
    "a page": ["type", (response) => response.writeHead(200, { "content-type": "text/html" }).end(png)],
    "an SVG with a script in it": [
      "type",
      (response) =>
        response
          .writeHead(200, { "content-type": "image/svg+xml" })
          .end('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'),
    ],
    "a picture cut short": ["type", (response) => response.writeHead(200).end(png.subarray(0, -10))],
    "an answer that ends before its length": [
      "connection",
      (response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write(png, () => response.destroy());
      },
    ],
    "more than it may, as announced": ["too-large", (response) => response.writeHead(200, { "content-length": "600000" }).end(png)],
    "more than it may, without an end": [
      "too-large",
      (response) => {
        response.writeHead(200);
        response.write(png);
        const more = (): void => void (response.destroyed || (response.write(Buffer.alloc(65_536)), setImmediate(more)));
        more();
      },
    ],
    "a packed bomb": [
      "encoding",
      (response) => response.writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" }).end(bomb),
    ],
    "no HTTP": ["connection", (response) => void response.socket!.end("SSH-2.0-x\r\n\r\n")],
    "headers without end": ["connection", (response) => void response.socket!.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`)],
    "nothing, and breaks off": ["connection", (response) => void response.socket!.destroy()],
    "a failure": ["status", (response) => response.writeHead(500).end()],
    "a redirect to loopback": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://127.0.0.1:9/latest" }).end(),
    ],
    "a redirect to loopback by a number": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://2130706433:9/" }).end(),
    ],
    "a redirect to loopback by name": [
      "address-not-public",
      (response) => response.writeHead(301, { location: "http://localhost:9/" }).end(),
    ],
    "a redirect to a mapped address": [
      "address-not-public",
      (response) => response.writeHead(302, { location: "http://[::ffff:127.0.0.1]:9/" }).end(),
    ],
    "a redirect to a cloud's metadata": [
      "address-not-public",
      (response) => response.writeHead(307, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
    ],
    "a redirect to a file": ["address-form", (response) => response.writeHead(302, { location: "file:///etc/passwd" }).end()],
    "a redirect with a password": [
      "address-form",
      (response, { headers }) => response.writeHead(302, { location: `http://a:b@${headers.host}/` }).end(),
    ],
    "a redirect to nothing": ["address-form", (response) => response.writeHead(302, { location: "http://" }).end()],
    "redirects without end": ["redirects", (response, { url }) => response.writeHead(302, { location: `${url}x` }).end()],
  };

  test.for(Object.keys(bad))("one that answers with %s is passed over, and the next one asked", async (name) => {
    const [code, answer] = bad[name]!;
    const near = await upstream((response, request) => (request.url!.startsWith("/good") ? sendPng : answer)(response, request));
    const providers = [
      { name: "bad", url: () => `${near.url}/bad` },
      { name: "good", url: () => `${near.url}/good` },
    ];
    const site = await branded(near, { providers });
    const found = await logoOf(site);
    expect([sourceOf(found), await bytesOf(found)]).toEqual(["good", png]);
    expect(site.lines).toEqual([{ level: "refusal", code, status: 502, method: "GET", route: "brand/bad" }]);
  });

  test("one that is slow is given up, and the monogram stands in", async () => {
    const near = await upstream(() => undefined);
    const site = await branded(near, { timeoutMs: 50 });
    expect(sourceOf(await logoOf(site))).toBe("drawn");
    expect(site.lines.map(({ code }) => code)).toEqual(["timeout"]);
    // One that sends a byte now and then is slow too.
    near.answer = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(Buffer.of(1)), 5);
      response.on("close", () => clearInterval(drip));
    };
    site.wait(hour);
    await logoOf(site);
    await expect.poll(() => site.lines.map(({ code }) => code), soon).toEqual(["timeout", "timeout"]);
  });

  test("redirects are followed, three of them", async () => {
    const near = await upstream((response, request) => {
      if (request.url!.length > 3) sendPng(response, request);
      else response.writeHead(302, { location: `${request.url}x` }).end();
    });
    const site = await branded(near, { providers: [{ name: "near", url: () => near.url }] });
    expect(sourceOf(await logoOf(site))).toBe("near");
    expect(near.asked).toEqual(["/", "/x", "/xx", "/xxx"]);
  });

  test("without the hook for tests nothing on this machine is reached, by address or by name, nor anything without https", async () => {
    const near = await upstream(sendPng);
    const addresses = [near.url, `https://127.0.0.1:${near.port}`, `https://localhost:${near.port}`, `https://[::1]:${near.port}`];
    const providers = addresses.map((url, i) => ({ name: `p${i}`, url: () => url }));
    const site = await mount({ brand: { domains: ["example.com"], providers, ...patient } });
    expect(sourceOf(await logoOf(site))).toBe("drawn");
    expect(site.lines.map(({ code }) => code)).toEqual(["address-form", "address-not-public", "address-not-public", "address-not-public"]);
    expect(near.asked).toEqual([]);
  });

  test("a name is resolved once, and the connection goes to the address that was checked", async () => {
    const near = await upstream(sendPng);
    const answers = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["10.0.0.1"], []];
    const resolved: string[] = [];
    const unsafeForTests = {
      ...near.unsafe,
      resolve: async (hostname: string) => {
        resolved.push(hostname);
        return answers[resolved.length - 1]!;
      },
    };
    const providers = [{ name: "near", url: ({ domain }: { domain: string }) => `http://rebinding.test:${near.port}/${domain}` }];
    const site = await branded(near, { domains: "all", providers, unsafeForTests });
    // Each connection asks once; were there a second question, it would have the next answer, and fail.
    const sources: (string | null)[] = [];
    for (const domain of ["a.com", "b.com", "c.com", "d.com"]) sources.push(sourceOf(await logoOf(site, `/brand/${domain}`)));
    expect(sources).toEqual(["near", "drawn", "drawn", "drawn"]);
    expect(resolved).toHaveLength(4);
    expect(site.lines.map(({ code }) => code)).toEqual(["address-not-public", "address-not-public", "connection"]);
    expect(near.asked).toEqual(["/a.com"]);
  });

  test("https is checked: a certificate that nobody vouches for is not taken", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    const near = await upstream(sendPng, { key, cert });
    const trusted = await branded(near, { unsafeForTests: { ...near.unsafe, ca: cert, resolve: async () => ["127.0.0.1"] } });
    expect(sourceOf(await logoOf(trusted))).toBe("near");
    const wary = await branded(near, { unsafeForTests: { ...near.unsafe, resolve: async () => ["127.0.0.1"] } });
    expect(sourceOf(await logoOf(wary))).toBe("drawn");
    expect(wary.lines.map(({ code }) => code)).toEqual(["connection"]);
  });
});

describe("what is kept", () => {
  test("is not asked for again while it is fresh, as long as its server says, and at most a week", async () => {
    const near = await upstream((response) => void response.writeHead(200, { "cache-control": "public, max-age=7200" }).end(png));
    const site = await branded(near);
    expect((await logoOf(site)).headers.get("cache-control")).toMatch(/^public, max-age=7[12]\d\d, stale-while-revalidate=604800$/);
    site.wait(2 * hour - 60_000);
    await logoOf(site);
    expect(near.asked).toHaveLength(1);
    near.answer = (response) => void response.writeHead(200, { "cache-control": "max-age=999999999" }).end(png);
    site.wait(120_000);
    await logoOf(site);
    await expect.poll(() => near.asked.length, soon).toBe(2);
    site.wait(8 * day);
    await logoOf(site);
    await expect.poll(() => near.asked.length, soon).toBe(3);
  });

  test("is shown as it is while it is asked for anew by its tag", async () => {
    const waiting: ServerResponse[] = [];
    const tags: (string | undefined)[] = [];
    const near = await upstream((response, request) => {
      tags.push(request.headers["if-none-match"]);
      if (tags.length === 1) response.writeHead(200, { etag: '"v1"' }).end(png);
      else waiting.push(response);
    });
    const site = await branded(near);
    await logoOf(site);
    site.wait(2 * day);
    // The provider does not answer yet, and here is the logo.
    expect(await bytesOf(await logoOf(site))).toEqual(png);
    expect(await bytesOf(await logoOf(site))).toEqual(png);
    await expect.poll(() => waiting.length, soon).toBe(1);
    waiting[0]!.writeHead(304).end();
    await site.app.maintain();
    site.wait(day / 2);
    await logoOf(site);
    expect(tags).toEqual([undefined, '"v1"']);
  });

  test("stays where its provider is away, and is not given up for another's", async () => {
    const near = await upstream(sendPng);
    const far = await upstream(sendPng);
    const unsafeForTests = { http: true, address: () => true };
    const site = await branded(near, { providers: [near.provider("near"), far.provider("far")], unsafeForTests });
    await logoOf(site);
    near.answer = (response) => void response.writeHead(503).end();
    site.wait(40 * day);
    expect(sourceOf(await logoOf(site))).toBe("near");
    expect(far.asked).toEqual([]);
    // Gone from there: then the other one.
    near.answer = (response) => void response.writeHead(404).end();
    site.wait(40 * day);
    expect(sourceOf(await logoOf(site))).toBe("far");
  });

  test("is also that nobody has one: for a day, and for minutes where somebody failed", async () => {
    const near = await upstream((response) => void response.writeHead(404).end());
    const site = await branded(near);
    expect(sourceOf(await logoOf(site))).toBe("drawn");
    site.wait(23 * hour);
    await logoOf(site);
    expect(near.asked).toHaveLength(1);
    near.answer = (response) => void response.writeHead(500).end();
    site.wait(2 * hour);
    await logoOf(site);
    await expect.poll(() => near.asked.length, soon).toBe(2);
    near.answer = sendPng;
    site.wait(11 * 60_000);
    await logoOf(site);
    await expect.poll(async () => sourceOf(await logoOf(site)), soon).toBe("near");
    expect(near.asked).toHaveLength(3);
  });

  test("is asked for once, however many come at once", async () => {
    const waiting: ServerResponse[] = [];
    const near = await upstream((response) => void waiting.push(response));
    const site = await branded(near);
    const all = Array.from({ length: 50 }, () => logoOf(site));
    await expect.poll(() => waiting.length, soon).toBe(1);
    sendPng(waiting[0]!, undefined as never);
    expect(new Set((await Promise.all(all)).map(sourceOf))).toEqual(new Set(["near"]));
    expect(near.asked).toHaveLength(1);
  });

  test("whoever cannot wait for it is shown the monogram, and it is there the next time", async () => {
    const waiting: ServerResponse[] = [];
    const near = await upstream((response) => void waiting.push(response));
    const site = await branded(near, { waitMs: 1 });
    const first = await logoOf(site);
    expect([sourceOf(first), first.headers.get("cache-control")]).toEqual(["drawn", expect.stringContaining("max-age=10,")]);
    await expect.poll(() => waiting.length, soon).toBe(1);
    sendPng(waiting[0]!, undefined as never);
    await expect.poll(async () => sourceOf(await logoOf(site)), soon).toBe("near");
  });

  test("domains without end are fetched few at a time, and take no more room than there is", async () => {
    const waiting: ServerResponse[] = [];
    const near = await upstream((response) => void waiting.push(response));
    const site = await branded(near, { domains: "all", waitMs: 1 });
    await Promise.all(Array.from({ length: 200 }, (_, i) => logoOf(site, `/brand/d${i}.com`)));
    await expect.poll(() => waiting.length, soon).toBe(8);
    near.answer = sendPng;
    for (const response of waiting.splice(0)) sendPng(response, undefined as never);
    await site.app.close();
    expect(near.asked.length).toBeLessThanOrEqual(72);
  });

  test("lies under keys that no part has, and is not believed where it is damaged", async () => {
    const held = new Map<string, Uint8Array<ArrayBuffer>>();
    const blobs: BlobStore = {
      put: async (key, bytes) => void held.set(key, bytes.slice()),
      get: async (key) => held.get(key)?.slice() ?? null,
      remove: async (keys) => keys.forEach((key) => held.delete(key)),
    };
    const near = await upstream(sendPng);
    const brand = { domains: ["example.com"], providers: [near.provider("near")], unsafeForTests: near.unsafe, ...patient };
    const site = await mount({ blobs, brand });
    await logoOf(site);
    expect([...held.keys()]).toEqual([expect.stringMatching(/^brand:[0-9a-f]{2}:[0-9a-f]{8}:0$/)]);
    const [key] = held.keys();
    for (const at of [0, 3, 5, 40, held.get(key!)!.length - 1]) {
      held.get(key!)![at]! ^= 0xff;
      near.asked.length = 0;
      expect(await bytesOf(await logoOf(site))).toEqual(png);
      expect(near.asked).toHaveLength(1);
    }
  });

  test("where the store fails the logo is shown all the same", async () => {
    const failing = async (): Promise<never> => {
      throw new Error("no store");
    };
    const near = await upstream(sendPng);
    const brand = { domains: ["example.com"], providers: [near.provider("near")], unsafeForTests: near.unsafe, ...patient };
    const site = await mount({ blobs: { put: failing, get: failing, remove: failing }, brand });
    expect(sourceOf(await logoOf(site))).toBe("near");
    expect(site.lines.map(({ route }) => route)).toContain("brand/store");
  });

  test("is looked after by maintenance once it is no longer fresh", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near);
    await logoOf(site);
    await site.app.maintain();
    expect(near.asked).toHaveLength(1);
    site.wait(2 * day);
    await site.app.maintain();
    expect(near.asked).toHaveLength(2);
    // Nobody has asked for it for a week: nor does maintenance.
    site.wait(8 * day);
    await site.app.maintain();
    expect(near.asked).toHaveLength(2);
  });

  test("by one process is there for another, and after its end", async () => {
    const near = await upstream(sendPng);
    const dataDir = await temporaryFolder();
    const [one, other] = await Promise.all([startBranded(dataDir, near.port), startBranded(dataDir, near.port)]);
    const read = async (base: string) => {
      const answer = await fetch(`${base}/brand/example.com`);
      return [sourceOf(answer), await bytesOf(answer)];
    };
    expect(await Promise.all([read(one.base), read(other.base), read(one.base)])).toEqual(Array.from({ length: 3 }, () => ["near", png]));
    const asked = near.asked.length;
    expect(asked).toBeLessThanOrEqual(2);
    expect(await one.end("SIGKILL")).toBe(null);
    expect(await read(other.base)).toEqual(["near", png]);
    expect(await read((await startBranded(dataDir, near.port)).base)).toEqual(["near", png]);
    expect(near.asked).toHaveLength(asked);
  });

  test("ending the server does not wait for a provider", async () => {
    const near = await upstream(() => undefined);
    const site = await branded(near, { waitMs: 1 });
    await logoOf(site);
    await site.app.close();
    expect(site.lines).toEqual([]);
  });
});

describe("pictures for a page's foot", () => {
  test("are those of the host, or three that are drawn from the palette", async () => {
    const near = await upstream(sendPng);
    const site = await branded(near, { images: { "own.com": [png, `${near.url}/there.png`] } });
    const list = async (domain: string) =>
      (await (await site.send("GET", `/brand/${domain}/images`)).json()) as { images: { path: string }[] };
    const { images } = await list("own.com");
    expect(images).toEqual([{ path: "/brand/own.com/images/0" }, { path: "/brand/own.com/images/1" }]);
    for (const { path } of images) expect(await bytesOf(await logoOf(site, path))).toEqual(png);
    expect(near.asked).toEqual(["/there.png"]);
    const drawn = await Promise.all((await list("example.com")).images.map(async ({ path }) => (await logoOf(site, path)).text()));
    expect(new Set(drawn).size).toBe(3);
    for (const text of drawn) expect(text).toMatch(/^<svg [^>]+>(<rect [^>]+>|<path [^>]+>)+<\/svg>$/);
    expect(await codeOf(await site.send("GET", "/brand/own.com/images/2"))).toBe("not-found");
    expect(await codeOf(await site.send("GET", "/brand/else.com/images"))).toBe("not-found");
  });

  test("are drawn in the host's colours", async () => {
    const palette = ["#102030", "#405060", "#708090", "#a0b0c0"] as const;
    const site = await mount({ brand: { domains: ["example.com"], palette } });
    const text = await (await logoOf(site, "/brand/example.com/images/0")).text();
    expect(new Set([...text.matchAll(/fill="(#[0-9a-f]{6})"/g)].map(([, colour]) => colour))).toEqual(new Set(palette));
    expect(await (await logoOf(site)).text()).toContain('fill="#102030"');
  });

  test("that cannot be fetched are drawn", async () => {
    const near = await upstream((response) => void response.writeHead(500).end());
    const site = await branded(near, { images: { "own.com": [near.url] } });
    expect(sourceOf(await logoOf(site, "/brand/own.com/images/0"))).toBe("drawn");
  });
});

test("parts of a folder and logos lie side by side in one durable store", async () => {
  const near = await upstream(sendPng);
  const directory = await temporaryFolder();
  const brand = { domains: ["example.com"], providers: [near.provider("near")], unsafeForTests: near.unsafe, ...patient };
  await logoOf(await mount({ blobs: durableFs(directory), brand }));
  expect(sourceOf(await logoOf(await mount({ blobs: durableFs(directory), brand })))).toBe("near");
  expect(near.asked).toHaveLength(1);
});

async function startBranded(dataDir: string, upstreamPort: number) {
  const here = (name: string) => fileURLToPath(new URL(`../../test/${name}`, import.meta.url));
  const args = ["--no-warnings", "--import", here("source.mjs"), here("brand-child.ts"), dataDir, String(upstreamPort)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const end = async (signal: NodeJS.Signals) => (child.kill(signal), (await exited)[0]);
  onTestFinished(async () => void (child.exitCode === null && child.signalCode === null && (await end("SIGKILL"))));
  const line = await Promise.race([once(child.stdout, "data").then(([data]) => String(data)), exited.then(() => "")]);
  if (line === "") throw new Error("The server has ended before it listened.");
  return { base: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}/keyfold`, end };
}
