/**
 * Text as it is compared: without case, accents, width and invisible characters.
 *
 * Each character becomes what it is worth on its own (NFKD, marks taken off, lower case, a few letters that Unicode does not take apart), so that a place in
 * the folded text leads back to a place in the original. Marks are taken off where writers leave them out: accents (é, ё, ά, 🏡 with its selector), Hebrew
 * points, Arabic vowels. Vowel signs of Indic and Thai letters and the voicing of kana are letters to their readers, and stay. Hangul is compared by
 * its letters, so that a syllable that is being typed finds those it may become.
 *
 * @module
 */

const plain = /^[\u0020-\u007e]*$/;
const marks = /(?![\u3099\u309a])(?=\p{Mn})[\p{sc=Inherited}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}]|\p{Default_Ignorable_Code_Point}/gu;

/** Letters that no normalization takes apart. */
const letters: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["ħ", "h"],
  ["ı", "i"],
  ["ł", "l"],
  ["þ", "th"],
  ["ς", "σ"],
  ["ى", "ي"],
  ["ة", "ه"],
  ["ـ", ""],
]);

function foldCharacter(character: string): string {
  if (plain.test(character)) return character.toLowerCase();
  let folded = "";
  for (const piece of character.normalize("NFKD").replace(marks, "").toLowerCase().replace(marks, ""))
    folded += letters.get(piece) ?? piece;
  return folded;
}

export function foldText(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

export interface FoldedText {
  readonly text: string;
  /** For each UTF-16 unit of `text`: where the character that it came from begins in the original; and one more, the original's end. */
  readonly from: readonly number[];
}

/** As `foldText`, with the way back. */
export function foldWithPlaces(original: string): FoldedText {
  let text = "";
  const from: number[] = [];
  let at = 0;
  for (const character of original) {
    const folded = foldCharacter(character);
    for (let unit = 0; unit < folded.length; unit++) from.push(at);
    text += folded;
    at += character.length;
  }
  from.push(at);
  return { text, from };
}

/** A set of the characters in a folded text, as 32 bits: a to z have their own, digits one, others share five. */
export function lettersIn(folded: string): number {
  let bits = 0;
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at);
    if (code >= 0x61 && code <= 0x7a) bits |= 1 << (code - 0x61);
    else if (code >= 0x30 && code <= 0x39) bits |= 1 << 26;
    else bits |= 1 << (27 + (code % 5));
  }
  return bits;
}
