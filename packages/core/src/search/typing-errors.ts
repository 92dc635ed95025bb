/**
 * Words with one typing error, by uFuzzy: a wrong, missing, additional or swapped letter after the first; in words of three letters two
 * that are swapped, of four one that is missing too. Not so where the name has its first letter twice ("aardvark"): of "tTest" uFuzzy wants the second t.
 *
 * ## Why uFuzzy
 * Measured over 100,000 paths of 65 characters (bench/search-names.ts), 30 queries typed letter by letter in Chromium 156 on two cores; milliseconds a
 * keystroke, each library with its own index and no slices:
 *
 * | | median | 95% | worst | index | its memory | script, gzipped |
 * |-|-|-|-|-|-|-|
 * | uFuzzy 1.0.19, one error | 4.9 | 17 | 32 | none | none | 4.4 KB |
 * | fuzzysort 4.0.2 | 15 | 43 | 210 | 0.3 s | 57 MB | 8.7 KB |
 * | MiniSearch 7.2.0 | 4.6 | 164 | 375 | 1.2 s | 42 MB | 6.2 KB |
 * | FlexSearch 0.8.212 | 0.0 | 3 | 12 | 1.7 s | 48 MB | 17.5 KB |
 * | Fuse.js 7.5.0 | 265 | 389 | 389 | 0.04 s | 4 MB | 9.8 KB |
 *
 * MiniSearch and FlexSearch look words up from their beginning: they miss what is inside a word, and with it scripts without spaces; a directory's rename
 * would index all below it anew; FlexSearch forgives no error and counts no hits. fuzzysort takes any letters in order for a hit ("scan 2021" finds 8,166
 * where 436 are meant). uFuzzy keeps nothing, so that nothing can be out of date. What it does not do is done here: accents and scripts (`fold-text.ts`;
 * its own table is Latin only, its Unicode mode two to four times slower), and places of several words, which it joins with `.*?`: a name that repeats itself
 * makes that polynomial in the number of words. It is given one word of letters and digits at a time; its expression then has no unbounded repetition.
 *
 * @module
 */

import UFuzzy from "@leeoniya/ufuzzy";

/**
 * Names are folded, and words hold letters and digits only, so that anything but ASCII's punctuation may stand for a letter of any script. Its Unicode
 * mode says the same with property classes, which take tens of milliseconds to compile.
 */
const matcher = new UFuzzy({
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- a const enum in its types: there is nothing to import; 1 is SingleError
  intraMode: 1,
  intraSplit: null,
  interSplit: "\\s+",
  intraChars: "[^\\s!-/:-@\\[-`{-~]",
  toLower: (text) => text.toLowerCase(),
});

/** Units of a word that errors are looked for in: its expression grows with the square. */
const longest = 32;

/** Whether errors in this folded word can be overlooked. Of digits alone they cannot: another date is not a typing error. */
export function forgives(word: string): boolean {
  // uFuzzy marks quoted text with this word.
  return word.length >= 3 && word.length <= longest && /^[\p{L}\p{M}\d]+$/u.test(word) && /[^\d]/u.test(word) && word !== "eexxaacctt";
}

/** Of the names at these places, those that have the word with one error at most. */
export function withError(names: string[], places: number[], word: string): readonly number[] {
  return matcher.filter(names, word, places) ?? [];
}

/** Where the word is in the name, with one error at most; null where it is not. */
export function placeWithError(name: string, word: string): readonly [start: number, end: number] | null {
  if (withError([name], [0], word).length === 0) return null;
  const found = matcher.info([0], [name], word).ranges[0]!;
  return [found[0]!, found.at(-1)!];
}
