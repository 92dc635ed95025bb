/** What a reload, a crash of the server, and a lost connection do to an upload: nothing that was acknowledged is lost, nothing is sent twice. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keyfold, memoryStore } from "@keyfold/core";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { device, launch, type Device } from "./browser.ts";
import { marked, sha256 } from "./contents.ts";
import { Site } from "./site.ts";
import * as steps from "./steps.ts";

const MiB = 2 ** 20;

async function throttle(session: CDPSession, bytesPerSecond: number): Promise<void> {
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

function folderLink(page: Page): Promise<string> {
  return page.locator("keyfold-manager").evaluate((manager: Element & { folder?: { link(): string } }) => manager.folder?.link() ?? "");
}

describe("an upload that is interrupted", () => {
  let browser: Browser;
  let site: Site;
  let person: Device;
  let network: CDPSession;
  let scratch: string;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => browser?.close());
  beforeEach(async () => {
    site = await Site.start();
    scratch = await mkdtemp(join(tmpdir(), "keyfold-resume-"));
    person = await device(browser);
    network = await person.context.newCDPSession(person.page);
    await network.send("Network.enable");
    await person.page.goto(site.url);
    await person.page.getByText("Your folder isn’t secure.").waitFor();
  });
  afterEach(async () => {
    await person?.context.close();
    await site?.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  it("by a reload goes on when the file is given again, and sends no part that was acknowledged", async () => {
    const { page } = person;
    const content = marked(24 * MiB, 7);
    const path = join(scratch, "survey.mov");
    await writeFile(path, content);
    const acknowledged = new Set<string>();
    page.on("response", (response) => {
      const part = /\/blobs\/([0-9a-f]{32})\/parts\/(\d+)$/.exec(response.url());
      if (part && response.request().method() === "PUT" && response.ok()) acknowledged.add(`${part[1]} ${part[2]}`);
    });

    await throttle(network, 6 * MiB);
    await steps.pick(page, [path]);
    await steps.send(page);
    await expect.poll(() => acknowledged.size, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(1);
    await page.reload();
    const before = new Set(acknowledged);
    expect(before.size).toBeLessThan(6);
    const again: string[] = [];
    page.on("request", (request) => {
      const part = /\/blobs\/([0-9a-f]{32})\/parts\/(\d+)$/.exec(request.url());
      if (part && request.method() === "PUT" && before.has(`${part[1]} ${part[2]}`)) again.push(`${part[1]} ${part[2]}`);
    });
    await throttle(network, -1);

    const give = page.getByRole("button", { name: /Give the file again/ }).first();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), give.click()]);
    await chooser.setFiles([path]);
    await steps.row(page, "survey.mov").waitFor({ timeout: 60_000 });
    expect(again).toEqual([]);

    const reader = await new Keyfold({ server: `${site.url}/keyfold`, store: memoryStore() }).openLink(await folderLink(page));
    const blob = await reader.download("/survey.mov");
    expect(sha256(new Uint8Array(await blob.arrayBuffer()))).toBe(sha256(content));
    await reader.close();
  });

  it("by kill -9 of the server finishes by itself when it is back, with nothing acknowledged missing", async () => {
    const { page } = person;
    const files = Array.from({ length: 200 }, (_, index) => ({
      name: `note ${String(index).padStart(3, "0")}.txt`,
      mimeType: "text/plain",
      buffer: marked(30_000 + index, 10_000 * index),
    }));
    let acknowledged = 0;
    page.on("response", (response) => {
      if (response.request().method() === "POST" && response.url().endsWith("/parts") && response.ok()) acknowledged += 1;
    });
    await throttle(network, 3 * MiB);
    await steps.pick(page, files);
    await steps.send(page);
    await expect.poll(() => acknowledged, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(1);
    await site.kill();
    expect(
      await page
        .locator("keyfold-manager")
        .evaluate(
          (manager: Element & { folder?: { uploads: { totals: { active: boolean; done: number } } } }) => manager.folder?.uploads.totals,
        ),
    ).not.toMatchObject({ done: 200 });
    await throttle(network, -1);
    await site.run();
    await steps.allArrived(page, 200, 90_000);

    const reader = await new Keyfold({ server: `${site.url}/keyfold`, store: memoryStore() }).openLink(await folderLink(page));
    expect(reader.state.tree.count.files).toBe(200);
    for (const file of files) {
      const blob = await reader.download(`/${file.name}`);
      expect([file.name, sha256(new Uint8Array(await blob.arrayBuffer()))]).toEqual([file.name, sha256(file.buffer)]);
    }
    await reader.close();
  });

  it("by the person is paused, goes on, and can be called off", async () => {
    const { page } = person;
    const path = join(scratch, "long.bin");
    await writeFile(path, marked(16 * MiB, 9));
    await throttle(network, 2 * MiB);
    await steps.pick(page, [path]);
    await steps.send(page);
    await page.getByRole("button", { name: "Pause: long.bin" }).click();
    await page.getByRole("button", { name: "Go on: long.bin" }).click();
    await page.getByRole("button", { name: "Cancel: long.bin" }).click();
    await page.getByRole("button", { name: "Cancel: long.bin" }).waitFor({ state: "detached" });
    await throttle(network, -1);
    await steps.pick(page, [path]);
    await steps.send(page);
    await steps.row(page, "long.bin").waitFor({ timeout: 60_000 });
  });
});
