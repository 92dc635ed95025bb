/** The façade: what apps and elements use. */
import type { KeyfoldError } from "../error.ts";
import type { AuditRecord } from "./audit.ts";
import type { Abortable, FilesQuery, FolderChange, ListedFile } from "./iterate.ts";
import type { Pairing } from "./pairing.ts";
import type { OpenedShare, OpenShareOptions, ReadLinkOptions, ShareOptions, ShareView, UnshareOptions } from "./share.ts";
import type { FolderState, KeyStep, Readable } from "./state.ts";
import type { BlobId, FileVersion, Listing, ListingQuery, NodeId, TreeNode } from "./tree.ts";
import type { Search, SearchQuery } from "./search.ts";
import type { LocalStore } from "./store.ts";
import type { PickedFile, SealedExport, StartedTransfer, Transfers, Upload, UploadOptions, Uploads } from "./transfer.ts";
import type { Undoable } from "./undo.ts";

/** A path ("/2026/return.pdf") or a node. */
export type Target = string | { node: NodeId };

/**
 * The key's steps. Holds the new key in memory only, between `generate()` and `sign()` or `abandon()`. The rows are given out only on request
 * (`reveal()`), and never in state, events or errors.
 */
export interface KeyCeremony extends Readable<KeyStep> {
  /** Draws 64 random bytes. Again after that: the same key, until `abandon()`. */
  generate(): Promise<void>;
  /** Short id printed on kit and file; null before `generate()`. */
  readonly keyId: string | null;
  /** The eight rows; throws `invalid-argument` when there is no key in the ceremony. */
  reveal(): readonly string[];
  /** The key file: name and text. Marks the key as `kept` once `kept("file")` is called. */
  file(): { name: string; text: string };
  /** What the printed kit says; throws `invalid-argument` when there is no key in the ceremony. */
  kit(): KeyKit;
  /** Saved as file or kit. */
  kept(by: "file" | "kit"): void;
  /** Copied: from now on a random row must be typed back. Returns its number (1 to 8), the same until it was right. */
  copied(): number;
  /** Whether the typed text is the asked row; if so the key counts as kept. */
  checkRow(row: number, text: string): boolean;
  /** "I've saved it". */
  confirmSaved(): void;
  /** Sign: locks the folder (or rotates its key) with the new key, and erases it from the ceremony. */
  sign(): Promise<void>;
  /** Forgets the key that was made; the folder stays as it is. Only before `sign()`. */
  abandon(): void;
}

/** All that a printed kit holds. It has the key: it is for the person, and nobody else. */
export interface KeyKit {
  /** The eight rows. */
  readonly rows: readonly string[];
  /** Hex of 16 bytes: a server, or a copy of its data, finds the folder by it. */
  readonly keyId: string;
  /** The folder's id, hex. */
  readonly folder: string;
  /** The server's base URL. */
  readonly server: string;
  /** Where the recovery page is: to be saved, for it works without any server. */
  readonly recover: string;
  /** How far the folder's history went: whoever shows less later shows an older copy. Null before anything was verified. */
  readonly checkpoint: KeyCheckpoint | null;
}

/** A place in a folder's history. */
export interface KeyCheckpoint {
  readonly epoch: number;
  readonly seq: number;
  /** Hex of 32 bytes. */
  readonly head: string;
}

export interface DownloadOptions extends Abortable {
  /** An earlier version. */
  version?: BlobId;
  onProgress?: (received: number, size: number) => void;
}

export interface SignInOptions extends Abortable {
  /**
   * How far the folder's history went when the key was saved (key file, kit), or handed on: it counts as seen on this device, so that a server that shows less, or
   * another history, is told (`rolled-back`, `forked`).
   */
  checkpoint?: KeyCheckpoint | undefined;
}

export interface LinkOptions {
  /** Tells who opens it how far the folder's history went (44 bytes in the fragment). Default false. */
  checkpoint?: boolean;
}

/** A change made here that the history which was adopted cannot have. */
export interface LostChange {
  /** The op's name: `add`, `rename` … */
  readonly kind: string;
  /** What it was about, where that is a node, and the name it had here. */
  readonly node: NodeId | null;
  readonly name: string | null;
  /**
   * - `content-lost`: the server has lost the file's content, and this device has none
   * - `gone`: what it was about is not there
   * - `refused`: it is not possible there
   */
  readonly reason: "content-lost" | "gone" | "refused";
}

/** What became of an adoption. */
export interface Adoption {
  /** Changes of this device that the server's history had not: made anew, on top of it. */
  readonly carried: number;
  readonly lost: readonly LostChange[];
}

export interface Folder {
  readonly id: string;
  /** Immutable; replaced on each change. */
  readonly state: FolderState;
  subscribe(listener: () => void): () => void;
  /** Called with each error that no promise of the caller's carries (background sync, re-encryption). */
  onProblem(listener: (error: KeyfoldError) => void): () => void;

  readonly uploads: Uploads;
  /** Downloads and re-encryption, and uploads too. */
  readonly transfers: Transfers;
  readonly ceremony: KeyCeremony;
  listing(query: ListingQuery): Readable<Listing>;
  /** Looks for nodes by name, place and what they are. */
  search(query: SearchQuery): Search;

  /** The changes from the first `next()` on, of this device and of others; those that come while the loop is busy are told as one. Ends when the folder is closed. */
  changes(options?: Abortable): AsyncIterableIterator<FolderChange>;
  /** Files that are not in the trash, directories before what lies in them, as the tree is now. Worked out as the loop goes. */
  files(query?: FilesQuery): IterableIterator<ListedFile>;

  /**
   * What happened in the folder, the newest first, asked of the server in pages as the loop goes: its word, kept as long as its host says. Which device wrote
   * an entry stands in the log, as far as this one has read it. Rejects with `read-only` (a link's or an open folder's reader), `key-needed`, `gone`,
   * `server-failed` for what cannot be read, `cancelled` (`signal`, the folder was closed).
   */
  audit(options?: Abortable): AsyncIterableIterator<AuditRecord>;

  /** Resolves when everything queued here is confirmed. A signal ends the waiting only: what is queued is sent all the same. */
  settled(options?: Abortable): Promise<void>;
  /** Pulls now. A signal ends the waiting only. */
  refresh(options?: Abortable): Promise<void>;
  /**
   * Takes the server's history in the place of the one that this device verified, after the person confirmed that: where `state.problem` is `rolled-back` or
   * `forked`. What this device had beyond it is made anew as pending changes, as far as it can be; the rest is listed. The history must be this
   * folder's, valid, and open to a key that is held here; else it rejects (`tampered`, `malformed`, `wrong-folder`, `key-needed`, `rolled-back` with reason
   * `open-again` where a locked folder would be open) and everything is as it was. Rejects with `invalid-argument` where nothing is to be decided.
   */
  adopt(): Promise<Adoption>;

  // changes: applied at once (shown as pending), kept durably, sent, rebased where another device was faster. They resolve when they are kept;
  // `settled()` waits until they are confirmed. What became of one that another device was faster with, `onProblem` hears: code `conflict`, reason
  // `conflict-copy`, `added-again`, `moved-up`, `restored`, `spared`, `gone` or `refused`; of an undo code `changed-since`
  createDirectory(path: string | { parent: NodeId | null; name: string }): Promise<TreeNode>;
  rename(target: Target, name: string): Promise<void>;
  move(targets: readonly Target[], to: string | { node: NodeId | null }): Promise<void>;
  trash(targets: readonly Target[]): Promise<void>;
  restore(targets: readonly Target[]): Promise<void>;
  /** Deletes for ever, with everything below. */
  purge(targets: readonly Target[]): Promise<void>;
  emptyTrash(): Promise<void>;
  setMeta(target: Target, meta: Readonly<Record<string, unknown>>): Promise<void>;

  // versions: a file uploaded with `conflict: "replace"` is a new one; earlier ones stay until they are deleted
  /** A file's versions, the current one first; none of a directory. */
  versions(target: Target): readonly FileVersion[];
  /** Makes an earlier version the current one. */
  revert(target: Target, version: BlobId): Promise<void>;
  /** Deletes earlier versions for ever. Rejects with `invalid-argument` (reason `current`) where the current one is among them, `not-found`. */
  deleteVersions(target: Target, versions: readonly BlobId[]): Promise<void>;

  // undoing: of this page's own mkdir, rename, move, trash and restore, the last 50
  /** What `undo()` would take back. */
  readonly undoable: Readable<Undoable | null>;
  /** What `redo()` would do again; nothing once another change was made. */
  readonly redoable: Readable<Undoable | null>;
  /**
   * Takes back the last change, all of it or nothing, by a change that is kept and sent as any other. A directory that was made is moved to the trash.
   * Resolves with what it was; null where there was nothing. Rejects with `changed-since` where a node was changed since; `reason` (`ChangedSince`) says
   * how, and the change is not offered again. What another device did first and this one did not know yet, `onProblem` hears.
   */
  undo(): Promise<Undoable | null>;
  /** Does again what was taken back last, as `undo()`. */
  redo(): Promise<Undoable | null>;

  // content
  /** Uploads; awaited, waits until all are in the folder. Rejects with the first error; the others go on. */
  upload(files: Iterable<File | PickedFile>, options?: UploadOptions): Upload;
  /** A verified stream of one file's plaintext: errors on tampering, never just ends. Flat memory. */
  stream(target: Target, options?: DownloadOptions & { start?: number; end?: number }): ReadableStream<Uint8Array>;
  /** The whole file as a Blob (memory or the browser's disk): for files that are looked at. */
  download(target: Target, options?: DownloadOptions): Promise<Blob>;
  /** A zip stream of a directory, or of several nodes, keeping structure; names made safe. */
  zip(targets: readonly Target[], options?: DownloadOptions): ReadableStream<Uint8Array>;
  /** The thumbnail, or null. */
  thumbnail(target: Target, options?: Abortable): Promise<Blob | null>;
  /** Hands a file or a zip (directory, several) to the browser's downloads, streamed; listed in `transfers`. */
  save(targets: readonly Target[], options?: DownloadOptions): StartedTransfer<void>;
  /** One version (the current one where none is named) as it is stored, with the keyset that opens it in any Tink library. Cancelling the stream gives it up. */
  exportSealed(target: Target, version?: BlobId): SealedExport;

  // links
  /** Links to parts of this folder, oldest first. Their downloads are asked for every 30 s. */
  readonly shares: Readable<readonly ShareView[]>;
  /**
   * Makes a link that shows files and directories to whoever has it, with what changes in them later. Resolves when it works. A lock or a new key ends every link.
   * Rejects with `not-found`, `too-large` (about 20,000 files), `read-only`, `invalid-argument`, `cancelled` (`signal`, until it is published), and with what the server is not reached with: then nothing is shared.
   */
  share(targets: readonly Target[], options?: ShareOptions): Promise<{ readonly id: string; readonly link: string }>;
  /** The link again. Rejects with `not-found`, `read-only`, `key-needed`. */
  shareLink(id: string, page?: string): Promise<string>;
  /** Takes a link back: at once on the server. Where that is not reached it rejects (`offline`), and ends as soon as it is. Rejects with `not-found`, `read-only`. */
  unshare(id: string, options?: UnshareOptions): Promise<void>;
  /**
   * A link that reads the whole folder, live, and changes nothing. **It cannot be taken back by itself**: that takes a new key (`lock(key)`), which ends every link
   * and has everybody give the new key; what was read stays read. Of a locked folder it takes the key: without it rejects with `key-needed`, with another
   * one `wrong-key`. While the folder is open it is `link()`.
   */
  readLink(options?: ReadLinkOptions): Promise<string>;

  // keys
  /**
   * Locks an open folder, or rotates the key of a locked one; `key` must have been saved by the person before. It takes no signal: once
   * the deciding request has left, nobody here can say whether the folder is locked until the server answers.
   */
  lock(key: Uint8Array): Promise<void>;
  /** Signs in to a locked folder. Throws `wrong-key`, `wrong-folder`, `old-key`. A signal counts until the server has told whose key it is. */
  signIn(key: Uint8Array, options?: SignInOptions): Promise<void>;
  /**
   * Hands the key over to another device, which scans `pairing.text` as a QR code (`keyfold.joinByPairing`). Of a locked folder this device keeps
   * derived keys only, so the person gives the key again; the open folder's own is here. It is held in memory until the pairing ends: two minutes at
   * the most. Rejects with `key-needed` (give `key`), `wrong-key`, `read-only`, `busy`, `rate-limited`, and what keeps from the server.
   */
  pair(options?: { key?: Uint8Array }): Promise<Pairing>;
  /** How long this device keeps the keys that it holds, or is given next: what was chosen, or else the client's `remember`. */
  readonly remember: Remember;
  /**
   * Keeps them so long from now on. They move at once, and where they were nothing stays; with `none` this page stays signed in as long as it lives. The
   * choice outlives a reload, with the keys: another client's `remember` counts again when a key is given to it. An open folder's root stays on the
   * device until it is locked; then the choice takes effect. Durable when resolved. Rejects with `local-storage`, `invalid-argument`, `cancelled` (the
   * folder was closed); then everything is as it was.
   */
  setRemember(remember: Remember): Promise<void>;
  /** Forgets every key and local copy of this folder in this tab or device. */
  signOut(): Promise<void>;
  /**
   * Deletes the whole folder on the server, for everybody and for good: files, versions, history, links. Then as `signOut`. It is deleted as this device
   * knows it: rejects with `conflict` when another device has changed something since (look again), `read-only`, `key-needed`, `offline` …; then nothing
   * was deleted. Whoever comes back to it is told `gone`. What servers keep as backups is beyond it.
   */
  deleteFolder(options?: Abortable): Promise<void>;
  /** A link that opens the folder page; while the folder is open it is all that is needed to read it. */
  link(page?: string, options?: LinkOptions): string;
  /** Stops syncing; transfers are paused; nothing is lost. */
  close(): Promise<void>;
}

/**
 * How long keys stay: in memory only, with the tab, on the device. On a page over http:// (`state.insecurePage`) keys are bytes, not handles that no
 * export reaches: `device` is taken for `tab` there.
 */
export type Remember = "none" | "tab" | "device";

export interface KeyfoldOptions {
  /** Base URL of the server, absolute or relative to the page. */
  server: string;
  fetch?: typeof fetch;
  /** Added to each request (the host's own login). */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** How long keys stay on this device. Default `none` (memory only). */
  remember?: Remember;
  /** Where pending changes and keys are kept; default IndexedDB in browsers, memory elsewhere. */
  store?: LocalStore;
  /** Milliseconds between polls; default 5,000. */
  pollInterval?: number;
  /** This device's clock, milliseconds since 1970; default `Date.now`. Entries are dated by it, and the trash is emptied by it. */
  now?: () => number;
}

/** A folder as the host's server lists it. Times are milliseconds since 1970 by the server's clock, to the second; `used` bytes of ciphertext. */
export interface ListedFolder {
  readonly id: string;
  readonly created: number;
  readonly changed: number;
  readonly used: number;
}

export interface KeyfoldClient {
  readonly server: string;
  /**
   * Makes a new open folder; or a locked one from the start where a key is given. Given up (`signal`) after the
   * request had left, an empty folder that nobody can open may stay on the server.
   */
  create(options?: Abortable & { key?: Uint8Array }): Promise<Folder>;
  /** Opens the folder that a key belongs to. Throws `wrong-key` when it opens none here. */
  open(key: Uint8Array, options?: SignInOptions): Promise<Folder>;
  /** Opens a folder by id: with remembered keys, or with the published read key, or else with status `locked`. */
  openFolder(id: string, options?: SignInOptions): Promise<Folder>;
  /**
   * Opens a link made by `folder.link()` (a checkpoint in it counts as seen here) or `folder.readLink()`. The latter opens a locked folder to be read (`state.access` is `read`), as long as its key stays
   * the same. Rejects with `invalid-argument` for what is no link, `old-key` after the key was changed, `wrong-folder`, `not-found`.
   */
  openLink(url: string, options?: Abortable): Promise<Folder>;
  /**
   * Answers the QR code that another device shows (`folder.pair()`); ends, once both persons have confirmed, with the folder open and signed in.
   * Rejects with `unreadable-code`; what comes later is in the pairing.
   */
  joinByPairing(text: string): Promise<Pairing<Folder>>;
  /**
   * Opens a link made by `folder.share()`. Rejects with `passphrase-needed`, `wrong-passphrase`, `rate-limited` (after ten wrong ones; `retryAfter` in seconds),
   * `expired`, `gone` (taken back, or its folder has a new key), `tampered`, `invalid-argument` for what is no link.
   */
  openShare(link: string, options?: OpenShareOptions): Promise<OpenedShare>;
  /** The folder that this browser made or last signed in to and still remembers. */
  lastFolder(): Promise<string | null>;
  /**
   * The folders of the person who is signed in with the host, whose server names them (`authorize`): those that they made or wrote to, the last changed
   * first, at most 1,000. Their names and what is in them only their keys open: `openFolder(id)`. Rejects with `refused` where the host names nobody.
   */
  folders(options?: Abortable): Promise<readonly ListedFolder[]>;
  /** Takes a folder out of that list, until it is written to again. The folder itself stays. Rejects with `refused`, `invalid-argument` for what is no id. */
  forgetFolder(id: string, options?: Abortable): Promise<void>;
}
