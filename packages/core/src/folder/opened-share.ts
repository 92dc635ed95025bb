/**
 * A share as whoever has its link uses it: a tree, and its contents. The code under it is the folder's own.
 *
 * @module
 */
import { wait } from "../api/backoff.ts";
import type { Http } from "../api/http.ts";
import { ShareApi } from "../api/share-api.ts";
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { DownloadOptions, Target } from "../interface/folder.ts";
import type { Abortable } from "../interface/iterate.ts";
import type { OpenedShare, OpenShareOptions } from "../interface/share.ts";
import type { Connection } from "../interface/state.ts";
import type { LocalStore } from "../interface/store.ts";
import type { StartedTransfer, Transfers } from "../interface/transfer.ts";
import type { NodeId, TreeView } from "../interface/tree.ts";
import { readShareLink } from "../share/link.ts";
import { Recipient } from "../share/recipient.ts";
import { shareIdOf } from "../share/secrets.ts";
import { Source } from "../sync/source.ts";
import { systemClock } from "../transfer/clock.ts";
import { Downloads } from "../transfer/downloads.ts";
import type { ReadingPort } from "../transfer/port.ts";
import { TransferList } from "../transfer/transfer-list.ts";
import { TransferView } from "../transfer/transfer-view.ts";
import { TreeViews } from "../tree/view.ts";
import { startedSave } from "./started.ts";
import { locateNode, topmost } from "./target.ts";

/** Looks for the version in which a blob that is gone has its successor: owners publish it soon after they sealed it. */
const LOOKS = 5;
/** Milliseconds between the first two looks; twice as long each time. */
const BETWEEN_LOOKS = 500;

export interface SharePort {
  readonly provider: CryptoProvider;
  readonly http: Http;
  readonly store: LocalStore;
}

/** Opens a link. Rejects as `Recipient.open`; `invalid-argument` where it is none. */
export async function openShare(port: SharePort, link: string, { passphrase, signal }: OpenShareOptions = {}): Promise<OpenedShare> {
  const { provider, http, store } = port;
  const fragment = readShareLink(link);
  const share = await shareIdOf(provider, fragment.secret);
  const api = new ShareApi({ http, share, take: toHex(provider.randomBytes(16)) });
  const key = `share/${share}`;
  const seen = { get: async () => (await store.get<number>(key)) ?? 0, set: (version: number) => store.set(key, version) };
  return new Shared(port, api, share, await Recipient.open({ provider, api, fragment, share, seen }, passphrase, signal));
}

class Shared implements OpenedShare {
  readonly id: string;
  readonly left: number | null;
  readonly transfers: Transfers;
  readonly #recipient: Recipient;
  readonly #view: Source<TreeView>;
  readonly #list = new TransferList(systemClock);
  readonly #downloads: Downloads;
  readonly #closing = new AbortController();

  constructor({ provider, http }: SharePort, api: ShareApi, id: string, recipient: Recipient) {
    this.id = id;
    this.left = recipient.left;
    this.#recipient = recipient;
    this.#view = new Source(viewOf(recipient));
    this.transfers = new TransferView(this.#list);
    const connection = new Source<Connection>("online");
    http.onReached = (reached) => connection.set(reached ? "online" : "offline");
    const port: ReadingPort = {
      server: http.server,
      provider,
      blobs: api,
      connection,
      clock: systemClock,
      tree: () => this.tree,
      version: (node) => recipient.current.tree.get(node)?.versions.at(-1)?.descriptor,
      refresh: () => this.#lookForNewer(),
      onlyCurrent: true,
    };
    this.#downloads = new Downloads(port, this.#list);
  }

  get version(): number {
    return this.#recipient.current.version;
  }
  get at(): number {
    return this.#recipient.current.manifest.at;
  }
  get expires(): number | null {
    const { expires } = this.#recipient.current;
    return expires === 0 ? null : expires * 1000;
  }
  get tree(): TreeView {
    return this.#view.value;
  }
  get value(): TreeView {
    return this.#view.value;
  }
  subscribe(listener: () => void): () => void {
    return this.#view.subscribe(listener);
  }

  async refresh({ signal }: Abortable = {}): Promise<void> {
    if (this.#closing.signal.aborted) throw closed();
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    if (await this.#recipient.refresh(stop)) this.#view.set(viewOf(this.#recipient));
  }

  stream(target: Target, options: DownloadOptions & { start?: number; end?: number } = {}): ReadableStream<Uint8Array> {
    return this.#downloads.stream(locateNode(this.tree, target).id, options);
  }

  async download(target: Target, options: DownloadOptions = {}): Promise<Blob> {
    return this.#downloads.download(locateNode(this.tree, target).id, options);
  }

  async thumbnail(target: Target, options: Abortable = {}): Promise<Blob | null> {
    return this.#downloads.thumbnail(locateNode(this.tree, target).id, options.signal);
  }

  zip(targets?: readonly Target[], options: DownloadOptions = {}): ReadableStream<Uint8Array> {
    return this.#downloads.zip(this.#ids(targets), options);
  }

  save(targets?: readonly Target[], options: DownloadOptions = {}): StartedTransfer<void> {
    return startedSave(this.transfers, this.#downloads, () => this.#ids(targets), options);
  }

  close(): void {
    this.#closing.abort(closed());
    this.#downloads.close();
    this.#list.close();
  }

  #ids(targets: readonly Target[] | undefined): NodeId[] {
    const { tree } = this;
    const nodes = targets?.map((target) => locateNode(tree, target)) ?? tree.children(null);
    return topmost(tree, nodes).map(({ id }) => id);
  }

  async #lookForNewer(): Promise<void> {
    const { version } = this;
    for (let look = 1; ; look++) {
      await this.refresh();
      if (this.version > version || look === LOOKS) return;
      await wait(BETWEEN_LOOKS * 2 ** (look - 1), this.#closing.signal);
    }
  }
}

function viewOf({ current }: Recipient): TreeView {
  return new TreeViews(current.tree).current();
}

function closed(): KeyfoldError {
  return new KeyfoldError("cancelled", "The link was closed.");
}
