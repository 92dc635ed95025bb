/**
 * A folder as transfers see it, over a real server: real records, real sessions, real blobs. What it leaves out is what transfers do not touch:
 * other devices, rebase, keys on disk.
 *
 * @module
 */
import { FolderApi, ServerApi } from "../src/api/client.ts";
import { Http } from "../src/api/http.ts";
import { Refusal } from "../src/api/refusal.ts";
import { toHex } from "../src/crypto/encoding.ts";
import type { Bytes } from "../src/crypto/provider.ts";
import { isKeyfoldError } from "../src/error.ts";
import { webCryptoProvider } from "../src/crypto/webcrypto.ts";
import type { Connection } from "../src/interface/state.ts";
import type { LocalStore } from "../src/interface/store.ts";
import { deriveOwnerKeys, exportReadKey, generateRoot, type OwnerKeys } from "../src/key/schedule.ts";
import { draftEntry } from "../src/log/draft.ts";
import { sealEntry } from "../src/log/entry.ts";
import { encodeRecord, folderIdOf, joinPage } from "../src/protocol/record.ts";
import { genesisText, stepOntoGenesis, type Position } from "../src/protocol/step.ts";
import { openDevice } from "../src/store/device.ts";
import { processLocks } from "../src/store/liveness.ts";
import { memoryStore } from "../src/store/memory.ts";
import { Source } from "../src/sync/source.ts";
import { applyOp } from "../src/tree/fold.ts";
import type { Op, VersionDescriptor } from "../src/tree/op.ts";
import { Tree } from "../src/tree/tree.ts";
import { TreeViews } from "../src/tree/view.ts";
import { systemClock } from "../src/transfer/clock.ts";
import type { Clock, TransferOp, TransferPort } from "../src/transfer/port.ts";

export const provider = webCryptoProvider();

/** What lies between a client and its server: sees each request, and may answer in its place or change what comes back. */
export class Wire {
  readonly log: { readonly method: string; readonly path: string }[] = [];
  /** Instead of the server. Undefined: let it through. */
  before: (method: string, path: string, init: RequestInit) => Promise<Response | undefined> | Response | undefined = () => undefined;
  /** What the client gets. */
  after: (method: string, path: string, response: Response) => Promise<Response> | Response = (_method, _path, response) => response;

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const method = init.method ?? "GET";
    const path = new URL(input instanceof Request ? input.url : input).pathname.replace(/^.*\/folders\/[0-9a-f]+/, "");
    this.log.push({ method, path });
    return (await this.before(method, path, init)) ?? this.after(method, path, await fetch(input, init));
  };

  count(method: string, path: RegExp): number {
    return this.log.filter((request) => request.method === method && path.test(request.path)).length;
  }
}

/** A folder that a test made, and any number of pages that have it open. */
export class TestFolder {
  readonly id: string;
  readonly server: { readonly url: string };
  /** Opens it. */
  readonly root: Bytes;
  readonly #keys: OwnerKeys;
  readonly #tree = new Tree();
  readonly #views = new TreeViews(this.#tree);
  #position: Position;
  #appending: Promise<unknown> = Promise.resolve();
  #turn: string | null = null;
  /** Entries appended so far. */
  entries = 0;

  private constructor(server: { readonly url: string }, root: Bytes, keys: OwnerKeys, position: Position) {
    this.server = server;
    this.root = root;
    this.#keys = keys;
    this.#position = position;
    this.id = position.folderId;
  }

  static async create(server: { readonly url: string }): Promise<TestFolder> {
    const root = generateRoot(provider);
    const keys = await deriveOwnerKeys(provider, root);
    const id = await folderIdOf(provider, 0, keys.keys);
    const signature = await provider.sign(keys.sign, genesisText(id, 0, keys.keys));
    const record = { kind: "genesis", mode: 0, keys: keys.keys, signature } as const;
    const api = new ServerApi(new Http({ server: server.url }));
    await api.createFolder(joinPage([encodeRecord(record)]), await exportReadKey(provider, root));
    return new TestFolder(server, root, keys, (await stepOntoGenesis(provider, record)).next);
  }

  get tree() {
    return this.#views.current();
  }

  version(node: string, blob?: string): VersionDescriptor | undefined {
    const { versions } = this.#tree.get(node) ?? { versions: [] };
    return (blob === undefined ? versions.at(-1) : versions.find(({ descriptor }) => descriptor.blob === blob))?.descriptor;
  }

  /** What a page that has the folder open gives to its transfers. */
  async page(
    options: { store?: LocalStore; wire?: Wire; clock?: Clock; server?: string } = {},
  ): Promise<TransferPort & { readonly reach: Source<Connection> }> {
    const { store = memoryStore(), wire, clock = systemClock, server = this.server.url } = options;
    const live = processLocks();
    const device = await openDevice(provider, store, live);
    const reach = new Source<Connection>("online");
    const http = new Http({
      server,
      ...(wire === undefined ? {} : { fetch: wire.fetch }),
      reached: (reached) => reach.set(reached ? "online" : "offline"),
    });
    const api = new FolderApi(http, this.id);
    api.session.use({ scope: "owner", epoch: 0, sign: (message) => provider.sign(this.#keys.auth, message) });
    return {
      folder: this.id,
      device: device.id,
      server,
      provider,
      blobs: api,
      store,
      connection: reach,
      reach,
      clock,
      hold: (name) => live.hold(name),
      tree: () => this.tree,
      version: (node, blob) => this.version(node, blob),
      propose: (ops) => this.append(api, ops, device.id),
      writable: () => true,
      refresh: () => Promise.resolve(),
      padded: true,
      sealSecret: (plaintext) => device.seal("transfer", plaintext),
      openSecret: (sealed) => device.open("transfer", sealed),
    };
  }

  /** Appends, one after another. Waits while the server is away, as a folder's own queue does. */
  append(api: FolderApi, ops: readonly TransferOp[], device: string): Promise<void> {
    const mine = this.#appending.then(() => this.#append(api, ops, device));
    this.#appending = mine.catch(() => undefined);
    return mine;
  }

  async #append(api: FolderApi, ops: readonly Op[], device: string): Promise<void> {
    for (let left = ops; left.length > 0;) {
      const mark = this.#tree.mark();
      const draft = draftEntry(this.#tree, left);
      this.#tree.undo(mark);
      if (draft.ops.length > 0) {
        const entry = { id: toHex(provider.randomBytes(16)), device, at: Date.now(), ops: draft.ops };
        const sealed = await sealEntry(provider, this.#keys, this.#position, entry, draft.lists);
        await this.#sendEntry(api, sealed.position.seq, sealed.bytes);
        this.#position = sealed.position;
        this.entries++;
        for (const op of draft.ops) applyOp(this.#tree, op);
      }
      left = left.slice(draft.taken);
    }
  }

  async #sendEntry(api: FolderApi, seq: number, bytes: Bytes): Promise<void> {
    for (;;) {
      try {
        const answer = await api.append(seq, joinPage([bytes]), this.#turn);
        this.#turn = answer.state === "conflict" ? answer.turn : null;
        // The answer of the try before was lost, and the entry taken: it is ours, nobody else writes here.
        if (answer.state === "conflict" && answer.count !== 1) throw new Error("Somebody else wrote to the test's folder.");
        return;
      } catch (error) {
        // A conflict whose answer was lost as well left a place in the line that nobody knows any more: it passes.
        const turn = error instanceof Refusal && error.serverCode === "turn";
        if (turn) this.#turn = error.turn ?? this.#turn;
        else if (!isKeyfoldError(error, "offline")) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** The content of the vectors: byte[i] = (i*7 + (i>>8) + size) & 255 */
export function contentOf(size: number): Bytes {
  const content = new Uint8Array(size);
  for (let i = 0; i < size; i++) content[i] = (i * 7 + (i >> 8) + size) & 255;
  return content;
}

export function fileOf(name: string, content: Bytes | number, modified = 1_764_000_000_000): File {
  return new File([typeof content === "number" ? contentOf(content) : content], name, { lastModified: modified });
}

export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Resolves when it holds; asked again after each change that the list tells. */
export function until(list: { subscribe(listener: () => void): () => void }, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve();
    const stop = list.subscribe(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

/** A door that is shut until it is opened: holds requests where a test wants them. */
export class Door {
  readonly #opened = Promise.withResolvers<void>();
  /** How many came to it. */
  came = 0;
  readonly #awaited: { count: number; resolve: () => void }[] = [];

  async pass(): Promise<void> {
    this.came++;
    for (const { count, resolve } of this.#awaited) if (this.came >= count) resolve();
    await this.#opened.promise;
  }

  /** Resolves when so many have come. */
  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.came >= count) resolve();
      else this.#awaited.push({ count, resolve });
    });
  }

  open(): void {
    this.#opened.resolve();
  }
}
