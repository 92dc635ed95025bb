import { describe, expect, it } from "vitest";
import { testLaws } from "../../test/laws/in-tests.ts";
import { alphabet, misprint, rowLaws } from "../../test/laws/rows.ts";
import { vectorSection, vectorSuite } from "../../test/vectors.ts";
import { fromHex, toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { keyCharacters, printKey, readKey, readRow, readTypedRow, type RowVerdict, tidyRow } from "./rows.ts";
import { deriveOwnerKeys } from "./schedule.ts";

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

describe("rows", () => {
  testLaws(rowLaws);

  it("are refused where two claim one place", () => {
    const rows = printKey(new Uint8Array(64).fill(77));
    expect(readKey([...rows.slice(0, 7), rows[0]!]).state).toBe("unreadable");
    expect(readKey([misprint(rows[1]!, 3, 5), ...rows.slice(1)]).state).toBe("unreadable");
  });

  it("name the characters that occur in no key, before they count characters", () => {
    expect(readRow("UUU", 1)).toEqual({ state: "alphabet", positions: [1, 2, 3] });
    expect(readRow("69DE2-ẞßxk\u{1F511}-7F2KN", 1)).toMatchObject({ state: "alphabet" });
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
