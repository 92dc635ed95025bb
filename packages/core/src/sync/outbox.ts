/**
 * Changes made here that the folder's history does not hold yet, kept durably: they survive a reload, a crash, a key that is missing for a while.
 *
 * Changes are sealed under the device key. The one entry that is under way is kept as it is sent, byte for byte: a lost answer is followed by the
 * same bytes, never by a second entry with the same changes. Each page has its own outbox; a page takes over those of dead ones at its start.
 *
 * @module
 */
import { fromUtf8, toHex, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { LocalStore } from "../interface/store.ts";
import { isJsonObject } from "../tree/json.ts";
import type { PendingOp } from "../tree/rebase.ts";
import type { Device } from "../store/device.ts";
import type { Liveness, Release } from "../store/liveness.ts";

/** Ops that belong together, as they were meant: what others did meanwhile is taken into account when they are sent. */
export interface Change {
  /** Hex of 16 bytes. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ops: readonly PendingOp[];
}

/** An entry that was sealed for one place in the log and may have been sent. */
export interface SentEntry {
  /** Where it stands if it was taken. */
  readonly seq: number;
  /** The wire record, without its length. */
  readonly record: Bytes;
  /** Ids of the changes in it. */
  readonly changes: readonly string[];
  /** Which of the blobs that it drops are deleted at once (`chooseIn`). */
  readonly atOnce?: Bytes;
}

export interface OutboxOptions {
  readonly provider: CryptoProvider;
  readonly store: LocalStore;
  readonly device: Device;
  readonly live: Liveness;
  readonly folder: string;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #writer: string;
  readonly #release: Release;
  #next = 0;
  readonly #keys = new Map<string, string>();
  readonly #writing = new Set<Promise<void>>();

  private constructor(options: OutboxOptions, writer: string, release: Release) {
    this.#options = options;
    this.#writer = writer;
    this.#release = release;
  }

  /** Opens this page's outbox, with what dead pages left: their changes in order, and entries of theirs that may have been sent. */
  static async open(options: OutboxOptions): Promise<{ outbox: Outbox; changes: readonly Change[]; sent: readonly SentEntry[] }> {
    const { provider, live, device } = options;
    const writer = toHex(provider.randomBytes(16));
    const release = await live.hold(lockOf(device.id, writer));
    if (release === null) throw new KeyfoldError("local-storage", "This page's outbox is held by another.");
    const outbox = new Outbox(options, writer, release);
    return { outbox, ...(await live.during(`keyfold:${device.id}:adopt:${options.folder}`, () => outbox.#adopt())) };
  }

  /** Keeps a change; durable when resolved. */
  add(change: Change): Promise<void> {
    const key = this.#place(change.id);
    const adding = this.#seal(change).then((sealed) => this.#options.store.set(key, sealed));
    this.#writing.add(adding);
    const added = (): void => void this.#writing.delete(adding);
    adding.then(added, added);
    return adding;
  }

  /** The writes that keep changes, to be made together with others. */
  async writesOf(changes: readonly Change[]): Promise<(readonly [key: string, value: Bytes])[]> {
    const writes: (readonly [string, Bytes])[] = [];
    for (const change of changes) writes.push([this.#place(change.id), await this.#seal(change)]);
    return writes;
  }

  /** The writes that forget every entry under way, this page's and adopted ones. */
  async writesWithoutSent(): Promise<(readonly [key: string, value: undefined])[]> {
    const keys = await this.#options.store.keys(`${this.#prefix}${this.#writer}/`);
    return keys.filter((key) => key.endsWith("/sent")).map((key) => [key, undefined] as const);
  }

  /** Keeps an entry before it is sent. */
  async keepSent(sent: SentEntry): Promise<void> {
    await this.#options.store.set(this.#sentKey, sent);
  }

  /** The entry under way did not and will not stand. */
  async forgetSent(): Promise<void> {
    await this.#options.store.delete(this.#sentKey);
  }

  /**
   * These changes need not be sent any more. `confirmed`: the entry under way carried them, and stands. Both are erased in one write: a change that
   * outlived its entry would be made a second time.
   */
  async settle(changes: readonly string[], confirmed: boolean): Promise<void> {
    // One that is confirmed before it was kept must not be kept after it.
    await Promise.allSettled(this.#writing);
    const writes: [string, undefined][] = confirmed ? [[this.#sentKey, undefined]] : [];
    for (const id of changes) {
      const key = this.#keys.get(id);
      if (key !== undefined) writes.push([key, undefined]);
      this.#keys.delete(id);
    }
    const erasing = this.#options.store.batch(writes);
    this.#writing.add(erasing);
    try {
      await erasing;
    } finally {
      this.#writing.delete(erasing);
    }
  }

  /** Resolves when everything asked for so far is on the disk. */
  async written(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing);
  }

  /** Erases everything in it. */
  async clear(): Promise<void> {
    await Promise.allSettled(this.#writing);
    const keys = await this.#options.store.keys(`${this.#prefix}${this.#writer}/`);
    await this.#options.store.batch(keys.map((key) => [key, undefined] as const));
    this.#keys.clear();
  }

  /** Lets go: whoever opens the folder next takes over what is left. */
  async close(): Promise<void> {
    await this.written();
    this.#release();
  }

  async #adopt(): Promise<{ changes: Change[]; sent: SentEntry[] }> {
    const { store, live, device } = this.#options;
    const keys = await store.keys(this.#prefix);
    const writers = new Set(keys.map((key) => key.slice(this.#prefix.length).split("/")[0] ?? ""));
    const changes: Change[] = [];
    const sent: SentEntry[] = [];
    for (const writer of writers) {
      const release = await live.hold(lockOf(device.id, writer));
      if (release === null) continue; // alive: its own business
      const writes: [string, unknown][] = [];
      for (const key of keys.filter((key) => key.startsWith(`${this.#prefix}${writer}/`))) {
        const value = await store.get<unknown>(key);
        writes.push([key, undefined]);
        if (key.endsWith("/sent")) {
          if (!isSent(value)) continue;
          // Kept under another name: our own entry under way must not overwrite it before it is resolved.
          writes.push([`${this.#prefix}${this.#writer}/${writer}/sent`, value]);
          sent.push(value);
          continue;
        }
        const change = await this.#open(value as Bytes);
        if (change === null) continue;
        changes.push(change);
        writes.push([this.#place(change.id), value]);
      }
      await store.batch(writes);
      release();
    }
    return { changes: changes.toSorted((a, b) => a.at - b.at), sent };
  }

  /** Adopted entries are resolved: each was found in the history, or its place is another's. */
  async forgetAdopted(): Promise<void> {
    const keys = await this.#options.store.keys(`${this.#prefix}${this.#writer}/`);
    await this.#options.store.batch(
      keys.filter((key) => key.endsWith("/sent") && key !== this.#sentKey).map((key) => [key, undefined] as const),
    );
  }

  #place(id: string): string {
    const key = `${this.#prefix}${this.#writer}/${String(this.#next++).padStart(12, "0")}`;
    this.#keys.set(id, key);
    return key;
  }

  async #seal(change: Change): Promise<Bytes> {
    return this.#options.device.seal(this.#purpose, toUtf8(JSON.stringify(change)));
  }

  /** Null for a change whose seal is broken: it cannot be read, and must not keep the folder from opening. */
  async #open(sealed: Bytes): Promise<Change | null> {
    try {
      return JSON.parse(fromUtf8(await this.#options.device.open(this.#purpose, sealed))) as Change;
    } catch {
      return null;
    }
  }

  get #prefix(): string {
    return `folder/${this.#options.folder}/outbox/`;
  }
  get #sentKey(): string {
    return `${this.#prefix}${this.#writer}/sent`;
  }
  get #purpose(): string {
    return `${this.#options.folder}/change`;
  }
}

function isSent(value: unknown): value is SentEntry {
  if (!isJsonObject(value)) return false;
  const { seq, record, changes, atOnce } = value;
  const isShaped = Number.isSafeInteger(seq) && record instanceof Uint8Array && Array.isArray(changes);
  return isShaped && changes.every((id) => typeof id === "string") && (atOnce === undefined || atOnce instanceof Uint8Array);
}

function lockOf(device: string, writer: string): string {
  return `keyfold:${device}:writer:${writer}`;
}
