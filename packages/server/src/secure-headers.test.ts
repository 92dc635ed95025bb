import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { base, mount, temporaryFolder, type TestMount } from "../test/mount.ts";
import { newOwner } from "../test/owner.ts";
import { defaultRates } from "./limits/rates.ts";

async function withPages(options: Parameters<typeof mount>[0] = {}): Promise<TestMount> {
  const assets = join(await temporaryFolder(), "assets");
  await mkdir(assets);
  await writeFile(join(assets, "recover.html"), "<!doctype html><title>Recover</title>");
  await writeFile(join(assets, "elements.js"), "export {};");
  return mount({ assets, ...options });
}

/** One answer of each kind: found, made, empty, refused in every way, unknown, thrown. */
async function answers(site: TestMount): Promise<Map<string, Response>> {
  const { send } = site;
  const owner = await newOwner(send, base);
  const faulty = await mount({
    log: () => undefined,
    authorize: () => {
      throw new Error("the host's own fault");
    },
  });
  const rates = { limits: { ...defaultRates, "look-up": { address: { requests: 1, seconds: 60 } } } };
  const busy = await mount({ clientAddress: () => "192.0.2.1", rates });
  await busy.send("GET", "/v1");
  return new Map([
    ["discovery", await send("GET", "/v1")],
    ["page of the log", await owner.call("GET", "/log?from=0")],
    ["append", await owner.append()],
    ["created", await owner.createBlobs({ blob: "0".repeat(32), sealedSize: 1080 })],
    ["empty", await owner.call("POST", "/blobs/discard", { body: { blobs: ["0".repeat(32)] } })],
    ["malformed", await send("POST", "/v1/folders", { body: {} })],
    ["no token", await send("GET", `${owner.path}/usage`)],
    ["unknown", await send("GET", "/v1/other")],
    ["wrong method", await send("PATCH", "/v1/folders")],
    ["failed", await faulty.send("POST", "/v1/folders", { body: {} })],
    ["too many", await busy.send("GET", "/v1")],
  ]);
}

describe("every answer of the interface", () => {
  test("is stored nowhere, shown in no frame, taken for nothing else, and runs nothing", async () => {
    const all = await answers(await mount());
    expect([...all.values()].map(({ status }) => status)).toEqual([200, 200, 200, 200, 204, 400, 401, 404, 404, 500, 429]);
    for (const [name, { headers }] of all) {
      const said = Object.fromEntries(headers);
      expect(said, name).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(said["set-cookie"], name).toBeUndefined();
      expect(said["x-powered-by"], name).toBeUndefined();
      if (name !== "empty") expect(said["content-type"], name).toMatch(/^application\/(json|problem\+json|octet-stream)/);
    }
  });
});

describe("pages", () => {
  test("run what is theirs alone, apart from other windows, and ask the machine for its camera at most", async () => {
    const { send } = await withPages();
    const page = await send("GET", "/recover");
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(page.headers.get("permissions-policy")).toMatch(/camera=\(self\).*geolocation=\(\).*microphone=\(\)/);
    const script = await send("GET", "/elements.js");
    expect(script.headers.get("x-content-type-options")).toBe("nosniff");
    expect(script.headers.get("permissions-policy")).toBeNull();
  });
});

describe("Strict-Transport-Security", () => {
  const said = async (options: Parameters<typeof mount>[0]) =>
    (await (await mount(options)).send("GET", "/v1")).headers.get("strict-transport-security");
  const https = "https://files.example/keyfold";

  test("is said where browsers come over https alone", async () => {
    expect(await said({ origin: https })).toBe("max-age=31536000");
    expect(await said({ origin: https, hsts: 60 })).toBe("max-age=60");
  });

  test("is not said where they may not, nor where the host says it, or does not want it", async () => {
    expect(await said({})).toBeNull();
    expect(await said({ origin: [https, "http://192.168.1.2/keyfold"] })).toBeNull();
    expect(await said({ origin: https, hsts: false })).toBeNull();
    expect(await said({ origin: () => true })).toBeNull();
  });
});
