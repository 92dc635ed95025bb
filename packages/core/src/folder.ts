/**
 * A folder as apps and elements use it: one object over syncing, the tree, transfers and the key's steps.
 *
 * @module
 */
import { unlessAborted } from "./api/backoff.ts";
import { KeyfoldError } from "./error.ts";
import { Ceremony } from "./folder/ceremony.ts";
import { Editing } from "./folder/editing.ts";
import { folderState, hidesNodes } from "./folder/folder-state.ts";
import { deleteOnServer } from "./folder/deletion.ts";
import { folderLink } from "./folder/link.ts";
import { listingOf } from "./folder/listing.ts";
import { readFragment, readKeyFor } from "./folder/read-link.ts";
import { changesOf, filesOf } from "./folder/iterating.ts";
import { Searching } from "./folder/searching.ts";
import { ShareList, shareTerms } from "./folder/share-list.ts";
import { startedSave, startedUpload } from "./folder/started.ts";
import { transferPort } from "./folder/transfer-port.ts";
import { locateNode } from "./folder/target.ts";
import type { Adoption, DownloadOptions, Folder, KeyCeremony, LinkOptions, Remember, SignInOptions, Target } from "./interface/folder.ts";
import type { Abortable, FilesQuery, FolderChange, ListedFile } from "./interface/iterate.ts";
import type { Pairing } from "./interface/pairing.ts";
import type { Search, SearchQuery } from "./interface/search.ts";
import type { ReadLinkOptions, ShareOptions, ShareView, UnshareOptions } from "./interface/share.ts";
import type { FolderState, Readable } from "./interface/state.ts";
import type { PickedFile, SealedExport, StartedTransfer, Transfers, Upload, UploadOptions, Uploads } from "./interface/transfer.ts";
import type { BlobId, Deed, FileVersion, Listing, ListingQuery, NodeId, TreeNode } from "./interface/tree.ts";
import type { Undoable } from "./interface/undo.ts";
import { shareLink } from "./share/link.ts";
import type { KeyCheckpoint } from "./key/file.ts";
import { toKeyCheckpoint } from "./log/checkpoint.ts";
import { eraseFolder } from "./store/place.ts";
import { FolderSync } from "./sync/folder-sync.ts";
import type { FolderSyncOptions } from "./sync/options.ts";
import type { HeldKeys } from "./sync/keyring.ts";
import { Derived } from "./sync/source.ts";
import { Resealing } from "./sync/resealing.ts";
import { Sharing } from "./sync/sharing.ts";
import { Transferring } from "./transfer/index.ts";
import type { Tree } from "./tree/tree.ts";
import { TreeViews } from "./tree/view.ts";

export class OpenedFolder implements Folder {
  readonly id: string;
  readonly uploads: Uploads;
  readonly transfers: Transfers;
  readonly ceremony: KeyCeremony;
  readonly shares: Readable<readonly ShareView[]>;
  readonly #options: FolderSyncOptions;
  readonly #sync: FolderSync;
  readonly #state: Derived<FolderState>;
  readonly #transferring: Transferring;
  readonly #resealing: Resealing;
  readonly #sharing: Sharing;
  readonly #searching: Searching;
  readonly #editing: Editing;
  #views: { readonly of: Tree; readonly views: TreeViews } | null = null;
  readonly #pairings = new Set<Pairing>();
  #gone = false;
  #wasWritable = false;

  constructor(options: FolderSyncOptions) {
    this.id = options.folder;
    this.#options = options;
    this.#state = new Derived((last) => this.#makeState(last));
    const shares = new ShareList(() => this.#sharing.views());
    this.shares = shares;
    this.#sync = new FolderSync(options, {
      changed: () => {
        this.#state.touch();
        shares.touch();
      },
      inStep: () => this.#inStep(),
    });
    const ceremony = new Ceremony({
      provider: options.provider,
      place: { folder: options.folder, server: options.http.server },
      lock: (key) => this.#sync.lock(key),
      changed: () => this.#state.touch(),
      checkpoint: () => this.#checkpoint(),
    });
    this.ceremony = ceremony;

    this.#editing = new Editing({ provider: options.provider, sync: this.#sync, view: () => this.#view() });
    const port = transferPort({ ...options, sync: this.#sync, tree: () => this.#view() });
    this.#transferring = new Transferring(port);
    this.uploads = this.#transferring.uploads;
    this.transfers = this.#transferring.transfers;
    this.#resealing = new Resealing({
      sync: this.#sync,
      resealer: this.#transferring.resealer,
      live: options.live,
      lock: `keyfold:${options.device.id}:reseal:${options.folder}`,
      onProblem: (error) => this.#sync.report(error),
    });
    const { provider, store, live, folder } = options;
    this.#sharing = new Sharing({
      provider,
      store,
      live,
      folder,
      sync: this.#sync,
      lock: `keyfold:${options.device.id}:shares:${folder}`,
      onProblem: (error) => this.#sync.report(error),
      changed: () => shares.touch(),
    });
    this.#searching = new Searching({
      source: () => (hidesNodes(this.#sync, this.#gone) ? null : { tree: this.#sync.replica.tree, view: this.#view() }),
      added: (id) => this.#sync.chronicle.added(id),
      subscribe: (listener) => this.subscribe(listener),
      onProblem: (error) => this.#sync.report(error),
    });
  }

  /** Looks at the folder for the first time, and takes up what earlier pages left unfinished. */
  async open(checkpoint?: KeyCheckpoint): Promise<void> {
    await this.#sync.open(checkpoint);
    await this.#takeUp();
  }

  /** As `signIn`, with keys that were derived, and found on the server, before. */
  async openWith(held: HeldKeys, checkpoint?: KeyCheckpoint): Promise<void> {
    await this.#sync.signIn(held, checkpoint);
    await this.#takeUp();
  }

  #inStep(): void {
    // Whatever kept transfers from going on is over.
    if (this.#sync.writable && !this.#wasWritable) this.#transferring.wake();
    this.#wasWritable = this.#sync.writable;
    this.#resealing.look();
    this.#sharing.look();
  }

  /** Goes on with what earlier pages left unfinished. */
  async #takeUp(): Promise<void> {
    await this.#transferring.uploads.restore();
    this.#transferring.wake();
    this.#resealing.look();
    this.#sharing.look();
  }

  // state

  get state(): FolderState {
    return this.#state.value;
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  onProblem(listener: (error: KeyfoldError) => void): () => void {
    return this.#sync.onProblem(listener);
  }

  listing(query: ListingQuery): Readable<Listing> {
    return listingOf(this.#state, query);
  }

  search(query: SearchQuery): Search {
    return this.#searching.search(query);
  }

  changes({ signal }: Abortable = {}): AsyncIterableIterator<FolderChange> {
    return changesOf(this.#sync, (listener) => this.subscribe(listener), signal);
  }

  files(query: FilesQuery = {}): IterableIterator<ListedFile> {
    return filesOf(this.state.tree, query);
  }

  settled({ signal }: Abortable = {}): Promise<void> {
    return unlessAborted(this.#sync.settled(), signal);
  }

  refresh({ signal }: Abortable = {}): Promise<void> {
    return unlessAborted(this.#sync.refresh(), signal);
  }

  adopt(): Promise<Adoption> {
    return this.#sync.adopt();
  }

  // changes

  createDirectory(path: string | { parent: NodeId | null; name: string }): Promise<TreeNode> {
    return this.#editing.createDirectory(path);
  }

  rename(target: Target, name: string): Promise<void> {
    return this.#editing.rename(target, name);
  }

  move(targets: readonly Target[], to: string | { node: NodeId | null }): Promise<void> {
    return this.#editing.move(targets, to);
  }

  trash(targets: readonly Target[]): Promise<void> {
    return this.#editing.trash(targets);
  }

  restore(targets: readonly Target[]): Promise<void> {
    return this.#editing.restore(targets);
  }

  purge(targets: readonly Target[]): Promise<void> {
    return this.#editing.purge(targets);
  }

  emptyTrash(): Promise<void> {
    return this.#editing.emptyTrash();
  }

  versions(target: Target): readonly FileVersion[] {
    return this.#editing.versions(target);
  }

  revert(target: Target, version: BlobId): Promise<void> {
    return this.#editing.revert(target, version);
  }

  deleteVersions(target: Target, versions: readonly BlobId[]): Promise<void> {
    return this.#editing.deleteVersions(target, versions);
  }

  setMeta(target: Target, meta: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#editing.setMeta(target, meta);
  }

  get undoable(): Readable<Undoable | null> {
    return this.#editing.undoing.undoable;
  }

  get redoable(): Readable<Undoable | null> {
    return this.#editing.undoing.redoable;
  }

  undo(): Promise<Undoable | null> {
    return this.#editing.undoing.undo();
  }

  redo(): Promise<Undoable | null> {
    return this.#editing.undoing.redo();
  }

  // content

  upload(files: Iterable<File | PickedFile>, options: UploadOptions = {}): Upload {
    return startedUpload(this.#transferring.uploads, () => this.#view(), files, options);
  }

  stream(target: Target, options: DownloadOptions & { start?: number; end?: number } = {}): ReadableStream<Uint8Array> {
    return this.#transferring.downloads.stream(this.#locate(target).id, options);
  }

  async download(target: Target, options: DownloadOptions = {}): Promise<Blob> {
    return this.#transferring.downloads.download(this.#locate(target).id, options);
  }

  zip(targets: readonly Target[], options: DownloadOptions = {}): ReadableStream<Uint8Array> {
    return this.#transferring.downloads.zip(this.#editing.ids(targets), options);
  }

  async thumbnail(target: Target, { signal }: Abortable = {}): Promise<Blob | null> {
    return this.#transferring.downloads.thumbnail(this.#locate(target).id, signal);
  }

  exportSealed(target: Target, version?: BlobId): SealedExport {
    return this.#transferring.downloads.exportSealed(this.#locate(target).id, version);
  }

  save(targets: readonly Target[], options: DownloadOptions = {}): StartedTransfer<void> {
    return startedSave(this.transfers, this.#transferring.downloads, () => this.#editing.ids(targets), options);
  }

  // links

  async share(targets: readonly Target[], options: ShareOptions = {}): Promise<{ id: string; link: string }> {
    const nodes = this.#editing.ids(targets);
    if (nodes.length === 0) throw new KeyfoldError("invalid-argument", "A link shows at least one file or directory.");
    const page = this.#sharePage(options.page);
    const terms = shareTerms(options, Date.now());
    const { id, fragment } = await this.#sharing.create({ nodes, ...terms, passphrase: options.passphrase, signal: options.signal });
    return { id, link: shareLink(page, fragment) };
  }

  async shareLink(id: string, page?: string): Promise<string> {
    return shareLink(this.#sharePage(page), await this.#sharing.fragment(id));
  }

  async unshare(id: string, options: UnshareOptions = {}): Promise<void> {
    await this.#sharing.end(id, options);
  }

  async readLink({ key, page }: ReadLinkOptions = {}): Promise<string> {
    const { position } = this.#sync.replica;
    if (this.#sync.access === null || position === null)
      throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (this.#sync.isOpenFolder) return this.link(page);
    if (key === undefined) {
      throw new KeyfoldError("key-needed", "This device keeps the key as a handle only. Ask for it once more: readLink({ key }).");
    }
    return `${this.link(page)}#${readFragment(await readKeyFor(this.#options.provider, position.keys.slice(), key))}`;
  }

  #sharePage(page: string | undefined): string {
    const { server } = this.#options.http;
    return page === undefined ? `${server}/share` : new URL(page, typeof location === "undefined" ? `${server}/` : location.href).href;
  }

  // keys

  async lock(key: Uint8Array): Promise<void> {
    const root = copyOfKey(key);
    try {
      await this.#sync.lock(root);
    } finally {
      root.fill(0);
    }
  }

  async signIn(key: Uint8Array, { checkpoint, signal }: SignInOptions = {}): Promise<void> {
    const { keyring, server } = this.#options;
    const root = copyOfKey(key);
    try {
      const derived = await keyring.derive(root, 0);
      const found = await server.findKey(derived.keys.keyId, { signal });
      if (found.folder !== this.id) throw new KeyfoldError("wrong-folder", "This key opens another folder.");
      if (found.epoch < found.current) throw new KeyfoldError("old-key", "This key opened the folder earlier; it was changed since.");
      this.#gone = false;
      await this.openWith({ ...derived, epoch: found.current }, checkpoint);
      if (this.#sync.isOpenFolder) await keyring.keepRoot(root);
    } finally {
      root.fill(0);
    }
  }

  async pair({ key }: { key?: Uint8Array } = {}): Promise<Pairing> {
    const root = key === undefined ? null : copyOfKey(key);
    const { pairFolder } = await import("./folder/pairing.ts");
    const pairing = await pairFolder({ ...this.#options, sync: this.#sync }, root);
    this.#pairings.add(pairing);
    // Closed meanwhile: nobody would end it any more.
    if (this.#sync.phase === "ended") await this.#endPairings();
    void pairing.finished.catch(() => undefined).then(() => this.#pairings.delete(pairing));
    return pairing;
  }

  get remember(): Remember {
    return this.#options.keyring.remember;
  }

  async setRemember(remember: Remember): Promise<void> {
    if (this.#sync.phase === "ended") throw new KeyfoldError("cancelled", "The folder was closed.");
    // Anything else would erase the keys and keep them nowhere.
    if (!["none", "tab", "device"].includes(remember)) throw new KeyfoldError("invalid-argument", "Keys are kept for: none, tab, device.");
    await this.#options.keyring.setRemember(remember);
    this.#state.touch();
  }

  async signOut(): Promise<void> {
    const wasOpen = this.#sync.isOpenFolder;
    await this.#endPairings();
    this.uploads.cancel();
    this.transfers.clear();
    this.#editing.undoing.forget();
    await this.#sync.forget();
    await eraseFolder(this.#options.store, this.#options.http.server, this.id);
    this.#gone = wasOpen;
    this.#state.touch();
  }

  async deleteFolder({ signal }: Abortable = {}): Promise<void> {
    await deleteOnServer(this.#sync, signal);
    await this.signOut();
    this.#gone = true;
    this.#state.touch();
  }

  link(page?: string, options: LinkOptions = {}): string {
    const here = typeof location === "undefined" ? `${this.#options.http.server}/` : location.href;
    const checkpoint = options.checkpoint === true ? this.#checkpoint() : undefined;
    return folderLink(this.id, new URL(page ?? here, here).href, checkpoint);
  }

  #checkpoint(): KeyCheckpoint | undefined {
    const position = this.#sync.replica.position;
    return position === null ? undefined : toKeyCheckpoint(position);
  }

  async close(): Promise<void> {
    this.#searching.close();
    await this.#endPairings();
    await Promise.all([this.#resealing.close(), this.#sharing.close(), this.#transferring.close(), this.#sync.close()]);
  }

  /** A key is not handed over any more by a folder that is not open. */
  async #endPairings(): Promise<void> {
    await Promise.all(Array.from(this.#pairings, (pairing) => pairing.cancel()));
  }

  #makeState(last: FolderState | undefined): FolderState {
    const sources = { sync: this.#sync, folder: this.id, tree: this.#view(), keyStep: this.ceremony.value, gone: this.#gone };
    return folderState(sources, last);
  }

  #view() {
    const { tree } = this.#sync.replica;
    if (this.#views?.of !== tree) {
      const isPending = (id: NodeId): boolean => this.#sync.replica.isPending(id);
      const added = (id: NodeId): Deed | null => this.#sync.chronicle.added(id);
      const trashed = (id: NodeId): Deed | null => this.#sync.chronicle.trashMark(id)?.deed ?? null;
      const after = this.#views === null ? 0 : this.#views.views.current().version + 1;
      this.#views = { of: tree, views: new TreeViews(tree, { isPending, added, trashed }, after) };
    }
    return this.#views.views.current();
  }

  #locate(target: Target): TreeNode {
    return locateNode(this.#view(), target);
  }
}

/** Of the caller's own bytes nothing is kept, and nothing overwritten. Throws `invalid-argument` unless they are 64. */
export function copyOfKey(key: Uint8Array): Uint8Array<ArrayBuffer> {
  if (key.length !== 64) throw new KeyfoldError("invalid-argument", "A key has 64 bytes.");
  return Uint8Array.from(key);
}
