import type { ReactiveControllerHost } from "lit";
import type { Folder, NodeId, TreeNode } from "@keyfold/core";
import { Observed } from "../base/index.ts";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { Words } from "../i18n/index.ts";
import { searchOf } from "../search/folder-search.ts";
import type { SearchQuery } from "../search/folder-search.ts";
import { SearchResults } from "../search/search-results.ts";
import { ListContents } from "./list-contents.ts";
import type { Sort } from "./node-order.ts";

export interface ShownScene {
  readonly folder: Folder;
  /** A directory's id, null for the root, or the trash. */
  readonly place: NodeId | null;
  readonly sort: Sort;
  readonly words: Words;
  readonly language: string;
}

/** What a list shows: what is in a place, or, while something is looked for, what was found. */
export class ShownNodes {
  nodes: readonly TreeNode[] = [];
  /** Ids of the nodes, in their order. */
  order: readonly NodeId[] = [];
  readonly #scene: () => ShownScene | null;
  readonly #search: Observed<SearchQuery | null>;
  readonly #contents: ListContents;
  readonly #results: SearchResults;

  /** @param scene null while nothing can be seen */
  constructor(
    host: ReactiveControllerHost & { readonly isConnected: boolean; readonly folder: Folder | null },
    scene: () => ShownScene | null,
  ) {
    this.#scene = scene;
    this.#search = new Observed<SearchQuery | null>(host, () => (host.folder === null ? null : searchOf(host.folder)));
    this.#contents = new ListContents(host, scene);
    this.#results = new SearchResults(host, () => {
      const at = scene();
      return at === null ? null : { ...at, query: this.query, sort: at.sort.key, descending: at.sort.descending };
    });
  }

  /** What is looked for; null while nothing is. */
  get query(): SearchQuery | null {
    return this.#search.value ?? null;
  }

  get searching(): boolean {
    return this.query !== null;
  }

  get inTrash(): boolean {
    return !this.searching && this.#scene()?.place === trashPlace;
  }

  /** Looks anew; before each drawing. */
  read(): void {
    const nodes = this.#results.nodes ?? this.#contents.nodes;
    if (nodes === this.nodes) return;
    this.nodes = nodes;
    this.order = nodes.map((node) => node.id);
  }

  /** Words for how many were found; null while nothing is looked for. */
  foundWords(words: Words): string | null {
    if (!this.searching) return null;
    return words.list.found(
      this.nodes.length,
      this.nodes.every((node) => node.kind === "file"),
    );
  }
}
