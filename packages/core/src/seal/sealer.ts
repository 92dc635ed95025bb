/**
 * Sealing, a part at a time: in any order, several at once, in the memory of the part alone.
 *
 * A content key seals one plaintext, once. A part may be sealed again only from the same bytes (the result is then the same); where the file
 * changed meanwhile, blob and key are abandoned, since a second plaintext under the same nonces would give both away.
 *
 * @module
 */

import { concat, isHexId, toBase64url, toHex } from "../crypto/encoding.ts";
import { letGo } from "../crypto/let-go.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Descriptor } from "./blob.ts";
import { type ByteRange, type Geometry, geometryOf, headerLength, largestPartCount, plainSizeOf } from "./geometry.ts";
import { blobInfo, deriveStream, keyfoldSuite, prefixLength, saltLength, type StreamSuite, writeHeader } from "./stream.ts";

/** What is drawn for each blob and never again: its id and the random inputs of its sealing. Keep it durably to resume an upload. */
export interface BlobSecrets {
  /** Hex of 16 bytes. */
  readonly blob: string;
  /** Content key, 32 bytes. */
  readonly key: Bytes;
  /** 32 bytes. */
  readonly salt: Bytes;
  /** 7 bytes. */
  readonly prefix: Bytes;
}

/** Draws a new blob. */
export function drawBlob(provider: CryptoProvider): BlobSecrets {
  return {
    blob: toHex(provider.randomBytes(16)),
    key: provider.randomBytes(32),
    salt: provider.randomBytes(saltLength),
    prefix: provider.randomBytes(prefixLength),
  };
}

export interface SealerOptions {
  readonly blob: string;
  readonly key: Bytes;
  /** Bytes of content. */
  readonly size: number;
  /** Whether zeros to Padmé(max(size, 1024)) follow the content. */
  readonly padded: boolean;
  /** Random unless given. Given when an upload resumes. */
  readonly salt?: Bytes;
  readonly prefix?: Bytes;
}

/** A part as it is sent. */
export interface SealedPart {
  readonly bytes: Bytes;
  /** SHA-256 of `bytes`. */
  readonly hash: Bytes;
}

export interface Sealer {
  readonly geometry: Geometry;
  readonly sealedSize: number;
  readonly partCount: number;
  readonly salt: Bytes;
  readonly prefix: Bytes;
  /** The content that a part takes; empty where the part is padding alone. */
  contentRangeOfPart(part: number): ByteRange;
  /**
   * Seals one part. Throws `invalid-argument` unless `content` is as long as the part's range.
   *
   * @param into A buffer of at least the part's length to write to (`bytes` is then a view of it). One buffer for many parts, each used again once
   *   its part has left, saves a fifth of the time: fresh memory is zeroed and paged in first.
   */
  sealPart(part: number, content: Bytes, into?: Bytes): Promise<SealedPart>;
  /** The ciphertext of one part alone, as `sealPart` without the hash. */
  encryptPart(part: number, content: Bytes, into?: Bytes): Promise<Bytes>;
  /** The descriptor, from the hashes of all parts in order. */
  describe(partHashes: readonly Bytes[]): Promise<Descriptor>;
}

/** Zeros for segments that are padding alone; one buffer for all of them. */
let zeros: Bytes | undefined;

function zerosOf(length: number): Bytes {
  if (zeros === undefined || zeros.length < length) zeros = new Uint8Array(length);
  return zeros.subarray(0, length);
}

/** Prepares to seal a file. Throws `too-large` above 2^18 parts (1 TiB), `invalid-argument` on keys of another length. */
export async function createSealer(provider: CryptoProvider, options: SealerOptions): Promise<Sealer> {
  const { blob, key, size, padded } = options;
  if (!isHexId(blob) || key.length !== 32 || !Number.isSafeInteger(size) || size < 0) {
    throw new KeyfoldError("invalid-argument", "A blob takes an id of 16 bytes in hex, a key of 32 bytes and a size.");
  }
  const sealer = await createStreamSealer(provider, keyfoldSuite, {
    key,
    info: blobInfo(blob),
    size,
    plainSize: plainSizeOf(size, padded),
    salt: options.salt ?? provider.randomBytes(saltLength),
    prefix: options.prefix ?? provider.randomBytes(prefixLength),
  });
  const { sealedSize, partCount } = sealer;
  return {
    ...sealer,
    async describe(partHashes) {
      if (partHashes.length !== partCount) throw new KeyfoldError("invalid-argument", "Not as many hashes as parts.");
      const digest = await provider.sha256(concat(...partHashes));
      return { suite: 1, blob, key: toBase64url(key), size, sealedSize, digest: toBase64url(digest) };
    },
  };
}

/** Inputs of one stream, in Tink's terms: `info` is its associated data. */
export interface StreamSealerOptions {
  readonly key: Bytes;
  readonly info: Bytes;
  readonly size: number;
  readonly plainSize: number;
  readonly salt: Bytes;
  readonly prefix: Bytes;
}

/** The sealer under `createSealer`, for any segment size and hash. */
export async function createStreamSealer(
  provider: CryptoProvider,
  suite: StreamSuite,
  options: StreamSealerOptions,
): Promise<Omit<Sealer, "describe">> {
  const { size, salt, prefix } = options;
  if (salt.length !== saltLength || prefix.length !== prefixLength) {
    throw new KeyfoldError("invalid-argument", "A blob takes a salt of 32 bytes and a prefix of 7.");
  }
  const geometry = geometryOf(options.plainSize, suite.segmentSize);
  if (geometry.partCount > largestPartCount) throw new KeyfoldError("too-large", "A file is at most 1 TiB.");
  const stream = await deriveStream(provider, suite, options.key, options.info, salt, prefix);

  const contentRangeOfPart = (part: number): ByteRange => {
    const { start, end } = geometry.plainRangeOfPart(part);
    return { start: Math.min(start, size), end: Math.min(end, size) };
  };

  /** A segment's plaintext: a view into the content, shared zeros, or the one segment that has both. */
  const plaintextOf = (segment: number, content: Bytes, contentStart: number): Bytes => {
    const { start, end } = geometry.plainRangeOfSegment(segment);
    if (end <= size) return content.subarray(start - contentStart, end - contentStart);
    if (start >= size) return zerosOf(end - start);
    const plaintext = new Uint8Array(end - start);
    plaintext.set(content.subarray(start - contentStart));
    return plaintext;
  };

  const encryptPart = async (part: number, content: Bytes, into?: Bytes): Promise<Bytes> => {
    const range = contentRangeOfPart(part);
    const length = geometry.partLength(part);
    if (content.length !== range.end - range.start || (into !== undefined && into.length < length)) {
      throw new KeyfoldError("invalid-argument", "A part was given content or a buffer of another length.");
    }
    const bytes = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
    if (part === 0) writeHeader(bytes, salt, prefix);
    const { start, end } = geometry.segmentsOfPart(part);
    const sealSegment = async (segment: number): Promise<Bytes> => {
      const nonce = stream.nonce(segment, segment === geometry.segmentCount - 1);
      const sealed = await provider.aesSeal(stream.key, nonce, plaintextOf(segment, content, range.start));
      bytes.set(sealed, segment === 0 ? headerLength : (segment - start) * suite.segmentSize);
      return sealed;
    };
    letGo(...(await Promise.all(Array.from({ length: end - start }, (_, i) => sealSegment(start + i)))));
    return bytes;
  };

  return {
    geometry,
    sealedSize: geometry.sealedSize,
    partCount: geometry.partCount,
    salt,
    prefix,
    contentRangeOfPart,
    encryptPart,
    async sealPart(part, content, into) {
      const bytes = await encryptPart(part, content, into);
      return { bytes, hash: await provider.sha256(bytes) };
    },
  };
}
