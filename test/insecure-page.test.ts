/**
 * The demo as a phone on the LAN first meets it: over http://, where the browser gives a page neither `crypto.subtle` nor locks, service workers,
 * `randomUUID` or a clipboard. All of it works, and another browser over a secure origin reads what was sealed.
 */
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { device, lanHost, launchWithLan, type Device } from "./browser.ts";
import { leaks, marked, sha256 } from "./contents.ts";
import { Site } from "./site.ts";
import * as steps from "./steps.ts";

const MiB = 2 ** 20;
const large = marked(32 * MiB, 1);
const small = marked(5_000, 3_000_000);

/** What Chromium says of such a page, whatever is in it. */
const ofTheBrowser = /Cross-Origin-Opener-Policy header has been ignored/;

/** Longest time between two timers that were to come after 4 ms, from now until it is asked for, in ms. */
async function watchThread(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const watch = { longest: 0, on: true };
    let last = performance.now();
    const tick = (): void => {
      const now = performance.now();
      watch.longest = Math.max(watch.longest, now - last);
      last = now;
      if (watch.on) setTimeout(tick, 4);
    };
    setTimeout(tick, 4);
    Object.assign(globalThis, { threadWatch: watch });
  });
  return () =>
    page.evaluate(() => {
      const { threadWatch } = globalThis as unknown as { threadWatch: { longest: number; on: boolean } };
      threadWatch.on = false;
      return threadWatch.longest;
    });
}

interface Stored {
  readonly key: string;
  readonly text: string;
}

/** Everything in the page's IndexedDB, bytes as hex. */
function everythingStored(page: Page): Promise<readonly Stored[]> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
      });
    const database = await asked(indexedDB.open("keyfold"));
    const store = database.transaction("values").objectStore("values");
    const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
    database.close();
    const text = (value: unknown): string => {
      if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
      if (typeof value === "object" && value !== null)
        return Object.entries(value)
          .map(([name, each]) => `${name}:${text(each)}`)
          .join(",");
      return String(value);
    };
    return values.map((value: unknown, at) => ({ key: keys[at] as string, text: text(value) }));
  });
}

describe("a page over http:// from another machine", () => {
  let site: Site;
  let browser: Browser;
  let phone: Device;
  let desk: Device;
  let lan = "";
  let key = "";
  const scripts: string[] = [];

  beforeAll(async () => {
    site = await Site.start((port) => ({
      KEYFOLD_ORIGIN: `http://${lanHost}:${port}/keyfold http://localhost:${port}/keyfold`,
    }));
    lan = `http://${lanHost}:${site.port}/`;
    browser = await launchWithLan();
    phone = await device(browser);
    desk = await device(browser);
    phone.page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
    phone.page.on("worker", (worker) => scripts.push(`worker ${new URL(worker.url()).pathname}`));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.remove();
  });

  it("opens a folder, says what is not protected, and works in a worker under the strict policy", async () => {
    const { page } = phone;
    await page.goto(lan);
    expect(await page.evaluate(() => [isSecureContext, "subtle" in crypto, "locks" in navigator, "clipboard" in navigator])).toEqual([
      false,
      false,
      false,
      false,
    ]);
    await page.locator("keyfold-qr svg").first().waitFor();
    const alert = await steps.visibleText(page.locator("keyfold-alert"));
    expect(alert).toContain("Your folder isn’t secure.");
    expect(alert).toContain("This page came over http://. Whoever is on the network can change it");
    expect(scripts).toContain("worker /keyfold/noble-worker.js");
    expect(scripts.filter((path) => path.includes("noble-primitives"))).toEqual([]);
  });

  it("seals 32 MiB while the page stays alive", async () => {
    const { page } = phone;
    await steps.pick(page, [
      { name: "survey.bin", mimeType: "application/octet-stream", buffer: large },
      { name: "note.txt", mimeType: "text/plain", buffer: small },
    ]);
    const longest = await watchThread(page);
    const started = performance.now();
    await steps.send(page);
    await steps.allArrived(page, 2);
    const seconds = (performance.now() - started) / 1000;
    // oxlint-disable-next-line no-console -- the figure is the point; a slow machine is no defect
    console.log(`32 MiB sealed and sent in ${seconds.toFixed(1)} s; the page was held up for ${(await longest()).toFixed(0)} ms at most`);
    await steps.newSubfolder(page, "Contracts");
  });

  it("keeps the open folder's root over a reload, and so can still write and lock", async () => {
    const { page } = phone;
    await page.reload();
    await steps.row(page, "survey.bin").waitFor();
    await steps.newSubfolder(page, "After the reload");
  });

  it("copies by the older way, and asks the copied key's row back", async () => {
    const { page } = phone;
    await page.getByRole("button", { name: "Generate key" }).click();
    await page.getByText("Whoever is on the network can change it, and so read the key.").waitFor();
    await page.getByRole("button", { name: /Copy it/ }).click();
    await page.getByRole("button", { name: "Back to the key" }).click();
    expect(await page.getByText("This browser did not allow copying.").count()).toBe(0);
  });

  it("locks, and goes on being signed in over a reload, with no key lying bare", async () => {
    const { page } = phone;
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Save as a file/ }).click()]);
    key = await readFile(await download.path(), "utf8");
    await page.getByRole("button", { name: "I’ve saved it" }).click();
    await page.getByText("No longer than this tab").waitFor();
    await page.getByRole("button", { name: "Sign and lock" }).click();
    await page.getByRole("button", { name: "To the folder" }).click();
    await steps.reEncrypted(page);
    await page.reload();
    await steps.row(page, "survey.bin").waitFor();
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(1);

    const stored = await everythingStored(page);
    const keys = stored.filter((each) => each.key.endsWith("/keys"));
    expect(keys.map((each) => each.key.split("/")[0])).toEqual(["tab"]);
    expect(keys[0]?.text).toMatch(/^[0-9a-f]+$/);
    expect(stored.filter((each) => each.key !== "device" && /raw:|kind:/.test(each.text))).toEqual([]);
    expect(stored.filter((each) => each.key.endsWith("/root"))).toEqual([]);
  });

  it("leaves another tab's keys alone, and is asked for the key in a new one", async () => {
    const other = await phone.context.newPage();
    await other.goto(phone.page.url());
    await other.getByRole("button", { name: /^Paste the key$/ }).waitFor();
    await phone.page.reload();
    await steps.row(phone.page, "survey.bin").waitFor();
    await other.close();
  });

  it("downloads without a service worker", async () => {
    const got = await steps.downloadRow(phone.page, "survey.bin");
    expect([got.name, sha256(got.bytes)]).toEqual(["survey.bin", sha256(large)]);
  });

  it("is read, byte for byte, by a browser over a secure origin that has nothing but the key; and reads what that one writes", async () => {
    const { page } = desk;
    await page.goto(site.url);
    expect(await page.evaluate(() => isSecureContext)).toBe(true);
    await steps.signInByPaste(page, key);
    await steps.row(page, "survey.bin").waitFor();
    for (const [name, content] of [
      ["survey.bin", large],
      ["note.txt", small],
    ] as const) {
      const got = await steps.downloadRow(page, name);
      expect([got.name, sha256(got.bytes)]).toEqual([name, sha256(content)]);
    }
    expect(await steps.visibleText(page.locator("keyfold-alert"))).not.toContain("http://");
    const answer = marked(9_000, 5_000_000);
    await steps.pick(page, [{ name: "answer.bin", mimeType: "application/octet-stream", buffer: answer }]);
    await steps.send(page);
    await steps.row(phone.page, "answer.bin").waitFor({ timeout: 30_000 });
    expect(sha256((await steps.downloadRow(phone.page, "answer.bin")).bytes)).toBe(sha256(answer));
  });

  it("gave the server nothing to read, and complained of nothing", () => {
    expect(leaks(site.folder, ["survey.bin", "note.txt", "Contracts", "answer.bin"])).toEqual([]);
    expect(phone.complaints.filter((complaint) => !ofTheBrowser.test(complaint))).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });

  it("works in the page itself where no worker can be started, with pauses", async () => {
    const { page, context, complaints } = await device(browser);
    await page.route("**/noble-worker.js", (route) => route.abort());
    await page.goto(lan);
    await page.locator("keyfold-qr svg").first().waitFor();
    expect(page.workers()).toEqual([]);
    const content = marked(9 * MiB, 9_000_000);
    await steps.pick(page, [{ name: "plan.bin", mimeType: "application/octet-stream", buffer: content }]);
    const longest = await watchThread(page);
    await steps.send(page);
    await steps.row(page, "plan.bin").waitFor();
    // oxlint-disable-next-line no-console -- as above
    console.log(`9 MiB sealed without a worker: the page was held up for ${(await longest()).toFixed(0)} ms at most`);
    expect(sha256((await steps.downloadRow(page, "plan.bin")).bytes)).toBe(sha256(content));
    expect(complaints.filter((complaint) => !ofTheBrowser.test(complaint) && !complaint.includes("net::ERR_FAILED"))).toEqual([]);
    await context.close();
  });

  it("and a page that has WebCrypto loads none of it", async () => {
    const { page, context } = await device(browser);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(site.url);
    await page.locator("keyfold-qr svg").first().waitFor();
    expect(asked.filter((path) => path.includes("noble"))).toEqual([]);
    await context.close();
  });
});
