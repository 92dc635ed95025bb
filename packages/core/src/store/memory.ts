/** A store that lasts as long as its object: for Node, workers, tests, and pages where IndexedDB is blocked. */
import type { LocalStore } from "../interface/store.ts";

/** Values are cloned on their way in and out, as IndexedDB does, so that nobody holds a reference into the store. */
export function memoryStore(): LocalStore {
  const values = new Map<string, unknown>();
  return {
    get<T>(key: string): Promise<T | undefined> {
      return Promise.resolve(values.has(key) ? (structuredClone(values.get(key)) as T) : undefined);
    },
    async set(key, value) {
      values.set(key, structuredClone(value));
    },
    async delete(key) {
      values.delete(key);
    },
    keys(prefix) {
      return Promise.resolve([...values.keys()].filter((key) => key.startsWith(prefix)).sort());
    },
    async batch(writes) {
      const cloned = writes.map(([key, value]) => [key, structuredClone(value)] as const);
      for (const [key, value] of cloned) {
        if (value === undefined) values.delete(key);
        else values.set(key, value);
      }
    },
  };
}
