/**
 * The main story once more, with every place searched where a secret could have got to: each request and answer, the server's log and files, and all that a
 * page leaves in its document, its storages and its history.
 *
 * Secret are: every root key and everything that derives from it; each key that WebCrypto was handed; the contents; the names. Two exceptions:
 * - By design an open folder's read key lies beside it: the request that makes the folder and the answers that describe it hold it, and the server's
 *   database, until the lock. The folders that the other devices' first visits made stay open, and so stay an exception in these three places.
 * - Names are on the screen. The attributes that tell them to people as well, `aria-label` and `title`, may hold them; no other attribute.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneLine, printKey, readKey, writeKeyFile } from "@keyfold/core";
import { unzipSync } from "fflate";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { device, launch, type Device } from "./browser.ts";
import { everyFile } from "./contents.ts";
import { Scanner } from "./scanner.ts";
import { Site } from "./site.ts";
import * as steps from "./steps.ts";
import { type Trace, tracesIn, watch } from "./traces.ts";
import { Wire } from "./wire.ts";

// Of letters that stand together in no language and no program: eight of them in a row are this name, or chance.
const letter = "Qxvzkwpjdh brtgmfxq.txt";
const picture = "Wvkqzjxp fgdhtbnm.bin";
const directory = "Zqjxkvbw hpdftgnr";
const renamed = "Jxqzvkwd tpghbfmn.txt";
const content = Buffer.from(randomBytes(48 * 1024).toString("latin1"), "latin1");
const large = randomBytes(5 * 2 ** 20);

const derive = (ikm: Uint8Array, label: string): Buffer => Buffer.from(hkdfSync("sha512", ikm, "keyfold/1", label, 32));

describe("no secret is anywhere that it does not belong", () => {
  let site: Site;
  let wire: Wire;
  let browser: Browser;
  let scratch: string;
  let root: Uint8Array<ArrayBuffer>;
  let lockedAt = 0;
  const first: { device?: Device } = {};
  const heard: Trace[][] = [];
  const traces: Trace[] = [];
  /** Hex of each root that was drawn, in order: the open folder's, then the person's. */
  const roots: string[] = [];
  const keys = new Map<string, string>();

  async function newDevice(): Promise<Device> {
    const made = await device(browser);
    heard.push(
      await watch(made.context, (kind, hex) => {
        if (kind === "root") roots.push(hex);
        // The platform is tried out with keys of 32 bytes alike: those are no secret.
        else if (!/^(..)\1*$/.test(hex)) keys.set(hex, kind);
      }),
    );
    // The first page was there before the listeners were.
    const page = await made.context.newPage();
    await made.page.close();
    return { ...made, page };
  }
  const look = async (at: Device): Promise<void> => void traces.push(...(await tracesIn(at.page)));

  beforeAll(async () => {
    [site, wire, browser] = await Promise.all([Site.start(), Wire.start(), launch()]);
    wire.target = site.port;
    scratch = await mkdtemp(join(tmpdir(), "keyfold-leak-"));
    first.device = await newDevice();
  });
  afterAll(async () => {
    await browser?.close();
    await wire?.stop();
    await site?.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  it("an open folder takes files and a subfolder", async () => {
    const at = first.device!;
    await at.page.goto(wire.url);
    await at.page.getByText("Your folder isn’t secure.").waitFor();
    await steps.pick(at.page, [
      { name: letter, mimeType: "text/plain", buffer: content },
      { name: picture, mimeType: "application/octet-stream", buffer: large },
    ]);
    await look(at);
    await steps.send(at.page);
    await look(at);
    await steps.allArrived(at.page, 2);
    await steps.newSubfolder(at.page, directory);
    await steps.openDirectory(at.page, directory);
    await look(at);
    await at.page.goBack();
    await steps.row(at.page, letter).click();
    await look(at);
  });

  it("is locked with a key that was copied, and of which a row was typed back", async () => {
    const at = first.device!;
    const { page } = at;
    await page.getByRole("button", { name: "Generate key" }).click();
    await look(at);
    await page.getByRole("button", { name: "Show key" }).click();
    await look(at);
    await page.getByRole("button", { name: /^Copy it/ }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const rows = steps.rowsOf(copied).length === 8 ? steps.rowsOf(copied) : copied.trim().split(/\s+/);
    const reading = readKey(rows);
    if (reading.state !== "ok") throw new Error("What was copied is no key.");
    ({ root } = reading);
    const asked = Number(/Type row (\d) back/.exec(await page.getByText(/^Type row \d back$/).innerText())![1]);
    await page.getByRole("textbox", { name: /^Row \d, three groups/ }).fill(rows[asked - 1]!);
    await look(at);
    await page.getByRole("button", { name: "Continue" }).click();
    const saved = page.getByRole("button", { name: "I’ve saved it" });
    if (await saved.isVisible()) await saved.click();
    await page.getByRole("button", { name: "Sign and lock" }).click();
    await page.getByRole("button", { name: "To the folder" }).waitFor();
    lockedAt = performance.now();
    await look(at);
    await page.getByRole("button", { name: "To the folder" }).click();
    await look(at);
    await steps.reEncrypted(page);
    await page.reload();
    await steps.row(page, letter).waitFor();
    await look(at);
  });

  it("is opened elsewhere by paste, by rows and by file", async () => {
    const [byPaste, byRows, byFile] = [await newDevice(), await newDevice(), await newDevice()];
    for (const at of [byPaste, byRows, byFile]) await at.page.goto(wire.url);
    await byPaste.page.bringToFront();
    await steps.signInByPaste(byPaste.page, oneLine(printKey(root)));
    await steps.row(byPaste.page, letter).waitFor();

    await steps.openKeyEntry(byRows.page);
    for (const [i, row] of printKey(root).entries()) {
      await byRows.page
        .getByRole("textbox", { name: `Row ${i + 1}` })
        .fill(i === 4 ? `${row.slice(0, -1)}${row.endsWith("7") ? "8" : "7"}` : row);
    }
    await look(byRows);
    await byRows.page.getByRole("button", { name: /^Use / }).click();
    await byRows.page.getByRole("button", { name: "Open the folder" }).click();
    await steps.row(byRows.page, letter).waitFor();

    const keyFile = join(scratch, "key.txt");
    await writeFile(keyFile, writeKeyFile({ root, keyId: "0".repeat(32) }));
    await steps.openKeyEntry(byFile.page);
    await steps.dropPaths(byFile.page, byFile.page.locator("keyfold-key-entry"), [keyFile]);
    await look(byFile);
    await byFile.page.getByRole("button", { name: "Open the folder" }).click();
    await steps.row(byFile.page, letter).waitFor();
    for (const at of [byPaste, byRows, byFile]) await look(at);
    await byRows.context.close();
    await byFile.context.close();

    const { page } = byPaste;
    await steps.row(page, letter).click();
    await page.keyboard.press("F2");
    await look(byPaste);
    await page.keyboard.type(renamed.replace(".txt", ""));
    await page.keyboard.press("Enter");
    await steps.row(page, renamed).waitFor();
    expect((await steps.downloadRow(page, renamed)).bytes.equals(content)).toBe(true);
    const both = await steps.downloadRow(page, directory);
    expect(Object.keys(unzipSync(both.bytes))).toEqual([`${directory}/`]);
    expect((await steps.downloadRow(page, picture)).bytes.equals(large)).toBe(true);
    await look(byPaste);

    await steps.row(page, picture).click();
    await page.keyboard.press("Delete");
    await steps.row(page, picture).waitFor({ state: "hidden" });
    await look(byPaste);
    await page.getByRole("button", { name: "Undo" }).first().click();
    await steps.row(page, picture).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    const sure = page.getByRole("dialog").getByRole("button", { name: "Sign out" });
    const signedOut = page.getByRole("button", { name: /^(Open with a key|Paste the key|Enter the key)$/ }).first();
    await sure.or(signedOut).first().waitFor();
    if (await sure.isVisible()) await sure.click();
    await signedOut.waitFor();
    await look(byPaste);
    await look(first.device!);
  });

  it("and nothing of all that is found outside", async () => {
    await site.stop();
    const mine = Buffer.from(root).toString("hex");
    const open = Buffer.from(roots[0]!, "hex");
    const scanner = new Scanner();
    const published = new Scanner();
    const stillOpen = new Scanner();
    for (const [i, hex] of [...new Set(roots)].entries()) {
      const key = Buffer.from(hex, "hex");
      const read = derive(key, "read");
      scanner.add(`root ${i}`, key);
      for (const label of ["sign", "auth", "inbox", "drop", "share", "keep"]) scanner.add(`${label} of root ${i}`, derive(key, label));
      for (const label of ["read/log", "read/auth", "read/live"]) scanner.add(`${label} of root ${i}`, derive(read, label));
      (hex === mine ? scanner : hex === roots[0] ? published : stillOpen).add(`read key of root ${i}`, read);
      if (hex !== mine) keys.delete(read.toString("hex"));
    }
    for (const [hex, kind] of keys) scanner.add(`${kind} key`, Buffer.from(hex, "hex"));
    scanner.add("content", content);
    scanner.add("content", large.subarray(0, 65_536));
    scanner.add("content", large.subarray(-65_536));
    const named = new Scanner();
    for (const name of [letter, picture, directory, renamed]) named.add(`name ${name}`, name);

    // The listeners heard: both roots, and keys of every kind. Else nothing could be found below.
    expect(roots[1]).toBe(mine);
    expect(new Set(keys.values())).toEqual(new Set(["HKDF", "AES-GCM", "Ed25519", "X25519"]));
    for (const seed of [derive(open, "sign"), derive(root, "auth"), derive(derive(root, "read"), "read/log")])
      expect(keys.has(seed.toString("hex"))).toBe(true);

    const found: string[] = [];
    const search = (where: string, what: Uint8Array | string, ...scanners: Scanner[]): void => {
      for (const one of scanners) for (const { secret, form } of one.find(what)) found.push(`${where}: ${secret}, ${form}`);
    };
    let told = 0;
    for (const { method, path, at, request, answer } of wire.exchanges) {
      const makes = method === "POST" && path === "/keyfold/v1/folders";
      const describes = method === "GET" && /^\/keyfold\/v1\/folders\/[0-9a-f]{32}$/.test(path);
      for (const [side, { head, body }, tells] of [
        ["request", request, makes],
        ["answer", answer, describes],
      ] as const) {
        search(`${side} ${method} ${path}`, head, scanner, named, published, stillOpen);
        search(
          `${side} ${method} ${path}`,
          body,
          scanner,
          named,
          ...(tells ? [] : [stillOpen]),
          ...(tells && at < lockedAt ? [] : [published]),
        );
        if (tells) told += published.find(body).length;
      }
    }
    expect(told).toBeGreaterThanOrEqual(1);
    for (const { path, bytes } of everyFile(site.folder)) {
      search(path, bytes, scanner, named, published, ...(/\.db(-wal)?$/.test(path) ? [] : [stillOpen]));
    }
    for (const line of site.written) search("server log", line, scanner, named, published, stillOpen);
    for (const { where, what } of [...heard.flat(), ...traces]) {
      const tellsPeople = where === "attribute aria-label" || where === "attribute title";
      search(where, what, scanner, published, stillOpen, ...(tellsPeople ? [] : [named]));
    }
    expect([...new Set(found)]).toEqual([]);
    expect(traces.filter(({ what }) => what === "an extractable key")).toEqual([]);

    // That there was something to be searched.
    expect(wire.exchanges.length).toBeGreaterThan(60);
    expect(site.written.length).toBeGreaterThan(0);
    const kinds = new Set([...heard.flat(), ...traces].map(({ where }) => where.split(" ")[0]));
    for (const kind of ["attribute", "title", "address", "history", "IndexedDB"]) expect(kinds).toContain(kind);
  });
});
