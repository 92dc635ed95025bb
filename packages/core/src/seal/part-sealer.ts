/**
 * Seals parts under a key that was derived: all of the sealer that a worker needs, without the content key.
 *
 * @module
 */
import { letGo } from "../crypto/let-go.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { type ByteRange, type Geometry, geometryOf, headerLength } from "./geometry.ts";
import { nonceOf, type StreamSuite, writeHeader } from "./stream.ts";

/** What parts of one stream are sealed by. The key is a handle: where the platform can, it goes to a worker without being readable there. */
export interface Sealing {
  /** Derived from the content key and the salt (`deriveStream`). */
  readonly key: AesKey;
  /** Bytes of content. */
  readonly size: number;
  /** Bytes of content and padding. */
  readonly plainSize: number;
  readonly salt: Bytes;
  readonly prefix: Bytes;
}

/** A part as it is sent. */
export interface SealedPart {
  readonly bytes: Bytes;
  /** SHA-256 of `bytes`. */
  readonly hash: Bytes;
}

export interface PartSealer {
  readonly geometry: Geometry;
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
}

/** Zeros for segments that are padding alone; one buffer for all of them. */
let zeros: Bytes | undefined;

function zerosOf(length: number): Bytes {
  if (zeros === undefined || zeros.length < length) zeros = new Uint8Array(length);
  return zeros.subarray(0, length);
}

/** The sealer of a stream's parts. Throws `invalid-argument` where a part has no such number. */
export function partSealer(
  cipher: Pick<CryptoProvider, "aesSeal" | "sha256">,
  suite: StreamSuite,
  { key, size, plainSize, salt, prefix }: Sealing,
): PartSealer {
  const geometry = geometryOf(plainSize, suite.segmentSize);

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
      const nonce = nonceOf(prefix, segment, segment === geometry.segmentCount - 1);
      const sealed = await cipher.aesSeal(key, nonce, plaintextOf(segment, content, range.start));
      bytes.set(sealed, segment === 0 ? headerLength : (segment - start) * suite.segmentSize);
      return sealed;
    };
    letGo(...(await Promise.all(Array.from({ length: end - start }, (_, i) => sealSegment(start + i)))));
    return bytes;
  };

  return {
    geometry,
    contentRangeOfPart,
    encryptPart,
    async sealPart(part, content, into) {
      const bytes = await encryptPart(part, content, into);
      return { bytes, hash: await cipher.sha256(bytes) };
    },
  };
}
