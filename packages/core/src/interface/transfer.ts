/** Uploads and downloads as objects that one can watch, pause, resume, cancel and await. They live in core: elements may come and go. */
import type { KeyfoldError } from "../error.ts";
import type { Readable } from "./state.ts";
import type { NodeId, TreeNode } from "./tree.ts";

/**
 * - `picked`: looked over by the person, nothing sent yet
 * - `waiting`: in the queue
 * - `running`
 * - `paused`: by the person
 * - `stalled`: offline, server gone, or no room: goes on by itself when that ends (or on retry)
 * - `needs-file`: after a reload; goes on once the person gives the file again
 * - `failed`: needs the person (retry)
 * - `done`
 * - `cancelled`
 */
export type TransferStatus = "picked" | "waiting" | "running" | "paused" | "stalled" | "needs-file" | "failed" | "done" | "cancelled";

export interface Transfer {
  readonly id: string;
  readonly direction: "upload" | "download" | "reseal";
  readonly name: string;
  readonly type: string;
  /** Directories between destination and file, for dropped trees: ["photos", "2026"]. */
  readonly path: readonly string[];
  /** Destination directory (uploads) or the node (downloads). */
  readonly node: NodeId | null;
  readonly status: TransferStatus;
  /** Bytes of content. */
  readonly size: number;
  /** Bytes sealed here (uploads) or received (downloads). */
  readonly processed: number;
  /** Bytes that the server confirmed (uploads) or that were verified and handed on (downloads). */
  readonly confirmed: number;
  /** Bytes a second over the last seconds; 0 when not running. */
  readonly rate: number;
  /** Seconds left at that rate; null when not known. */
  readonly remaining: number | null;
  readonly error: KeyfoldError | null;
  /** The file, while this page holds it (for the preview before sending). */
  readonly file: File | null;
  /** What will happen with a name that exists already. */
  readonly conflict: "none" | "keep-both" | "replace";
}

export interface TransferTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly size: number;
  readonly processed: number;
  readonly confirmed: number;
  readonly rate: number;
  readonly remaining: number | null;
  readonly active: boolean;
  readonly paused: boolean;
}

/** One version for any Tink library: streaming AEAD `AES256_GCM_HKDF_1MB` (docs/format.md, "A file for Tink"). */
export interface SealedExport {
  /** A cleartext keyset in Tink's JSON. A secret: it opens this one version, and nothing else. */
  readonly keyset: string;
  /** What Tink calls associated data, ASCII: `keyfold/1 blob <hex>`. */
  readonly associatedData: string;
  /** Bytes of content. What Tink decrypts may be longer: zeros follow, to be cut off. */
  readonly size: number;
  /** Bytes of `ciphertext`. */
  readonly sealedSize: number;
  /** As it is stored; each part verified before it is handed on. Errors with `tampered`, `gone` (sealed anew meanwhile), `offline`, `cancelled`. */
  readonly ciphertext: ReadableStream<Uint8Array>;
}

/**
 * Transfers that were started: to await, to watch, to steer. They are rows of `folder.transfers` all the same. An async function that returns it waits for it, as for
 * any promise: hand it on inside of an object.
 */
export interface StartedTransfer<T> extends Promise<T> {
  /** In `folder.transfers`. */
  readonly ids: readonly string[];
  /** The same as awaiting it: rejects with the first failure, or `cancelled`. A retry that works shows in `progress`, and not here. */
  readonly finished: Promise<T>;
  /** Their sums. A loop (`for await`) ends when they have finished, or one has failed; one that takes its time gets the newest only. */
  readonly progress: Readable<TransferTotals> & AsyncIterable<TransferTotals>;
  pause(): void;
  resume(): void;
  /** What failed, or is stalled. */
  retry(): void;
  /** What is not done yet. Nothing of it stays on the server. */
  cancel(): void;
}

/** Ends with the files' nodes. */
export type Upload = StartedTransfer<readonly TreeNode[]>;

/** All transfers, oldest first; the array is replaced on each change (at most about 20 times a second). */
export interface Transfers extends Readable<readonly Transfer[]> {
  readonly totals: TransferTotals;
  get(id: string): Transfer | undefined;
  pause(ids?: readonly string[]): void;
  resume(ids?: readonly string[]): void;
  retry(ids?: readonly string[]): void;
  cancel(ids?: readonly string[]): void;
  /** Takes finished, failed and cancelled ones out of the list. */
  clear(): void;
}

export interface PickedFile {
  file: File | Blob;
  name?: string;
  /** Directories above it, outermost first. */
  path?: readonly string[];
  /** Kept in IndexedDB where the browser can, so that a reload need not ask for the file again. */
  handle?: FileSystemFileHandle;
}

export interface UploadOptions {
  /** Path ("/2026/taxes", made where missing) or id of a directory; default the root. */
  to?: string | { node: NodeId | null };
  /** A name that exists already: keep both (default) or make a new version. */
  conflict?: "keep-both" | "replace";
  /** Only look over: stays `picked` until `uploads.send()`. Default false. */
  pick?: boolean;
  signal?: AbortSignal;
  onProgress?: (totals: TransferTotals) => void;
}

export interface Uploads extends Transfers {
  /** Queues files; returns ids. Directories without files may be given with `directories`. */
  add(files: Iterable<File | PickedFile>, options?: UploadOptions & { directories?: readonly (readonly string[])[] }): readonly string[];
  /** Sends what is `picked` (all, or these). */
  send(ids?: readonly string[]): void;
  /** Takes out what was picked by mistake. */
  remove(ids: readonly string[]): void;
  setConflict(ids: readonly string[], conflict: "keep-both" | "replace"): void;
  /** Gives files again after a reload: matched by name, size and modification time. Returns those that no upload waits for. */
  give(files: Iterable<File | PickedFile>): readonly (File | PickedFile)[];
}
