/**
 * The columns of the words that were looked for last: the next letter narrows the column of the one before.
 *
 * @module
 */

import { lettersIn } from "./fold-text.ts";
import type { NameIndex } from "./name-index.ts";
import { WordColumn } from "./word-column.ts";
import type { Word } from "./words.ts";

/** Columns that are kept: a byte a node each. */
const kept = 16;

export class WordColumns {
  readonly #index: NameIndex;
  /** Filled ones, the one that was used last at the end. */
  readonly #columns = new Map<string, WordColumn>();

  constructor(index: NameIndex) {
    this.#index = index;
  }

  /** The word's column, filled. */
  *of(word: Omit<Word, "place">): Generator<void, WordColumn> {
    const key = JSON.stringify([word.text, word.meaning]);
    let column = this.#columns.get(key);
    if (column === undefined) {
      column = new WordColumn(this.#index, word, lettersIn(word.text));
      // What a word means is found by no other word.
      yield* column.fill(word.meaning === null ? this.#narrowest(word.text) : null);
    }
    this.#columns.delete(key);
    this.#columns.set(key, column);
    for (const oldest of this.#columns.keys()) {
      if (this.#columns.size <= kept) break;
      this.#columns.delete(oldest);
    }
    return column;
  }

  #narrowest(text: string): WordColumn | null {
    let found: WordColumn | null = null;
    for (const column of this.#columns.values()) {
      if (text.includes(column.word.text) && (found === null || column.places.length < found.places.length)) found = column;
    }
    return found;
  }

  refresh(place: number): void {
    for (const column of this.#columns.values()) column.refresh(place);
  }

  clear(): void {
    this.#columns.clear();
  }
}
