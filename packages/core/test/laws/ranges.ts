/** Laws of ranged reads: any part of a stream is that part of the whole, wherever segments and parts begin. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import type { Bytes } from "../../src/crypto/provider.ts";
import { isKeyfoldError } from "../../src/error.ts";
import { Source } from "../../src/sync/source.ts";
import { headerLength, partSize, segmentSize, tagLength } from "../../src/seal/geometry.ts";
import { createSealer, drawBlob } from "../../src/seal/sealer.ts";
import { contentStream } from "../../src/transfer/content.ts";
import { systemClock } from "../../src/transfer/clock.ts";
import type { TransferPort } from "../../src/transfer/port.ts";
import { contentOf, openerOf, provider, sealAll, sealSmall, smallPart } from "../sealing.ts";
import { concat } from "../../src/crypto/encoding.ts";
import { law, type Law } from "./law.ts";

/** Plaintext of a full segment. */
const segment = segmentSize - tagLength;
/** Plaintext at which a segment or a part begins. */
const edge = fc.nat({ max: 8 }).map((at) => (at === 0 ? 0 : at * segment - headerLength));
const near = fc.tuple(edge, fc.integer({ min: -3, max: 3 })).map(([at, off]) => Math.max(0, at + off));
const place = fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: fc.nat({ max: 2 * partSize }) });

/** Sealed blobs of a few sizes are kept: sealing takes most of the time. */
const sealed = new Map<string, ReturnType<typeof seal>>();

async function seal(size: number, padded: boolean) {
  const content = contentOf(size);
  const sealer = await createSealer(provider, { ...drawBlob(provider), size, padded });
  const parts = await sealAll(sealer, content);
  return {
    content,
    parts: parts.map(({ bytes }) => bytes),
    hashes: parts.map(({ hash }) => hash),
    descriptor: await sealer.describe(parts.map(({ hash }) => hash)),
  };
}

function sealedOnce(size: number, padded: boolean): ReturnType<typeof seal> {
  const key = `${size} ${padded}`;
  let found = sealed.get(key);
  if (found === undefined) {
    if (sealed.size >= 12) sealed.delete(sealed.keys().next().value!);
    sealed.set(key, (found = seal(size, padded)));
  }
  return found;
}

/** What reading takes of a folder. */
function portOf(parts: readonly Bytes[], hashes: readonly Bytes[]): TransferPort {
  return {
    provider,
    connection: new Source("online"),
    clock: systemClock,
    blobs: {
      hashes: () => Promise.resolve(concat(...hashes)),
      // A copy: what was opened is let go of.
      getPart: (_blob: string, index: number) => Promise.resolve(parts[index]!.slice()),
    },
  } as unknown as TransferPort;
}

async function read(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const pieces: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
  return concat(...pieces);
}

function sameBytes(a: Uint8Array, b: Uint8Array): void {
  strictEqual(a.length, b.length);
  strictEqual(Buffer.compare(a, b), 0);
}

export const rangeLaws: readonly Law[] = [
  law(
    "of a stream is the slice of the whole, around the edges of segments and parts",
    25,
    [near, fc.boolean(), fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 12 })],
    async (size, padded, ranges) => {
      const { content, parts, hashes, descriptor } = await sealedOnce(size, padded);
      const source = { descriptor, renew: () => Promise.resolve(undefined) };
      for (const [a, b] of ranges) {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        sameBytes(await read(contentStream(portOf(parts, hashes), source, { start, end })), content.subarray(start, end));
      }
      sameBytes(await read(contentStream(portOf(parts, hashes), source)), content);
    },
  ),
  law(
    "never releases a byte of a part that was changed",
    25,
    [near, fc.nat(), fc.nat({ max: 7 }), place, place],
    async (size, at, bit, a, b) => {
      const { content, parts, hashes, descriptor } = await sealedOnce(size, true);
      const part = at % parts.length;
      const changed = parts.map((bytes) => bytes);
      const wrong = changed[part]!.slice();
      wrong[at % wrong.length]! ^= 1 << bit;
      changed[part] = wrong;
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const released: Uint8Array[] = [];
      const reader = contentStream(
        portOf(changed, hashes),
        { descriptor, renew: () => Promise.resolve(undefined) },
        { start, end },
      ).getReader();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) released.push(next.value);
      } catch (error) {
        ok(isKeyfoldError(error, "tampered"));
      }
      const bytes = concat(...released);
      sameBytes(bytes, content.subarray(start, start + bytes.length));
    },
  ),
  law(
    "is refused where it is none",
    20,
    [near, fc.oneof(fc.double(), fc.integer()), fc.oneof(fc.double(), fc.integer())],
    async (size, start, end) => {
      if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end) return;
      const { parts, hashes, descriptor } = await sealedOnce(size, true);
      const stream = contentStream(portOf(parts, hashes), { descriptor, renew: () => Promise.resolve(undefined) }, { start, end });
      await rejects(read(stream), (error) => isKeyfoldError(error, "invalid-argument"));
    },
  ),
  law(
    "of parts opens in any order, on segments so small that many edges come close together",
    60,
    [fc.nat({ max: 9 * smallPart }), fc.nat({ max: 3 * smallPart }), fc.infiniteStream(fc.nat())],
    async (size, padding, draw) => {
      const content = contentOf(size);
      const blob = await sealSmall(content, size + padding);
      const opener = await openerOf(blob);
      await opener.acceptPartHashes(concat(...blob.hashes));
      await opener.acceptFirstPart(blob.parts[0]!);
      const order = blob.parts.map((_, i) => i).sort(() => ((draw.next().value ?? 0) % 3) - 1);
      for (const part of order) {
        const { start, end } = opener.contentRangeOfPart(part);
        deepStrictEqual(await opener.openPart(part, blob.parts[part]!), content.slice(start, end));
      }
    },
  ),
  law(
    "of parts is never of a part that somebody with the content key made anew",
    40,
    [fc.integer({ min: 1, max: 9 * smallPart }), fc.nat()],
    async (size, at) => {
      const content = contentOf(size);
      const other = content.slice();
      other[at % size]! ^= 1;
      const [blob, forged] = [await sealSmall(content, size), await sealSmall(other, size)];
      const part = blob.parts.findIndex((bytes, i) => Buffer.compare(bytes, forged.parts[i]!) !== 0);
      const opener = await openerOf(blob);
      await opener.acceptPartHashes(concat(...blob.hashes));
      if (part > 0) await opener.acceptFirstPart(blob.parts[0]!);
      await rejects(
        opener.openPart(part, forged.parts[part]!),
        (error) => isKeyfoldError(error, "tampered") && error.reason === "part-hash",
      );
    },
  ),
];
