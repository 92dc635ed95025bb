/**
 * Opening, a part at a time, and nothing before it is verified.
 *
 * The order is the format's (docs/format.md, section 3): the list of part hashes against the descriptor, then a whole part against its hash, and
 * only then the tags of its segments, then the padding. Whoever can read knows the content key and could make new segments with valid tags;
 * the digest in the signed log is what stops them.
 *
 * @module
 */

import { constantTimeEqual, fromBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { type Descriptor, readDescriptor } from "./blob.ts";
import { type ByteRange, type Geometry, geometryOf, headerLength, plainSizeOfSealed } from "./geometry.ts";
import { isZeroFrom } from "./padding.ts";
import { blobInfo, deriveStream, keyfoldSuite, readHeader, type Stream, type StreamSuite } from "./stream.ts";

const hashLength = 32;

/** Why a blob was refused; the `reason` of the error `tampered`. */
export type BlobFault = "suite" | "sealed-size" | "digest" | "part-hash" | "header" | "tag" | "padding";

function tampered(reason: BlobFault, message: string): KeyfoldError {
  return new KeyfoldError("tampered", message, { reason });
}

export interface Opener {
  readonly descriptor: Descriptor;
  readonly geometry: Geometry;
  readonly partCount: number;
  /** Length of a part's ciphertext. */
  partLength(part: number): number;
  /** The content that a part holds; empty where the part is padding alone. */
  contentRangeOfPart(part: number): ByteRange;
  /**
   * Takes the hashes of all parts, joined, 32 bytes each. Comes before anything is opened.
   *
   * Throws `tampered` with reason `digest` unless there are as many as parts and they fit the descriptor.
   */
  acceptPartHashes(joined: Bytes): Promise<void>;
  /**
   * Takes the first part, which has the header, without opening it: enough to open any other part. Opening part 0 does the same.
   *
   * Throws `tampered` with reason `part-hash` or `header`.
   */
  acceptFirstPart(bytes: Bytes): Promise<void>;
  /**
   * The content of one part, its padding checked and cut off. Several may be opened at once, in any order, once the first is underway.
   *
   * Throws `tampered` with reason `part-hash`, `header`, `tag` or `padding`: then nothing of the part is released, and of a stream nothing
   * after it either.
   */
  openPart(part: number, bytes: Bytes): Promise<Bytes>;
  /** As `openPart`, but the content in pieces of at most 1 MiB, which saves copying them together. */
  openPartInPieces(part: number, bytes: Bytes): Promise<Bytes[]>;
}

/** Prepares to open a blob. Throws `malformed`, or `tampered` with reason `suite` or `sealed-size`, on a descriptor that is none. */
export function createOpener(provider: CryptoProvider, descriptor: Descriptor): Opener {
  const checked = readDescriptor(descriptor);
  const plainSize = plainSizeOfSealed(checked.sealedSize);
  if (plainSize === undefined) throw tampered("sealed-size", "A file has an impossible length.");
  const opener = createStreamOpener(provider, keyfoldSuite, {
    key: fromBase64url(checked.key, 32),
    info: blobInfo(checked.blob),
    size: checked.size,
    plainSize,
    digest: fromBase64url(checked.digest, hashLength),
  });
  return { ...opener, descriptor: checked };
}

/** Inputs of one stream, in Tink's terms: `info` is its associated data. */
export interface StreamOpenerOptions {
  readonly key: Bytes;
  readonly info: Bytes;
  readonly size: number;
  readonly plainSize: number;
  readonly digest: Bytes;
}

/** The opener under `createOpener`, for any segment size and hash. */
export function createStreamOpener(provider: CryptoProvider, suite: StreamSuite, options: StreamOpenerOptions): Omit<Opener, "descriptor"> {
  const { size } = options;
  const geometry = geometryOf(options.plainSize, suite.segmentSize);
  let partHashes: Bytes | undefined;
  let stream: Promise<Stream> | undefined;

  const contentRangeOfPart = (part: number): ByteRange => {
    const { start, end } = geometry.plainRangeOfPart(part);
    return { start: Math.min(start, size), end: Math.min(end, size) };
  };

  const verifyPart = async (part: number, bytes: Bytes): Promise<void> => {
    const length = geometry.partLength(part);
    if (partHashes === undefined) throw new KeyfoldError("invalid-argument", "Part hashes come before parts.");
    const expected = partHashes.subarray(hashLength * part, hashLength * (part + 1));
    if (bytes.length !== length || !constantTimeEqual(await provider.sha256(bytes), expected)) {
      throw tampered("part-hash", "A part of a file is not the one that was stored.");
    }
  };

  /** Verifies part 0 and derives the stream from its header; parts that arrived meanwhile wait for it. */
  const start = (bytes: Bytes): Promise<Stream> => {
    const starting = (async () => {
      await verifyPart(0, bytes);
      const { salt, prefix } = readHeader(bytes);
      return deriveStream(provider, suite, options.key, options.info, salt, prefix);
    })();
    stream = starting;
    starting.catch(() => {
      if (stream === starting) stream = undefined; // a better copy may come
    });
    return starting;
  };

  const openPartInPieces = async (part: number, bytes: Bytes): Promise<Bytes[]> => {
    const segments = geometry.segmentsOfPart(part);
    const started = part === 0 ? start(bytes) : stream;
    if (started === undefined) throw new KeyfoldError("invalid-argument", "The first part comes first: it has the header.");
    if (part !== 0) await verifyPart(part, bytes);
    const { key, nonce } = await started;

    const openSegment = async (segment: number): Promise<Bytes> => {
      const from = (segment - segments.start) * suite.segmentSize;
      const sealed = bytes.subarray(segment === 0 ? headerLength : from, from + suite.segmentSize);
      const plaintext = await provider.aesOpen(key, nonce(segment, segment === geometry.segmentCount - 1), sealed);
      const content = size - geometry.plainRangeOfSegment(segment).start;
      if (content >= plaintext.length) return plaintext;
      if (!isZeroFrom(plaintext, Math.max(0, content))) throw tampered("padding", "A file's padding is not zero.");
      return plaintext.subarray(0, Math.max(0, content));
    };
    const pieces = await Promise.all(Array.from({ length: segments.end - segments.start }, (_, i) => openSegment(segments.start + i)));
    return pieces.filter((piece) => piece.length > 0);
  };

  return {
    geometry,
    partCount: geometry.partCount,
    partLength: geometry.partLength,
    contentRangeOfPart,
    async acceptPartHashes(joined) {
      if (joined.length !== hashLength * geometry.partCount || !constantTimeEqual(await provider.sha256(joined), options.digest)) {
        throw tampered("digest", "The list of a file's parts is not the one that was signed.");
      }
      partHashes = joined.slice();
    },
    async acceptFirstPart(bytes) {
      await start(bytes);
    },
    openPartInPieces,
    async openPart(part, bytes) {
      const pieces = await openPartInPieces(part, bytes);
      if (pieces.length === 1) return pieces[0]!;
      const { start: from, end } = contentRangeOfPart(part);
      const content = new Uint8Array(end - from);
      let offset = 0;
      for (const piece of pieces) {
        content.set(piece, offset);
        offset += piece.length;
      }
      return content;
    },
  };
}
