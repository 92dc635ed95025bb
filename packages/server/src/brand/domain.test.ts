import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contrast, inkOf, palettesOf, readable } from "./colours.ts";
import { domainRule, normalDomain, shownDomain } from "./domain.ts";
import { initialOf, monogram } from "./drawing.ts";

describe("a domain", () => {
  test.for([
    ["Example.COM.", "example.com"],
    ["Müller.de", "xn--mller-kva.de"],
    ["xn--mller-kva.de", "xn--mller-kva.de"],
    ["例え.jp", "xn--r8jz45g.jp"],
    ["a.b.co.uk", "a.b.co.uk"],
  ])("%s has one form", ([text, domain]) => expect(normalDomain(text!)).toBe(domain));

  test.for([
    "",
    "localhost",
    "127.0.0.1",
    "0x7f.1",
    "[::1]",
    "2130706433",
    "example.com:80",
    "example.com/x",
    "user@example.com",
    "-a.com",
    "a_b.com",
    "a..com",
    `${"a".repeat(64)}.com`,
    `${"abc.".repeat(70)}com`,
    "xn--a.com",
    "exa mple.com",
    "example.com?x",
    "exam\u0000ple.com",
  ])("%s is none", (text) => expect(normalDomain(text)).toBeUndefined());

  test("that is allowed is one of the list, or below a starred one; all others are not", () => {
    const serves = domainRule(["example.com", "*.Example.org", "müller.de"], ["own.net"]);
    const asked = ["example.com", "www.example.com", "example.org", "a.b.example.org", "notexample.org", "xn--mller-kva.de", "own.net"];
    expect(asked.map(serves)).toEqual([true, false, false, true, false, true, true]);
    expect(domainRule("all", [])("anything.at.all")).toBe(true);
    expect(() => domainRule(["http://example.com"], [])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  test.for([
    ["www.example.com", "E"],
    ["xn--mller-kva.de", "M"],
    ["xn--kxawhku.com", "\u039d"],
    ["xn--r8jz45g.jp", "例"],
    ["xn--fiqs8s.com", "中"],
    ["xn--h2brj9c.com", "भा"],
    ["xn--zca.de", "ß"],
    ["1and1.com", "1"],
    ["www.com", "W"],
  ])("%s has the letter %s", ([domain, letter]) => {
    // Where a name is not decoded to what a person reads, the letter would be the X of its Punycode.
    expect(initialOf(domain!)).toBe(letter);
  });

  test("of another script stands in the drawing as people read it", () => {
    expect(shownDomain("xn--mller-kva.de")).toBe("müller.de");
    expect(monogram("xn--mller-kva.de", 64, undefined, false)).toContain("<title>müller.de</title>");
  });
});

const names = fc.domain();

describe("what is drawn", () => {
  test("is readable for every domain and every palette, in colour and in grey, and the same each time", () => {
    const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
    const palette = fc.option(fc.tuple(colour, colour, colour, colour), { nil: undefined });
    fc.assert(
      fc.property(names, palette, fc.boolean(), (domain, own, greyscale) => {
        const { ground, text } = inkOf(domain, own, greyscale);
        expect(contrast(ground, text)).toBeGreaterThanOrEqual(readable);
        if (greyscale) expect(ground).toMatch(/^#(..)\1\1$/);
        expect(monogram(domain, 64, own, greyscale)).toBe(monogram(domain, 64, own, greyscale));
        for (const shade of palettesOf(domain, own).flat()) expect(shade).toMatch(/^#[0-9a-f]{6}$/);
      }),
    );
  });

  test("tells domains apart", () => {
    const grounds = new Set(["a.com", "b.com", "c.com", "d.com", "e.com"].map((domain) => inkOf(domain, undefined, false).ground));
    expect(grounds.size).toBe(5);
  });
});
