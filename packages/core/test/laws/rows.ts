/** Laws of the key's rows: whatever one error is, it is found. */
import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { keyCharacters, oneLine, printKey, readKey, readRow, readTypedRow, tidyRow } from "../../src/key/rows.ts";
import { law, type Law } from "./law.ts";

export const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const roots = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((array) => Uint8Array.from(array));
const rowNumber = fc.integer({ min: 0, max: 7 });
const position = fc.integer({ min: 0, max: 14 });
const otherSymbol = fc.integer({ min: 1, max: 31 });

/** A row with the character at `index` moved on by `by` in the alphabet. */
export function misprint(row: string, index: number, by: number): string {
  const characters = keyCharacters(row);
  characters[index] = alphabet[(alphabet.indexOf(characters[index]!) + by) % 32]!;
  return tidyRow(characters.join(""));
}

export const rowLaws: readonly Law[] = [
  law("rows read back what was printed", 100, [roots], (root) => {
    const rows = printKey(root);
    for (const input of [rows, oneLine(rows), rows.join("\n").toLowerCase()]) {
      const reading = readKey(input);
      strictEqual(reading.state, "ok");
      deepStrictEqual("root" in reading && reading.root, root);
    }
  }),
  law("all 465 single errors of a row are located, and the suggestion is what was printed", 30, [roots, rowNumber], (root, row) => {
    const printed = printKey(root)[row]!;
    let errors = 0;
    for (let index = 0; index < 15; index++) {
      for (let by = 1; by < 32; by++) {
        errors++;
        const wrong = misprint(printed, index, by);
        deepStrictEqual(readRow(wrong, row + 1), { state: "corrected", positions: [index + 1], suggestion: printed });
        deepStrictEqual(readTypedRow(wrong, row + 1), { state: "corrected", positions: [index + 1], suggestion: printed });
      }
    }
    strictEqual(errors, 465);
  }),
  law(
    "one wrong character in each row is corrected, all at once",
    60,
    [roots, fc.array(fc.tuple(position, otherSymbol), { minLength: 8, maxLength: 8 })],
    (root, errors) => {
      const rows = printKey(root);
      const reading = readKey(rows.map((row, i) => misprint(row, ...errors[i]!)));
      strictEqual(reading.state, "suggested");
      deepStrictEqual("root" in reading && reading.root, root);
      for (const [i, verdict] of reading.verdicts.entries()) {
        deepStrictEqual(verdict, { state: "corrected", positions: [errors[i]![0] + 1], suggestion: rows[i] });
      }
    },
  ),
  law(
    "two wrong characters in a row are never taken for a good row",
    200,
    [roots, rowNumber, fc.uniqueArray(position, { minLength: 2, maxLength: 2 }), otherSymbol, otherSymbol],
    (root, row, at, a, b) => {
      const damaged = misprint(misprint(printKey(root)[row]!, at[0]!, a), at[1]!, b);
      notStrictEqual(readRow(damaged, row + 1).state, "ok");
    },
  ),
  law("all 28 swaps of two rows are named, and undone", 10, [roots], (root) => {
    const rows = printKey(root);
    for (let a = 0; a < 8; a++) {
      for (let b = a + 1; b < 8; b++) {
        const swapped = rows.with(a, rows[b]!).with(b, rows[a]!);
        const reading = readKey(swapped);
        deepStrictEqual("root" in reading && reading.root, root);
        for (const [i, verdict] of reading.verdicts.entries()) {
          if (i !== a && i !== b) strictEqual(verdict.state, "ok");
          else deepStrictEqual([verdict.state, "belongsTo" in verdict && verdict.belongsTo], ["elsewhere", (i === a ? b : a) + 1]);
        }
      }
    }
  }),
  law(
    "rows in any order are put where they belong",
    100,
    [roots, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 })],
    (root, order) => {
      const rows = printKey(root);
      const reading = readKey(order.map((row) => rows[row]!));
      deepStrictEqual("root" in reading && reading.root, root);
      for (const [i, verdict] of reading.verdicts.entries()) {
        const expected = order[i] === i ? ["ok", false] : ["elsewhere", order[i]! + 1];
        deepStrictEqual([verdict.state, "belongsTo" in verdict && verdict.belongsTo], expected);
      }
    },
  ),
  law("reading rows never throws, whatever the text", 200, [fc.string({ unit: "binary", maxLength: 200 })], (text) => {
    strictEqual(readKey(text).state, "unreadable");
    strictEqual(typeof readRow(text, 1).state, "string");
    strictEqual(typeof tidyRow(text), "string");
  }),
];
