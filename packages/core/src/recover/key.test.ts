import { expect, test } from "vitest";
import { toBase64url } from "../crypto/encoding.ts";
import { readRecoveryKey } from "./key.ts";

const read = new Uint8Array(32).fill(5);

test("a read key is taken alone, and with its id behind the # of a link", () => {
  expect(readRecoveryKey(toBase64url(read))).toEqual({ bytes: read });
  const whole = toBase64url(Uint8Array.from([...read, ...new Uint8Array(16).fill(0xab)]));
  expect(readRecoveryKey(`https://example.com/f/x#${whole}\n`)).toEqual({ bytes: read, keyId: "ab".repeat(16) });
});

test("a text as long as a read key that is none is unreadable, as everything else is", () => {
  // Its last character has bits that belong to no byte.
  for (const text of [`${"A".repeat(42)}B`, "A".repeat(42), "", "1 2 3"]) {
    expect(() => readRecoveryKey(text)).toThrow(expect.objectContaining({ code: "unreadable-key" }));
  }
});
