import * as fc from "fast-check";
import { expect, test } from "vitest";
import { name as anyName } from "../../test/ops.ts";
import { collisionKey, exportName, exportNames } from "./export-name.ts";
import { extensionAt, shownName, shownNames, withSuffix } from "./name.ts";

const kind = fc.constantFrom("file" as const, "directory" as const);
const wild = fc.oneof(
  anyName,
  fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...". /\\:CONcon1aAÅß\u0000\u202e\u0308".split("")), minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    "../../etc/passwd",
    "CON",
    "con.txt",
    "LPT¹.log",
    "NUL ",
    "...",
    ".",
    " x ",
    "a/b",
    "C:\\x",
    "AUX.tar.gz",
    "é".repeat(200),
    "x".repeat(300) + ".pdf",
  ),
);
const nodes = fc.array(fc.record({ name: wild, kind }), { maxLength: 30 });

test.each([
  ["report.pdf", ".pdf"],
  ["archive.tar.gz", ".tar.gz"],
  [".bashrc", ""],
  ["a. b", ""],
  ["no extension", ""],
  ["2026.07 taxes", ""],
])("the extension of %j is %j", (name, extension) => {
  expect(name.slice(extensionAt(name))).toBe(extension);
});

test("a suffix goes before a file's extension and behind a directory's name, within 255 bytes", () => {
  expect(withSuffix("report.pdf", "(2)", "file")).toBe("report (2).pdf");
  expect(withSuffix("2026.pdf", "(2)", "directory")).toBe("2026.pdf (2)");
  const long = withSuffix(`${"é".repeat(125)}.pdf`, "(conflict)", "file");
  expect(long.endsWith(" (conflict).pdf")).toBe(true);
  expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(255);
});

test("control and bidi characters are shown, letters and emoji are left alone", () => {
  expect(shownName("a\u0000\n\u202Egpj.exe\u200b")).toBe("a␀␊⟨U+202E⟩gpj.exe⟨U+200B⟩");
  for (const name of ["Überweisung 😀.pdf", "👩‍👩‍👧", "❤️", "می‌خواهم", "שלום", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) expect(shownName(name)).toBe(name);
});

test("of twins the first keeps its name, and no number collides with a name that is really there", () => {
  const named = (...names: string[]) => shownNames(names.map((name) => ({ name, kind: "file" })));
  expect(named("a.txt", "a.txt", "a (2).txt", "a.txt")).toEqual(["a.txt", "a (3).txt", "a (2).txt", "a (4).txt"]);
  expect(named("Å", "A\u030a")).toEqual(["Å", "A\u030a (2)"]);
});

test("shown names of a directory are all different, and a name that is alone is shown as it is", () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const shown = shownNames(list);
      expect(new Set(shown.map((name) => name.normalize("NFC"))).size).toBe(list.length);
      list.forEach(({ name }, i) => {
        if (list.findIndex((other) => shownName(other.name).normalize("NFC") === shownName(name).normalize("NFC")) === i) {
          expect(shown[i]).toBe(shownName(name));
        }
      });
    }),
  );
});

test.each([
  ["../../etc/passwd", ".._.._etc_passwd"],
  ["..", "_"],
  ["CON", "_CON"],
  ["con.txt", "_con.txt"],
  ["console.txt", "console.txt"],
  ["name. . ", "name"],
  ["a\u0000b\u202Ec", "a_b_c"],
  ["C:\\temp", "C__temp"],
  ["ordinary name.pdf", "ordinary name.pdf"],
  [".bashrc", ".bashrc"],
  ["A\u030a", "Å"],
])("%j is exported as %j", (name, exported) => {
  expect(exportName(name)).toBe(exported);
});

test("exported names are harmless everywhere, and unique where case and Unicode form do not count", () => {
  fc.assert(
    fc.property(nodes, (list) => {
      const names = exportNames(list);
      expect(new Set(names.map(collisionKey)).size).toBe(list.length);
      for (const name of names) {
        const length = new TextEncoder().encode(name).length;
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Bidi_Control}]/u);
        expect(name).not.toMatch(/[. ]$|^ |^\.+$/u);
        expect(name).not.toMatch(/^(con|prn|aux|nul|(com|lpt)[0-9¹²³]) *(\.|$)/iu);
        expect(name).toBe(name.normalize("NFC"));
        expect(name.isWellFormed()).toBe(true);
        expect(exportName(name)).toBe(name);
      }
    }),
    { numRuns: 500 },
  );
});
