/**
 * What transfers need from the folder that they belong to. The folder gives one of these to uploads, downloads and re-encryption; tests make
 * their own over a real server.
 *
 * @module
 */
import type { RequestOptions } from "../api/http.ts";
import type { HeldPart } from "../api/sender.ts";
import type { PartToSeal } from "../api/sender-message.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { Connection, Readable } from "../interface/state.ts";
import type { LocalStore } from "../interface/store.ts";
import type { BlobId, NodeId, TreeView } from "../interface/tree.ts";
import type { Add, Mkdir, Replace, Reseal, VersionDescriptor } from "../tree/op.ts";

/** The ops that transfers propose (docs/format.md, section 4). */
export type TransferOp = Mkdir | Add | Replace | Reseal;

/**
 * The blob requests of docs/protocol.md. Ids are hex, bytes raw. They do not retry on their own beyond a fresh token: transfers wait, back off and
 * tell the person. Errors: `offline`, `server-failed`, `rate-limited`, `busy` (may pass by itself); `quota`, `storage-full`; `conflict` with the
 * problem's code as reason (`part-differs`, `blob-differs`, `incomplete`); `gone`, `not-found`, `read-only`, `signed-out`, `locked-elsewhere`;
 * `cancelled` when the signal is aborted.
 */
export interface BlobApi {
  /** At most 90. */
  createBlobs(
    blobs: readonly { readonly blob: BlobId; readonly sealedSize: number }[],
    options?: RequestOptions,
  ): Promise<readonly { readonly blob: BlobId; readonly state: string }[]>;
  /**
   * Has a worker read and seal a part, and hold it for `putPart()`. Rejects with `NoWorker` where that cannot be, with `Unread` where the content could
   * not be read.
   */
  sealApart(part: PartToSeal, signal: AbortSignal): Promise<HeldPart>;
  /** Rejects with `NoWorker` when a part that a worker held is lost with it. */
  putPart(blob: BlobId, index: number, part: Bytes | HeldPart, hash: Bytes, options?: RequestOptions): Promise<void>;
  /** At most 256 parts and 4 MiB. `create`: makes each blob first (one part each). The answer is in the order sent; `status` as an HTTP status. */
  putBundle(
    parts: readonly { readonly blob: BlobId; readonly index: number; readonly hash: Bytes; readonly bytes: Bytes }[],
    options?: RequestOptions & { readonly create?: boolean },
  ): Promise<readonly { readonly blob: BlobId; readonly index: number; readonly status: number; readonly code?: string | undefined }[]>;
  /** `stored`: ranges [first, count] of part indexes. */
  blobState(
    blob: BlobId,
    options?: RequestOptions,
  ): Promise<{
    readonly blob: BlobId;
    readonly state: string;
    readonly sealedSize: number;
    readonly stored: readonly (readonly [first: number, count: number])[];
  }>;
  /** The part hashes joined, 32 bytes each. */
  hashes(blob: BlobId, options?: RequestOptions): Promise<Bytes>;
  getPart(blob: BlobId, index: number, options?: RequestOptions): Promise<Bytes>;
  /** What did not fit into the answer is left out; a part that cannot be had has `bytes: null`. */
  readBundle(
    parts: readonly (readonly [blob: BlobId, index: number])[],
    options?: RequestOptions,
  ): Promise<readonly { readonly blob: BlobId; readonly index: number; readonly bytes: Bytes | null }[]>;
  discard(blobs: readonly BlobId[], options?: RequestOptions): Promise<void>;
}

/** Time and chance come in here, so that rates, waits and tests agree on them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; returns the way to take it back. */
  after(milliseconds: number, callback: () => void): () => void;
  /** 0 ≤ x < 1: jitter only. */
  random(): number;
}

export interface TransferPort {
  readonly folder: string;
  /** Id of this device, as entries name it. */
  readonly device: string;
  /** Absolute base URL of the mount, no slash at its end. */
  readonly server: string;
  readonly provider: CryptoProvider;
  readonly blobs: BlobApi;
  readonly store: LocalStore;
  readonly connection: Readable<Connection>;
  readonly clock: Clock;
  /**
   * Holds a name while this page lives; null when another page holds it (Web Locks; `store/liveness.ts`). Unfinished uploads belong to the page
   * that runs them, and are taken over when it is gone.
   */
  hold(name: string): Promise<(() => void) | null>;

  /** What is confirmed and what is pending, as one. */
  tree(): TreeView;
  /** A version of a file with its content key (the current one where no blob is given); undefined when there is none, or no key to it. */
  version(node: NodeId, blob?: BlobId): VersionDescriptor | undefined;
  /** Shown at once; resolves when the verified entry has been pulled. Safe to call with any number of ops: the queue splits them. */
  propose(ops: readonly TransferOp[]): Promise<void>;
  /** Whether this device may change the folder now. */
  writable(): boolean;
  /** Pulls now. */
  refresh(): Promise<void>;
  /** Pads every blob (the default). False only where a host turned padding off. */
  readonly padded: boolean;

  /** Seals what must not lie readable in the store (content keys, names) under the device's key. */
  sealSecret(plaintext: Bytes): Promise<Bytes>;
  openSecret(sealed: Bytes): Promise<Bytes>;
}

/** What reading takes: a folder, or a share that somebody was sent a link to. */
export type ReadingPort = Pick<TransferPort, "server" | "provider" | "connection" | "clock" | "tree" | "version" | "refresh"> & {
  readonly blobs: Pick<BlobApi, "hashes" | "getPart" | "readBundle">;
  /** There is one version of a file: what comes in the place of one that is gone may be another content, and is read from its beginning or not at all. */
  readonly onlyCurrent?: boolean;
};
