/**
 * A store over an unstorage driver that is not ours.
 *
 * Drivers differ in what they report: some say success for a write that was refused, one resolves a read to an `Error`, one reads every failure as null,
 * those without raw values give base64. So every write is read back, a null is asked about, and only bytes pass.
 *
 * @module
 */

import type { Bytes } from "@keyfold/core/protocol";
import { createStorage, type Driver } from "unstorage";
import { StoreFault } from "./store-fault.ts";
import { storeKey, type BlobStore } from "./store.ts";

/** How unstorage writes bytes where a driver takes text alone. */
const base64Prefix = "base64:";

/** Removals at a time. */
const parallel = 8;

export function driverStore(driver: Driver): BlobStore {
  const storage = createStorage({ driver });
  // One of the drivers catches every error of a read; it answers this other question truly.
  const hidesErrors = driver.name === "azure-storage-blob";

  const get = async (key: string): Promise<Bytes | null> => {
    const bytes = bytesOf(await storage.getItemRaw<unknown>(storeKey(key)));
    if (bytes === null && hidesErrors && (await storage.hasItem(key))) {
      throw new StoreFault("server-failed", "The blob store could not read what it has.", { reason: "unread" });
    }
    return bytes;
  };

  return {
    async put(key, bytes) {
      // A copy: a driver in memory keeps what it is given. A Buffer: some ask how long it is by `Buffer.byteLength`, or take nothing else.
      await storage.setItemRaw(storeKey(key), Buffer.from(bytes));
      const written = await get(key);
      if (written === null || Buffer.compare(written, bytes) !== 0) {
        throw new StoreFault("server-failed", "The blob store confirmed a write that it has not made.", { reason: "unwritten" });
      }
    },
    get,
    async remove(keys) {
      keys.forEach(storeKey);
      for (let start = 0; start < keys.length; start += parallel) {
        await Promise.all(keys.slice(start, start + parallel).map((key) => storage.removeItem(key)));
      }
    },
    close: () => storage.dispose(),
  };
}

/** Whatever a driver gave, as bytes of the caller's own. Throws what it gave when that is an error, and `server-failed` for what are no bytes. */
function bytesOf(value: unknown): Bytes | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Error) throw value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value).slice();
  if (typeof value === "string" && value.startsWith(base64Prefix)) {
    const text = value.slice(base64Prefix.length);
    const decoded = Buffer.from(text, "base64");
    // `Buffer` passes over what is not base64, and would give fewer bytes without a word.
    if (decoded.toString("base64") === text) return new Uint8Array(decoded);
  }
  throw new StoreFault("server-failed", "The blob store answered with something that is not bytes.", { reason: "not-bytes" });
}
