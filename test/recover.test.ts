/** The recovery page as somebody uses it who has lost everything else: opened from a file, and served by a mount. */
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { generateKey, writeKeyFile } from "@keyfold/core";
import { copyOf, hashesIn, largeSize, lostFolder, sha256, type LostFolder } from "../packages/core/test/lost-folder.ts";
import { device, launch, type Device } from "./browser.ts";
import { dropPaths } from "./steps.ts";

const built = join(dirname(createRequire(import.meta.url).resolve("@keyfold/elements/elements.js")), "recover.html");

let browser: Browser;
let lost: LostFolder;
let copy: string;
let saved: string;
let keyFile: string;
const opened: Device[] = [];
const folders: string[] = [];

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "keyfold-recover-page-"));
  folders.push(folder);
  return folder;
}

async function keyFileOf(text: string): Promise<string> {
  const path = join(await temporary(), "key.txt");
  await writeFile(path, text);
  return path;
}

beforeAll(async () => {
  lost = await lostFolder();
  copy = await copyOf(lost.server.dataDir);
  folders.push(copy);
  const folder = await temporary();
  saved = join(folder, "saved page.html");
  await copyFile(built, saved);
  keyFile = await keyFileOf(await lost.keyFile());
  browser = await launch();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ context }) => context.close()));
});

afterAll(async () => {
  await browser.close();
  await lost.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

interface Opened extends Device {
  /** Addresses of everything that was asked for. */
  readonly requests: string[];
}

async function open(address: string, options: Parameters<typeof device>[1] & { language?: string } = {}): Promise<Opened> {
  const made = await device(browser, options);
  opened.push(made);
  // A headless browser has nobody who would choose a place: the other way of saving is taken, unless a test brings a file.
  await made.context.addInitScript((language) => {
    Reflect.deleteProperty(globalThis, "showSaveFilePicker");
    if (language !== undefined) Object.defineProperty(navigator, "language", { value: language });
  }, options.language);
  const requests: string[] = [];
  made.page.on("request", (request) => requests.push(request.url()));
  await made.page.goto(address);
  return { ...made, requests };
}

const fromFile = (options?: Parameters<typeof open>[1]): Promise<Opened> => open(pathToFileURL(saved).href, options);

async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.locator("keyfold-recover input[webkitdirectory]").setInputFiles(folder);
  await page.getByText(/^Found the data in/).waitFor();
}

async function giveKey(page: Page, path: string): Promise<void> {
  await page.locator("keyfold-key-entry input[type=file]").setInputFiles(path);
  await page.getByRole("button", { name: "Find my files" }).click();
}

async function saveZip(page: Page): Promise<Map<string, string>> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save everything as a zip" }).click(),
  ]);
  return filesIn(await readFile(await download.path()));
}

/** Files in a zip by path, with their SHA-256; directories are left out. */
function filesIn(zip: Uint8Array): Map<string, string> {
  return new Map(
    Object.entries(unzipSync(zip))
      .filter(([path]) => !path.endsWith("/"))
      .map(([path, bytes]) => [path, sha256(bytes)]),
  );
}

const report = "Report of the recovery.txt";

function withoutReport(files: Map<string, string>): Map<string, string> {
  expect(files.delete(report)).toBe(true);
  return files;
}

describe("opened from a file", () => {
  it("gets every file back from a folder that is dropped, and asks the network for nothing", async () => {
    const { page, complaints, requests } = await fromFile();
    expect(await page.evaluate(() => isSecureContext)).toBe(true);
    await dropPaths(page, page.locator("keyfold-recover .place"), [copy]);
    await page.getByText(/^Found the data in/).waitFor();
    await giveKey(page, keyFile);
    await page.getByText(`${lost.current.size} files, `).waitFor();
    expect(withoutReport(await saveZip(page))).toEqual(new Map(lost.current));
    await page.getByText(`${lost.current.size} files recovered and verified.`).waitFor();
    expect(complaints).toEqual([]);
    expect(requests.filter((address) => !/^(file|blob|data):/.test(address))).toEqual([]);
    // Not for want of trying: its own policy lets nothing out.
    const refusedBy = await page.evaluate(
      (address) =>
        new Promise<string>((resolve) => {
          document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
          fetch(address, { mode: "no-cors" }).then(
            () => resolve("nothing"),
            () => undefined,
          );
        }),
      `${lost.server.url}/v1`,
    );
    expect(refusedBy).toBe("connect-src");
  });

  it("takes the folder from a chooser; trash and earlier versions come on request", async () => {
    const { page } = await fromFile();
    await chooseFolder(page, copy);
    await giveKey(page, keyFile);
    await page.getByLabel("What lies in the trash too").check();
    await page.getByLabel("Earlier versions too").check();
    expect(withoutReport(await saveZip(page))).toEqual(new Map([...lost.current, ...lost.trash, ...lost.versions]));
  });

  it("names a damaged file, leaves it out of the zip, and puts the rest in", async () => {
    const damaged = await copyOf(lost.server.dataDir);
    folders.push(damaged);
    const { blob } = [...lost.folder.state.tree.descend(null)].find(({ current }) => current?.size === largeSize)!.current!;
    const part = join(damaged, "blobs", lost.folder.id, blob.slice(0, 2), `${blob}.1`);
    const bytes = await readFile(part);
    bytes[77]! ^= 4;
    await writeFile(part, bytes);
    const { page } = await fromFile();
    await chooseFolder(page, damaged);
    await giveKey(page, keyFile);
    const files = withoutReport(await saveZip(page));
    expect(files).toEqual(new Map([...lost.current].filter(([path]) => path !== "photos/2026/large.bin")));
    await page.getByText("1 file is damaged or missing. It is not in the zip.").waitFor();
    await page.getByText("photos/2026/large.bin: damaged").waitFor();
  });

  it("says that another key opens nothing, and that a copy is older than the key file", async () => {
    const { page } = await fromFile();
    await chooseFolder(page, copy);
    await giveKey(page, await keyFileOf(writeKeyFile({ root: Uint8Array.from(generateKey()), keyId: "0".repeat(32) })));
    await page.getByText("This key opens no folder here.").waitFor();
    await page.getByRole("button", { name: "Try another key" }).click();
    const checkpoint = { epoch: 1, seq: 9_999, head: "ab".repeat(32) };
    await giveKey(page, await keyFileOf(writeKeyFile({ root: lost.key, keyId: lost.keyId, checkpoint })));
    await page.getByText(/^This is an older copy: its history ends at record \d+, .* had gone on to 9,999/).waitFor();
  });

  it("corrects one wrong character of a row that is typed", async () => {
    const { page } = await fromFile();
    await chooseFolder(page, copy);
    const text = await lost.keyFile();
    const third = /^3 {2}(.)/m.exec(text)![1]!;
    const other = third === "7" ? "8" : "7";
    await page.locator("keyfold-key-entry input[type=file]").setInputFiles(await keyFileOf(text.replace(/^3 {2}./m, `3  ${other}`)));
    await page.getByRole("button", { name: `Use ${third}` }).click();
    await page.getByRole("button", { name: "Find my files" }).click();
    await page.getByText(`${lost.current.size} files, `).waitFor();
  });

  it("says so where a folder is no copy, or has no blobs", async () => {
    const { page } = await fromFile();
    await page.locator("keyfold-recover input[webkitdirectory]").setInputFiles(dirname(keyFile));
    await page.getByText("There is no keyfold.db in that.").waitFor();
    const bare = await temporary();
    await writeFile(join(bare, "keyfold.db"), "no database");
    await page.locator("keyfold-recover input[webkitdirectory]").setInputFiles(bare);
    await page.getByText("keyfold.db is there, and cannot be read.").waitFor();
  });

  it("speaks German where the browser does, and either on request", async () => {
    const { page } = await fromFile({ language: "de-AT" });
    await page.getByRole("heading", { name: "Hol deine Dateien zurück" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Get your files back" }).waitFor();
  });

  it.each([360, 1280])("is accessible at %d pixels, at each step, light and dark", async (width) => {
    for (const dark of [false, true]) {
      const { page } = await fromFile({ width, dark });
      const shot = async (step: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${step}: ${id} ${nodes[0]?.html}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        const shots = process.env["KEYFOLD_SHOTS"];
        if (shots !== undefined)
          await page.screenshot({ path: join(shots, `recover-${step}-${width}-${dark ? "dark" : "light"}.png`), fullPage: true });
      };
      await shot("1-data");
      await chooseFolder(page, copy);
      await shot("2-key");
      await giveKey(page, keyFile);
      await page.getByText(`${lost.current.size} files, `).waitFor();
      await shot("3-files");
      await saveZip(page);
      await page.getByText("recovered and verified").waitFor();
      await shot("4-done");
    }
  });
});

describe("the command that is built", () => {
  const command = join(dirname(createRequire(import.meta.url).resolve("@keyfold/core")), "recover-command/keyfold-recover.js");
  const recover = (args: readonly string[], input: string) => spawnSync(process.execPath, [command, ...args], { input, encoding: "utf8" });

  it("reads the key from standard input, writes every file, and says nothing but its report", async () => {
    const to = await temporary();
    const { status, stdout, stderr } = recover(["--from", copy, "--to", to], await lost.keyFile());
    expect(stdout).toBe(`${lost.current.size} files recovered and verified.\n`);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(await hashesIn(to)).toEqual(new Map(lost.current));
  });

  it("exits with 1 where something is missing and with 2 where nothing could be done", async () => {
    const key = await lost.keyFile();
    const older = key + `\nCheckpoint 1 9999 ${"ab".repeat(32)}\n`;
    expect(recover(["--from", copy, "--list"], older).status).toBe(1);
    expect(recover(["--from", await temporary(), "--list"], key).status).toBe(2);
    expect(recover(["--from", copy, "--list"], "no key").status).toBe(2);
  });
});

describe("served by a mount", () => {
  it("reads from that server, streams the zip into a file, and complains of nothing", async () => {
    const { page, complaints, requests } = await open(`${lost.server.url}/recover`);
    // In place of the person's own disk: a file of the browser's, with the same interface.
    await page.evaluate(() => {
      const picker = async () => (await navigator.storage.getDirectory()).getFileHandle("recovered.zip", { create: true });
      Object.assign(globalThis, { showSaveFilePicker: picker });
    });
    await page.getByRole("button", { name: "Read from this server instead" }).click();
    await giveKey(page, keyFile);
    await page.getByText(`${lost.current.size} files, `).waitFor();
    await page.getByRole("button", { name: "Save everything as a zip" }).click();
    await page.getByText(`${lost.current.size} files recovered and verified.`).waitFor();
    const zip = await page.evaluate(async () => {
      const file = await (await (await navigator.storage.getDirectory()).getFileHandle("recovered.zip")).getFile();
      const bytes = new Uint8Array(await file.arrayBuffer());
      let text = "";
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return btoa(text);
    });
    expect(withoutReport(filesIn(Buffer.from(zip, "base64")))).toEqual(new Map(lost.current));
    expect(complaints).toEqual([]);
    expect(requests.every((address) => address.startsWith(lost.server.url))).toBe(true);
    expect(requests.join(" ")).not.toContain(lost.keyId.toUpperCase());
  });

  it("can be saved, and is then the very file that was built", async () => {
    const { page } = await open(`${lost.server.url}/recover`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save this page" }).click()]);
    expect(sha256(await readFile(await download.path()))).toBe(sha256(await readFile(built)));
    expect((await stat(built)).size).toBeLessThan(1_000_000);
  });
});
