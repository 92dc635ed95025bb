/** Devices over one server, for tests: each has its own store, and pulls only when it is told to. */
import type { Bytes } from "../src/crypto/provider.ts";
import { generateKey, Keyfold, memoryStore, type Folder, type KeyfoldOptions } from "../src/index.ts";

type FoldersOf<Count extends number, Folders extends Folder[] = []> = number extends Count
  ? Folder[]
  : Folders["length"] extends Count
    ? Folders
    : FoldersOf<Count, [...Folders, Folder]>;

export class Devices {
  readonly #server: { readonly url: string };
  readonly #opened: Folder[] = [];

  /** The server's address is asked for when a client is made: the server may come later. */
  constructor(server: { readonly url: string }) {
    this.#server = server;
  }

  client(options: Partial<KeyfoldOptions> = {}): Keyfold {
    return new Keyfold({ server: this.#server.url, pollInterval: 3_600_000, store: memoryStore(), ...options });
  }

  /** Closes it when the test is over. */
  async using(folder: Promise<Folder>): Promise<Folder> {
    const opened = await folder;
    this.#opened.push(opened);
    return opened;
  }

  /** A locked folder on so many devices, and its key; with options for the first ones. */
  async locked<Count extends number>(
    count: Count,
    options: readonly Partial<KeyfoldOptions>[] = [],
  ): Promise<{ folders: FoldersOf<Count>; key: Bytes }> {
    const key = generateKey();
    const folders = [await this.using(this.client(options[0]).create({ key }))];
    while (folders.length < count) folders.push(await this.using(this.client(options[folders.length]).open(key)));
    return { folders: folders as FoldersOf<Count>, key };
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
  /** Lets nothing through, in place of what `before` was, until it is mended. */
  cut(): void;
  mend(): void;
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
    cut: () => {
      between.before = () => {
        throw new TypeError("The line is cut.");
      };
    },
    mend: () => {
      between.before = () => undefined;
    },
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

/** Everything that was done on one device is known on the other. */
export async function passedOn(from: Folder, to: Folder): Promise<void> {
  await from.settled();
  await to.refresh();
}

export function textFile(name: string, text = name): File {
  return new File([text], name, { type: "text/plain", lastModified: 1_764_000_000_000 });
}

/** Directories in the root, each confirmed in an entry of its own. */
export async function make(folder: Folder, ...names: string[]): Promise<void> {
  for (const name of names) {
    await folder.createDirectory(`/${name}`);
    await folder.settled();
  }
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
