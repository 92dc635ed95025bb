/** A search over the fixture's tree: words anywhere in a name or above it, filters, marks. Nothing is forgiven, nothing is ranked. */
import type { FolderState, Search, SearchFilter, SearchHit, SearchQuery, SearchResults, TreeNode } from "@keyfold/core";

export class FixtureSearch implements Search {
  readonly #state: () => FolderState;
  readonly #subscribe: (listener: () => void) => () => void;
  readonly #listeners = new Set<() => void>();
  #query: SearchQuery;
  #at = -1;
  #value: SearchResults;

  constructor(state: () => FolderState, subscribe: (listener: () => void) => () => void, query: SearchQuery) {
    this.#state = state;
    this.#subscribe = subscribe;
    this.#query = query;
    this.#value = this.#find();
  }

  get value(): SearchResults {
    if (this.#at !== this.#state().tree.version) this.#value = this.#find();
    return this.#value;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  ask(query: SearchQuery): void {
    this.#query = query;
    this.#value = this.#find();
    for (const listener of this.#listeners) listener();
  }

  async settled(): Promise<SearchResults> {
    return this.value;
  }

  #find(): SearchResults {
    const { tree } = this.#state();
    const { text = "", root = null, filter = {}, limit = 100, meanings = {} } = this.#query;
    this.#at = tree.version;
    const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
    const meant = new Map(Object.entries(meanings).map(([word, meaning]) => [word.toLowerCase(), meaning]));
    const hits: SearchHit[] = [];
    for (const node of words.length === 0 && Object.keys(filter).length === 0 ? [] : tree.descend(root)) {
      const name = node.displayName.toLowerCase();
      const path = tree.path(node.id).map(({ displayName }) => displayName);
      const way = path.join("/").toLowerCase();
      const means = (word: string): boolean => {
        const meaning = meant.get(word);
        return meaning !== undefined && passes(node, meaning);
      };
      const isIn =
        words.every((word) => way.includes(word) || means(word)) &&
        (words.length === 0 || words.some((word) => name.includes(word) || means(word)));
      if (!isIn || !passes(node, filter)) continue;
      const ranges = words
        .map((word) => [name.indexOf(word), name.indexOf(word) + word.length] as const)
        .filter(([start]) => start >= 0)
        .toSorted((a, b) => a[0] - b[0]);
      hits.push({ node, path: path.slice(0, -1), ranges });
    }
    return { query: this.#query, hits: hits.slice(0, limit), total: hits.length, searching: false };
  }
}

function passes(node: TreeNode, { kind, types, size, added, fromDrop }: SearchFilter): boolean {
  const { current } = node;
  if (kind !== undefined && node.kind !== kind) return false;
  const isType = (wanted: string): boolean => {
    if (wanted.startsWith(".")) return node.name.toLowerCase().endsWith(wanted);
    return wanted.endsWith("/*") ? current?.type.startsWith(wanted.slice(0, -1)) === true : current?.type === wanted;
  };
  if (types !== undefined && (current === null || !types.some(isType))) return false;
  if (size !== undefined && (current === null || current.size < (size.min ?? 0))) return false;
  if (added !== undefined && (node.added?.at ?? 0) < (added.from ?? 0)) return false;
  return fromDrop === undefined || node.fromDrop === fromDrop;
}
