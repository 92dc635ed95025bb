import { describe, expect, it } from "vitest";
import { type Descriptor, descriptorFault, isDescriptor, readDescriptor } from "./blob.ts";
import { largestPartCount, partSize } from "./geometry.ts";

const good: Descriptor = {
  suite: 1,
  blob: "237beeac69e35364504d469b5e0e098a",
  key: "WRWAL9hwpRU7SEkDno7juDPZdMH5GyzlYHugwFx3PfQ",
  size: 5,
  sealedSize: 1080,
  digest: "PkC8uvW5frppUyQpj0QbVwWaeRoC3q0YjntUJRNDTKY",
};

describe("a descriptor", () => {
  it("stands padded and unpadded, with further members, and is read without them", () => {
    expect(isDescriptor(good)).toBe(true);
    expect(isDescriptor({ ...good, sealedSize: 61 })).toBe(true);
    expect(readDescriptor({ ...good, type: "text/plain", thumbnail: null })).toEqual(good);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a text", "{}"],
    ["an array", []],
    ["an id in capitals", { ...good, blob: good.blob.toUpperCase() }],
    ["a short id", { ...good, blob: good.blob.slice(1) }],
    ["a padded key", { ...good, key: `${good.key}=` }],
    ["a key with bits after its end", { ...good, key: `${good.key.slice(0, -1)}R` }],
    ["a short digest", { ...good, digest: good.digest.slice(1) }],
    ["no digest", { ...good, digest: undefined }],
    ["a size as text", { ...good, size: "5" }],
    ["a size below zero", { ...good, size: -1 }],
    ["half a byte", { ...good, size: 5.5 }],
    ["a size above 2^53 - 1", { ...good, size: 2 ** 53, sealedSize: 2 ** 53 }],
    ["a suite as text", { ...good, suite: "1" }],
  ])("is none: %s", (_, value) => {
    expect(descriptorFault(value)).toBe("shape");
    expect(isDescriptor(value)).toBe(false);
    expect(() => readDescriptor(value)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  it("of another suite is refused as such", () => {
    expect(() => readDescriptor({ ...good, suite: 2 })).toThrow(expect.objectContaining({ code: "tampered", reason: "suite" }));
  });

  it.each([60, 62, 1079, 1081, 1048577])("of 5 bytes is not %d bytes sealed", (sealedSize) => {
    expect(() => readDescriptor({ ...good, sealedSize })).toThrow(expect.objectContaining({ code: "tampered", reason: "sealed-size" }));
  });

  it("has at most 2^18 parts", () => {
    const sealedSize = largestPartCount * partSize;
    const size = sealedSize - 40 - 16 * 4 * largestPartCount;
    expect(descriptorFault({ ...good, size, sealedSize })).toBeUndefined();
    expect(descriptorFault({ ...good, size: size + 1, sealedSize: sealedSize + 17 })).toBe("sealed-size");
  });
});
