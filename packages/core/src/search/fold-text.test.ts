import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldText, foldWithPlaces, lettersIn } from "./fold-text.ts";

describe("folded text", () => {
  test.each([
    ["Résumé.PDF", "resume.pdf"],
    ["RE\u0301SUME\u0301", "resume"],
    ["Straße", "strasse"],
    ["ŁÓDŹ Ørsted æther", "lodz orsted aether"],
    ["İstanbul ısı", "istanbul isi"],
    ["ΟΔΟΣ Ελλάδα", "οδοσ ελλαδα"],
    ["Счёт Йод", "счет иод"],
    ["שָׁלוֹם", "שלום"],
    ["فَاتُورَة", "فاتوره"],
    ["أحمد", "احمد"],
    ["ＡＢＣ１２", "abc12"],
    ["ﬁle", "file"],
    ["❤️", "❤"],
    ["👨‍👩‍👧", "👨👩👧"],
    ["می‌خواهم", "میخواهم"],
  ])("%s is compared as %s", (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  test("keeps apart what its readers keep apart", () => {
    expect(foldText("काम")).not.toBe(foldText("कम"));
    expect(foldText("が")).not.toBe(foldText("か"));
    expect(foldText("合同")).not.toBe(foldText("合約"));
  });

  test("of a Hangul syllable that is being typed begins that of the whole", () => {
    expect(foldText("한글").startsWith(foldText("하"))).toBe(true);
  });

  test("is the same for canonical equivalents, and folding it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(foldText(text.normalize("NFD"))).toBe(foldText(text.normalize("NFC")));
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  test("leads back to the original, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (original) => {
        const { text, from } = foldWithPlaces(original);
        expect(text).toBe(foldText(original));
        expect(from).toHaveLength(text.length + 1);
        expect(from.at(-1)).toBe(original.length);
        for (let at = 1; at < from.length; at++) expect(from[at]).toBeGreaterThanOrEqual(from[at - 1]!);
      }),
    );
  });

  test("has all letters of a part of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b, c) => {
        const part = lettersIn(b);
        expect(lettersIn(a + b + c) & part).toBe(part);
      }),
    );
  });
});
