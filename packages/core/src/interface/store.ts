/**
 * Where a device keeps what must survive a reload: keys (as non-extractable handles; sealed for the tab where there is no WebCrypto), pending changes, unfinished uploads, the last verified
 * place in the log; and what may be lost: sealed records and snapshots, so that a second opening is quick, and possible while the server is away. Values are structured-cloneable. One adapter on IndexedDB, one in memory, one on a file can be written by a host.
 */
export interface LocalStore {
  get<T>(key: string): Promise<T | undefined>;
  /** Durable when resolved. Rejects with `local-storage`. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** Keys that start with the prefix, in order. */
  keys(prefix: string): Promise<readonly string[]>;
  /** Several writes at once, all or none; a value of undefined deletes. */
  batch(writes: readonly (readonly [key: string, value: unknown])[]): Promise<void>;
}
