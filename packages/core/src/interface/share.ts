/** Links to a part of a folder: made by owners, opened by whoever has one. */
import type { DownloadOptions, Target } from "./folder.ts";
import type { Abortable } from "./iterate.ts";
import type { Readable } from "./state.ts";
import type { StartedTransfer, Transfers } from "./transfer.ts";
import type { NodeId, TreeView } from "./tree.ts";

export interface ShareOptions extends Abortable {
  /** When the link ends, by the server's clock: a date, or milliseconds since 1970. Default never. */
  expires?: Date | number;
  /** How often it may be downloaded. Default any number of times. */
  limit?: number;
  /** Asked of whoever opens it, 1 to 1,024 characters. It is not kept anywhere: tell it by another way than the link. */
  passphrase?: string;
  /** The page that opens it; default the server's own (`<server>/share`). */
  page?: string;
}

/**
 * - `unknown`: the server was not asked yet
 * - `published`
 * - `expired`: taken out of the list by whichever owner's device sees it
 * - `missing`: the server has it no more; take it back, and share again
 */
export type ShareStatus = "unknown" | "published" | "expired" | "missing";

/** A link that was made. What it shows is kept up to date by the owners' devices. */
export interface ShareView {
  readonly id: string;
  /** What it was made for; what lies in the trash or was deleted is not shown. */
  readonly nodes: readonly NodeId[];
  /** Milliseconds since 1970; null: never. */
  readonly expires: number | null;
  readonly status: ShareStatus;
  // null while the status is `unknown` or `missing`
  readonly passphrase: boolean | null;
  /** null also where there is no limit. */
  readonly limit: number | null;
  readonly downloads: number | null;
}

export interface UnshareOptions {
  /**
   * "Revoke and re-encrypt": what the link ever showed is sealed anew in the background, and its old ciphertext deleted, so that content keys which somebody kept
   * open nothing on the server any more. Without it the link ends, and that is all. What was downloaded stays downloaded. Where the server is not reached, it rejects and nothing is changed.
   */
  reencrypt?: boolean;
}

export interface ReadLinkOptions {
  /** The folder's key (64 bytes), or its read key (32): this device keeps neither as bytes. Not needed while the folder is open. */
  key?: Uint8Array;
  /** The page of the folder; default this one. */
  page?: string;
}

export interface OpenShareOptions extends Abortable {
  passphrase?: string;
}

/**
 * What a link shows: verified as a whole before anything of it is given out. `value` is its tree, replaced when the owners changed something.
 *
 * The first content that is read (stream, download, zip, thumbnail, save) takes one of the link's downloads; all that this object reads for a day is that
 * one. Where none is left that rejects with `limit-reached`.
 */
export interface OpenedShare extends Readable<TreeView> {
  readonly id: string;
  /** Grows by one each time that the owners' devices publish. */
  readonly version: number;
  /** When that was, milliseconds since 1970, by the owner's clock. */
  readonly at: number;
  /** Milliseconds since 1970; null: never. */
  readonly expires: number | null;
  /** Downloads that were left when it was opened; null where there is no limit. */
  readonly left: number | null;
  readonly tree: TreeView;
  /** What is being saved. */
  readonly transfers: Transfers;
  /** Asks for a newer version. Rejects with `gone`, `expired`, `tampered`; what was verified before stays. */
  refresh(options?: Abortable): Promise<void>;
  /** A verified stream of one file: errors on tampering, never just ends. */
  stream(target: Target, options?: DownloadOptions & { start?: number; end?: number }): ReadableStream<Uint8Array>;
  download(target: Target, options?: DownloadOptions): Promise<Blob>;
  thumbnail(target: Target, options?: Abortable): Promise<Blob | null>;
  /** Default: everything. */
  zip(targets?: readonly Target[], options?: DownloadOptions): ReadableStream<Uint8Array>;
  /** Hands a file, or a zip, to the browser's downloads. Default: everything. */
  save(targets?: readonly Target[], options?: DownloadOptions): StartedTransfer<void>;
  close(): void;
}
