/**
 * What a person typed, as words that names are compared with.
 *
 * @module
 */

import type { SearchFilter, SearchQuery } from "../interface/search.ts";
import { foldText } from "./fold-text.ts";

/** UTF-16 units of a text, and words, that count. */
const textLimit = 200;
export const wordsLimit = 12;

export interface Word {
  /** Folded; not empty. */
  readonly text: string;
  /** In the node's own name; in the name of a directory above; in either. */
  readonly place: "name" | "above" | "either";
  /** What it stands for besides itself. */
  readonly meaning: Pick<SearchFilter, "kind" | "kinds" | "types"> | null;
}

/** The words of a query, longest first: they leave least to look at. Each once. */
export function wordsOf({ text = "", meanings = {} }: SearchQuery): readonly Word[] {
  const known = new Map(Object.entries(meanings).map(([word, meaning]) => [foldText(word), meaning]));
  const words = new Map<string, Word>();
  const add = (text: string, place: Word["place"]): void => {
    if (text !== "" && words.size < wordsLimit) words.set(`${place} ${text}`, { text, place, meaning: known.get(text) ?? null });
  };
  for (const typed of text.slice(0, textLimit).toWellFormed().split(/\s+/u)) {
    const pieces = foldText(typed).split("/");
    const last = pieces.pop()!;
    for (const piece of pieces) add(piece, "above");
    add(last, pieces.length > 0 ? "name" : "either");
  }
  return [...words.values()].sort((a, b) => b.text.length - a.text.length);
}
