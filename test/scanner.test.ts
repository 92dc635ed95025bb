/** The scanner finds what was planted, in every form and alignment, and nothing that was not. */
import { createHash, randomBytes } from "node:crypto";
import { printKey } from "@keyfold/core";
import { describe, expect, test } from "vitest";
import { Scanner, windowLength } from "./scanner.ts";

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => crockford[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** The same bytes at every run of the tests: what is not planted must not be found by chance once in a while. */
function bytesOf(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

const secret = bytesOf("secret", 32);
const scanner = new Scanner();
scanner.add("the secret", secret);
scanner.add("a name", "Divorce papers.pdf");

const dressings: Readonly<Record<string, (bytes: Buffer) => Uint8Array | string>> = {
  raw: (bytes) => bytes,
  hex: (bytes) => bytes.toString("hex"),
  "hex in capitals": (bytes) => bytes.toString("hex").toUpperCase(),
  "hex with colons": (bytes) => (bytes.toString("hex").match(/../g) ?? []).join(":"),
  base64: (bytes) => bytes.toString("base64"),
  "base64 in lines": (bytes) => (bytes.toString("base64").match(/.{1,9}/g) ?? []).join("\r\n"),
  base64url: (bytes) => bytes.toString("base64url"),
  base32: base32,
  "base32 in small letters": (bytes) => base32(bytes).toLowerCase(),
  "base32 in groups": (bytes) => (base32(bytes).match(/.{1,5}/g) ?? []).join("-"),
  "hex in UTF-16": (bytes) => Buffer.from(bytes.toString("hex"), "utf16le"),
  "base64 in UTF-16, at an odd place": (bytes) => Buffer.concat([Buffer.from("x"), Buffer.from(bytes.toString("base64"), "utf16le")]),
};

describe("eight bytes of a secret are found", () => {
  test.for(Object.entries(dressings))("as %s, wherever they begin in what is encoded, and wherever that stands", ([, dress]) => {
    for (let before = 0; before < 9; before++) {
      for (let start = 0; start + windowLength <= secret.length; start += 3) {
        const encoded = dress(
          Buffer.concat([bytesOf("before", before), secret.subarray(start, start + windowLength), bytesOf("after", 7)]),
        );
        for (const around of ["", "q", "qq:", "qqq{"]) {
          const planted = Buffer.concat([Buffer.from(around), Buffer.from(encoded as Buffer), Buffer.from('","')]);
          expect([before, start, around, scanner.find(planted)[0]?.secret]).toEqual([before, start, around, "the secret"]);
        }
      }
    }
  });

  test("at the very start, at the very end, and alone", () => {
    const window = secret.subarray(5, 5 + windowLength);
    expect([scanner.find(""), scanner.find("x")]).toEqual([[], []]);
    expect(scanner.find(window)).toEqual([{ secret: "the secret", form: "raw", at: 0 }]);
    expect(scanner.find(Buffer.concat([window, bytesOf("x", 90)]))).toEqual([{ secret: "the secret", form: "raw", at: 0 }]);
    expect(scanner.find(Buffer.concat([bytesOf("x", 90), window]))).toEqual([{ secret: "the secret", form: "raw", at: 90 }]);
  });

  test("in one row of a key as people get it, in any spelling", () => {
    const key = Uint8Array.from(bytesOf("key", 64));
    const own = new Scanner();
    own.add("the key", key);
    for (const row of printKey(key)) {
      for (const spelled of [row, row.toLowerCase(), row.replaceAll("-", " "), row.replaceAll("0", "O").replaceAll("1", "l")]) {
        expect(own.find(`3  ${spelled}\n`).map(({ secret: name }) => name)).toEqual(["the key"]);
      }
    }
  });

  test("of a text: as it is, in UTF-16, and in an encoding", () => {
    for (const planted of [
      "…/Divorce papers.pdf?",
      Buffer.from("vorce pa", "utf16le"),
      Buffer.from(".vorce pa", "utf16le"),
      Buffer.from("Divorce papers.pdf").toString("base64"),
    ]) {
      expect(scanner.find(planted)[0]?.secret).toBe("a name");
    }
  });
});

describe("nothing else is found", () => {
  test("in seven bytes of it, in what was turned around, in megabytes of noise and of text", () => {
    expect(scanner.find(Buffer.concat([secret.subarray(0, 7), Buffer.from([secret[7]! ^ 1]), secret.subarray(8, 15)]))).toEqual([]);
    expect(scanner.find(Buffer.from(secret).reverse())).toEqual([]);
    const noise = bytesOf("noise", 2 ** 20);
    for (const dress of Object.values(dressings)) expect(scanner.find(dress(noise.subarray(0, 2 ** 18)))).toEqual([]);
    expect(scanner.find(noise)).toEqual([]);
  });

  test("and what is too short to be told from chance is refused", () => {
    expect(() => scanner.add("short", "a.txt")).toThrow(RangeError);
  });
});

test("64 MiB with a thousand secrets are looked through in seconds, and the one at the end is found", () => {
  const many = new Scanner();
  for (let i = 0; i < 1000; i++) many.add(`${i}`, randomBytes(32));
  many.add("last", secret);
  const noise = randomBytes(64 * 2 ** 20);
  secret.copy(noise, noise.length - secret.length);
  const start = performance.now();
  expect(many.find(noise).map(({ secret: name }) => name)).toEqual(["last"]);
  expect(performance.now() - start).toBeLessThan(10_000);
});
