/** What the benchmark of the search calls inside Chromium: a tree of 100,000 files, and a person who types. */
import type { SearchQuery, SearchResults } from "../packages/core/src/interface/search.ts";
import { SearchEngine, type Searcher } from "../packages/core/src/search/engine.ts";
import { applyOp } from "../packages/core/src/tree/fold.ts";
import type { Op } from "../packages/core/src/tree/op.ts";
import { Tree } from "../packages/core/src/tree/tree.ts";
import { TreeViews } from "../packages/core/src/tree/view.ts";
import { numbers, realisticNodes, typedQueries } from "./search-names.ts";

/** Milliseconds of the main thread, slice by slice. */
const slices: number[] = [];

function timed<T>(work: () => T): T {
  const began = performance.now();
  try {
    return work();
  } finally {
    slices.push(performance.now() - began);
  }
}

const { scheduler } = globalThis as unknown as { scheduler: { postTask(callback: () => void): Promise<unknown> } };
const postTask = scheduler.postTask.bind(scheduler);
scheduler.postTask = (callback) => postTask(() => timed(callback));

const idOf = (at: number): string => at.toString(16).padStart(32, "0");
const zeros = "A".repeat(43);

function nodeOp(at: number, name: string, parent: number, isDirectory: boolean, size: number): Op {
  const common = { node: idOf(at), parent: parent < 0 ? null : idOf(parent), name };
  if (isDirectory) return { op: "mkdir", ...common };
  const version = { suite: 1, blob: idOf(at + 2 ** 40), key: zeros, size, sealedSize: size + 1080, digest: zeros } as const;
  return { op: "add", ...common, version };
}

class Typist implements Searcher {
  readonly isFollowed = true;
  query: SearchQuery = {};
  value: SearchResults = { query: this.query, hits: [], total: 0, searching: false };
  first = Number.NaN;
  readonly #engine: SearchEngine;

  constructor(engine: SearchEngine) {
    this.#engine = engine;
  }

  publish(results: SearchResults): void {
    this.value = results;
    if (Number.isNaN(this.first)) this.first = performance.now();
  }

  async ask(query: SearchQuery): Promise<Keystroke> {
    slices.length = 0;
    this.first = Number.NaN;
    this.query = query;
    this.value = { ...this.value, query, searching: true };
    const began = performance.now();
    timed(() => this.#engine.ask(this));
    await this.#engine.answered(this);
    const full = performance.now() - began;
    return { text: query.text ?? "", total: this.value.total, ...work(), first: this.first - began, full };
  }

  async follow(change: () => void): Promise<Keystroke> {
    slices.length = 0;
    const began = performance.now();
    timed(() => {
      change();
      this.#engine.look();
    });
    await this.#engine.answered(this);
    const full = performance.now() - began;
    return { text: this.query.text ?? "", total: this.value.total, ...work(), first: full, full };
  }
}

/** Milliseconds: of the main thread in all, of its longest slice, until the first and the full result. */
export interface Keystroke {
  readonly text: string;
  readonly total: number;
  readonly work: number;
  readonly longest: number;
  readonly first: number;
  readonly full: number;
}

const work = () => ({ work: slices.reduce((sum, slice) => sum + slice, 0), longest: Math.max(...slices) });

function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
}

export interface SearchTimes {
  readonly nodes: number;
  readonly build: Keystroke;
  readonly bytes: number;
  readonly typed: readonly Keystroke[];
  readonly filtered: readonly Keystroke[];
  readonly below: number;
  readonly renames: readonly Keystroke[];
}

export async function measureSearch(files: number): Promise<SearchTimes> {
  const tree = new Tree();
  const random = numbers(11);
  const nodes = realisticNodes(files);
  for (const [at, { name, parent, isDirectory }] of nodes.entries()) {
    applyOp(tree, nodeOp(at, name, parent, isDirectory, Math.floor(random() ** 4 * 2e8)));
  }
  const views = new TreeViews(tree);
  const engine = new SearchEngine({ source: () => ({ tree, view: views.current() }), added: () => null });
  const typist = new Typist(engine);
  const before = memory();
  const build = await typist.ask({});
  const bytes = memory() - before;
  // Once without looking, as long as the engine compiles its code.
  for (const text of ["q", "qu", "que", "quer", "query ", "query w"]) await typist.ask({ text });
  const typed: Keystroke[] = [];
  for (const text of typedQueries) {
    let letters = "";
    for (const letter of text) typed.push(await typist.ask({ text: (letters += letter) }));
  }
  const filtered: Keystroke[] = [];
  for (const query of [
    { filter: { types: [".pdf"] } },
    { filter: { size: { min: 1e8 } }, sort: "size", descending: true },
    { filter: { kind: "directory" } },
  ] as const) {
    filtered.push(await typist.ask(query));
  }
  const directories = nodes.flatMap(({ isDirectory }, at) => (isDirectory ? [at] : []));
  const below = (at: number): number => tree.directory(idOf(at))?.files ?? 0;
  const near = (at: number): number => Math.abs(below(at) - 10_000);
  const directory = directories.reduce((best, at) => (near(at) < near(best) ? at : best));
  await typist.ask({ text: "invoice renamed/" });
  const renames: Keystroke[] = [];
  for (let round = 0; round < 10; round++) {
    const name = round % 2 === 0 ? "Renamed" : "As before";
    renames.push(await typist.follow(() => applyOp(tree, { op: "rename", node: idOf(directory), name })));
  }
  return { nodes: nodes.length, build, bytes, typed, filtered, below: below(directory), renames };
}

Object.assign(globalThis, { measureSearch });
