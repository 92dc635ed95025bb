/** What a person does in the demo, step by step, by the words they see. */
import { readFile } from "node:fs/promises";
import type { Download, FileChooser, Locator, Page } from "playwright-core";
import { expect } from "vitest";

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

async function chooser(page: Page, press: () => Promise<void>): Promise<FileChooser> {
  const [opened] = await Promise.all([page.waitForEvent("filechooser"), press()]);
  return opened;
}

/** Picks files, on the first visit or later; they stay in the look-over step. */
export async function pick(page: Page, files: GivenFile[] | string[]): Promise<void> {
  const button = page.getByRole("button", { name: /^(Choose files|Add files)$/ }).first();
  const given = await chooser(page, () => button.click());
  await given.setFiles(files);
}

/** Presses "Send n files", and waits until all of them are in the folder. */
export async function send(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Send [\d,]+ files?$/ }).click();
}

export async function allArrived(page: Page, count: number, timeout = 60_000): Promise<void> {
  await page.getByText(new RegExp(`^${count.toLocaleString("en")} files? arrived$`)).waitFor({ timeout });
}

export function row(page: Page, name: string | RegExp): Locator {
  return page.locator("keyfold-list").getByRole("row", { name }).first();
}

export async function newSubfolder(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New subfolder" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Make it" }).click();
  await row(page, name).waitFor();
}

export async function openDirectory(page: Page, name: string): Promise<void> {
  await row(page, name).dblclick();
  await page.locator("keyfold-list").getByRole("navigation").getByText(name).waitFor();
}

/** A real drop of paths of this machine, directories and all, as the system's file manager does it. */
export async function dropPaths(page: Page, target: Locator, paths: readonly string[]): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error("What to drop on is not in view.");
  const session = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) await session.send("Input.dispatchDragEvent", { type, ...at, data });
  await session.detach();
}

/** Generate key, keep it as a file, say so, sign. Returns the key file's text. */
export async function lock(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Generate key" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Save as a file/ }).click()]);
  const text = await readFile(await download.path(), "utf8");
  await page.getByRole("button", { name: "I’ve saved it" }).click();
  await page.getByRole("button", { name: "Sign and lock" }).click();
  await page.getByRole("button", { name: "To the folder" }).click();
  return text;
}

export function rowsOf(keyFile: string): string[] {
  return [...keyFile.matchAll(/^[1-8]\s+([0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5})$/gm)].map((match) => match[1] as string);
}

const pasteButton = /^Paste (the key|again)$/;

/** Pastes a key, as from a password manager. */
export async function signInByPaste(page: Page, text: string): Promise<void> {
  await openKeyEntry(page);
  await page.evaluate((value) => navigator.clipboard.writeText(value), text);
  await page.getByRole("button", { name: pasteButton }).click();
  await page.getByRole("button", { name: "Open the folder" }).click();
}

export async function openKeyEntry(page: Page): Promise<void> {
  const entry = page.getByRole("button", { name: pasteButton });
  const open = page.getByRole("button", { name: "Open with a key" }).first();
  await entry.or(open).first().waitFor();
  if (!(await entry.isVisible())) await open.click();
}

/** Versions that still have to be sealed anew, as the page's folder knows. */
export async function exposed(page: Page): Promise<{ remaining: number; total: number }> {
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return page
    .locator("keyfold-manager")
    .evaluate((manager: Element & { folder?: { state: { exposed: { remaining: number; total: number } } } }) => {
      const state = manager.folder?.state.exposed;
      return state === undefined ? { remaining: -1, total: -1 } : { remaining: state.remaining, total: state.total };
    });
}

/** Waits until nothing is exposed any more, and the line about it is gone. */
export async function reEncrypted(page: Page, timeout = 90_000): Promise<void> {
  await expect.poll(async () => (await exposed(page)).remaining, { timeout }).toBe(0);
  await page.getByText(/still being re-encrypted/).waitFor({ state: "hidden" });
}

/** The text that a person sees in an element, shadow trees and slots included. */
export async function visibleText(target: Locator): Promise<string> {
  const text = await target.evaluate((element) => {
    const read = (node: Node): string => {
      if (node instanceof HTMLStyleElement) return "";
      if (node instanceof HTMLSlotElement && node.assignedNodes().length > 0) return node.assignedNodes().map(read).join("");
      if (node instanceof Element && node.shadowRoot) return read(node.shadowRoot);
      return node instanceof Text ? node.data : Array.from(node.childNodes, read).join("");
    };
    return read(element);
  });
  return text.replace(/\s+/g, " ").trim();
}

export async function downloaded(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer; download: Download }> {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), press()]);
  const failure = await download.failure();
  if (failure !== null) throw new Error(`The download failed: ${failure}`);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()), download };
}

/** Chooses a row and presses Download beside its details. */
export async function downloadRow(page: Page, name: string | RegExp): Promise<{ name: string; bytes: Buffer }> {
  await row(page, name).click();
  return downloaded(page, () =>
    page
      .locator("keyfold-details")
      .getByRole("button", { name: /^Download( as zip)?$/ })
      .click(),
  );
}
