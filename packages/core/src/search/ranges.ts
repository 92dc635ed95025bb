/**
 * Where the words of a query are in a name, for marking them.
 *
 * @module
 */

import { foldWithPlaces } from "./fold-text.ts";
import { forgives, placeWithError } from "./typing-errors.ts";
import type { Word } from "./words.ts";

export type Range = readonly [start: number, end: number];

/** Every place of every word that may be in the name itself; of one that is not there, the place where it is with an error. In UTF-16 units of the name. */
export function rangesIn(name: string, words: readonly Word[]): readonly Range[] {
  const { text, from } = foldWithPlaces(name);
  const found: Range[] = [];
  for (const { text: word, place } of words) {
    if (place === "above") continue;
    let at = text.indexOf(word);
    if (at < 0 && forgives(word)) {
      const near = placeWithError(text, word);
      if (near !== null) found.push(near);
    }
    for (; at >= 0; at = text.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  return joined(found.map(([start, end]) => [from[start]!, endOf(from, end)]));
}

/** The end of the character that the unit before belongs to, and of what was taken off after it. */
function endOf(from: readonly number[], end: number): number {
  const last = from[end - 1]!;
  let at = end;
  while (at < from.length - 1 && from[at] === last) at++;
  return from[at]!;
}

/** Ascending; those that meet are one. */
function joined(ranges: Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], end)];
    else result.push([start, end]);
  }
  return result;
}
