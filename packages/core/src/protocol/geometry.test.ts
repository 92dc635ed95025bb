import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isSealedSize, largestPartCount, partCountOf, partLengthOf, partSize } from "./geometry.ts";

/** The format's formula, section 3. */
const sealedSizeOf = (plain: number) => plain + 40 + 16 * Math.max(1, Math.ceil((plain + 40) / 1048560));

test("every plaintext's sealed size is possible, and the sizes between are not", () => {
  const near = fc.oneof(
    fc.nat(5 * 2 ** 20),
    fc.tuple(fc.nat(1000), fc.integer({ min: -60, max: 60 })).map(([n, off]) => Math.max(0, n * 1048560 + off)),
  );
  fc.assert(
    fc.property(near, (plain) => {
      expect(isSealedSize(sealedSizeOf(plain))).toBe(true);
      for (let size = sealedSizeOf(plain) + 1; size < sealedSizeOf(plain + 1); size++) expect(isSealedSize(size)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("the shortest and the longest", () => {
  expect([0, 40, 55, 56].map(isSealedSize)).toEqual([false, false, false, true]);
  expect(isSealedSize(largestPartCount * partSize)).toBe(true);
  expect(isSealedSize(largestPartCount * partSize + 17)).toBe(false);
  expect([1.5, Number.NaN, -1, Infinity].some(isSealedSize)).toBe(false);
});

test("parts cover a blob without gap or overlap", () => {
  fc.assert(
    fc.property(fc.integer({ min: 56, max: 40 * partSize }), (size) => {
      const lengths = Array.from({ length: partCountOf(size) }, (_, index) => partLengthOf(size, index));
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(size);
      expect(lengths.every((length, index) => length > 0 && (index === lengths.length - 1 || length === partSize))).toBe(true);
      expect(partLengthOf(size, lengths.length)).toBe(0);
    }),
  );
});
