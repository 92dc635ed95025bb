/**
 * A key for people: eight rows of fifteen characters that locate one mistyped character each, or say where a misplaced row belongs
 * (docs/format.md, section 2).
 *
 * Each row is a Reed-Solomon codeword over GF(32) with two check symbols; its number is a symbol that is not printed. A correction is only ever
 * *suggested*: some 38 % of random double errors look like a single one, so it counts once the whole key gives a key id that is known.
 *
 * @module
 */

import { concat } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

export const rowCount = 8;
/** Characters of a row, without its hyphens. */
export const rowLength = 15;
const bytesPerRow = 8;

/** What a row says of itself. Positions count a row's characters from 1. */
export type RowVerdict =
  | { readonly state: "ok" }
  /** One character was wrong, if no more than one was: the row may be `suggestion`. */
  | { readonly state: "corrected"; readonly positions: readonly number[]; readonly suggestion: string }
  /** A good row of another place, 1 to 8. */
  | { readonly state: "elsewhere"; readonly positions: readonly number[]; readonly belongsTo: number }
  /** Two or more characters are wrong, and it can't be said which. */
  | { readonly state: "unlocated" }
  /** Not 15 characters. */
  | { readonly state: "length" }
  /** Characters that occur in no key. */
  | { readonly state: "alphabet"; readonly positions: readonly number[] };

/** A row in the middle of being typed. */
export type TypedRowVerdict = RowVerdict | { readonly state: "incomplete"; readonly missing: number };

/** What eight rows say together. `suggested` rests on corrections or moved rows: it counts when its key id is known, or the person confirms. */
export type KeyReading =
  | { readonly state: "ok" | "suggested"; readonly verdicts: readonly RowVerdict[]; readonly root: Bytes }
  | { readonly state: "unreadable"; readonly verdicts: readonly RowVerdict[] };

/** Crockford's base32: no I, L, O, U. */
export const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const symbolOfCharacter: ReadonlyMap<string, number> = new Map([
  ...Array.from(crockford, (character, symbol): [string, number] => [character, symbol]),
  ...Array.from(crockford.toLowerCase(), (character, symbol): [string, number] => [character, symbol]),
  ...Array.from("Oo", (character): [string, number] => [character, 0]),
  ...Array.from("IiLl", (character): [string, number] => [character, 1]),
]);

/** What people and programs put between characters: white space, every kind of hyphen, and characters that can't be seen. */
const separator = /[\s\p{Dash_Punctuation}\p{Format}\u2212]/u;

// GF(32) with x^5 + x^2 + 1; alpha = 2. Its multiplicative group has 31 elements.
const groupOrder = 31;
const powerOfAlpha: number[] = [];
const logarithm: number[] = [];
for (let exponent = 0, element = 1; exponent < groupOrder; exponent++) {
  powerOfAlpha[exponent] = element;
  logarithm[element] = exponent;
  element <<= 1;
  if (element & 32) element ^= 0b100101;
}

function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : powerOfAlpha[(logarithm[a]! + logarithm[b]!) % groupOrder]!;
}

function divide(a: number, b: number): number {
  return a === 0 ? 0 : powerOfAlpha[(logarithm[a]! - logarithm[b]! + groupOrder) % groupOrder]!;
}

/** The two sums that are zero in a codeword: of cᵢ, and of cᵢαⁱ. */
function sums(codeword: readonly number[]): [number, number] {
  let plain = 0;
  let weighted = 0;
  for (const [i, symbol] of codeword.entries()) {
    plain ^= symbol;
    weighted ^= multiply(symbol, powerOfAlpha[i % groupOrder]!);
  }
  return [plain, weighted];
}

/** The 13 symbols of 8 key bytes: 64 bits, most significant first, and a zero bit. */
function symbolsOfBytes(bytes: Uint8Array): number[] {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  bits <<= 1n;
  return Array.from({ length: 13 }, (_, i) => Number((bits >> BigInt(5 * (12 - i))) & 31n));
}

/** The 8 key bytes of a codeword c0..c15. */
function bytesOfCodeword(codeword: readonly number[]): Bytes {
  let bits = 0n;
  for (const symbol of codeword.slice(1, 14)) bits = (bits << 5n) | BigInt(symbol);
  bits >>= 1n;
  const bytes = new Uint8Array(bytesPerRow);
  for (let i = bytesPerRow - 1; i >= 0; i--, bits >>= 8n) bytes[i] = Number(bits & 0xffn);
  return bytes;
}

/** Whether the bit after the 64 key bits is set, which it never is in a row that was printed. */
function isZeroBitSet(codeword: readonly number[]): boolean {
  return (codeword[13]! & 1) === 1;
}

function printCodeword(codeword: readonly number[]): string {
  const characters = codeword
    .slice(1)
    .map((symbol) => crockford[symbol])
    .join("");
  return `${characters.slice(0, 5)}-${characters.slice(5, 10)}-${characters.slice(10)}`;
}

function codewordOfRow(bytes: Uint8Array, row: number): number[] {
  const codeword = [row, ...symbolsOfBytes(bytes)];
  const [plain, weighted] = sums(codeword);
  const [alpha14, alpha15] = [powerOfAlpha[14]!, powerOfAlpha[15]!];
  const c14 = divide(weighted ^ multiply(plain, alpha15), alpha14 ^ alpha15);
  return [...codeword, c14, plain ^ c14];
}

/** The eight rows of a 64-byte key, `XXXXX-XXXXX-XXXXX` each. Throws `invalid-argument` on another length. */
export function printKey(root: Bytes): string[] {
  if (root.length !== rowCount * bytesPerRow) throw new KeyfoldError("invalid-argument", "A key has 64 bytes.");
  return Array.from({ length: rowCount }, (_, i) =>
    printCodeword(codewordOfRow(root.subarray(bytesPerRow * i, bytesPerRow * (i + 1)), i + 1)),
  );
}

/** The rows on one line, joined by hyphens. */
export function oneLine(rows: readonly string[]): string {
  return rows.join("-");
}

/** The characters of a text that count: without spaces, hyphens and what can't be seen. */
export function keyCharacters(text: string): string[] {
  return Array.from(text).filter((character) => !separator.test(character));
}

/** A row as it is being typed, written as rows are printed: capitals, groups of five. Characters of no key stay, to be pointed at. */
export function tidyRow(text: string): string {
  const characters = keyCharacters(text).map((character) => {
    const symbol = symbolOfCharacter.get(character);
    return symbol === undefined ? character : crockford[symbol]!;
  });
  const groups: string[] = [];
  for (let i = 0; i < characters.length; i += 5) groups.push(characters.slice(i, i + 5).join(""));
  return groups.join("-");
}

/** A verdict, with the key bytes and the place that the row then has. */
interface Decoded {
  readonly verdict: RowVerdict;
  readonly place?: number;
  readonly bytes?: Bytes;
}

function decode(characters: readonly string[], row: number): Decoded {
  const unreadable = characters.flatMap((character, i) => (symbolOfCharacter.has(character) ? [] : [i + 1]));
  if (unreadable.length > 0) return { verdict: { state: "alphabet", positions: unreadable } };
  if (characters.length !== rowLength) return { verdict: { state: "length" } };

  const codeword = [row, ...characters.map((character) => symbolOfCharacter.get(character)!)];
  const unlocated: Decoded = { verdict: { state: "unlocated" } };
  const [plain, weighted] = sums(codeword);
  if (plain === 0 && weighted === 0) {
    return isZeroBitSet(codeword) ? unlocated : { verdict: { state: "ok" }, place: row, bytes: bytesOfCodeword(codeword) };
  }
  if (plain === 0 || weighted === 0) return unlocated;

  // One wrong symbol at position j, wrong by e: the sums are e and e·α^j.
  const position = logarithm[divide(weighted, plain)]!;
  if (position > rowLength) return unlocated;
  codeword[position]! ^= plain;
  if (isZeroBitSet(codeword)) return unlocated;
  const bytes = bytesOfCodeword(codeword);
  if (position > 0)
    return { verdict: { state: "corrected", positions: [position], suggestion: printCodeword(codeword) }, place: row, bytes };

  const belongsTo = codeword[0]!;
  if (belongsTo < 1 || belongsTo > rowCount) return unlocated;
  return { verdict: { state: "elsewhere", positions: [0], belongsTo }, place: belongsTo, bytes };
}

/** Judges one row. Reading ignores case, spaces, hyphens; O is 0, I and L are 1. */
export function readRow(text: string, row: number): RowVerdict {
  return decode(keyCharacters(text), row).verdict;
}

/** Judges a row while it is typed: as `readRow`, but a row that is short so far is `incomplete`. */
export function readTypedRow(text: string, row: number): TypedRowVerdict {
  const characters = keyCharacters(text);
  const { verdict } = decode(characters, row);
  return verdict.state === "length" && characters.length < rowLength
    ? { state: "incomplete", missing: rowLength - characters.length }
    : verdict;
}

/**
 * Reads a whole key: its rows, or one text with all 120 characters.
 *
 * `suggested` puts rows where they belong and corrects what one character explains, provided that every place is then filled once. Without all
 * eight rows there is nothing to judge and `verdicts` is empty.
 */
export function readKey(input: readonly string[] | string): KeyReading {
  const rows = typeof input === "string" ? rowsOfLine(input) : input.map((row) => keyCharacters(row));
  if (rows?.length !== rowCount) return { state: "unreadable", verdicts: [] };

  const decoded = rows.map((characters, i) => decode(characters, i + 1));
  const verdicts = decoded.map(({ verdict }) => verdict);
  const placed: Bytes[] = [];
  for (const { place, bytes } of decoded) {
    if (place === undefined || bytes === undefined || placed[place - 1] !== undefined) return { state: "unreadable", verdicts };
    placed[place - 1] = bytes;
  }
  const root = concat(...placed);
  return { state: verdicts.every(({ state }) => state === "ok") ? "ok" : "suggested", verdicts, root };
}

/** The rows of the one-line form; undefined when it has not the characters of eight rows. */
function rowsOfLine(text: string): string[][] | undefined {
  const characters = keyCharacters(text);
  if (characters.length !== rowCount * rowLength) return undefined;
  return Array.from({ length: rowCount }, (_, i) => characters.slice(rowLength * i, rowLength * (i + 1)));
}
