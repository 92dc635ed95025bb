import { expect, test } from "vitest";
import { vectorSuite } from "../../test/vectors.ts";
import { fromHex, toBase64url, toHex } from "../crypto/encoding.ts";
import { verifyEd25519 } from "../crypto/verify.ts";
import { isKeyfoldError } from "../error.ts";
import type { Scope } from "./schema.ts";
import { sessionText, type SessionChallenge } from "./session-text.ts";

interface SignedCase {
  scope: Scope;
  nonce: string;
  text: string;
  textHex: string;
  public: string;
  signature: string;
}

vectorSuite<{ signed: SignedCase[]; neverSigned: SessionChallenge[] }>("sessions", ({ signed, neverSigned }, count) => {
  test.each(signed)("the text of a $scope's challenge", async (expected) => {
    const value = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(expected.text)![1]!;
    const text = sessionText({
      server: value("server"),
      folder: value("folder"),
      epoch: Number(value("epoch")),
      scope: expected.scope,
      nonce: toBase64url(fromHex(expected.nonce)),
      expires: Number(value("expires")),
    });
    expect(toHex(text)).toBe(expected.textHex);
    expect(await verifyEd25519(fromHex(expected.public), fromHex(expected.signature), text)).toBe(true);
    count();
  });

  test.each(neverSigned.map((challenge, n) => ({ n, challenge })))("never signed: case $n", ({ challenge }) => {
    let thrown: unknown;
    try {
      sessionText(challenge);
    } catch (error) {
      thrown = error;
    }
    expect(isKeyfoldError(thrown, "session-refused")).toBe(true);
    count();
  });
});

const good: SessionChallenge = {
  server: "http://localhost:8787",
  folder: "cf9460ce6fe436446ef0c0b9d62db095",
  epoch: 0,
  scope: "owner",
  nonce: "A".repeat(43),
  expires: 1764000300,
};

test("a server on a port of this machine is signed for", () => {
  expect(sessionText(good)).toBeInstanceOf(Uint8Array);
});

test.each<[string, Partial<Record<keyof SessionChallenge, unknown>>]>([
  ["a slash at the end", { server: "http://localhost:8787/" }],
  ["a query", { server: "http://localhost:8787/?a" }],
  ["another scheme", { server: "file:///etc" }],
  ["a nonce with bits after its last byte", { nonce: `${"A".repeat(42)}B` }],
  ["a nonce with a line feed after it", { nonce: `${"A".repeat(43)}\n` }],
  ["a fraction of an epoch", { epoch: 0.5 }],
  ["an epoch as text", { epoch: "0" }],
  ["a time that is none", { expires: Number.NaN }],
  ["an inherited scope", { scope: "toString" }],
])("refuses %s", (_, change) => {
  expect(() => sessionText({ ...good, ...change } as SessionChallenge)).toThrow(expect.objectContaining({ code: "session-refused" }));
});
