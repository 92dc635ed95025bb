/** Elements in strangers' pages: each alone, in foreign shadow roots, two folders a page, under the strict content security policy. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve, type Served } from "@keyfold/server/node";
import { build } from "esbuild";
import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { device, launch } from "./browser.ts";
import * as steps from "./steps.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; worker-src 'self'; frame-src 'self'; require-trusted-types-for 'script'";

/** Pages of strangers, by path; each has a script of its own, since inline ones are not allowed. */
const pages: Record<string, { body: string; script: string }> = {};

const elements = [
  "keyfold-key-bar",
  "keyfold-alert",
  "keyfold-status",
  "keyfold-qr",
  "keyfold-tree",
  "keyfold-list",
  "keyfold-uploader",
  "keyfold-transfers",
  "keyfold-search",
  "keyfold-details",
  "keyfold-key-ceremony",
  "keyfold-key-entry",
];

for (const tag of elements) {
  pages[`/alone/${tag}`] = {
    body: `<foreign-part></foreign-part><keyfold-folder id="papers" server="/keyfold"></keyfold-folder>`,
    script: `
      customElements.define("foreign-part", class extends HTMLElement {
        connectedCallback() {
          const element = document.createElement("${tag}");
          element.setAttribute("for", "papers");
          this.attachShadow({ mode: "open" }).append(element);
        }
      });
      import("/keyfold/elements.js").then(() => document.querySelector("keyfold-folder").ensureFolder()).then(() => (globalThis.ready = true));`,
  };
}

pages["/backwards"] = {
  body: `<keyfold-folder server="/keyfold"><keyfold-alert></keyfold-alert><div><keyfold-uploader autostart></keyfold-uploader><keyfold-list></keyfold-list></div></keyfold-folder>`,
  script: `
    await import("@keyfold/elements/define/list");
    await import("@keyfold/elements/define/uploader");
    await import("@keyfold/elements/define/alert");
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await import("@keyfold/elements/define/folder");
    await document.querySelector("keyfold-folder").ensureFolder();
    globalThis.ready = true;`,
};

pages["/two"] = {
  body: `
    <section id="l"><keyfold-uploader autostart></keyfold-uploader><keyfold-list></keyfold-list></section>
    <section id="r"><keyfold-uploader autostart></keyfold-uploader><keyfold-list></keyfold-list></section>`,
  script: `
    import "@keyfold/elements/define";
    import { Keyfold } from "@keyfold/core";
    const keyfold = new Keyfold({ server: "/keyfold" });
    globalThis.folders = {};
    for (const side of ["l", "r"]) {
      const folder = (folders[side] = await keyfold.create());
      for (const element of document.querySelectorAll("#" + side + " > *")) element.folder = folder;
    }
    globalThis.ready = true;`,
};

pages["/worker"] = {
  body: "",
  script: `
    const policy = trustedTypes.createPolicy("own-worker", { createScriptURL: (url) => url });
    const worker = new Worker(policy.createScriptURL("/script/inside-a-worker"), { type: "module" });
    worker.addEventListener("message", ({ data }) => Object.assign(globalThis, { answer: data, ready: true }));`,
};

pages["/inside-a-worker"] = {
  body: "",
  script: `
    import { generateKey, Keyfold } from "@keyfold/core";
    const keyfold = new Keyfold({ server: "/keyfold" });
    const folder = await keyfold.create();
    await folder.upload([{ file: new Blob(["sealed in a worker"]), name: "note.txt" }], { to: "/a/b" });
    const key = generateKey();
    await folder.lock(key);
    const again = await new Keyfold({ server: "/keyfold" }).open(key);
    postMessage(await (await again.download("/a/b/note.txt")).text());`,
};

describe("elements in a stranger's page", () => {
  let served: Served;
  let browser: Browser;
  let data: string;
  let url = "";

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "keyfold-embedding-"));
    const site = new Hono();
    site.get("/script/*", async (context) => {
      const script = pages[context.req.path.slice("/script".length)]?.script;
      // Core's worker, which this page does not serve: it does without.
      if (script === undefined) return context.notFound();
      const stdin = { contents: script, resolveDir: fileURLToPath(new URL(".", import.meta.url)) };
      const { outputFiles } = await build({
        stdin,
        bundle: true,
        format: "esm",
        target: "es2022",
        external: ["/keyfold/*"],
        write: false,
        logLevel: "error",
      });
      return context.body(outputFiles[0]?.text ?? "", 200, { "content-type": "text/javascript" });
    });
    site.get("*", (context) => {
      const { path } = context.req;
      const page = pages[path];
      if (page === undefined) return context.body(null, 204);
      return context.html(
        `<!doctype html><html lang="en"><meta charset="utf-8"><title>A stranger's page</title><script type="module" src="/script${path}"></script><body>${page.body}`,
        200,
        { "content-security-policy": policy },
      );
    });
    served = await serve({ port: 0, hostname: "127.0.0.1", dataDir: data, site });
    url = `http://127.0.0.1:${served.port}`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close({ graceMs: 0 });
    await rm(data, { recursive: true, force: true });
  });

  it.each(elements)("%s stands alone in a foreign shadow root, found by `for`", async (tag) => {
    const { page, context, complaints } = await device(browser);
    await page.goto(`${url}/alone/${tag}`);
    await page.waitForFunction(() => "ready" in globalThis);
    const folder = await page.locator("keyfold-folder").evaluate((element: Element & { folder?: { id: string } }) => element.folder?.id);
    const found = await page
      .locator(tag)
      .evaluate(async (element: Element & { folder?: { id: string } | null; updateComplete?: Promise<unknown> }) => {
        await element.updateComplete;
        return { folder: element.folder?.id, shown: (element.shadowRoot?.childElementCount ?? 0) > 0 };
      });
    expect(folder).toMatch(/^[0-9a-f]{32}$/);
    // The ceremony shows nothing before there is a key in it.
    expect(found).toEqual({ folder, shown: tag !== "keyfold-key-ceremony" });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("need no page at all: the core works whole inside a worker", async () => {
    const { page, context, complaints } = await device(browser);
    await page.goto(`${url}/worker`);
    await page.waitForFunction(() => "ready" in globalThis);
    expect(await page.evaluate(() => (globalThis as unknown as { answer: string }).answer)).toBe("sealed in a worker");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("are defined in any order, one by one, from a bundle", async () => {
    const { page, context, complaints } = await device(browser);
    await page.goto(`${url}/backwards`);
    await page.waitForFunction(() => "ready" in globalThis);
    await page.getByText("Your folder isn’t secure.").waitFor();
    await page.getByRole("button", { name: "Choose files" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps two folders on one page apart, and goes on after the element is gone", async () => {
    const { page, context, complaints } = await device(browser);
    await page.goto(`${url}/two`);
    await page.waitForFunction(() => "ready" in globalThis);
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.locator("#l").getByRole("button", { name: "Choose files" }).click(),
    ]);
    await chooser.setFiles(
      Array.from({ length: 40 }, (_, index) => ({ name: `left ${index}.bin`, mimeType: "", buffer: Buffer.alloc(300_000, index) })),
    );
    await page.locator("#l keyfold-uploader").evaluate((element) => element.remove());
    const left = page.locator("#l keyfold-list").getByRole("row", { name: /left 0\.bin/ });
    await left.first().waitFor();
    interface Counted {
      state: { tree: { count: { files: number } } };
    }
    const files = (side: string) =>
      page.evaluate((name) => (globalThis as unknown as { folders: Record<string, Counted> }).folders[name]?.state.tree.count.files, side);
    await expect.poll(() => files("l"), { timeout: 20_000 }).toBe(40);
    expect(await files("r")).toBe(0);
    expect(await steps.visibleText(page.locator("#r keyfold-list"))).not.toMatch(/left \d+\.bin/);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
