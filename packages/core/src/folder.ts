/**
 * A folder as apps and elements use it: one object over syncing, the tree, transfers and the key's steps.
 *
 * @module
 */
import { unlessAborted } from "./api/backoff.ts";
import { KeyfoldError } from "./error.ts";
import { auditOf } from "./folder/audit.ts";
import { Ceremony } from "./folder/ceremony.ts";
import { Editing } from "./folder/editing.ts";
import { folderState, hidesNodes } from "./folder/folder-state.ts";
import { deleteOnServer } from "./folder/deletion.ts";
import { changesOf, filesOf } from "./folder/iterating.ts";
import { Keys } from "./folder/keys.ts";
import { Links } from "./folder/links.ts";
import { listingOf } from "./folder/listing.ts";
import { Searching } from "./folder/searching.ts";
import { ShownTree } from "./folder/shown-tree.ts";
import { startedSave, startedUpload } from "./folder/started.ts";
import { transferPort } from "./folder/transfer-port.ts";
import { locateNode } from "./folder/target.ts";
import type { AuditRecord } from "./interface/audit.ts";
import type { Adoption, DownloadOptions, Folder, KeyCeremony, LinkOptions, Remember, SignInOptions, Target } from "./interface/folder.ts";
import type { Abortable, FilesQuery, FolderChange, ListedFile } from "./interface/iterate.ts";
import type { Pairing } from "./interface/pairing.ts";
import type { Search, SearchQuery } from "./interface/search.ts";
import type { ReadLinkOptions, ShareOptions, ShareView, UnshareOptions } from "./interface/share.ts";
import type { FolderState, Readable } from "./interface/state.ts";
import type { PickedFile, SealedExport, StartedTransfer, Transfers, Upload, UploadOptions, Uploads } from "./interface/transfer.ts";
import type { BlobId, FileVersion, Listing, ListingQuery, NodeId, TreeNode } from "./interface/tree.ts";
import type { Undoable } from "./interface/undo.ts";
import type { KeyCheckpoint } from "./key/file.ts";
import { eraseFolder } from "./store/place.ts";
import { FolderSync } from "./sync/folder-sync.ts";
import type { FolderSyncOptions } from "./sync/options.ts";
import type { HeldKeys } from "./sync/keyring.ts";
import { Derived } from "./sync/source.ts";
import { Resealing } from "./sync/resealing.ts";
import { Transferring } from "./transfer/index.ts";

export class OpenedFolder implements Folder {
  readonly id: string;
  readonly uploads: Uploads;
  readonly transfers: Transfers;
  readonly ceremony: KeyCeremony;
  readonly shares: Readable<readonly ShareView[]>;
  readonly #options: FolderSyncOptions;
  readonly #sync: FolderSync;
  readonly #state: Derived<FolderState>;
  readonly #shown: ShownTree;
  readonly #keys: Keys;
  readonly #editing: Editing;
  readonly #transferring: Transferring;
  readonly #resealing: Resealing;
  readonly #links: Links;
  readonly #searching: Searching;
  #gone = false;
  #wasWritable = false;

  constructor(options: FolderSyncOptions) {
    this.id = options.folder;
    this.#options = options;
    this.#state = new Derived((last) => this.#makeState(last));
    this.#sync = new FolderSync(options, {
      changed: () => {
        this.#state.touch();
        this.#links.touch();
      },
      inStep: () => this.#inStep(),
    });
    this.#shown = new ShownTree(this.#sync);
    this.#keys = new Keys({ ...options, sync: this.#sync });
    this.#links = new Links({ ...options, sync: this.#sync });
    this.shares = this.#links.shares;
    this.ceremony = new Ceremony({
      provider: options.provider,
      place: { folder: options.folder, server: options.http.server },
      lock: (key) => this.#sync.lock(key),
      changed: () => this.#state.touch(),
      checkpoint: () => this.#links.checkpoint(),
    });

    this.#editing = new Editing({ provider: options.provider, sync: this.#sync, view: () => this.#shown.current });
    this.#transferring = new Transferring(transferPort({ ...options, sync: this.#sync, tree: () => this.#shown.current }));
    this.uploads = this.#transferring.uploads;
    this.transfers = this.#transferring.transfers;
    this.#resealing = new Resealing({
      sync: this.#sync,
      resealer: this.#transferring.resealer,
      live: options.live,
      lock: `keyfold:${options.device.id}:reseal:${options.folder}`,
      onProblem: (error) => this.#sync.report(error),
    });
    this.#searching = new Searching({
      source: () => (hidesNodes(this.#sync, this.#gone) ? null : { tree: this.#sync.replica.tree, view: this.#shown.current }),
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
    this.#gone = false;
    await this.#sync.signIn(held, checkpoint);
    await this.#takeUp();
  }

  #inStep(): void {
    // Whatever kept transfers from going on is over.
    if (this.#sync.writable && !this.#wasWritable) this.#transferring.wake();
    this.#wasWritable = this.#sync.writable;
    this.#resealing.look();
    this.#links.look();
  }

  /** Goes on with what earlier pages left unfinished. */
  async #takeUp(): Promise<void> {
    await this.#transferring.uploads.restore();
    this.#transferring.wake();
    this.#resealing.look();
    this.#links.look();
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

  audit({ signal }: Abortable = {}): AsyncIterableIterator<AuditRecord> {
    return auditOf(this.#sync, signal);
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
    return startedUpload(this.#transferring.uploads, () => this.#shown.current, files, options);
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
    return this.#links.share(this.#editing.ids(targets), options);
  }

  shareLink(id: string, page?: string): Promise<string> {
    return this.#links.shareLink(id, page);
  }

  unshare(id: string, options: UnshareOptions = {}): Promise<void> {
    return this.#links.unshare(id, options);
  }

  readLink(options: ReadLinkOptions = {}): Promise<string> {
    return this.#links.readLink(options);
  }

  link(page?: string, options: LinkOptions = {}): string {
    return this.#links.link(page, options);
  }

  // keys

  async lock(key: Uint8Array): Promise<void> {
    await this.#keys.lock(key);
  }

  async signIn(key: Uint8Array, options: SignInOptions = {}): Promise<void> {
    await this.#keys.signIn(key, options, (held) => this.openWith(held, options.checkpoint));
  }

  async pair({ key }: { key?: Uint8Array } = {}): Promise<Pairing> {
    return this.#keys.pair(key);
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
    await this.#keys.endPairings();
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

  async close(): Promise<void> {
    this.#searching.close();
    await this.#keys.endPairings();
    await Promise.all([this.#resealing.close(), this.#links.close(), this.#transferring.close(), this.#sync.close()]);
  }

  #makeState(last: FolderState | undefined): FolderState {
    const sources = { sync: this.#sync, folder: this.id, tree: this.#shown.current, keyStep: this.ceremony.value, gone: this.#gone };
    return folderState(sources, last);
  }

  #locate(target: Target): TreeNode {
    return locateNode(this.#shown.current, target);
  }
}
