import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import { isProblemCode, problemCodes, problems } from "./problem.ts";
import { BaseUrl, binary, CreateBlobs, Id, ReadBundle } from "./schema.ts";

describe("binary in JSON", () => {
  test("takes exactly what the strict decoder takes", () => {
    const alphabet = fc.constantFrom(...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= "));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.array(alphabet, { maxLength: 96 }), (length, characters) => {
        const text = characters.join("").slice(0, Math.ceil((length * 4) / 3));
        expect(v.is(binary(length), text)).toBe(decodes(text, length));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (bytes) => {
        expect(v.is(binary(bytes.length), toBase64url(bytes))).toBe(true);
        expect(v.is(binary(bytes.length + 1), toBase64url(bytes))).toBe(false);
      }),
    );
  });

  function decodes(text: string, length: number): boolean {
    try {
      return fromBase64url(text, length).length === length;
    } catch {
      return false;
    }
  }
});

test("ids are lowercase hex of 16 bytes", () => {
  expect(v.is(Id, "0123456789abcdef".repeat(2))).toBe(true);
  for (const wrong of ["0123456789ABCDEF".repeat(2), "0".repeat(31), "0".repeat(33), `${"0".repeat(32)}\n`, 0, null]) {
    expect(v.is(Id, wrong)).toBe(false);
  }
});

test("a base URL has no slash at its end, no query, no fragment, no line break", () => {
  for (const right of ["https://a.example/keyfold", "http://127.0.0.1:8787", "http://[::1]:80/x"]) expect(v.is(BaseUrl, right)).toBe(true);
  for (const wrong of [
    "https://a.example/",
    "ftp://a.example",
    "https://a.example?x",
    "https://a.example#x",
    "https://a.example\nscope:owner",
    "https://",
  ]) {
    expect(v.is(BaseUrl, wrong)).toBe(false);
  }
});

test("lists are bounded", () => {
  const blob = { blob: "0".repeat(32), sealedSize: 56 };
  expect(v.is(CreateBlobs, { blobs: Array.from({ length: 90 }, () => blob) })).toBe(true);
  expect(v.is(CreateBlobs, { blobs: Array.from({ length: 91 }, () => blob) })).toBe(false);
  expect(v.is(CreateBlobs, { blobs: [] })).toBe(false);
  expect(v.is(ReadBundle, { parts: [["0".repeat(32), 2 ** 18]] })).toBe(false);
});

test("every problem code has a status in the 400s or 500s, and names of Object's own are no codes", () => {
  for (const code of problemCodes) expect(problems[code][0]).toBeGreaterThanOrEqual(400);
  expect(problemCodes.length).toBe(Object.keys(problems).length);
  expect(isProblemCode("toString")).toBe(false);
  expect(isProblemCode("constructor")).toBe(false);
});
