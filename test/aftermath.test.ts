/** After locking: the formerly published read key, with a byte copy of the server's data folder, opens nothing. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey, Keyfold, memoryStore, type Folder } from "@keyfold/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fromBase64url, toBase64url, toHex } from "../packages/core/src/crypto/encoding.ts";
import { webCryptoProvider } from "../packages/core/src/crypto/webcrypto.ts";
import { deriveReaderKeys } from "../packages/core/src/key/schedule.ts";
import { decodeRecord, splitPage, type EntryRecord } from "../packages/core/src/protocol/record.ts";
import { everyFile, leaks, marked } from "./contents.ts";
import { Site } from "./site.ts";

const provider = webCryptoProvider();

function entriesIn(page: Uint8Array<ArrayBuffer>): EntryRecord[] {
  return [...splitPage(page)].map((bytes) => decodeRecord(bytes)).filter((record) => record.kind === "entry");
}

function windowsOf(bytes: Buffer, length: number, every: number): Buffer[] {
  return Array.from({ length: Math.floor((bytes.length - length) / every) + 1 }, (_, index) =>
    bytes.subarray(index * every, index * every + length),
  );
}

describe("a folder that was open, and is locked and re-encrypted", () => {
  let site: Site;
  let copy: string;
  let folder: Folder;
  let readKey: Uint8Array<ArrayBuffer>;
  /** Ciphertext of before: every entry as it was sent, every part as it was stored. */
  const entries: Uint8Array<ArrayBuffer>[] = [];
  let parts: readonly Buffer[] = [];
  /** Entries sent after the lock. */
  const later: Uint8Array<ArrayBuffer>[] = [];
  let locked = false;
  let token = "";
  let tokenOfBefore = "";

  const watching: typeof fetch = async (input, init) => {
    token = new Headers(init?.headers).get("keyfold-token") ?? token;
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (init?.method === "POST" && /\/(log|rekey)$/.test(pathname)) {
      const body = new Uint8Array(await new Response(init.body ?? null).arrayBuffer());
      (locked || pathname.endsWith("/rekey") ? later : entries).push(body);
    }
    return fetch(input, init);
  };

  beforeAll(async () => {
    site = await Site.start();
    folder = await new Keyfold({ server: `${site.url}/keyfold`, store: memoryStore(), fetch: watching }).create();
    const published = (await (await fetch(`${site.url}/keyfold/v1/folders/${folder.id}`)).json()) as { readKey: string };
    readKey = fromBase64url(published.readKey);

    const file = (name: string, size: number, seed: number) => ({ name, file: new Blob([new Uint8Array(marked(size, seed))]) });
    await folder.upload([file("will.txt", 2_000, 1), file("plan.bin", 5 * 2 ** 20, 10_000), file("regret.txt", 3_000, 900_000)], {
      to: "/Estate/2026",
    });
    await folder.upload([file("will.txt", 2_500, 950_000)], { to: "/Estate/2026", conflict: "replace" });
    await folder.rename("/Estate/2026/plan.bin", "floor plan.bin");
    await folder.trash(["/Estate/2026/regret.txt"]);
    await folder.settled();
    parts = everyFile(join(site.folder, "blobs")).map(({ bytes }) => bytes);

    tokenOfBefore = token;
    await folder.lock(generateKey());
    locked = true;
    await vi.waitFor(() => expect(folder.state.exposed.remaining).toBe(0), { timeout: 30_000 });
    await folder.settled();
    const old = () => everyFile(join(site.folder, "blobs")).filter(({ bytes }) => parts.some((part) => part.equals(bytes)));
    await vi.waitFor(() => expect(old()).toEqual([]), { timeout: 30_000 });
    copy = await mkdtemp(join(tmpdir(), "keyfold-copy-"));
    // While the server runs: the write-ahead log and its free pages are copied as they are.
    await cp(site.folder, copy, { recursive: true });
  });
  afterAll(async () => {
    await folder?.close();
    await site?.remove();
    if (copy) await rm(copy, { recursive: true, force: true });
  });

  it("had something to hide", () => {
    expect(entries.length).toBeGreaterThan(3);
    expect(parts.length).toBeGreaterThan(4);
    expect(folder.state.exposed.total).toBe(4);
    expect(folder.state.tree.trash().map(({ name }) => name)).toEqual(["regret.txt"]);
  });

  it("keeps the published read key nowhere in its database, free pages and write-ahead log included", () => {
    for (const { path, bytes } of everyFile(copy)) {
      const forms = [Buffer.from(readKey), toHex(readKey), toBase64url(readKey), Buffer.from(readKey).toString("base64")];
      expect([path, forms.some((form) => bytes.includes(form))]).toEqual([path, false]);
    }
  });

  it("keeps no ciphertext from before, of entries, files, earlier versions or the trash", () => {
    const stored = everyFile(copy);
    const windows = parts.flatMap((part) => windowsOf(part, 32, 8_192));
    for (const { sealed } of entries.flatMap(entriesIn)) windows.push(...windowsOf(Buffer.from(sealed), 16, 16));
    expect(windows.length).toBeGreaterThan(500);
    expect(windows.filter((window) => stored.some(({ bytes }) => bytes.includes(window)))).toEqual([]);
  });

  it("has no entry that the old read key opens", async () => {
    const { log } = await deriveReaderKeys(provider, readKey);
    const sealed = later.flatMap(entriesIn).map((entry) => entry.sealed);
    expect(sealed.length).toBeGreaterThan(1);
    for (const bytes of sealed) {
      await expect(provider.aesOpen(log, bytes.slice(0, 12), bytes.slice(12))).rejects.toMatchObject({ code: "tampered" });
    }
  });

  it("shows no name, type or content in any byte of the folder", () => {
    expect(leaks(copy, ["will.txt", "floor plan", "regret", "Estate", "text/plain"])).toEqual([]);
  });

  it("refuses a session of before with 401", async () => {
    expect(tokenOfBefore).not.toBe("");
    const refused = await fetch(`${site.url}/keyfold/v1/folders/${folder.id}/log?from=0`, { headers: { "keyfold-token": tokenOfBefore } });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([401, "epoch-over"]);
  });

  it("answers the published link with a locked folder", async () => {
    const answer = (await (await fetch(`${site.url}/keyfold/v1/folders/${folder.id}`)).json()) as Record<string, unknown>;
    expect(answer).toMatchObject({ open: false, epoch: 1 });
    expect(answer).not.toHaveProperty("readKey");
    const visitor = await new Keyfold({ server: `${site.url}/keyfold`, store: memoryStore() }).openFolder(folder.id);
    expect(visitor.state.status).toBe("locked");
    expect(visitor.state.tree.count).toEqual({ files: 0, directories: 0 });
    await visitor.close();
  });
});
