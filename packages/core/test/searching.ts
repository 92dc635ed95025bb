/**
 * A search engine over a tree in memory, and what it should find, worked out without an index.
 *
 * @module
 */

import type { SearchQuery, SearchResults } from "../src/interface/search.ts";
import { SearchEngine, type Searcher } from "../src/search/engine.ts";
import { passes } from "../src/search/filter.ts";
import { foldText } from "../src/search/fold-text.ts";
import { applyOp } from "../src/tree/fold.ts";
import { shownName } from "../src/tree/name.ts";
import type { Node } from "../src/tree/node.ts";
import type { Op } from "../src/tree/op.ts";
import { Tree } from "../src/tree/tree.ts";
import { TreeViews } from "../src/tree/view.ts";
import { idOf, versionOf } from "./ops.ts";

export class Asked implements Searcher {
  isFollowed = true;
  /** All that was published, in order. */
  readonly published: SearchResults[] = [];
  query: SearchQuery;
  value: SearchResults;
  readonly #engine: SearchEngine;

  constructor(engine: SearchEngine, query: SearchQuery) {
    this.#engine = engine;
    this.query = query;
    this.value = { query, hits: [], total: 0, searching: true };
    engine.ask(this);
  }

  publish(results: SearchResults): void {
    this.value = results;
    this.published.push(results);
  }

  ask(query: SearchQuery): void {
    this.query = query;
    this.value = { ...this.value, query, searching: true };
    this.#engine.ask(this);
  }

  async names(): Promise<readonly string[]> {
    await this.#engine.answered(this);
    return this.value.hits.map(({ node }) => node.displayName);
  }

  async results(): Promise<SearchResults> {
    await this.#engine.answered(this);
    return this.value;
  }
}

export class SearchDesk {
  readonly tree = new Tree();
  readonly views = new TreeViews(this.tree);
  isHidden = false;
  readonly engine = new SearchEngine({
    source: () => (this.isHidden ? null : { tree: this.tree, view: this.views.current() }),
    added: () => null,
  });

  apply(...ops: readonly Op[]): void {
    for (const op of ops) applyOp(this.tree, op);
    this.engine.look();
  }

  ask(query: SearchQuery): Asked {
    return new Asked(this.engine, query);
  }

  /** Names of what is found, best first. */
  names(query: SearchQuery): Promise<readonly string[]> {
    return this.ask(query).names();
  }
}

export const mkdir = (node: number, name: string, parent: number | null = null): Op => ({
  op: "mkdir",
  node: idOf(node),
  parent: parent === null ? null : idOf(parent),
  name,
});
export const add = (node: number, name: string, parent: number | null = null, version: Partial<ReturnType<typeof versionOf>> = {}): Op => ({
  op: "add",
  node: idOf(node),
  parent: parent === null ? null : idOf(parent),
  name,
  version: { ...versionOf(node), ...version },
});

export function deskWith(...given: readonly Op[]): SearchDesk {
  const desk = new SearchDesk();
  desk.apply(...given);
  return desk;
}

/** Files of these names in the root. */
export const files = (...names: readonly string[]): SearchDesk => deskWith(...names.map((name, at) => add(at + 1, name)));

/** Ids of all nodes that a query asks for, no errors overlooked: every node with every word, each looked at on its own. For texts without slashes. */
export function expectedIds(tree: Tree, { text = "", root = null, filter = {} }: SearchQuery): Set<string> {
  const words = foldText(text)
    .split(/\s+/u)
    .filter((word) => word !== "");
  const ids = new Set<string>();
  for (const node of tree.nodes()) {
    const above: Node[] = [];
    for (let at = node.parent; at !== null; at = tree.get(at)!.parent) above.push(tree.get(at)!);
    const own = foldText(shownName(node.name));
    const others = above.map(({ name }) => foldText(shownName(name)));
    const hasWords = words.every((word) => own.includes(word) || others.some((name) => name.includes(word)));
    const isIn = root === null || above.some((directory) => directory.node === root);
    if (!hasWords || !isIn || (words.length > 0 && !words.some((word) => own.includes(word)))) continue;
    if (tree.liesInTrash(node.node) !== (filter.trashed ?? false) || !passes(node, filter, () => null)) continue;
    ids.add(node.node);
  }
  return ids;
}

/** Whether one wrong, missing, additional or swapped character turns some part of the name into the word. */
export function isWithOneError(name: string, word: string): boolean {
  for (let start = 0; start < name.length; start++) {
    for (let length = word.length - 1; length <= word.length + 1; length++) {
      if (start + length <= name.length && areOneErrorApart(name.slice(start, start + length), word)) return true;
    }
  }
  return false;
}

function areOneErrorApart(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
