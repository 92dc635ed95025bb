/**
 * Where segments and parts of a blob begin and end. Pure arithmetic: no key, no bytes; client and server share it.
 *
 * A blob is a Tink streaming AEAD ciphertext: a header of 40 bytes, then segments; the first segment gives up room to the header, so that
 * segment boundaries in the ciphertext are multiples of the segment size. A part is four segments: the unit that is sent, hashed and stored.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import { headerLength, isSealedSize, largestPartCount, partSize, segmentSize, tagLength } from "../protocol/geometry.ts";
import { paddedSize } from "./padding.ts";

export { headerLength, largestPartCount, partSize, segmentSize, tagLength };
export { partCountOf, partLengthOf } from "../protocol/geometry.ts";

export const segmentsPerPart = partSize / segmentSize;

/** A range of bytes: `start` is in it, `end` is not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The layout of one blob. All positions and lengths are in bytes. */
export interface Geometry {
  /** P: content and its padding. */
  readonly plainSize: number;
  readonly sealedSize: number;
  readonly segmentCount: number;
  readonly partCount: number;
  /** Length of a part's ciphertext. */
  readonly partLength: (part: number) => number;
  /** The segments of a part: the first, and the one after its last. */
  readonly segmentsOfPart: (part: number) => ByteRange;
  /** The plaintext (content and padding) that a part holds. */
  readonly plainRangeOfPart: (part: number) => ByteRange;
  /** The plaintext (content and padding) that a segment holds. */
  readonly plainRangeOfSegment: (segment: number) => ByteRange;
  /** The part that holds a byte of the plaintext. */
  readonly partOfPlain: (position: number) => number;
}

/** Segments of `size` bytes of ciphertext that `plainSize` bytes take; one even where there is nothing to seal. */
function countSegments(plainSize: number, size: number): number {
  return Math.max(1, Math.ceil((plainSize + headerLength) / (size - tagLength)));
}

/**
 * The layout of a blob of `plainSize` bytes of plaintext.
 *
 * @param size Ciphertext of a segment. The format knows 2^20 alone; Tink's own test vectors have others.
 */
export function geometryOf(plainSize: number, size: number = segmentSize): Geometry {
  const room = size - tagLength;
  const segmentCount = countSegments(plainSize, size);
  const sealedSize = plainSize + headerLength + tagLength * segmentCount;
  const partCount = Math.ceil(segmentCount / segmentsPerPart);

  const inside = (index: number, count: number): void => {
    if (!Number.isInteger(index) || index < 0 || index >= count) throw new KeyfoldError("invalid-argument", "No such part or segment.");
  };
  const plainStart = (segment: number): number => (segment === 0 ? 0 : segment * room - headerLength);
  const plainEnd = (segment: number): number => Math.min(plainSize, (segment + 1) * room - headerLength);
  const segmentsOfPart = (part: number): ByteRange => {
    inside(part, partCount);
    return { start: part * segmentsPerPart, end: Math.min((part + 1) * segmentsPerPart, segmentCount) };
  };

  return {
    plainSize,
    sealedSize,
    segmentCount,
    partCount,
    segmentsOfPart,
    partLength(part) {
      inside(part, partCount);
      return Math.min(segmentsPerPart * size, sealedSize - part * segmentsPerPart * size);
    },
    plainRangeOfPart(part) {
      const { start, end } = segmentsOfPart(part);
      return { start: plainStart(start), end: plainEnd(end - 1) };
    },
    plainRangeOfSegment(segment) {
      inside(segment, segmentCount);
      return { start: plainStart(segment), end: plainEnd(segment) };
    },
    partOfPlain(position) {
      if (!(position >= 0 && position < Math.max(1, plainSize)))
        throw new KeyfoldError("invalid-argument", "No such position in this blob.");
      return Math.floor(Math.floor((position + headerLength) / room) / segmentsPerPart);
    },
  };
}

/** Plaintext of a file of `size` bytes: as it is, or padded (the default in every upload). */
export function plainSizeOf(size: number, padded: boolean): number {
  return padded ? paddedSize(size) : size;
}

/** Ciphertext that `plainSize` bytes of plaintext make: P + 40 + 16·max(1, ceil((P + 40) / 1048560)). */
export function sealedSizeOf(plainSize: number): number {
  return plainSize + headerLength + tagLength * countSegments(plainSize, segmentSize);
}

/** The plaintext's size in a ciphertext of this size; undefined where no plaintext gives it (too short, or ending in an empty segment). */
export function plainSizeOfSealed(sealedSize: number): number | undefined {
  if (!isSealedSize(sealedSize)) return undefined;
  return sealedSize - headerLength - tagLength * Math.ceil(sealedSize / segmentSize);
}
