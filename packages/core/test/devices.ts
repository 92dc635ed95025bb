/** Devices over one server, for tests: each has its own store, and pulls only when it is told to. */
import { Keyfold, memoryStore, type Folder, type KeyfoldOptions } from "../src/index.ts";

export class Devices {
  readonly #url: string;
  readonly #opened: Folder[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  client(options: Partial<KeyfoldOptions> = {}): Keyfold {
    return new Keyfold({ server: this.#url, pollInterval: 3_600_000, store: memoryStore(), ...options });
  }

  /** Closes it when the test is over. */
  async using(folder: Promise<Folder>): Promise<Folder> {
    const opened = await folder;
    this.#opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((folder) => folder.close()));
  }
}

/** What lies between a client and its server. */
export interface Meddler {
  fetch: typeof fetch;
  /** Requests so far: method and path. */
  readonly seen: string[];
  /** The queries of those that have one. */
  readonly queries: string[];
  /** Bytes of answers to requests whose path ends so. */
  bytes(path: string): number;
  /** Called with each request. Before it is sent: may refuse it by throwing. After: may lose the answer by throwing. */
  before: (request: string) => void | Promise<void>;
  after: (request: string, response: Response) => Response | undefined | Promise<Response | undefined>;
}

export function meddler(): Meddler {
  const seen: string[] = [];
  const queries: string[] = [];
  const received = new Map<string, number>();
  const between: Meddler = {
    seen,
    queries,
    bytes: (path) => Array.from(received).reduce((sum, [request, bytes]) => (request.endsWith(path) ? sum + bytes : sum), 0),
    before: () => undefined,
    after: () => undefined,
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const request = `${init?.method ?? "GET"} ${url.pathname.replace(/^.*\/v1/, "")}`;
      seen.push(request);
      if (url.search !== "") queries.push(url.search);
      await between.before(request);
      const response = await fetch(input, init);
      received.set(request, (received.get(request) ?? 0) + Number(response.headers.get("content-length") ?? 0));
      return (await between.after(request, response)) ?? response;
    },
  };
  return between;
}

/** Resolves when the state is as asked for. */
export function until(folder: Folder, fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fits()) return;
      stop();
      resolve();
    };
    const stop = folder.subscribe(look);
    look();
  });
}

/** The names in a directory, in order of creation. */
export function namesIn(folder: Folder, path = "/"): string[] {
  const directory = folder.state.tree.resolve(path);
  return directory === undefined ? [] : folder.state.tree.children(directory?.id ?? null).map((node) => node.displayName);
}

/** Every node as path and kind and what distinguishes versions, for comparing what two devices have. */
export function outline(folder: Folder): string[] {
  const { tree } = folder.state;
  const lines = Array.from(tree.descend(null), (node) => {
    const path = tree.path(node.id).map(({ displayName }) => displayName);
    return `${path.join("/")} ${node.id} ${node.versions.map(({ blob }) => blob).join(",")} ${JSON.stringify(node.meta)}`;
  });
  return [
    ...lines.toSorted(),
    ...tree
      .trash()
      .map(({ id }) => `trash ${id}`)
      .toSorted(),
  ];
}
