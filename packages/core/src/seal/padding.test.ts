import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vectorSuite } from "../../test/vectors.ts";
import { u32 } from "../crypto/encoding.ts";
import { frame, isZeroFrom, padme, paddedSize, unframe } from "./padding.ts";

vectorSuite<{ padme: [number, number][] }>(
  "blobs",
  ({ padme: cases }, count) => {
    it.each(cases)("Padmé of %d is %d", (length, padded) => {
      expect(padme(length)).toBe(padded);
      count();
    });
  },
  "blobs/padme",
);

/** Padmé as its paper states it, on integers of any size. */
function padmeOfPaper(length: bigint): bigint {
  const exponent = BigInt(length.toString(2).length - 1);
  const mask = (1n << (exponent - BigInt(exponent.toString(2).length))) - 1n;
  return (length + mask) & ~mask;
}

describe("Padmé", () => {
  it("is the paper's, beyond 2^32 too", () => {
    const lengths = fc.oneof(fc.integer({ min: 2, max: 5000 }), fc.integer({ min: 2, max: 2 ** 52 }));
    fc.assert(fc.property(lengths, (length) => BigInt(padme(length)) === padmeOfPaper(BigInt(length))));
    for (let exponent = 1; exponent <= 52; exponent++) {
      for (const length of [2 ** exponent, 2 ** exponent + 1, 2 ** (exponent + 1) - 1]) {
        expect(BigInt(padme(length))).toBe(padmeOfPaper(BigInt(length)));
      }
    }
  });

  it("adds at most an eighth, and keeps what it made", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 52 }), (length) => {
        const padded = padme(length);
        return padded >= length && padded <= length * 1.125 && padme(padded) === padded;
      }),
    );
  });

  it("tells nothing apart below 1 KiB", () => {
    expect([0, 1, 500, 1023, 1024].map(paddedSize)).toEqual([1024, 1024, 1024, 1024, 1024]);
    expect(paddedSize(1025)).toBe(1088);
  });
});

describe("a frame", () => {
  const content = fc.uint8Array({ maxLength: 3000 }).map((array) => Uint8Array.from(array));

  it("gives back what it holds, in a padded length", () => {
    fc.assert(
      fc.property(content, (data) => {
        const framed = frame(data);
        expect(framed.length).toBe(paddedSize(data.length + 4));
        expect(unframe(framed)).toEqual(data);
      }),
    );
  });

  it("is read through a view too", () => {
    const data = Uint8Array.of(1, 2, 3);
    const framed = frame(data);
    const whole = new Uint8Array(framed.length + 7);
    whole.fill(0xff);
    whole.set(framed, 5);
    expect(unframe(whole.subarray(5, 5 + framed.length))).toEqual(data);
  });

  it("is refused with any bit of its padding set", () => {
    fc.assert(
      fc.property(content, fc.nat(), (data, seed) => {
        const framed = frame(data);
        const padding = 8 * (framed.length - data.length - 4);
        if (padding === 0) return;
        const bit = 8 * (data.length + 4) + (seed % padding);
        framed[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => unframe(framed)).toThrow(expect.objectContaining({ code: "malformed", reason: "frame" }));
      }),
    );
  });

  it("is refused at any other length", () => {
    const framed = frame(new Uint8Array(1500));
    for (const length of [0, 3, 4, 1024, framed.length - 1]) {
      expect(() => unframe(framed.subarray(0, length))).toThrow(expect.objectContaining({ code: "malformed" }));
    }
    const longer = new Uint8Array(framed.length + 1);
    longer.set(framed);
    expect(() => unframe(longer)).toThrow(expect.objectContaining({ code: "malformed" }));
    const beyond = new Uint8Array(1024);
    beyond.set(u32(0xffffffff));
    expect(() => unframe(beyond)).toThrow(expect.objectContaining({ code: "malformed" }));
  });
});

describe("the search for a byte that is not zero", () => {
  it("finds one wherever it is, in views of any alignment", () => {
    fc.assert(
      fc.property(fc.nat({ max: 9 }), fc.nat({ max: 70 }), fc.nat({ max: 70 }), fc.nat(), (offset, length, start, seed) => {
        const whole = new Uint8Array(offset + length + 9).fill(0xff);
        const view = whole.subarray(offset, offset + length).fill(0, Math.min(start, length));
        expect(isZeroFrom(view, start)).toBe(true);
        if (start >= length) return;
        view[start + (seed % (length - start))] = 0x80;
        expect(isZeroFrom(view, start)).toBe(false);
      }),
    );
  });
});
