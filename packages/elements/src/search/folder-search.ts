/**
 * What is being looked for in a folder, and what was found. It belongs to the folder, so that a search field and a list find each other on any page, in
 * whatever root each of them is: they look once for both.
 *
 * @module
 */
import type { Folder, NodeId, Readable, Search, SearchQuery as CoreQuery, SearchResults } from "@keyfold/core";
import { trashPlace } from "../file-actions/node-actions.ts";
import type { Words } from "../i18n/index.ts";
import type { Sort } from "../list/node-order.ts";
import { filterOf, meaningsOf } from "./search-chips.ts";
import type { SearchChip } from "./search-chips.ts";

export interface SearchQuery {
  /** Where to look: this directory and all below. */
  readonly root: NodeId | null;
  readonly text: string;
  readonly chips: ReadonlySet<SearchChip>;
}

/** A list of what was found, as the field sees it: keys lead into it. */
export interface FoundList {
  /** The focus goes to the first that was found. */
  first(): void;
  /** The first that was found is opened. */
  open(): void;
}

/** A field, as the list sees it. */
export interface SearchField {
  readonly showsChips: boolean;
  focus(): void;
}

/** Hits that are shown at first, and more with each wish. */
const page = 200;

export class FolderSearch implements Readable<SearchQuery | null> {
  /** What was found; null while nothing is looked for. */
  readonly found: Readable<SearchResults | null>;
  /** The directory that a list shows: "in this subfolder". Null is the whole folder. */
  readonly here: Readable<NodeId | null>;
  /** A field shows the chips; else the list does. */
  readonly fieldShowsChips: Readable<boolean>;
  readonly #folder: Folder;
  #query: SearchQuery | null = null;
  #place: NodeId | null = null;
  #sort: Sort = { key: "name", descending: false };
  #meanings: CoreQuery["meanings"] = {};
  #limit = page;
  #search: Search | null = null;
  #stop: (() => void) | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #followers = new Set<() => void>();
  readonly #lists = new Set<FoundList>();
  readonly #fields = new Set<SearchField>();

  constructor(folder: Folder) {
    this.#folder = folder;
    this.here = this.#part(() => this.#place);
    this.fieldShowsChips = this.#part(() => [...this.#fields].some(({ showsChips }) => showsChips));
    const found = (): SearchResults | null => (this.#query === null ? null : (this.#search?.value ?? null));
    this.found = {
      get value() {
        return found();
      },
      subscribe: (listener) => {
        this.#followers.add(listener);
        this.#follow();
        return () => {
          this.#followers.delete(listener);
          this.#follow();
        };
      },
    };
  }

  /** Null while nothing is looked for. */
  get value(): SearchQuery | null {
    return this.#query;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // what is looked for

  setText(text: string, root: NodeId | null): void {
    this.#replace({ root, text, chips: this.#query?.chips ?? new Set() });
  }

  toggle(chip: SearchChip, root: NodeId | null): void {
    const chips = new Set(this.#query?.chips);
    if (!chips.delete(chip)) chips.add(chip);
    this.#replace({ root: this.#query?.root ?? root, text: this.#query?.text ?? "", chips });
  }

  clearChips(): void {
    if (this.#query !== null) this.#replace({ ...this.#query, chips: new Set() });
  }

  clear(): void {
    this.#replace(null);
  }

  /** Shows more of what was found. */
  more(): void {
    this.#limit += page;
    this.#ask();
  }

  /** Makes the search ready before the first letter. */
  prepare(): void {
    this.#search ??= this.#folder.search({});
  }

  // what it depends on besides

  /** A list shows this directory now, null for all, or the trash. */
  standIn(place: NodeId | null): void {
    const next = place === trashPlace ? null : place;
    if (next === this.#place) return;
    this.#place = next;
    if (this.#query?.chips.has("here") === true) this.#ask();
    this.#tell(this.#listeners);
  }

  /** The order of a list. By name, the usual one, is by relevance while there are words. */
  arrange(sort: Sort): void {
    if (sort.key === this.#sort.key && sort.descending === this.#sort.descending) return;
    this.#sort = sort;
    this.#ask();
  }

  /** The person's words for kinds. */
  speak(words: Words): void {
    this.#meanings = meaningsOf(words.files.kinds);
  }

  // from the field to the list, and back

  joinList(list: FoundList): () => void {
    this.#lists.add(list);
    return () => this.#lists.delete(list);
  }

  joinField(field: SearchField): () => void {
    this.#fields.add(field);
    this.fieldChanged();
    return () => {
      this.#fields.delete(field);
      this.fieldChanged();
    };
  }

  /** A field shows the chips now, or does not any more. */
  fieldChanged(): void {
    this.#tell(this.#listeners);
  }

  goToFirst(): void {
    [...this.#lists].at(-1)?.first();
  }

  /** Opens the first hit, once it is sure which that is. */
  async openFirst(): Promise<void> {
    const query = this.#query;
    if (query === null) return;
    const { total } = (await this.#search?.settled()) ?? { total: 0 };
    if (query === this.#query && total > 0) [...this.#lists].at(-1)?.open();
  }

  /** False where there is none. */
  goToField(): boolean {
    const field = [...this.#fields].at(-1);
    field?.focus();
    return field !== undefined;
  }

  #replace(query: SearchQuery | null): void {
    this.#query = query === null || (query.text.trim() === "" && query.chips.size === 0) ? null : query;
    this.#limit = page;
    this.#ask();
    this.#tell(this.#listeners);
    this.#tell(this.#followers);
  }

  #ask(): void {
    if (this.#query !== null) {
      const query = this.#coreQuery(this.#query);
      if (this.#search === null) this.#search = this.#folder.search(query);
      else this.#search.ask(query);
    }
    this.#follow();
  }

  #coreQuery({ root, text, chips }: SearchQuery): CoreQuery {
    const { key, descending } = this.#sort;
    // "in this subfolder" alone is all that is there
    const filter = filterOf(chips, Date.now()) ?? (text.trim() === "" ? { trashed: false } : {});
    return {
      text,
      root: chips.has("here") ? (this.#place ?? root) : root,
      filter,
      ...(key === "name" && !descending ? {} : { sort: key, descending }),
      limit: this.#limit,
      meanings: this.#meanings ?? {},
    };
  }

  #follow(): void {
    const isWanted = this.#query !== null && this.#followers.size > 0;
    if (isWanted) this.#stop ??= this.#search?.subscribe(() => this.#tell(this.#followers)) ?? null;
    else {
      this.#stop?.();
      this.#stop = null;
    }
  }

  #part<T>(read: () => T): Readable<T> {
    return {
      get value() {
        return read();
      },
      subscribe: (listener) => this.subscribe(listener),
    };
  }

  #tell(listeners: ReadonlySet<() => void>): void {
    // of those that join meanwhile none needs to be told
    for (const listener of Array.from(listeners)) listener();
  }
}

const searches = new WeakMap<Folder, FolderSearch>();

export function searchOf(folder: Folder): FolderSearch {
  let search = searches.get(folder);
  if (search === undefined) searches.set(folder, (search = new FolderSearch(folder)));
  return search;
}
