/** What the server keeps of the logos it was given: how long, where, and how often it asks for them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { branded, bytesOf, day, hour, logoOf, patient, soon, sourceOf } from "../../test/branded.ts";
import { mount, temporaryFolder } from "../../test/mount.ts";
import { png, sendPng, upstream } from "../../test/upstream.ts";
import { durableFs } from "../blobs/durable-fs.ts";
import type { BlobStore } from "../blobs/store.ts";

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
