/**
 * `folder.search(query)`: readable values over the search engine, which is loaded with the first of them.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { Search, SearchQuery, SearchResults } from "../interface/search.ts";
import type { SearchEngine, Searcher, SearchPort } from "../search/engine.ts";
import { Source } from "../sync/source.ts";

export interface SearchingPort extends SearchPort {
  /** Called with each change of the folder. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly onProblem: (error: KeyfoldError) => void;
}

export class Searching {
  readonly #port: SearchingPort;
  #loading: Promise<SearchEngine> | null = null;
  #engine: SearchEngine | null = null;
  #stop: (() => void) | null = null;
  #isClosed = false;

  constructor(port: SearchingPort) {
    this.#port = port;
  }

  search(query: SearchQuery): Search {
    const search = new FolderSearch(this, query);
    search.ask(query);
    return search;
  }

  /** The engine, where it is there already; null after the folder was closed. */
  get engine(): SearchEngine | null {
    return this.#engine;
  }

  /** Null after the folder was closed. Rejects with `offline` where the script could not be loaded; the next call tries again. */
  load(): Promise<SearchEngine | null> {
    if (this.#isClosed) return Promise.resolve(null);
    this.#loading ??= import("../search/engine.ts").then(
      (loaded) => new loaded.SearchEngine(this.#port),
      (cause: unknown) => {
        this.#loading = null;
        throw new KeyfoldError("offline", "The search could not be loaded.", { cause });
      },
    );
    return this.#loading.then((engine) => {
      if (this.#isClosed) return null;
      if (this.#engine === null) {
        this.#engine = engine;
        this.#stop = this.#port.subscribe(() => engine.look());
      }
      return engine;
    });
  }

  report(error: unknown): void {
    if (error instanceof KeyfoldError) this.#port.onProblem(error);
  }

  /** Forgets all names. Searches keep what they found last. */
  close(): void {
    this.#isClosed = true;
    this.#stop?.();
    this.#engine?.close();
    this.#engine = null;
  }
}

class FolderSearch implements Search, Searcher {
  readonly #searching: Searching;
  readonly #results: Source<SearchResults>;
  #followers = 0;
  query: SearchQuery;

  constructor(searching: Searching, query: SearchQuery) {
    this.#searching = searching;
    this.query = query;
    this.#results = new Source<SearchResults>({ query, hits: [], total: 0, searching: true });
  }

  get value(): SearchResults {
    return this.#results.value;
  }

  get isFollowed(): boolean {
    return this.#followers > 0;
  }

  subscribe(listener: () => void): () => void {
    this.#followers++;
    this.#searching.engine?.follow(this);
    const stop = this.#results.subscribe(listener);
    let isOn = true;
    return () => {
      if (isOn) this.#followers--;
      isOn = false;
      stop();
    };
  }

  ask(query: SearchQuery): void {
    this.query = query;
    this.#results.set({ ...this.value, query, searching: true });
    const { engine } = this.#searching;
    if (engine !== null) engine.ask(this);
    else void this.#askLater();
  }

  async #askLater(): Promise<void> {
    const { query } = this;
    let engine: SearchEngine | null;
    try {
      engine = await this.#searching.load();
    } catch (error) {
      this.#giveUp();
      this.#searching.report(error);
      return;
    }
    if (engine === null) this.#giveUp();
    // Asked again meanwhile, it is in the engine already, or will be.
    else if (query === this.query) engine.ask(this);
  }

  #giveUp(): void {
    this.#results.set({ ...this.value, searching: false });
  }

  publish(results: SearchResults): void {
    this.#results.set(results);
  }

  async settled(): Promise<SearchResults> {
    const engine = await this.#searching.load();
    await engine?.answered(this);
    return this.value;
  }
}
