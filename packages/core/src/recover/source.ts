/**
 * Where a folder's data comes from when it is recovered: a server that runs, or a copy of what one stored.
 *
 * A source is not believed. What it gives is verified by whoever asks; it may lack anything, and says so with null.
 *
 * @module
 */

import type { Credential } from "../api/session.ts";
import type { Bytes } from "../crypto/provider.ts";

/** What is known of the key that is to open the folder. */
export interface Wanted {
  /** Hex of 16 bytes: the root key's, or what a read-only link names. */
  readonly keyId?: string | undefined;
  /** 32 bytes: what a read key alone tells. */
  readonly readAuthPub: Bytes;
  /** The folder, hex, where the person named it. */
  readonly folder?: string | undefined;
  /** What to sign in with, in the epoch that was found. */
  readonly credential: (epoch: number) => Credential;
}

export interface RecoverySource {
  /**
   * The folder of a key. Throws `wrong-key` where the key opens none of the source's folders, `old-key` where the folder's key was changed since.
   */
  find(wanted: Wanted): Promise<FolderSource>;
  /** The read key (32 bytes) that an open folder publishes; null where it publishes none. Throws `not-found`. */
  publishedKey(folder: string): Promise<Bytes | null>;
  close(): Promise<void>;
}

/** Records that follow one another. */
export interface RecordRun {
  /** Number of the first one. */
  readonly first: number;
  /** As on the wire: `u32 length | u8 kind | body` each. */
  readonly records: Bytes;
}

export interface FolderSource {
  /** Hex of 16 bytes. */
  readonly folder: string;
  /** The folder's last record, as the source tells it. */
  readonly seq: number;
  /** The log from its beginning, in order. Where records cannot be had, the next run begins behind them. */
  records(): AsyncIterable<RecordRun>;
  /** Hashes of a blob's parts, joined; null where there are none. */
  hashes(blob: string): Promise<Bytes | null>;
  /** A part's ciphertext; null where it is not there. */
  part(blob: string, part: number): Promise<Bytes | null>;
}
