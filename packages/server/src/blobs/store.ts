/**
 * Where parts lie: a port over physical keys, and its adapter for any unstorage driver.
 *
 * Nothing is ever listed or cleared: the database knows what exists. A put has happened when it resolves; a get is checked by the caller against
 * the part's hash.
 *
 * @module
 */

import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import { createStorage, type Driver } from "unstorage";

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

function isStore(source: BlobSource): source is BlobStore {
  return "put" in source && "remove" in source;
}

export function blobStoreOf(source: BlobSource): BlobStore {
  return isStore(source) ? source : overDriver(source);
}

/** Requests to a foreign store at a time. */
const parallel = 8;

/**
 * A store over an unstorage driver that is not ours. Drivers differ in what they report: some say success for a write that was refused, one resolves
 * a read to an `Error`. So every write is read back, and only bytes pass.
 */
function overDriver(driver: Driver): BlobStore {
  const storage = createStorage({ driver });
  const get = async (key: string): Promise<Bytes | null> => {
    const value: unknown = await storage.getItemRaw<unknown>(key);
    if (value === null || value === undefined) return null;
    if (value instanceof Uint8Array) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    throw new KeyfoldError("server-failed", "The blob store answered with something that is not bytes.", { cause: value });
  };
  return {
    async put(key, bytes) {
      await storage.setItemRaw(key, bytes.slice());
      const written = await get(key);
      if (written === null || Buffer.compare(written, bytes) !== 0) {
        throw new KeyfoldError("server-failed", "The blob store confirmed a write that it has not made.");
      }
    },
    get,
    async remove(keys) {
      for (let start = 0; start < keys.length; start += parallel) {
        await Promise.all(keys.slice(start, start + parallel).map((key) => storage.removeItem(key)));
      }
    },
    close: () => storage.dispose(),
  };
}

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
