import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import {
  decodeReadBundle,
  decodeSentBundle,
  encodeReadBundle,
  encodeSentBundle,
  largestSentBundle,
  type ReadPart,
  type SentPart,
} from "./bundle.ts";
import { bundleParts, bundleSize } from "./limits.ts";

const bytes = (constraints: { minLength?: number; maxLength?: number }) =>
  fc.uint8Array(constraints).map((value): Bytes => new Uint8Array(value));
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex);
const sentPart: fc.Arbitrary<SentPart> = fc.record({
  blob: id,
  index: fc.nat(2 ** 18 - 1),
  hash: bytes({ minLength: 32, maxLength: 32 }),
  bytes: bytes({ maxLength: 200 }),
});
const readPart: fc.Arbitrary<ReadPart> = fc.record({ blob: id, index: fc.nat(2 ** 18 - 1), bytes: fc.option(bytes({ maxLength: 200 })) });

/** What a decoder makes of it: its value, or the code of its error. Anything else is a fault of the decoder. */
function outcome<Value>(decode: () => Value): Value | string {
  try {
    return decode();
  } catch (error) {
    if (!isKeyfoldError(error)) throw error;
    return error.code;
  }
}

describe("bundles", () => {
  test("what is sent is what arrives", () => {
    fc.assert(
      fc.property(fc.array(sentPart, { minLength: 1, maxLength: 20 }), (parts) => {
        expect(decodeSentBundle(encodeSentBundle(parts))).toEqual(parts);
      }),
    );
    fc.assert(
      fc.property(fc.array(readPart, { maxLength: 20 }), (parts) => {
        expect(decodeReadBundle(encodeReadBundle(parts))).toEqual(parts);
      }),
    );
  });

  test("a body cut short anywhere but between two parts is malformed", () => {
    fc.assert(
      fc.property(fc.array(sentPart, { minLength: 1, maxLength: 4 }), fc.nat(), (parts, at) => {
        const body = encodeSentBundle(parts);
        const cut = body.slice(0, at % body.length);
        const found = outcome(() => decodeSentBundle(cut));
        const whole = parts.findIndex((_, count) => encodeLength(parts.slice(0, count + 1)) === cut.length) + 1;
        expect(found).toEqual(whole === 0 ? "malformed" : parts.slice(0, whole));
      }),
    );
  });

  test("junk never throws anything but a typed error", () => {
    fc.assert(
      fc.property(bytes({ maxLength: 400 }), (junk) => {
        outcome(() => decodeSentBundle(junk));
        outcome(() => decodeReadBundle(junk));
      }),
    );
  });

  test("more than 256 parts or 4 MiB is refused on both sides", () => {
    const part: SentPart = { blob: "0".repeat(32), index: 0, hash: new Uint8Array(32), bytes: new Uint8Array(16) };
    const full = Array.from({ length: bundleParts }, () => part);
    expect(decodeSentBundle(encodeSentBundle(full))).toHaveLength(bundleParts);
    expect(outcome(() => encodeSentBundle([...full, part]))).toBe("invalid-argument");
    expect(outcome(() => decodeSentBundle(concat(encodeSentBundle(full), encodeSentBundle([part]))))).toBe("too-large");
    const large = { ...part, bytes: new Uint8Array(bundleSize) };
    expect(encodeSentBundle([large]).length).toBeLessThanOrEqual(largestSentBundle);
    expect(outcome(() => encodeSentBundle([large, part]))).toBe("invalid-argument");
    expect(outcome(() => decodeSentBundle(concat(encodeSentBundle([large]), encodeSentBundle([part]))))).toBe("too-large");
  });

  test("an index beyond 2^18 parts is malformed", () => {
    const body = encodeSentBundle([{ blob: "0".repeat(32), index: 0, hash: new Uint8Array(32), bytes: new Uint8Array(1) }]);
    body[17] = 4; // u32 at 16: 0x00040000 = 2^18
    expect(outcome(() => decodeSentBundle(body))).toBe("malformed");
  });
});

function encodeLength(parts: readonly SentPart[]): number {
  return encodeSentBundle(parts).length;
}
