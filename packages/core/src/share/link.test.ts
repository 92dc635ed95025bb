import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { readFragment, readKeyOfLink } from "../folder/read-link.ts";
import { readShareLink, shareFragment, shareLink } from "./link.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Uint8Array.from(array));
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("a link", () => {
  test("comes back as it was made, whatever page it is of", () => {
    fc.assert(
      fc.property(bytes(32), bytes(16), fc.webUrl({ withFragments: true, withQueryParameters: true }), (secret, signerMark, page) => {
        const fragment = shareFragment({ secret, signerMark });
        expect(fragment).toMatch(/^[A-Za-z0-9_-]{64}$/);
        const link = shareLink(page, fragment);
        expect(new URL(link).search).toBe("");
        for (const text of [link, fragment, `#${fragment}`, ` ${fragment}\n`]) {
          const read = readShareLink(text);
          expect(toBase64url(read.secret)).toBe(toBase64url(secret));
          expect(toBase64url(read.signerMark)).toBe(toBase64url(signerMark));
        }
      }),
    );
  });

  test("is another with any character changed, and none with one more, one less, or a strange one", () => {
    fc.assert(
      fc.property(
        bytes(48),
        fc.nat(63),
        fc.nat(63),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
        (all, at, other, strange) => {
          const text = toBase64url(all);
          const put = (character: string): string => text.slice(0, at) + character + text.slice(at + 1);
          const read = (link: string) => {
            const { secret, signerMark } = readShareLink(link);
            return shareFragment({ secret, signerMark });
          };
          expect(read(put(alphabet[other]!))).toBe(put(alphabet[other]!));
          for (const broken of [
            text.slice(1),
            `${text}A`,
            `${text}==`,
            put(" "),
            alphabet.includes(strange) ? "" : put(`${strange}${strange}`),
          ]) {
            expect(() => readShareLink(broken)).toThrow(KeyfoldError);
          }
        },
      ),
    );
  });

  test("whatever else is given is refused with a code, and not repeated in the message", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withFragments: true }), fc.base64String(), fc.json()), (text) => {
        for (const read of [readShareLink, readKeyOfLink]) {
          try {
            const found = read(text);
            // The rare right one.
            if (found !== null)
              expect("read" in found ? readFragment(found) : shareFragment(found)).toBe(text.slice(text.indexOf("#") + 1).trim());
          } catch (error) {
            expect(error).toMatchObject({ name: "KeyfoldError", code: "invalid-argument" });
            if (text.trim().length > 6) expect((error as Error).message).not.toContain(text.trim());
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
