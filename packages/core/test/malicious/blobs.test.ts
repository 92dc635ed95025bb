/** The store is changed: bits of parts, segments and parts reordered, repeated, dropped, exchanged; older versions; new segments under the true key. */
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { concat, fromBase64url } from "../../src/crypto/encoding.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { LogFollower } from "../../src/log/chain.ts";
import type { Descriptor } from "../../src/seal/blob.ts";
import { createOpener } from "../../src/seal/opener.ts";
import { createSealer } from "../../src/seal/sealer.ts";
import { bytesOf, contentOf, fileOf } from "../transfer-folder.ts";
import { cutIntoParts, openAll, sealAll } from "../sealing.ts";
import { bytes, flipped } from "./server.ts";
import { codeOf, content, type LockedFolder, provider, Stage } from "./stage.ts";

const MiB = 2 ** 20;
/** Three parts, nine segments and a bit. */
const large = contentOf(9 * MiB + 77);
const HASHES = "GET /blobs/*/hashes";
const PART = "GET /blobs/*/parts/*";
const BUNDLE = "POST /parts/read";

let stage: Stage;
let victim: LockedFolder;
/** As they are on the server: sealed bytes by file name. */
const stored = new Map<string, { descriptor: Descriptor; parts: Bytes[]; hashes: Bytes }>();
beforeAll(async () => {
  stage = await Stage.set();
  victim = await stage.locked(async (folder) => {
    await folder.upload([
      fileOf("a.bin", large),
      fileOf("b.bin", contentOf(9 * MiB + 78).reverse()),
      fileOf("small.txt", new TextEncoder().encode(content("small"))),
    ]);
  });
  const { folder, owner } = victim;
  const api = stage.api(folder.id, owner);
  const follower = new LogFollower({ provider, keys: [owner], folderId: folder.id, snapshot: () => new ReadableStream() });
  await follower.page((await api.log(0)).records);
  for (const { name, versions } of follower.tree.nodes()) {
    const { descriptor } = versions.at(-1)!;
    const opener = createOpener(provider, descriptor);
    const parts = await Promise.all(Array.from({ length: opener.partCount }, (_, i) => api.getPart(descriptor.blob, i)));
    stored.set(name, { descriptor, parts, hashes: await api.hashes(descriptor.blob) });
    stage.server.secret(`content key of ${name}`, fromBase64url(descriptor.key, 32));
  }
  stage.server.secret("content", content("small"));
});
beforeEach(() => {
  stage.server.repent();
  stage.server.expectNoLeak();
});
afterAll(() => stage.strike().then(() => stage.server.remove()));

const blob = (name: string) => stored.get(name)!;
/** What is released of a read before it ends, and how it ends. */
async function reading(name: string, range: { start?: number; end?: number } = {}): Promise<{ released: Bytes; code: string }> {
  const pieces: Bytes[] = [];
  const reader = victim.folder.stream(`/${name}`, range).getReader();
  const code = await codeOf(
    (async () => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(Uint8Array.from(read.value));
    })(),
  );
  return { released: concat(...pieces), code };
}

/** It fails as tampered, and what was released before is the true beginning of what was asked for. */
async function expectTampered(name: string, of: Bytes, range: { start?: number; end?: number } = {}): Promise<Bytes> {
  const { released, code } = await reading(name, range);
  expect([name, range, code]).toEqual([name, range, "tampered"]);
  const { start = 0 } = range;
  expect(Buffer.from(released).equals(of.subarray(start, start + released.length))).toBe(true);
  return released;
}

/** From now on the server has these parts for a blob, and a list of hashes that fits them. */
function serve(name: string, parts: readonly Bytes[], hashes: Bytes | "fitting" = blob(name).hashes): void {
  const of = blob(name).descriptor.blob;
  stage.server.answer(PART, ({ ids, url }) => {
    if (ids[1] !== of) return undefined;
    const part = parts[Number(url.pathname.split("/").at(-1))];
    return part === undefined ? new Response("{}", { status: 404 }) : new Response(part);
  });
  stage.server.answer(HASHES, async ({ ids }) => {
    if (ids[1] !== of) return undefined;
    return new Response(hashes === "fitting" ? concat(...(await Promise.all(parts.map((part) => provider.sha256(part))))) : hashes);
  });
}

describe("a bit flipped", () => {
  test("anywhere in any part or list of hashes is noticed before anything of that part is released", async () => {
    const bits = fc.constantFrom("a.bin", "b.bin", "small.txt").chain((name) => {
      const { parts, hashes } = blob(name);
      const sealed = parts.reduce((sum, { length }) => sum + length, 0);
      return fc.record({
        name: fc.constant(name),
        inList: fc.boolean(),
        bit: fc.nat({ max: 8 * sealed - 1 }),
        listed: fc.nat({ max: 8 * hashes.length - 1 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(bits, async ({ name, inList, bit, listed }) => {
        const { descriptor, parts, hashes } = blob(name);
        const changed = inList ? parts : cutIntoParts(flipped(concat(...parts), bit));
        const given = inList ? flipped(hashes, listed) : hashes;
        const opening = openAll(createOpener(provider, descriptor), [given], changed);
        expect(await codeOf(opening)).toBe("tampered");
      }),
      { numRuns: 40 },
    );
  });

  test("in the middle part ends a stream after the first, a zip with it, and leaves other files as they are", async () => {
    const { parts } = blob("a.bin");
    for (const hashes of [blob("a.bin").hashes, "fitting"] as const) {
      serve("a.bin", parts.with(1, flipped(parts[1]!, 8 * 999_999)), hashes);
      const released = await expectTampered("a.bin", large);
      expect(released.length).toBe(hashes === "fitting" ? 0 : 4 * MiB - 40 - 4 * 16);
      expect(await codeOf(bytesOf(victim.folder.zip(["/a.bin", "/small.txt"])))).toBe("tampered");
      expect(await codeOf(victim.folder.download("/a.bin"))).toBe("tampered");
      expect(await (await victim.folder.download("/small.txt")).text()).toBe(content("small"));
      stage.server.repent();
    }
    expect(Buffer.from(await bytesOf(victim.folder.stream("/a.bin"))).equals(large)).toBe(true);
  });
});

describe("segments and parts", () => {
  const segments = (parts: readonly Bytes[]): Bytes[] => cutIntoParts(concat(...parts), MiB);
  const wrong: [string, (parts: Bytes[]) => Bytes[]][] = [
    ["two segments exchanged", (parts) => cutIntoParts(concat(...exchanged(segments(parts), 5, 6)))],
    ["a segment repeated in place of the next", (parts) => cutIntoParts(concat(...segments(parts).with(3, segments(parts)[2]!)))],
    ["a segment left out", (parts) => cutIntoParts(concat(...segments(parts).toSpliced(4, 1)))],
    ["two parts exchanged", (parts) => exchanged(parts, 0, 1)],
    ["a part repeated", (parts) => parts.with(1, parts[0]!)],
    ["the last part left out", (parts) => parts.slice(0, -1).concat(new Uint8Array())],
    ["a byte added at the end", (parts) => [...parts.slice(0, -1), concat(parts.at(-1)!, Uint8Array.of(0))]],
    ["a whole segment added", (parts) => cutIntoParts(concat(...parts, segments(parts)[8]!))],
    ["another file's part of the same place and size", (parts) => parts.with(1, blob("b.bin").parts[1]!)],
    ["another file altogether", () => blob("b.bin").parts],
  ];
  test.for(wrong)("%s: noticed, with the true list of hashes and with one that fits", async ([, change]) => {
    for (const hashes of [blob("a.bin").hashes, "fitting"] as const) {
      serve("a.bin", change(blob("a.bin").parts), hashes);
      await expectTampered("a.bin", large);
      // A range whose part is the true one is given out; any other is not.
      const { released, code } = await reading("a.bin", { start: 5 * MiB, end: 5 * MiB + 10 });
      expect(Buffer.from(released).equals(code === "well" ? large.subarray(5 * MiB, 5 * MiB + 10) : Buffer.alloc(0))).toBe(true);
      expect(["well", "tampered"]).toContain(code);
    }
  });

  test("of one part each, exchanged in a bundle for a zip: noticed", async () => {
    stage.server.rewrite(
      BUNDLE,
      bytes((body) => flipped(body, 8 * (24 + 100))),
    );
    expect(await codeOf(bytesOf(victim.folder.zip(["/small.txt"])))).toBe("tampered");
  });

  test("made anew by somebody who holds the content key: every tag fits, and the signed digest does not", async () => {
    const { descriptor } = blob("a.bin");
    const secrets = { blob: descriptor.blob, key: fromBase64url(descriptor.key, 32) };
    const sealer = await createSealer(provider, { ...secrets, size: descriptor.size, padded: true });
    const forged = (
      await sealAll(
        sealer,
        large.map((byte) => byte ^ 1),
      )
    ).map((part) => part.bytes);
    const itsOwn = await sealer.describe(await Promise.all(forged.map((part) => provider.sha256(part))));
    const opened = await openAll(createOpener(provider, itsOwn), await Promise.all(forged.map((part) => provider.sha256(part))), forged);
    expect(opened.length).toBe(large.length);
    serve("a.bin", forged, "fitting");
    expect((await expectTampered("a.bin", large)).length).toBe(0);
    await expectTampered("a.bin", large, { start: 100, end: 101 });
  });
});

describe("cut short", () => {
  test("at every boundary: header, tag, segment, part; whole, and in a range that needs what is missing", async () => {
    const { parts } = blob("a.bin");
    const sealed = concat(...parts);
    const boundaries = [
      0,
      1,
      40,
      41,
      ...[1, 4, 8, 9].flatMap((n) => [n * MiB - 16, n * MiB, n * MiB + 1]),
      sealed.length - 16,
      sealed.length - 1,
    ];
    for (const length of boundaries.filter((at) => at < sealed.length)) {
      const cut = cutIntoParts(sealed.subarray(0, length));
      const padded = [...cut, ...parts.slice(cut.length).map(() => new Uint8Array())];
      for (const hashes of [blob("a.bin").hashes, "fitting"] as const) {
        serve("a.bin", padded, hashes);
        await expectTampered("a.bin", large, { start: Math.max(0, Math.min(length, large.length) - 100) });
        await expectTampered("a.bin", large, { start: large.length - 1, end: large.length });
      }
    }
  });

  test("and a list of hashes that is cut as well, or longer than the file", async () => {
    const { hashes, parts } = blob("a.bin");
    for (const list of [hashes.subarray(0, -32), hashes.subarray(0, -1), concat(hashes, hashes.subarray(0, 32)), new Uint8Array()]) {
      serve("a.bin", parts, list);
      expect((await expectTampered("a.bin", large)).length).toBe(0);
    }
  });
});

test("an older version, or the one before the lock, in place of the current one: noticed; asked for by its name it is there", async () => {
  const { folder } = await stage.locked(async (fresh) => {
    await fresh.upload([fileOf("plan.txt", new TextEncoder().encode(content("plan A")))]);
    await fresh.upload([fileOf("plan.txt", new TextEncoder().encode(content("plan B")))], { conflict: "replace" });
  });
  const [old, current] = folder.state.tree.resolve("/plan.txt")!.versions;
  stage.server.rewrite(PART, async (answer, { ids, url, headers }) => {
    if (ids[1] !== current!.blob) return;
    const other = await fetch(url.href.replace(current!.blob, old!.blob), { headers });
    answer.body = new Uint8Array(await other.arrayBuffer());
  });
  expect(await codeOf(folder.download("/plan.txt"))).toBe("tampered");
  expect(await (await folder.download("/plan.txt", { version: old!.blob })).text()).toBe(content("plan A"));
  stage.server.repent();
  expect(await (await folder.download("/plan.txt")).text()).toBe(content("plan B"));
});

function exchanged(list: readonly Bytes[], a: number, b: number): Bytes[] {
  return list.with(a, list[b]!).with(b, list[a]!);
}
