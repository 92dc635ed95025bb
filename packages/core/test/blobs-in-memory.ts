/** Parts in memory: for tests of what does not depend on disks. */
import type { BlobStore } from "@keyfold/server";

export function blobsInMemory(): BlobStore {
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    put: async (key, bytes) => void parts.set(key, bytes.slice()),
    get: async (key) => parts.get(key) ?? null,
    remove: async (keys) => keys.forEach((key) => parts.delete(key)),
  };
}
