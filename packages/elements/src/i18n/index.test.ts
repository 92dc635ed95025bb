import { expect } from "@open-wc/testing";
import { assert, double, property } from "fast-check";
import { german } from "../locales/de/index.ts";
import { problemAction } from "../status/problem-action.ts";
import { formatsFor, mergeWords, registeredLocales, wordsFor } from "./index.ts";
import type { ErrorCode } from "@keyfold/core";

/** Every path to a word, with what kind of thing is there. */
function shape(words: object, path = ""): string[] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === "object" && value !== null ? shape(value as object, `${path}${name}.`) : [`${path}${name}: ${typeof value}`],
  );
}

describe("words", () => {
  // that no code is left out, the compiler proves: the words are a Record of ErrorCode
  it("are there in every language for every error code, and docs/errors.md lists each with its English words", async () => {
    const page = await (await fetch("/docs/errors.md")).text();
    const rows = new Map(
      [...page.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (.+?) \|/gm)].map(([, code, message, action]) => [code, { message, action }] as const),
    );
    const english = wordsFor("en").words.errors;
    expect(registeredLocales()).to.include.members(["en", "de"]);
    for (const code of Object.keys(english) as ErrorCode[]) {
      for (const tag of registeredLocales()) {
        const word = wordsFor(tag).words.errors[code];
        expect(word.message({}), `${tag} ${code}`).to.match(/\S.*[.!?]$/);
        expect(word.action, `${tag} ${code}`).to.match(/\S/);
      }
      const row = rows.get(code);
      expect(row?.message, `docs/errors.md: ${code}`).to.equal(english[code].message({}));
      expect(row?.action, `docs/errors.md: ${code}`).to.equal(
        problemAction({ code }) === "none" ? `${english[code].action} *` : english[code].action,
      );
    }
    expect(new Set(rows.keys())).to.deep.equal(new Set(Object.keys(english)));
  });

  it("are the same ones in every language", () => {
    expect(new Set(shape(german(formatsFor("de"))))).to.deep.equal(new Set(shape(wordsFor("en").words)));
  });

  it("keep the alert's exact English", () => {
    const { lead, message } = wordsFor("en").words.alert;
    expect(`${lead} ${message}`).to.equal(
      "Your folder isn’t secure. Your files might be stolen or downloaded by anyone. Kindly generate a 64-byte key at the top left corner and click the sign button to secure your folder.",
    );
  });

  it("count the changes and files of a problem", () => {
    const { errors } = wordsFor("en").words;
    expect(errors.offline.message({ changes: 3 })).to.equal("You’re offline. 3 changes are waiting.");
    expect(errors.offline.message({ changes: 1 })).to.equal("You’re offline. 1 change is waiting.");
    expect(errors.quota.message({ files: 3 })).to.equal("The folder is full. 3 files did not fit.");
  });

  it("fall back to the language itself, then to English with English figures", () => {
    expect(wordsFor("de-AT").words.keyBar.sign).to.equal("Signieren");
    expect(wordsFor("de-AT").format.number(1234.5)).to.equal(formatsFor("de-AT").number(1234.5));
    expect(wordsFor("tlh").words.keyBar.sign).to.equal("Sign");
    expect(wordsFor("tlh").format.tag).to.equal("en");
    expect(wordsFor("not a tag").words.keyBar.sign).to.equal("Sign");
  });

  it("are replaced one by one by those of a page", () => {
    const { words } = wordsFor("en");
    const merged = mergeWords(words, { keyBar: { sign: "Seal it" } });
    expect(merged.keyBar.sign).to.equal("Seal it");
    expect(merged.keyBar.generate).to.equal(words.keyBar.generate);
    expect(words.keyBar.sign).to.equal("Sign");
  });
});

describe("formats", () => {
  const english = formatsFor("en-GB");

  it("write bytes with a unit that people know, and no more figures than they read", () => {
    expect([0, 1, 999, 6_120, 212_000, 4_812_000, 734_000_000, 4_980_000_000].map((bytes) => english.bytes(bytes))).to.deep.equal([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "6 KB",
      "212 KB",
      "4.8 MB",
      "734 MB",
      "5 GB",
    ]);
    expect(english.bytesOf(1_234_000_000, 5_000_000_000)).to.deep.equal({ part: "1.23", whole: "5 GB" });
  });

  it("write what is left shortly", () => {
    expect([0.2, 18.4, 59.6, 200, 7_200].map((seconds) => english.duration(seconds))).to.deep.equal([
      "1\u00a0s",
      "18\u00a0s",
      "1\u00a0min",
      "3\u00a0mins",
      "2\u00a0h",
    ]);
  });

  it("say today and yesterday", () => {
    const now = new Date(2026, 5, 3, 15, 0).getTime();
    expect(english.when(new Date(2026, 5, 3, 13, 57).getTime(), now)).to.equal("Today, 13:57");
    expect(english.when(new Date(2026, 5, 2, 23, 59).getTime(), now)).to.equal("Yesterday");
    expect(english.when(new Date(2026, 4, 28).getTime(), now)).to.equal("28 May");
    expect(english.when(new Date(2024, 4, 28).getTime(), now)).to.equal("28 May 2024");
  });

  it("never fail, whatever the number", () => {
    assert(
      property(double({ min: 0, max: 1e18, noNaN: true }), (value) => {
        for (const text of [english.bytes(value), english.rate(value), english.duration(value)]) expect(text).to.match(/\d/);
      }),
    );
  });
});
