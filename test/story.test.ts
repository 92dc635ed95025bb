/** The main story, as a person lives it: an open folder, files, the key, another browser with nothing but the key. Real server, real Chromium. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey, Keyfold, memoryStore, parseKeyFile, printKey } from "@keyfold/core";
import { unzipSync } from "fflate";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { device, launch, type Device } from "./browser.ts";
import { leaks, marked, sha256 } from "./contents.ts";
import { Site } from "./site.ts";
import * as steps from "./steps.ts";

const segmentFill = 1_048_576 - 40 - 16;
const longName = `${"ä".repeat(125)}x.txt`; // 255 bytes of UTF-8

const files: steps.GivenFile[] = [
  { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) },
  { name: "one.bin", mimeType: "application/octet-stream", buffer: marked(1, 1) },
  { name: "segment.bin", mimeType: "application/octet-stream", buffer: marked(segmentFill, 1_000) },
  { name: "segment and one.bin", mimeType: "application/octet-stream", buffer: marked(segmentFill + 1, 200_000) },
  { name: "nine MiB.bin", mimeType: "application/octet-stream", buffer: marked(9 * 2 ** 20, 400_000) },
  { name: "Grüße 👩‍👩‍👧 🎉.txt", mimeType: "text/plain", buffer: marked(100, 2_000_000) },
  { name: "עברית שלום.txt", mimeType: "text/plain", buffer: marked(200, 2_100_000) },
  { name: "../../etc/passwd", mimeType: "text/plain", buffer: marked(300, 2_200_000) },
  { name: longName, mimeType: "text/plain", buffer: marked(400, 2_300_000) },
];

function keyOf(keyFile: string): Uint8Array {
  const { reading } = parseKeyFile(keyFile);
  if (reading.state !== "ok") throw new Error("The key file holds no key.");
  return reading.root;
}

describe("one key locks a folder, and its files come back on another device", () => {
  let site: Site;
  let browser: Browser;
  let first: Device;
  let second: Device;
  let scratch: string;
  let key = "";

  beforeAll(async () => {
    site = await Site.start();
    browser = await launch();
    scratch = await mkdtemp(join(tmpdir(), "keyfold-tree-"));
    const tree = join(scratch, "Survey 2026");
    for (let index = 0; index < 300; index++) {
      const directory = join(tree, `wing ${index % 3}`, index % 2 === 0 ? "upper" : "lower");
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, `room ${String(index).padStart(3, "0")}.txt`), marked(64 + index, 3_000_000 + 100 * index));
    }
    await mkdir(join(tree, "flat"));
    for (let index = 0; index < 150; index++) await writeFile(join(tree, "flat", `leaf ${index}.txt`), marked(32, 5_000_000 + 10 * index));
    await mkdir(join(tree, "nothing in it"));
    first = await device(browser);
    second = await device(browser);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  it("shows an open folder on the first visit, with the alert in its exact words", async () => {
    await first.page.goto(site.url);
    await first.page.getByText("Your folder isn’t secure.").waitFor();
    expect(await steps.visibleText(first.page.locator("keyfold-alert"))).toContain(
      "Your folder isn’t secure. Your files might be stolen or downloaded by anyone. Kindly generate a 64-byte key at the top left corner and click the sign button to secure your folder.",
    );
    await first.page.locator("keyfold-qr svg").first().waitFor();
  });

  it("shows what was picked before sending, and takes out what was picked by mistake", async () => {
    await steps.pick(first.page, [...files, { name: "by mistake.txt", mimeType: "text/plain", buffer: Buffer.from("no") }]);
    await first.page.getByRole("button", { name: "Send 10 files" }).waitFor();
    await first.page.getByRole("button", { name: "Leave out by mistake.txt" }).click();
    await steps.send(first.page);
    await steps.allArrived(first.page, files.length);
    await steps.row(first.page, "nine MiB.bin").waitFor();
    expect(await first.page.getByText("by mistake.txt").count()).toBe(0);
  });

  it("makes subfolders inside subfolders", async () => {
    await steps.newSubfolder(first.page, "Contracts");
    await steps.openDirectory(first.page, "Contracts");
    await steps.newSubfolder(first.page, "Drafts");
    await steps.openDirectory(first.page, "Drafts");
    await first.page.goBack();
    await first.page.goBack();
    await steps.row(first.page, "nine MiB.bin").waitFor();
  });

  it("takes a dropped directory tree whole, beyond a hundred entries a directory, empty ones too", async () => {
    await steps.dropPaths(first.page, first.page.locator("keyfold-list"), [join(scratch, "Survey 2026")]);
    await first.page.getByRole("button", { name: "Send 450 files" }).click();
    await steps.row(first.page, "Survey 2026").waitFor();
    await expect.poll(() => first.page.getByText(/^4\d\d files arrived$/).count(), { timeout: 90_000 }).toBe(1);
    await steps.openDirectory(first.page, "Survey 2026");
    await steps.row(first.page, "nothing in it").waitFor();
    expect(await steps.row(first.page, "flat").innerText()).toContain("150 items");
    await first.page.goBack();
  });

  it("is locked at once by Generate key and Sign, and the alert goes", async () => {
    key = await steps.lock(first.page);
    expect(steps.rowsOf(key)).toHaveLength(8);
    await first.page.getByText("Your folder isn’t secure.").waitFor({ state: "hidden" });
    await first.page.getByRole("button", { name: "Sign out" }).waitFor();
  });

  it("goes on with re-encryption after a reload in its middle, still signed in, and ends", async () => {
    expect(await steps.exposed(first.page)).toMatchObject({ total: 459 });
    await first.page.reload();
    expect((await steps.exposed(first.page)).remaining).toBeGreaterThan(0);
    await steps.row(first.page, "nine MiB.bin").waitFor();
    await steps.reEncrypted(first.page);
  });

  it("leaves nothing readable in the server's data folder", async () => {
    await site.stop();
    const names = [
      "nine MiB",
      "Contracts",
      "Drafts",
      "Survey 2026",
      "room 0",
      "שלום",
      "etc/passwd",
      "application/octet-stream",
      "text/plain",
      longName.slice(0, 40),
    ];
    expect(leaks(site.folder, names)).toEqual([]);
    await site.run();
  });

  it("says of a wrong key once and plainly that it opens no folder here", async () => {
    await second.page.goto(site.url);
    await steps.signInByPaste(second.page, printKey(generateKey()).join("\n"));
    await second.page.getByText("This key opens no folder here.").first().waitFor();
  });

  it("names a mistyped row and its certain correction", async () => {
    const rows = steps.rowsOf(key);
    await second.page.reload();
    await steps.openKeyEntry(second.page);
    for (const [index, row] of rows.entries()) {
      const typed = index === 2 ? `${row.slice(0, 3)}${row[3] === "7" ? "8" : "7"}${row.slice(4)}` : row;
      await second.page.getByRole("textbox", { name: `Row ${index + 1}` }).fill(typed);
    }
    await second.page.getByText("Row 3 has one wrong character").waitFor();
    await second.page.getByRole("button", { name: /^Use / }).click();
    await second.page.getByRole("button", { name: "Open the folder" }).click();
    await steps.row(second.page, "nine MiB.bin").waitFor();
  });

  it("gives every file back byte for byte in a browser that had only the key", async () => {
    for (const file of files) {
      const visible = file.name.startsWith("..") ? /passwd/ : file.name === longName ? /^.*ä{20}/ : file.name;
      const got = await steps.downloadRow(second.page, visible);
      expect([file.name, sha256(got.bytes)]).toEqual([file.name, sha256(file.buffer)]);
      expect(got.name).not.toMatch(/[/\\]/);
    }
  });

  it("gives a directory as a zip that keeps its structure", async () => {
    const got = await steps.downloadRow(second.page, "Survey 2026");
    expect(got.name).toBe("Survey 2026.zip");
    const entries = Object.entries(unzipSync(got.bytes));
    const contents = entries.filter(([name]) => !name.endsWith("/"));
    expect(contents).toHaveLength(450);
    for (const [name, bytes] of contents) {
      const room = /^Survey 2026\/wing (\d)\/(upper|lower)\/room (\d{3})\.txt$/.exec(name);
      const leaf = /^Survey 2026\/flat\/leaf (\d+)\.txt$/.exec(name);
      const expected = room
        ? marked(64 + Number(room[3]), 3_000_000 + 100 * Number(room[3]))
        : leaf
          ? marked(32, 5_000_000 + 10 * Number(leaf[1]))
          : undefined;
      expect(expected === undefined ? name : sha256(bytes)).toBe(expected === undefined ? undefined : sha256(expected));
    }
    expect(entries.map(([name]) => name)).toContain("Survey 2026/nothing in it/");
  });

  it("renames, moves, trashes and restores, and the first browser sees it", async () => {
    const { page } = second;
    await steps.row(page, "one.bin").click();
    await page.keyboard.press("F2");
    await page.keyboard.type("single");
    await page.keyboard.press("Enter");
    await steps.row(page, "single.bin").waitFor();

    // by cut and paste
    await steps.row(page, "single.bin").click();
    await page.keyboard.press("Control+x");
    await steps.openDirectory(page, "Contracts");
    await page.locator("keyfold-list").getByRole("row", { name: "Drafts" }).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+v");
    await steps.row(page, "single.bin").waitFor();
    await page.goBack();

    // by the dialog
    await steps.row(page, "empty.txt").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Move to…" }).click();
    await page.getByRole("dialog").getByRole("treeitem", { name: "Contracts" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Move to/ })
      .click();
    await steps.row(page, "empty.txt").waitFor({ state: "hidden" });

    // by dragging
    await steps.row(page, "segment.bin").dragTo(steps.row(page, "Contracts"));
    await steps.row(page, "segment.bin").waitFor({ state: "hidden" });

    // to the trash and back
    await steps.row(page, "segment and one.bin").click();
    await page.keyboard.press("Delete");
    await steps.row(page, "segment and one.bin").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Undo" }).first().click();
    await steps.row(page, "segment and one.bin").waitFor();

    await first.page.bringToFront();
    await steps.row(first.page, "segment.bin").waitFor({ state: "hidden" });
    await steps.openDirectory(first.page, "Contracts");
    for (const name of ["single.bin", "empty.txt", "segment.bin"]) await steps.row(first.page, name).waitFor();
  });

  it("opens in a third browser by its key file, dropped on the page", async () => {
    const third = await device(browser);
    const keyFile = join(scratch, "keyfold-key.txt");
    await writeFile(keyFile, key);
    await third.page.goto(site.url);
    await steps.openKeyEntry(third.page);
    await steps.dropPaths(third.page, third.page.locator("keyfold-key-entry"), [keyFile]);
    await third.page.getByRole("button", { name: "Open the folder" }).click();
    await steps.row(third.page, "nine MiB.bin").waitFor();
    await third.context.close();
  });

  it("tells every device when the key was replaced elsewhere, and asks for the new one", async () => {
    const server = `${site.url}/keyfold`;
    const elsewhere = await new Keyfold({ server, store: memoryStore() }).open(keyOf(key));
    const newer = generateKey();
    await elsewhere.lock(newer);
    await elsewhere.close();
    for (const { page } of [first, second]) {
      await page.bringToFront();
      await page.getByText("Another of your devices locked this folder first. Use its key.").waitFor({ timeout: 30_000 });
    }
    await steps.signInByPaste(second.page, key);
    await second.page.getByText("This key was replaced by a newer one.").waitFor();
    await second.page.getByRole("button", { name: "Enter the newer key" }).click();
    await steps.signInByPaste(second.page, printKey(newer).join("\n"));
    await steps.row(second.page, "nine MiB.bin").waitFor();
  });

  it("heard no complaint from either browser, of its content security policy or else", () => {
    // What was meant: the server stood still while its folder was searched, a key was tried that opens nothing, and another replaced.
    const meant = /ERR_CONNECTION_REFUSED|status of (401|404)/;
    expect([...first.complaints, ...second.complaints].filter((line) => !meant.test(line))).toEqual([]);
  });
});
