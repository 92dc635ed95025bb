import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../crypto/encoding.ts";
import { keyFileName, keyFileWarning, parseKeyFile, writeKeyFile } from "./file.ts";
import { keyCharacters, oneLine, printKey } from "./rows.ts";

const roots = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((array) => Uint8Array.from(array));
const keyId = "c0535c9f2d2aa795069ede63e86d4ea7";
const checkpoint = { epoch: 2, seq: 4711, head: "ab".repeat(32) };

describe("a key file", () => {
  it("holds title, id, numbered rows, the warning and the checkpoint, a line each", () => {
    const root = new Uint8Array(64).fill(1);
    const rows = printKey(root);
    expect(writeKeyFile({ root, keyId, checkpoint })).toBe(
      `Keyfold key\nKey ID ${keyId}\n\n${rows.map((row, i) => `${i + 1}  ${row}\n`).join("")}\n${keyFileWarning}\n\nCheckpoint 2 4711 ${checkpoint.head}\n`,
    );
    expect(writeKeyFile({ root, keyId })).not.toContain("Checkpoint");
    expect(keyFileWarning).toBe("We cannot recover it. Lose the key, and you lose the files.");
  });

  it("is named by the key's id", () => expect(keyFileName(keyId)).toBe("keyfold-key-C0535C9F.txt"));

  it("is read back, with line ends of any system", () => {
    fc.assert(
      fc.property(roots, fc.constantFrom("\n", "\r\n", "\r"), fc.constantFrom("", "\ufeff"), (root, lineEnd, mark) => {
        const text = mark + writeKeyFile({ root, keyId, checkpoint }).replaceAll("\n", lineEnd);
        expect(parseKeyFile(text)).toMatchObject({ reading: { state: "ok", root }, rows: printKey(root), keyId, checkpoint });
      }),
    );
  });

  it("with a damaged row says which, and shows it", () => {
    const root = new Uint8Array(64).fill(42);
    const row = printKey(root)[4]!;
    const short = parseKeyFile(writeKeyFile({ root, keyId }).replace(row, row.slice(0, -1)));
    expect(short.reading.state).toBe("unreadable");
    expect(short.reading.verdicts[4]).toEqual({ state: "length" });
    expect(short.rows[4]).toBe(row.slice(0, -1));
    const wrong = parseKeyFile(writeKeyFile({ root, keyId }).replace(row, `U${row.slice(1)}`));
    expect(wrong.reading.verdicts[4]).toEqual({ state: "alphabet", positions: [1] });
  });

  it("with its rows in another order is read by their numbers", () => {
    const root = new Uint8Array(64).fill(43);
    const lines = printKey(root).map((row, i) => `${i + 1}. ${row}`);
    expect(parseKeyFile(lines.toReversed().join("\n")).reading).toMatchObject({ state: "ok", root });
  });

  it("with a row twice or missing is no key", () => {
    const lines = writeKeyFile({ root: new Uint8Array(64).fill(44), keyId }).split("\n");
    const at = lines.findIndex((line) => line.startsWith("3  "));
    expect(parseKeyFile(lines.toSpliced(at, 1).join("\n")).reading.state).toBe("unreadable");
    expect(parseKeyFile(lines.toSpliced(at, 0, lines[at]!).join("\n")).reading.state).toBe("unreadable");
  });

  it("with an impossible id or checkpoint keeps its rows", () => {
    const root = new Uint8Array(64).fill(45);
    const text = writeKeyFile({ root, keyId, checkpoint }).replace(keyId, "c0535c9f").replace(" 4711 ", " 99999999999999999 ");
    const found = parseKeyFile(text);
    expect(found.reading).toMatchObject({ state: "ok", root });
    expect(found).not.toHaveProperty("keyId");
    expect(found).not.toHaveProperty("checkpoint");
  });
});

describe("a pasted key", () => {
  const forms: Record<string, (rows: string[]) => string> = {
    "rows with numbers": (rows) => rows.map((row, i) => `${i + 1}  ${row}`).join("\n"),
    "rows with numbers and marks": (rows) => rows.map((row, i) => `\t${i + 1}) ${row} `).join("\n\n"),
    "rows with numbers, all on one line": (rows) => rows.map((row, i) => `${i + 1}  ${row}`).join("  "),
    "rows without numbers": (rows) => rows.join("\n"),
    "rows under a title": (rows) => `My key for the archive:\n\n${rows.join("\n")}\n\nkeep it safe`,
    "rows with typographic hyphens": (rows) => `from my notes\n${rows.join("\n").replaceAll("-", " – ")}`,
    "one line": (rows) => oneLine(rows),
    "one line without hyphens": (rows) => keyCharacters(oneLine(rows)).join(""),
    "white space of all kinds": (rows) => `\n\u00a0 ${keyCharacters(oneLine(rows).toLowerCase()).join("\u200b \t")}\u3000\r\n`,
  };

  it.each(Object.entries(forms))("is read: %s", (_, write) => {
    fc.assert(
      fc.property(roots, (root) => {
        const { reading } = parseKeyFile(write(printKey(root)));
        expect(reading.state).toBe("ok");
        expect("root" in reading && toHex(reading.root)).toBe(toHex(root));
      }),
    );
  });

  it("that is none is unreadable, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(parseKeyFile(text).reading.state).toBe("unreadable");
      }),
    );
    for (const text of ["", "Lose the key, and you lose the files.", keyId]) expect(parseKeyFile(text).rows).toEqual([]);
  });
});
