/**
 * What a node has from the directories it lies in: words in their names, the trash mark, whether it is below the root that is searched. Worked out once a
 * directory and run.
 *
 * @module
 */

import { rootPlace, type NameIndex } from "./name-index.ts";
import { tier, type WordColumn } from "./word-column.ts";

/** Bit n: word n is in the name of a directory above. */
const inTrash = 1 << 20;
const inRoot = 1 << 21;
const known = 1 << 22;

export class Above {
  readonly #index: NameIndex;
  readonly #terms: readonly { readonly column: WordColumn }[];
  readonly #errors: boolean;
  /** Place of the root that is searched. */
  readonly #root: number;
  /** What is below a directory has, by its place. */
  readonly #below: Int32Array<ArrayBuffer>;

  constructor(index: NameIndex, terms: readonly { readonly column: WordColumn }[], errors: boolean, root: number) {
    this.#index = index;
    this.#terms = terms;
    this.#errors = errors;
    this.#root = root;
    this.#below = new Int32Array(index.nodes.length);
  }

  /** Bits of what a node has from above. */
  of(place: number): number {
    return this.#belowOf(this.#index.parentAt(place));
  }

  isTrashed(bits: number): boolean {
    return (bits & inTrash) !== 0;
  }

  isInRoot(bits: number): boolean {
    return (bits & inRoot) !== 0;
  }

  #belowOf(directory: number): number {
    if (directory < 0) return directory === this.#root ? known | inRoot : known;
    let bits = this.#below[directory]!;
    if (bits !== 0) return bits;
    bits = known | this.of(directory);
    if (this.#index.nodes[directory]!.trashed) bits |= inTrash;
    if (directory === this.#root) bits |= inRoot;
    for (const [at, { column }] of this.#terms.entries()) {
      const found = column.tierAt(directory, this.#errors);
      // That a word means subfolders does not put it into the names of all that is in one.
      if (found !== tier.none && found !== tier.meaning) bits |= 1 << at;
    }
    this.#below[directory] = bits;
    return bits;
  }
}

/** The place of the root that is searched; undefined where there is no such node. */
export function placeOfRoot(index: NameIndex, root: string | null): number | undefined {
  return root === null ? rootPlace : index.placeOf(root);
}
