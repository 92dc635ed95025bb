/**
 * What the tests of sealing share: content that can be told apart, blobs on segments so small that boundaries come close together.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { concat } from "../src/crypto/encoding.ts";
import type { Bytes } from "../src/crypto/provider.ts";
import { webCryptoProvider } from "../src/crypto/webcrypto.ts";
import { partSize } from "../src/seal/geometry.ts";
import { createStreamOpener } from "../src/seal/opener.ts";
import { createStreamSealer, type Sealer } from "../src/seal/sealer.ts";
import type { StreamSuite } from "../src/seal/stream.ts";

export const provider = webCryptoProvider();

export const sha256 = (bytes: Bytes): string => createHash("sha256").update(bytes).digest("hex");

/** The content of the vectors: byte[i] = (i*7 + (i>>8) + size) & 255 */
export function contentOf(size: number): Bytes {
  const content = new Uint8Array(size);
  for (let i = 0; i < size; i++) content[i] = (i * 7 + (i >> 8) + size) & 255;
  return content;
}

export async function sealAll(sealer: Pick<Sealer, "partCount" | "contentRangeOfPart" | "sealPart">, content: Bytes, backwards = false) {
  const parts = Array.from({ length: sealer.partCount }, (_, i) => i);
  const sealed = await Promise.all(
    (backwards ? parts.toReversed() : parts).map(async (part) => {
      const { start, end } = sealer.contentRangeOfPart(part);
      const { bytes, hash } = await sealer.sealPart(part, content.subarray(start, end));
      return { part, bytes, hash };
    }),
  );
  return sealed.toSorted((a, b) => a.part - b.part);
}

export interface Opening {
  partCount: number;
  acceptPartHashes: (joined: Bytes) => Promise<void>;
  openPart: (part: number, bytes: Bytes) => Promise<Bytes>;
}

/** Opens as many parts as the descriptor says, in order, as a stream would; one that did not come is empty. */
export async function openAll(opener: Opening, hashes: readonly Bytes[], parts: readonly Bytes[]): Promise<Bytes> {
  await opener.acceptPartHashes(concat(...hashes));
  const opened: Bytes[] = [];
  for (let part = 0; part < opener.partCount; part++) opened.push(await opener.openPart(part, parts[part] ?? new Uint8Array()));
  return concat(...opened);
}

export function cutIntoParts(sealed: Bytes, size = partSize): Bytes[] {
  return Array.from({ length: Math.max(1, Math.ceil(sealed.length / size)) }, (_, i) => sealed.slice(size * i, size * (i + 1)));
}

// Laws, on segments of 65 bytes so that many boundaries come close together. The code is the product's; only the size differs.
export const small: StreamSuite = { hash: "SHA-256", segmentSize: 65 };
export const smallPart = 4 * small.segmentSize;
export const info = Uint8Array.of(1, 2, 3);
export const key = new Uint8Array(32).fill(8);

export interface SmallBlob {
  content: Bytes;
  plainSize: number;
  parts: Bytes[];
  hashes: Bytes[];
}

export async function sealSmall(content: Bytes, plainSize: number, backwards = false): Promise<SmallBlob> {
  const salt = new Uint8Array(32).fill(1);
  const prefix = new Uint8Array(7).fill(2);
  const sealer = await createStreamSealer(provider, small, { key, info, size: content.length, plainSize, salt, prefix });
  const sealed = await sealAll(sealer, content, backwards);
  return { content, plainSize, parts: sealed.map(({ bytes }) => bytes), hashes: sealed.map(({ hash }) => hash) };
}

/** An opener for the blob, of which the reader of the log believes these hashes. */
export async function openerOf(blob: SmallBlob, hashes: readonly Bytes[] = blob.hashes): Promise<ReturnType<typeof createStreamOpener>> {
  const opener = createStreamOpener(provider, small, {
    key,
    info,
    size: blob.content.length,
    plainSize: blob.plainSize,
    digest: await provider.sha256(concat(...hashes)),
  });
  return opener;
}

/** Opens parts that were changed, after every hash over them was made to fit: only the tags are left to tell. */
export async function openRehashed(blob: SmallBlob, sealed: Bytes): Promise<Bytes> {
  const parts = cutIntoParts(sealed, smallPart);
  const hashes = await Promise.all(parts.map((part) => provider.sha256(part)));
  return openAll(await openerOf(blob, hashes), hashes, parts);
}
