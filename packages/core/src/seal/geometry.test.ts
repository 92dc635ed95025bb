import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vectorSuite } from "../../test/vectors.ts";
import {
  type Geometry,
  geometryOf,
  headerLength,
  partCountOf,
  partLengthOf,
  plainSizeOf,
  plainSizeOfSealed,
  sealedSizeOf,
  segmentsPerPart,
  tagLength,
} from "./geometry.ts";

interface BlobVectors {
  cases: { size: number; padding: boolean; P: number; segments: number; sealedSize: number; partHashes: string[] }[];
  impossibleSealedSizes: number[];
}

vectorSuite<BlobVectors>(
  "blobs",
  ({ cases, impossibleSealedSizes }, count) => {
    it.each(cases)("$size bytes, padded: $padding, have the vector's layout", ({ size, padding, P, segments, sealedSize, partHashes }) => {
      expect(plainSizeOf(size, padding)).toBe(P);
      expect(sealedSizeOf(P)).toBe(sealedSize);
      expect(plainSizeOfSealed(sealedSize)).toBe(P);
      expect(geometryOf(P)).toMatchObject({ sealedSize, segmentCount: segments, partCount: partHashes.length });
      expect(partCountOf(sealedSize)).toBe(partHashes.length);
      count();
    });

    it.each(impossibleSealedSizes)("no blob has %d bytes", (sealedSize) => {
      expect(plainSizeOfSealed(sealedSize)).toBeUndefined();
      count();
    });
  },
  "blobs/layout",
);

/** Sizes around the boundaries of segments and parts, and any others up to 1 TiB. */
const plainSizes = fc.oneof(
  fc.nat({ max: 3000 }),
  fc
    .tuple(fc.nat({ max: 20 }), fc.integer({ min: -3, max: 3 }))
    .map(([segments, off]) => Math.max(0, segments * 1048560 - headerLength + off)),
  fc.nat({ max: 2 ** 40 - 2 ** 30 }),
);

const geometries = fc
  .tuple(plainSizes, fc.constantFrom(65, 100, 4096, 2 ** 20))
  .filter(([plainSize, size]) => plainSize < 3000 * size)
  .map(([plainSize, size]): [Geometry, number] => [geometryOf(plainSize, size), size]);

const indices = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe("the layout of a blob", () => {
  it("covers the plaintext once, in order, segment by segment and part by part", () => {
    fc.assert(
      fc.property(geometries, ([geometry, size]) => {
        let end = 0;
        for (const part of indices(geometry.partCount)) {
          const range = geometry.plainRangeOfPart(part);
          expect(range.start).toBe(end);
          const segments = geometry.segmentsOfPart(part);
          expect(segments.start).toBe(part * segmentsPerPart);
          let sealed = part === 0 ? headerLength : 0;
          for (let segment = segments.start; segment < segments.end; segment++) {
            const piece = geometry.plainRangeOfSegment(segment);
            expect(piece.start).toBe(end);
            end = piece.end;
            sealed += piece.end - piece.start + tagLength;
            if (segment < geometry.segmentCount - 1) expect((sealed - 1) % size).toBe(size - 1);
          }
          expect(range.end).toBe(end);
          expect(geometry.partLength(part)).toBe(sealed);
        }
        expect(end).toBe(geometry.plainSize);
        expect(indices(geometry.partCount).reduce((sum, part) => sum + geometry.partLength(part), 0)).toBe(geometry.sealedSize);
      }),
    );
  });

  it("has no empty last segment but the only one of an empty blob", () => {
    fc.assert(
      fc.property(geometries, ([geometry]) => {
        const { start, end } = geometry.plainRangeOfSegment(geometry.segmentCount - 1);
        expect(end > start || geometry.segmentCount === 1).toBe(true);
      }),
    );
  });

  it("finds the part of each byte", () => {
    fc.assert(
      fc.property(geometries, fc.nat(), ([geometry], seed) => {
        if (geometry.plainSize === 0) {
          expect(geometry.partOfPlain(0)).toBe(0);
          return;
        }
        const position = seed % geometry.plainSize;
        const { start, end } = geometry.plainRangeOfPart(geometry.partOfPlain(position));
        expect(start <= position && position < end).toBe(true);
      }),
    );
  });

  it("follows from the sealed size alone", () => {
    fc.assert(
      fc.property(plainSizes, (plainSize) => {
        const { sealedSize, partCount, partLength } = geometryOf(plainSize);
        expect(sealedSizeOf(plainSize)).toBe(sealedSize);
        expect(plainSizeOfSealed(sealedSize)).toBe(plainSize);
        expect(partCountOf(sealedSize)).toBe(partCount);
        expect(partLengthOf(sealedSize, partCount - 1)).toBe(partLength(partCount - 1));
        expect(partLengthOf(sealedSize, partCount)).toBe(0);
      }),
    );
  });

  it("gives no plaintext size to a sealed size that none makes", () => {
    fc.assert(
      fc.property(plainSizes, fc.integer({ min: -40, max: 40 }), (plainSize, off) => {
        const sealedSize = sealedSizeOf(plainSize) + off;
        const found = plainSizeOfSealed(sealedSize);
        const near = indices(81).map((i) => plainSize + off + i - 40);
        expect(found).toBe(near.find((candidate) => candidate >= 0 && sealedSizeOf(candidate) === sealedSize));
      }),
    );
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) expect(plainSizeOfSealed(value)).toBeUndefined();
  });

  it("knows no part, segment or position outside", () => {
    const geometry = geometryOf(5_000_000);
    for (const ask of [
      () => geometry.partLength(2),
      () => geometry.plainRangeOfPart(-1),
      () => geometry.segmentsOfPart(0.5),
      () => geometry.plainRangeOfSegment(5),
      () => geometry.partOfPlain(5_000_000),
    ]) {
      expect(ask).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    }
  });
});
