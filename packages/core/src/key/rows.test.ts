import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vectorSection, vectorSuite } from "../../test/vectors.ts";
import { fromHex, toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { keyCharacters, oneLine, printKey, readKey, readRow, readTypedRow, type RowVerdict, tidyRow } from "./rows.ts";
import { deriveOwnerKeys } from "./schedule.ts";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

interface RowVectors {
  keys: { root: string; rows: string[]; symbols: number[][] }[];
  oneLine: { text: string; root: string }[];
  damaged: {
    name: string;
    rows: string[];
    state: string;
    verdicts: RowVerdict[];
    root?: string;
    givesExpectedKeyId?: boolean;
  }[];
}

vectorSuite<RowVectors>("rows", (vectors, count) => {
  const expectedRoot = vectors.keys[0]?.root ?? vectorSection<{ root: string }[]>("keys")?.[0]?.root ?? "";

  it.each(vectors.keys.map((vector, i) => [i, vector] as const))("key %i is printed as these rows", (_, vector) => {
    const rows = printKey(fromHex(vector.root));
    expect(rows).toEqual(vector.rows);
    for (const [i, symbols] of vector.symbols.entries()) {
      expect([i + 1, ...keyCharacters(rows[i]!).map((character) => alphabet.indexOf(character))]).toEqual(symbols);
    }
    count();
  });

  it.each(vectors.oneLine.map((vector, i) => [i, vector] as const))("one-line form %i is read", (_, vector) => {
    const reading = readKey(vector.text);
    expect(reading.state).toBe("ok");
    expect("root" in reading && toHex(reading.root)).toBe(vector.root);
    count();
  });

  it.each(vectors.damaged.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    const reading = readKey(vector.rows);
    expect(reading.verdicts).toEqual(vector.verdicts);
    expect(reading.state).toBe(vector.state);
    for (const [i, verdict] of vector.verdicts.entries()) expect(readRow(vector.rows[i]!, i + 1)).toEqual(verdict);
    expect("root" in reading ? toHex(reading.root) : undefined).toBe(vector.root);
    if ("root" in reading) {
      const provider = webCryptoProvider();
      const [read, expected] = await Promise.all([
        deriveOwnerKeys(provider, reading.root),
        deriveOwnerKeys(provider, fromHex(expectedRoot)),
      ]);
      expect(read.keyId === expected.keyId).toBe(vector.givesExpectedKeyId);
    }
    count();
  });
});

const roots = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((array) => Uint8Array.from(array));
const rowNumber = fc.integer({ min: 0, max: 7 });
const position = fc.integer({ min: 0, max: 14 });
const otherSymbol = fc.integer({ min: 1, max: 31 });

/** A row with the character at `index` moved on by `by` in the alphabet. */
function misprint(row: string, index: number, by: number): string {
  const characters = keyCharacters(row);
  characters[index] = alphabet[(alphabet.indexOf(characters[index]!) + by) % 32]!;
  return tidyRow(characters.join(""));
}

describe("rows", () => {
  it("read back what was printed", () => {
    fc.assert(
      fc.property(roots, (root) => {
        const rows = printKey(root);
        for (const input of [rows, oneLine(rows), rows.join("\n").toLowerCase()])
          expect(readKey(input)).toMatchObject({ state: "ok", root });
      }),
    );
  });

  it("correct any one wrong character in each row", () => {
    fc.assert(
      fc.property(roots, fc.array(fc.tuple(position, otherSymbol), { minLength: 8, maxLength: 8 }), (root, errors) => {
        const rows = printKey(root);
        const reading = readKey(rows.map((row, i) => misprint(row, ...errors[i]!)));
        expect(reading).toMatchObject({ state: "suggested", root });
        for (const [i, verdict] of reading.verdicts.entries()) {
          expect(verdict).toEqual({ state: "corrected", positions: [errors[i]![0] + 1], suggestion: rows[i] });
        }
      }),
    );
  });

  it("never take two wrong characters in a row for a good row", () => {
    fc.assert(
      fc.property(
        roots,
        rowNumber,
        fc.uniqueArray(position, { minLength: 2, maxLength: 2 }),
        otherSymbol,
        otherSymbol,
        (root, row, at, a, b) => {
          const damaged = misprint(misprint(printKey(root)[row]!, at[0]!, a), at[1]!, b);
          expect(readRow(damaged, row + 1).state).not.toBe("ok");
        },
      ),
    );
  });

  it("are put where they belong, in any order", () => {
    fc.assert(
      fc.property(roots, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }), (root, order) => {
        const rows = printKey(root);
        const reading = readKey(order.map((row) => rows[row]!));
        expect(reading).toMatchObject({ root });
        for (const [i, verdict] of reading.verdicts.entries()) {
          expect(verdict).toMatchObject(order[i] === i ? { state: "ok" } : { state: "elsewhere", belongsTo: order[i]! + 1 });
        }
      }),
    );
  });

  it("are refused where two claim one place", () => {
    const rows = printKey(new Uint8Array(64).fill(77));
    expect(readKey([...rows.slice(0, 7), rows[0]!]).state).toBe("unreadable");
    expect(readKey([misprint(rows[1]!, 3, 5), ...rows.slice(1)]).state).toBe("unreadable");
  });

  it("name the characters that occur in no key, before they count characters", () => {
    expect(readRow("UUU", 1)).toEqual({ state: "alphabet", positions: [1, 2, 3] });
    expect(readRow("69DE2-ẞßxk\u{1F511}-7F2KN", 1)).toMatchObject({ state: "alphabet" });
  });

  it("never throw, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(readKey(text).state).toBe("unreadable");
        expect(readRow(text, 1).state).toBeTypeOf("string");
        expect(tidyRow(text)).toBeTypeOf("string");
      }),
    );
  });

  it("are printed only from 64 bytes", () => {
    expect(() => printKey(new Uint8Array(63))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

describe("a row while it is typed", () => {
  const row = printKey(new Uint8Array(64).fill(200))[2]!;

  it("is incomplete, character by character, until it is ok", () => {
    const characters = keyCharacters(row);
    for (let typed = 0; typed < 15; typed++) {
      expect(readTypedRow(characters.slice(0, typed).join(""), 3)).toEqual({ state: "incomplete", missing: 15 - typed });
    }
    expect(readTypedRow(row, 3)).toEqual({ state: "ok" });
    expect(readTypedRow(`${row}0`, 3)).toEqual({ state: "length" });
  });

  it("is stopped at once at a character of no key", () => {
    expect(readTypedRow("69U", 3)).toEqual({ state: "alphabet", positions: [3] });
  });

  it("is written in capitals and groups", () => {
    expect(tidyRow("69de2 sb")).toBe("69DE2-SB");
    expect(tidyRow("oOiIlL")).toBe("00111-1");
    expect(tidyRow(row.toLowerCase().replaceAll("-", ""))).toBe(row);
    expect(tidyRow("6u")).toBe("6u");
  });
});
