/**
 * The store of browsers: one IndexedDB database, one object store, keys as strings.
 *
 * Writes are durable when they resolve (`durability: "strict"`): an append's bytes must be on the disk before they are sent.
 *
 * @module
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { KeyfoldError } from "../error.ts";
import type { LocalStore } from "../interface/store.ts";

interface Schema extends DBSchema {
  values: { key: string; value: unknown };
}

type Database = IDBPDatabase<Schema>;

/** Above every string that starts with the prefix: the last code unit there is. */
const LAST = "\uffff";

/** Rejects with `local-storage` where IndexedDB is missing, blocked, full or broken. */
export function indexedDbStore(name = "keyfold"): LocalStore {
  let opening: Promise<Database> | undefined;

  const open = (): Promise<Database> => {
    const database = openDB<Schema>(name, 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore("values");
      },
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        opening = undefined;
      },
      terminated: () => {
        opening = undefined;
      },
    });
    database.catch(() => {
      opening = undefined;
    });
    opening = database;
    return database;
  };

  const attempt = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    try {
      return await work(await (opening ?? open()));
    } catch (error) {
      // A connection that the browser closed meanwhile (storage pressure, another version) is opened once more.
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
      return work(await open());
    }
  };

  const guarded = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    try {
      return await attempt(work);
    } catch (cause) {
      const full = cause instanceof DOMException && cause.name === "QuotaExceededError";
      const message = full ? "This browser's storage is full. Free some space." : "This browser's storage could not be used.";
      throw new KeyfoldError("local-storage", message, { cause, reason: full ? "full" : "broken" });
    }
  };

  const write = (writes: readonly (readonly [key: string, value: unknown])[]): Promise<void> =>
    guarded(async (database) => {
      const transaction = database.transaction("values", "readwrite", { durability: "strict" });
      const done = transaction.done;
      // A put that throws (a value that cannot be cloned) must not leave `done` rejecting unheard.
      done.catch(() => undefined);
      try {
        for (const [key, value] of writes) {
          if (value === undefined) void transaction.store.delete(key).catch(() => undefined);
          else void transaction.store.put(value, key).catch(() => undefined);
        }
      } catch (error) {
        transaction.abort();
        throw error;
      }
      await done;
    });

  return {
    get<T>(key: string) {
      return guarded(async (database) => (await database.get("values", key)) as T | undefined);
    },
    set: (key, value) => write([[key, value]]),
    delete: (key) => write([[key, undefined]]),
    keys: (prefix) => guarded((database) => database.getAllKeys("values", IDBKeyRange.bound(prefix, prefix + LAST))),
    batch: write,
  };
}

/** IndexedDB where there is one. */
export function hasIndexedDb(): boolean {
  return typeof indexedDB !== "undefined";
}
