import type { ReactiveControllerHost } from "lit";
import type { Folder, NodeId, SearchHit, SearchResults, TreeNode } from "@keyfold/core";
import { Observed } from "../base/index.ts";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { Words } from "../i18n/index.ts";
import { searchOf } from "../search/folder-search.ts";
import type { SearchQuery } from "../search/folder-search.ts";
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
  readonly #query: Observed<SearchQuery | null>;
  readonly #found: Observed<SearchResults | null>;
  readonly #chipsElsewhere: Observed<boolean>;
  readonly #contents: ListContents;
  #hits: ReadonlyMap<NodeId, SearchHit> = new Map();
  #seen: SearchResults | null = null;
  #arranged: { readonly folder: Folder; readonly sort: Sort; readonly place: NodeId | null } | null = null;

  /** @param scene null while nothing can be seen */
  constructor(
    host: ReactiveControllerHost & { readonly isConnected: boolean; readonly folder: Folder | null },
    scene: () => ShownScene | null,
  ) {
    this.#scene = scene;
    const search = () => (host.folder === null ? null : searchOf(host.folder));
    this.#query = new Observed<SearchQuery | null>(host, search);
    this.#found = new Observed<SearchResults | null>(host, () => search()?.found ?? null);
    this.#chipsElsewhere = new Observed<boolean>(host, () => search()?.fieldShowsChips ?? null);
    this.#contents = new ListContents(host, scene);
  }

  /** What is looked for; null while nothing is. */
  get query(): SearchQuery | null {
    return this.#query.value ?? null;
  }

  /** The filters of a search are for the list to show: no field does. */
  get showsChips(): boolean {
    return this.#chipsElsewhere.value !== true;
  }

  get searching(): boolean {
    return this.query !== null;
  }

  /** What was found is in the order of how well it fits: where there are words, and no other order than the usual one was asked for. */
  get ranked(): boolean {
    const sort = this.#scene()?.sort;
    return (this.query?.text.trim() ?? "") !== "" && sort?.key === "name" && !sort.descending;
  }

  get inTrash(): boolean {
    return !this.searching && this.#scene()?.place === trashPlace;
  }

  /** What was found; null while nothing is looked for. */
  get found(): SearchResults | null {
    return this.#scene() === null ? null : (this.#found.value ?? null);
  }

  /** How a node was found: where its name is marked. */
  hitOf(id: NodeId): SearchHit | undefined {
    return this.searching ? this.#hits.get(id) : undefined;
  }

  /** Looks anew; before each drawing. */
  read(): void {
    this.#arrange();
    const found = this.found;
    if (found !== null && found === this.#seen) return;
    this.#seen = found;
    this.#hits = new Map(found?.hits.map((hit) => [hit.node.id, hit]));
    const nodes = found?.hits.map(({ node }) => node) ?? this.#contents.nodes;
    if (nodes === this.nodes) return;
    this.nodes = nodes;
    this.order = nodes.map((node) => node.id);
  }

  /** A search is put into the order of the list that was last told of one, and "here" is where that list is. */
  #arrange(): void {
    const scene = this.#scene();
    if (scene === null) return;
    const { folder, place, sort } = scene;
    const last = this.#arranged;
    const isSame =
      last?.folder === folder && last.place === place && last.sort.key === sort.key && last.sort.descending === sort.descending;
    if (isSame) return;
    this.#arranged = { folder, place, sort };
    searchOf(folder).standIn(place);
    searchOf(folder).arrange(sort);
  }

  /** Words for how many were found; null while nothing is looked for. */
  foundWords(words: Words): string | null {
    const { found } = this;
    if (found === null) return null;
    return words.list.found(
      found.total,
      this.nodes.every((node) => node.kind === "file"),
    );
  }
}
