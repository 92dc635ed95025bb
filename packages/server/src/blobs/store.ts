/**
 * Where parts lie: a port over physical keys, and its adapter for any unstorage driver.
 *
 * Nothing is ever listed or cleared: the database knows what exists. A put has happened when it resolves; a get is checked by the caller against
 * the part's hash.
 *
 * @module
 */

import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import type { Driver } from "unstorage";

export interface BlobStore {
  /**
   * Stores or replaces. The bytes are the caller's again once it has resolved: a store that keeps them copies them.
   * Throws `storage-full`; anything else is a failure of the store.
   */
  put(key: string, bytes: Bytes): Promise<void>;
  /** Stores many; an error for each that failed. Where it is missing, they are put one by one. */
  putAll?(items: readonly StoreItem[]): Promise<(Error | undefined)[]>;
  /**
   * null where there is nothing under this key.
   *
   * @param into Memory that the bytes may be read into: what is returned is then a view of it. For a store that copies nothing else.
   */
  get(key: string, into?: Bytes): Promise<Bytes | null>;
  /** Removes what is there; nothing there is no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** Of a store with a cache in front: what the cache holds under this key is wrong. The next `get` asks the store itself. */
  forget?(key: string): Promise<void>;
  /** It answers from this machine: no time limit and no second attempt (`guarded.ts`). */
  readonly local?: true;
  close?(): Promise<void>;
}

export interface StoreItem {
  readonly key: string;
  readonly bytes: Bytes;
}

/** What `keyfold({ blobs })` takes: a store, or any unstorage driver. */
export type BlobSource = BlobStore | Driver;

/**
 * The physical key of a part: `<folder>:<first two digits of the blob>:<blob>:<index>`, lowercase hex and digits only. No key is another's prefix,
 * which some file systems and drivers could not hold side by side.
 */
export function partKey(folder: string, blob: string, index: number): string {
  return `${folder}:${blob.slice(0, 2)}:${blob}:${index}`;
}

/** Two segments or more, of letters, digits, `-` and `_`: what no driver, URL or file system reads as something else. */
const keyPattern = /^[0-9A-Za-z_-]+(:[0-9A-Za-z_-]+)+$/;

/** The key, where every store can hold it as it is. Throws `invalid-argument`. */
export function storeKey(key: string): string {
  if (!keyPattern.test(key)) throw new KeyfoldError("invalid-argument", "Not a key of this store.");
  return key;
}

/** Requests to a store at a time, where it has no `putAll`. */
const parallel = 8;

/** Puts many, in parallel, with an error for each that failed. */
export async function putAll(store: BlobStore, items: readonly StoreItem[]): Promise<(Error | undefined)[]> {
  if (store.putAll !== undefined) return store.putAll(items);
  const outcomes: (Error | undefined)[] = [];
  for (let start = 0; start < items.length; start += parallel) {
    const settled = await Promise.allSettled(items.slice(start, start + parallel).map(({ key, bytes }) => store.put(key, bytes)));
    for (const outcome of settled) outcomes.push(outcome.status === "fulfilled" ? undefined : asError(outcome.reason));
  }
  return outcomes;
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("A blob store failed.", { cause: reason });
}
