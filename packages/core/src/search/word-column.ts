/**
 * How well one word is in every name of the index: a column of tiers, filled step by step, kept up to date node by node.
 *
 * @module
 */

import { passesKind } from "./filter.ts";
import type { NameIndex } from "./name-index.ts";
import { forgives, withError } from "./typing-errors.ts";
import type { Word } from "./words.ts";

/** The word's match in a name, worst first; 0 is none. */
export const tier = { none: 0, error: 1, meaning: 2, above: 3, inside: 4, wordStart: 5, start: 6, whole: 7 } as const;

/** Names that are looked at between two looks at the clock. */
const atOnce = 2048;

/** Whether what is at this unit is no part of a word: a letter or digit of any script is. */
function isBorder(name: string, at: number): boolean {
  const code = name.charCodeAt(at);
  if (code < 128) return !((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39));
  return !/^[\p{L}\p{M}\p{N}]/u.test(name.slice(at, at + 2));
}

/** The best tier of a word in a name; both folded. */
export function tierIn(name: string, word: string): number {
  let at = name.indexOf(word);
  if (at < 0) return tier.none;
  if (at === 0) {
    const rest = name.length - word.length;
    return rest === 0 || (name.charCodeAt(word.length) === 0x2e && name.lastIndexOf(".") === word.length) ? tier.whole : tier.start;
  }
  for (; at >= 0; at = name.indexOf(word, at + 1)) {
    if (isBorder(name, at - 1)) return tier.wordStart;
  }
  return tier.inside;
}

export class WordColumn {
  readonly word: Omit<Word, "place">;
  /** Places whose tier is, or was, not 0; in no order, some perhaps twice. */
  readonly places: number[] = [];
  readonly #index: NameIndex;
  readonly #letters: number;
  #tiers: Uint8Array<ArrayBuffer>;
  /** Whether errors have been looked for; always where the word forgives none. */
  forgave: boolean;

  constructor(index: NameIndex, word: Omit<Word, "place">, letters: number) {
    this.#index = index;
    this.word = word;
    this.#letters = letters;
    this.#tiers = new Uint8Array(Math.max(1024, index.nodes.length));
    this.forgave = !forgives(word.text);
  }

  /** Of a match with an error it is 0 unless errors are overlooked: whether they were looked for before must make no difference. */
  tierAt(place: number, errors: boolean): number {
    const found = this.#tiers[place] ?? tier.none;
    return found === tier.error && !errors ? tier.none : found;
  }

  /** Looks at all names, or at those that a column of a part of this word found. */
  *fill(narrower: WordColumn | null): Generator<void> {
    const from = narrower?.places;
    const count = from?.length ?? this.#index.nodes.length;
    for (let at = 0; at < count; at++) {
      this.#look(from?.[at] ?? at);
      if (at % atOnce === atOnce - 1) yield;
    }
  }

  /** Looks for the word with one error, where it is not without. */
  *forgive(): Generator<void> {
    const { nodes, names } = this.#index;
    let near: number[] = [];
    for (let place = 0; place < nodes.length; place++) {
      if (this.#tiers[place] === tier.none && this.#mayHaveError(place)) near.push(place);
      if (near.length === atOnce / 4 || place % (atOnce * 4) === atOnce * 4 - 1) {
        for (const found of withError(names, near, this.word.text)) this.#set(found, tier.error);
        near = [];
        yield;
      }
    }
    for (const found of withError(names, near, this.word.text)) this.#set(found, tier.error);
    this.forgave = true;
  }

  /** A node was put in, got another name, or is gone. */
  refresh(place: number): void {
    if (place >= this.#tiers.length) {
      const wider = new Uint8Array(Math.max(place + 1, this.#tiers.length * 2));
      wider.set(this.#tiers);
      this.#tiers = wider;
    }
    this.#tiers[place] = tier.none;
    if (this.#index.nodes[place] === undefined) return;
    this.#look(place);
    if (!this.forgave || this.#tiers[place] !== tier.none || !forgives(this.word.text) || !this.#mayHaveError(place)) return;
    if (withError(this.#index.names, [place], this.word.text).length > 0) this.#set(place, tier.error);
  }

  #look(place: number): void {
    const node = this.#index.nodes[place];
    if (node === undefined) return;
    const { text, meaning } = this.word;
    const letters = this.#letters;
    let found: number = tier.none;
    if ((this.#index.lettersAt(place) & letters) === letters) found = tierIn(this.#index.names[place]!, text);
    if (found === tier.none && meaning !== null && passesKind(node, meaning)) found = tier.meaning;
    if (found !== tier.none) this.#set(place, found);
  }

  #set(place: number, found: number): void {
    if (this.#tiers[place] === tier.none) this.places.push(place);
    this.#tiers[place] = found;
  }

  /** One error spoils one character at most. */
  #mayHaveError(place: number): boolean {
    const missing = this.#letters & ~this.#index.lettersAt(place);
    return (missing & (missing - 1)) === 0;
  }
}
