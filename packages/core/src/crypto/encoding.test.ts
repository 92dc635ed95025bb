import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isKeyfoldError } from "../error.ts";
import {
  concat,
  constantTimeEqual,
  fromBase64url,
  fromHex,
  fromUtf8,
  isHexId,
  readU32,
  readU64,
  toBase64url,
  toHex,
  toUtf8,
  u32,
  u64,
  u8,
  writeU32,
} from "./encoding.ts";
import type { Bytes } from "./provider.ts";

const bytes = (options = {}) => fc.uint8Array({ maxLength: 200, ...options }).map((array) => Uint8Array.from(array));

function refuses(action: () => unknown, code: "malformed" | "invalid-argument" = "malformed"): void {
  expect(action).toThrow(expect.objectContaining({ code }));
}

describe("hexadecimal", () => {
  it("round-trips, as Node writes it", () => {
    fc.assert(
      fc.property(bytes(), (value) => {
        expect(toHex(value)).toBe(Buffer.from(value).toString("hex"));
        expect(fromHex(toHex(value))).toEqual(value);
      }),
    );
  });

  it.each(["a", "0g", "AB", " 00", "0\u0660", "é0"])("refuses %j", (text) => refuses(() => fromHex(text)));

  it("refuses another length than asked for", () => refuses(() => fromHex("0011", 1)));

  it("knows an id by its 32 lowercase digits", () => {
    expect(isHexId("0123456789abcdef0123456789abcdef")).toBe(true);
    for (const other of [
      "0123456789ABCDEF0123456789ABCDEF",
      "0123456789abcdef0123456789abcde",
      "0123456789abcdef0123456789abcdef\n",
      5,
      null,
    ]) {
      expect(isHexId(other)).toBe(false);
    }
  });
});

describe("base64url", () => {
  it("round-trips, as Node writes it", () => {
    fc.assert(
      fc.property(bytes(), (value) => {
        expect(toBase64url(value)).toBe(Buffer.from(value).toString("base64url"));
        expect(fromBase64url(toBase64url(value), value.length)).toEqual(value);
      }),
    );
  });

  it.each(["A", "AA==", "AAA=", "AA A", "AA\n", "A+/A", "AAA\u00e9", "AAAAA"])("refuses %j", (text) => refuses(() => fromBase64url(text)));

  it.each(["AB", "AAB", "AAAAAB"])("refuses bits after the last byte in %j", (text) => refuses(() => fromBase64url(text)));

  it("has one written form for each value", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("A", "B", "Q", "g", "w", "z", "0", "9", "-", "_"), maxLength: 40 }), (text) => {
        let value: Bytes;
        try {
          value = fromBase64url(text);
        } catch (error) {
          return isKeyfoldError(error, "malformed");
        }
        return toBase64url(value) === text;
      }),
    );
  });
});

describe("integers", () => {
  it("round-trip at 32 and 64 bits", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => readU32(concat(u8(7), u32(value)), 1) === value));
    fc.assert(fc.property(fc.maxSafeNat(), (value) => readU64(concat(u8(7), u64(value)), 1) === value));
  });

  it("are big-endian", () => {
    expect(toHex(u32(0x01020304))).toBe("01020304");
    expect(toHex(u64(2 ** 40 + 5))).toBe("0000010000000005");
  });

  it("are read and written through views at their own offset", () => {
    const whole = new Uint8Array(12);
    writeU32(whole.subarray(4), 2, 0xdeadbeef);
    expect(toHex(whole)).toBe("000000000000deadbeef0000");
    expect(readU32(whole.subarray(4), 2)).toBe(0xdeadbeef);
  });

  it("are refused where bytes end, and above 2^53 - 1", () => {
    refuses(() => readU32(new Uint8Array(4), 1));
    refuses(() => readU64(new Uint8Array(8), 1));
    refuses(() => readU64(fromHex("0020000000000000"), 0));
    expect(readU64(fromHex("001fffffffffffff"), 0)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])("%d is not written", (value) => {
    refuses(() => u8(value), "invalid-argument");
    refuses(() => u32(value), "invalid-argument");
    refuses(() => u64(value), "invalid-argument");
  });
});

describe("UTF-8", () => {
  it("round-trips every well-formed text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => fromUtf8(toUtf8(text)) === text));
  });

  it("keeps a byte order mark", () => expect(fromUtf8(fromHex("efbbbf41"))).toBe("\ufeffA"));

  it("refuses a lone surrogate, which has no such form", () => refuses(() => toUtf8("a\ud800")));

  it.each(["ff", "c080", "eda080", "f4908080", "e282"])("refuses the bytes %s", (hex) => refuses(() => fromUtf8(fromHex(hex))));
});

describe("comparison in constant time", () => {
  it("decides as equality does", () => {
    fc.assert(
      fc.property(bytes(), bytes(), (a, b) => {
        expect(constantTimeEqual(a, a.slice())).toBe(true);
        expect(constantTimeEqual(a, b)).toBe(toHex(a) === toHex(b));
      }),
    );
  });
});
