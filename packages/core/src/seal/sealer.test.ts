import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOf, info, key, openAll, openerOf, provider, sealAll, sealSmall, sha256, small, smallPart } from "../../test/sealing.ts";
import { concat, toHex } from "../crypto/encoding.ts";
import { createOpener } from "./opener.ts";
import { paddedSize } from "./padding.ts";
import { createSealer, createStreamSealer, drawBlob } from "./sealer.ts";

const smallBlobs = fc
  .tuple(
    fc.uint8Array({ maxLength: 700 }).map((array) => Uint8Array.from(array)),
    fc.nat({ max: 300 }),
  )
  .map(([content, padding]) => ({ content, plainSize: content.length + padding }));
describe("sealing and opening", () => {
  it("give the content back, whichever part comes first", async () => {
    await fc.assert(
      fc.asyncProperty(smallBlobs, fc.boolean(), async ({ content, plainSize }, backwards) => {
        const blob = await sealSmall(content, plainSize, backwards);
        expect(await openAll(await openerOf(blob), blob.hashes, blob.parts)).toEqual(content);

        const opener = await openerOf(blob);
        await opener.acceptPartHashes(concat(...blob.hashes));
        await opener.acceptFirstPart(blob.parts[0]!);
        for (const part of blob.parts.keys()) {
          const { start, end } = opener.contentRangeOfPart(part);
          expect(concat(...(await opener.openPartInPieces(part, blob.parts[part]!)))).toEqual(content.subarray(start, end));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("take the same random inputs to the same bytes, and others to others", async () => {
    const options = { ...drawBlob(provider), size: 10, padded: true };
    const content = contentOf(10);
    const [a, b] = await Promise.all([createSealer(provider, options), createSealer(provider, options)]);
    const once = await a.sealPart(0, content);
    expect(await b.sealPart(0, content)).toEqual(once);
    const fresh = await createSealer(provider, { blob: options.blob, key: options.key, size: 10, padded: true });
    expect(toHex((await fresh.sealPart(0, content)).hash)).not.toBe(toHex(once.hash));
  });

  it("use a buffer again without a trace of what it held", async () => {
    const content = contentOf(600);
    const fresh = await sealSmall(content, 650);
    const sealer = await createStreamSealer(provider, small, {
      key,
      info,
      size: 600,
      plainSize: 650,
      salt: new Uint8Array(32).fill(1),
      prefix: new Uint8Array(7).fill(2),
    });
    const buffer = new Uint8Array(smallPart + 5).fill(0xee);
    for (const part of fresh.parts.keys()) {
      const { start, end } = sealer.contentRangeOfPart(part);
      const sealed = await sealer.sealPart(part, content.subarray(start, end), buffer);
      expect(sealed.bytes.buffer).toBe(buffer.buffer);
      expect(sealed).toEqual({ bytes: fresh.parts[part], hash: fresh.hashes[part] });
    }
  });

  it("draw another blob each time", () => {
    const drawn = [drawBlob(provider), drawBlob(provider)];
    expect(drawn.map(({ blob, key, salt, prefix }) => [blob.length, key.length, salt.length, prefix.length])).toEqual([
      [32, 32, 32, 7],
      [32, 32, 32, 7],
    ]);
    expect(drawn[0]!.blob).not.toBe(drawn[1]!.blob);
    expect(drawn[0]!.key).not.toEqual(drawn[1]!.key);
  });

  it("open parts that come at once, of 9 MiB with padding", async () => {
    const size = 9 * 2 ** 20;
    const content = contentOf(size);
    const sealer = await createSealer(provider, { ...drawBlob(provider), size, padded: true });
    expect(sealer.sealedSize).toBeGreaterThan(paddedSize(size));
    const parts = await sealAll(sealer, content, true);
    const opener = createOpener(provider, await sealer.describe(parts.map(({ hash }) => hash)));
    await opener.acceptPartHashes(concat(...parts.map(({ hash }) => hash)));
    const opened = await Promise.all(parts.map(({ part, bytes }) => opener.openPart(part, bytes)));
    expect(sha256(concat(...opened))).toBe(sha256(content));
  });
});

describe("sealing refuses", () => {
  const mistake = { code: "invalid-argument" };

  it("another length of content, another part, bad inputs, another number of hashes", async () => {
    const sealer = await createSealer(provider, { ...drawBlob(provider), size: 5, padded: true });
    await expect(sealer.sealPart(0, contentOf(4))).rejects.toMatchObject(mistake);
    await expect(sealer.sealPart(1, contentOf(5))).rejects.toMatchObject(mistake);
    await expect(sealer.sealPart(0, contentOf(5), new Uint8Array(1079))).rejects.toMatchObject(mistake);
    await expect(sealer.describe([])).rejects.toMatchObject(mistake);
    const good = { ...drawBlob(provider), size: 5, padded: true };
    for (const bad of [{ blob: "x" }, { key: new Uint8Array(31) }, { size: -1 }, { size: 0.5 }, { salt: key.slice(1) }, { prefix: key }]) {
      await expect(createSealer(provider, { ...good, ...bad })).rejects.toMatchObject(mistake);
    }
  });

  it("a file above 1 TiB is too large", async () => {
    const options = { ...drawBlob(provider), padded: false };
    const largest = 2 ** 40 - 40 - 16 * 2 ** 20;
    expect((await createSealer(provider, { ...options, size: largest })).partCount).toBe(2 ** 18);
    await expect(createSealer(provider, { ...options, size: largest + 1 })).rejects.toMatchObject({ code: "too-large" });
  });
});
