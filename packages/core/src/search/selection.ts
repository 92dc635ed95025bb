/**
 * All nodes that a query asks for: counted, and the best of them.
 *
 * @module
 */

import type { SearchQuery } from "../interface/search.ts";
import { Above, placeOfRoot } from "./above.ts";
import { Best } from "./best.ts";
import { passes, type Added } from "./filter.ts";
import type { NameIndex } from "./name-index.ts";
import { orderOf } from "./order.ts";
import { tier, type WordColumn } from "./word-column.ts";
import type { Word } from "./words.ts";

/** Nodes that are looked at between two looks at the clock. */
const atOnce = 512;

/** A word of the query, with its column. */
export interface Term {
  readonly place: Word["place"];
  readonly column: WordColumn;
}

/** What the index does not say. */
export interface Details {
  /** Bytes of current versions of a node and all below it. */
  readonly bytesOf: (id: string) => number;
  readonly added: Added;
}

export interface Selected {
  readonly total: number;
  /** Places of the best, in order. */
  readonly places: readonly number[];
}

const nothing: Selected = { total: 0, places: [] };

/** Whether anything is asked for at all. */
function isEmpty({ filter }: SearchQuery, terms: readonly Term[]): boolean {
  return terms.length === 0 && (filter === undefined || Object.values(filter).every((value) => value === undefined));
}

export function* select(
  index: NameIndex,
  query: SearchQuery,
  terms: readonly Term[],
  errors: boolean,
  details: Details,
): Generator<void, Selected> {
  const { filter = {}, limit = 100 } = query;
  const root = placeOfRoot(index, query.root ?? null);
  if (root === undefined || isEmpty(query, terms)) return nothing;
  const above = new Above(index, terms, errors, root);
  const order = orderOf(query, terms.length > 0, index, details);
  const best = new Best(Math.floor(limit), order.compare);
  const trashed = filter.trashed ?? false;
  const seen = new Uint8Array(index.nodes.length);
  let total = 0;
  let looked = 0;
  for (const places of candidates(terms)) {
    const count = places?.length ?? index.nodes.length;
    for (let at = 0; at < count; at++) {
      if (++looked % atOnce === 0) yield;
      const place = places === null ? at : places[at]!;
      const node = index.nodes[place];
      if (node === undefined || seen[place] !== 0) continue;
      seen[place] = 1;
      const bits = above.of(place);
      const tiers = tiersOf(terms, place, bits, errors);
      if (tiers < 0 || !above.isInRoot(bits) || (node.trashed || above.isTrashed(bits)) !== trashed || !passes(node, filter, details.added))
        continue;
      total++;
      best.offer({ place, score: order.score(node, tiers) });
    }
  }
  return { total, places: best.sorted().map(({ place }) => place) };
}

/** Lists of places that hold every hit; null is all there are. */
function candidates(terms: readonly Term[]): readonly (readonly number[] | null)[] {
  const of = (place: Term["place"]) => terms.filter((term) => term.place === place).map(({ column }) => column.places);
  const inNames = of("name");
  if (inNames.length > 0) return [inNames.reduce((a, b) => (b.length < a.length ? b : a))];
  const anywhere = of("either");
  return anywhere.length === 0 ? [null] : anywhere;
}

/** What the words' tiers add up to; -1 where a word is missing, or the name itself has none. */
function tiersOf(terms: readonly Term[], place: number, bits: number, errors: boolean): number {
  let sum = 0;
  let wantsOwn = false;
  let hasOwn = false;
  for (let at = 0; at < terms.length; at++) {
    const term = terms[at]!;
    const isAbove = (bits & (1 << at)) !== 0;
    if (term.place === "above") {
      if (!isAbove) return -1;
      continue;
    }
    wantsOwn = true;
    const own = term.column.tierAt(place, errors);
    if (own !== tier.none) {
      hasOwn = true;
      sum += own;
    } else if (isAbove && term.place === "either") sum += tier.above;
    else return -1;
  }
  return wantsOwn && !hasOwn ? -1 : sum;
}
