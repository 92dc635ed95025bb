/**
 * Searches over one folder: they share an index, and take turns in slices of a few milliseconds.
 *
 * Loaded when something is looked for first.
 *
 * @module
 */

import type { SearchHit, SearchQuery, SearchResults } from "../interface/search.ts";
import type { TreeView } from "../interface/tree.ts";
import type { Tree } from "../tree/tree.ts";
import type { Added } from "./filter.ts";
import { IndexFeed } from "./index-feed.ts";
import { NameIndex } from "./name-index.ts";
import { rangesIn } from "./ranges.ts";
import { select, type Details, type Selected, type Term } from "./selection.ts";
import { Slices } from "./slices.ts";
import { forgives } from "./typing-errors.ts";
import { WordColumns } from "./word-columns.ts";
import { wordsOf, type Word } from "./words.ts";

/** Where fewer than these are found, typing errors are overlooked. */
const few = 20;

export interface SearchPort {
  /** What is searched; null while nothing of the folder may be seen. */
  readonly source: () => { readonly tree: Tree; readonly view: TreeView } | null;
  readonly added: Added;
}

/** One search, as the engine sees it. */
export interface Searcher {
  readonly query: SearchQuery;
  /** Changes of the folder are to be followed; else only what is asked is answered, once. */
  readonly isFollowed: boolean;
  readonly value: SearchResults;
  publish(results: SearchResults): void;
}

export class SearchEngine {
  readonly #port: SearchPort;
  readonly #index = new NameIndex();
  readonly #columns = new WordColumns(this.#index);
  readonly #feed = new IndexFeed(this.#index, this.#columns);
  readonly #slices = new Slices();
  /** Those that are asked, followed or waited for: of each, the state of the folder that its results are of; null until it has been answered. */
  readonly #searchers = new Map<Searcher, object | null>();
  /** Who waits for a searcher's answer. */
  readonly #waiting = new Map<Searcher, (() => void)[]>();
  #isClosed = false;

  constructor(port: SearchPort) {
    this.#port = port;
  }

  /** Its query is another than before. What runs is given up; a first slice of the answer comes at once. */
  ask(searcher: Searcher): void {
    if (this.#isClosed) return;
    this.#searchers.delete(searcher);
    this.#searchers.set(searcher, null);
    this.#slices.begin(this.#work());
  }

  /** It is followed from now on. */
  follow(searcher: Searcher): void {
    if (this.#isClosed) return;
    if (!this.#searchers.has(searcher)) this.#searchers.set(searcher, null);
    this.look();
  }

  /** The folder may have changed. */
  look(): void {
    if (!this.#slices.isBusy && this.#next() !== undefined) this.#slices.begin(this.#work());
  }

  /** Resolves once the results are of what is in the folder now. */
  answered(searcher: Searcher): Promise<void> {
    if (this.#isClosed || this.#searchers.get(searcher) === this.#present) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(searcher);
      if (waiting === undefined) this.#waiting.set(searcher, [resolve]);
      else waiting.push(resolve);
      this.follow(searcher);
    });
  }

  /** Forgets all names. */
  close(): void {
    this.#isClosed = true;
    this.#slices.stop();
    for (const searcher of this.#searchers.keys()) this.#wake(searcher);
    this.#searchers.clear();
    this.#feed.follow(null);
  }

  /** Another object whenever the folder, or what of it may be seen, is another. */
  get #present(): object {
    return this.#port.source()?.view ?? hidden;
  }

  /** The latest that was asked comes first. */
  #next(): Searcher | undefined {
    const present = this.#present;
    let next: Searcher | undefined;
    for (const [searcher, answered] of this.#searchers) {
      if (answered !== null && !searcher.isFollowed && !this.#waiting.has(searcher)) this.#searchers.delete(searcher);
      else if (answered !== present) next = searcher;
    }
    return next;
  }

  #wake(searcher: Searcher): void {
    for (const resolve of this.#waiting.get(searcher) ?? []) resolve();
    this.#waiting.delete(searcher);
  }

  *#work(): Generator<void> {
    for (;;) {
      const source = this.#port.source();
      this.#feed.follow(source?.tree ?? null);
      yield* this.#feed.catchUp();
      const searcher = this.#next();
      if (searcher === undefined) return;
      const present = this.#present;
      if (source === null) searcher.publish({ query: searcher.query, hits: [], total: 0, searching: false });
      else yield* this.#answer(searcher, source.view);
      this.#searchers.set(searcher, present);
      if (present === this.#present) this.#wake(searcher);
    }
  }

  *#answer(searcher: Searcher, view: TreeView): Generator<void> {
    const { query } = searcher;
    const details: Details = { bytesOf: (id) => view.size(id), added: this.#port.added };
    const words = wordsOf(query);
    const terms: Term[] = [];
    for (const word of words) terms.push({ place: word.place, column: yield* this.#columns.of(word) });
    let selected = yield* select(this.#index, query, terms, false, details);
    if (selected.total < few && words.some(({ text }) => forgives(text))) {
      if (selected.total > 0 && searcher.value.searching) yield* this.#publish(searcher, selected, words, view, true);
      for (const { column } of terms) if (!column.forgave) yield* column.forgive();
      selected = yield* select(this.#index, query, terms, true, details);
    }
    yield* this.#publish(searcher, selected, words, view, false);
  }

  *#publish(searcher: Searcher, { total, places }: Selected, words: readonly Word[], view: TreeView, searching: boolean): Generator<void> {
    const hits: SearchHit[] = [];
    for (const place of places) {
      const node = view.get(this.#index.nodes[place]!.node);
      // Gone since: the next turn does not find it any more.
      if (node === undefined) continue;
      const path = view.path(node.id).map(({ displayName }) => displayName);
      hits.push({ node, path: path.slice(0, -1), ranges: rangesIn(node.displayName, words) });
      yield;
    }
    const next: SearchResults = { query: searcher.query, hits, total, searching };
    if (!isSame(searcher.value, next)) searcher.publish(next);
  }
}

const hidden = {};

function isSame(a: SearchResults, b: SearchResults): boolean {
  return (
    a.query === b.query &&
    a.total === b.total &&
    a.searching === b.searching &&
    a.hits.length === b.hits.length &&
    a.hits.every((hit, at) => {
      const other = b.hits[at]!;
      return hit.node === other.node && hit.path.length === other.path.length && hit.path.every((name, step) => name === other.path[step]);
    })
  );
}
