/** What two uploads have in common, and what two tries of one part: nothing that the server could use. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { decodeSentBundle } from "../../src/protocol/bundle.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { contentOf, fileOf } from "../transfer-folder.ts";
import { problem, type Asked } from "./server.ts";
import { codeOf, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

/** Every part that was sent, blob and index and bytes, whether alone or in a bundle. */
function partsIn(seen: readonly Asked[]): { blob: string; index: number; bytes: Bytes }[] {
  return seen.flatMap(({ what, ids, url, body }) => {
    if (what === "PUT /blobs/*/parts/*") return [{ blob: ids[1]!, index: Number(url.pathname.split("/").at(-1)), bytes: body }];
    return what === "POST /parts" ? decodeSentBundle(body) : [];
  });
}

/** Every aligned 16 bytes. Two ciphertexts of one content under one key and nonce would have them all in common; padding that shows, with itself. */
function blocksOf(bytes: Bytes): string[] {
  const text = Buffer.from(bytes).toString("latin1");
  return Array.from({ length: Math.floor(text.length / 16) }, (_, i) => text.slice(16 * i, 16 * i + 16));
}

test("the same file twice, small and large, in one folder and in another: no shared bytes on the server", async () => {
  const { folder } = await stage.locked(() => Promise.resolve());
  const other = await stage.locked(() => Promise.resolve());
  stage.server.expectNoLeak();
  for (const to of [folder, folder, other.folder]) await to.upload([fileOf("large.bin", 1_200_000), fileOf("small.bin", 3000)]);
  const parts = partsIn(stage.server.seen);
  expect(new Set(parts.map(({ blob }) => blob)).size).toBe(6);
  const blocks = parts.flatMap(({ bytes }) => blocksOf(bytes));
  expect(blocks.length).toBeGreaterThan((3 * 1_200_000) / 16);
  expect(new Set(blocks).size).toBe(blocks.length);
});

test("a file edited between two tries of one part: the server never has two ciphertexts of one blob and place", async () => {
  const { folder } = await stage.locked(() => Promise.resolve());
  stage.server.expectNoLeak();
  const size = 9 * 2 ** 20;
  const before = contentOf(size);
  const edited = before.map((byte, i) => (i > 5 * 2 ** 20 ? byte ^ 0xff : byte));
  let isEdited = false;
  // As a file on disk: the same object, and from some moment on another content and time.
  const file = new Proxy(fileOf("plan.bin", before), {
    get(target, name) {
      if (name === "slice") return (start: number, end: number) => new Blob([(isEdited ? edited : before).slice(start, end)]);
      if (name === "lastModified") return isEdited ? 2_000_000_000_000 : target.lastModified;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  let refused = 0;
  stage.server.answer("PUT /blobs/*/parts/*", ({ url }) => {
    if (!url.pathname.endsWith("/1") || refused++ > 1) return undefined;
    isEdited = true;
    return problem(503, "unavailable");
  });
  expect(await codeOf(folder.upload([file]))).toMatch(/well|file-changed/);
  const places = new Map<string, Set<string>>();
  for (const { blob, index, bytes } of partsIn(stage.server.seen)) {
    const at = `${blob} ${index}`;
    places.set(at, (places.get(at) ?? new Set()).add(Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")));
  }
  expect(refused).toBeGreaterThan(1);
  for (const [at, contents] of places) expect([at, contents.size]).toEqual([at, 1]);
});
