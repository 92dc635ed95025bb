/**
 * Sizes of a sealed blob and of its parts. Pure arithmetic over sealed sizes, for those who never see a plaintext.
 *
 * Format, section 3: segments of 1 MiB of ciphertext, each with a tag of 16 bytes, after a header of 40; parts of four segments.
 *
 * @module
 */

/** Ciphertext of a segment, bytes. */
export const segmentSize = 2 ** 20;
/** Ciphertext of a part, bytes; the last part is shorter. */
export const partSize = 4 * segmentSize;
/** Parts of a blob, at most: 1 TiB. */
export const largestPartCount = 2 ** 18;

/** Header: its own length (0x28), salt(32), nonce prefix(7). */
export const headerLength = 40;
/** AES-GCM's tag, at the end of each segment. */
export const tagLength = 16;

/** Whether some plaintext has this sealed size: long enough, not ending in an empty segment, at most 2^18 parts. */
export function isSealedSize(sealedSize: number): boolean {
  if (!Number.isSafeInteger(sealedSize) || sealedSize < headerLength + tagLength) return false;
  if (sealedSize > largestPartCount * partSize) return false;
  const last = sealedSize % segmentSize;
  return sealedSize <= segmentSize || last === 0 || last > tagLength;
}

/** Parts of a blob of this sealed size. */
export function partCountOf(sealedSize: number): number {
  return Math.ceil(sealedSize / partSize);
}

/** Bytes of part `index` of a blob of this sealed size; 0 where it has no such part. */
export function partLengthOf(sealedSize: number, index: number): number {
  return Math.max(0, Math.min(partSize, sealedSize - index * partSize));
}
