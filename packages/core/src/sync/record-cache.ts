/**
 * The end of a folder's history, kept on this device as it came: sealed and signed records, and the ciphertext of snapshots. With it a second opening
 * asks the server for what is new only, the tree can be read while the server is away, and a server that was restored from a backup can be given back
 * what it lost (docs/format.md, section 4, "Rollback").
 *
 * Nothing in it is trusted: it is verified like an answer of the server's when it is read (`from-cache.ts`), and whatever is not right there makes it
 * be dropped and filled again. Nothing in it opens without the folder's key. It begins at the genesis, at the last rekey, or, once there are two
 * snapshots since, at what the older one covers: so it is as large as two of them and the changes in between. Records of an earlier epoch go in the
 * write that brings the rekey. Several pages write it, one at a time, each what the others have not written yet. That it cannot be written (no room
 * left) is nobody's concern: then there is none.
 *
 * @module
 */
import { concat, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import type { LocalStore } from "../interface/store.ts";
import type { HeldRecord } from "../log/chain.ts";
import type { Mode } from "../protocol/identity.ts";
import { kindBytes } from "../protocol/log-record.ts";
import { joinPage } from "../protocol/record.ts";
import type { Liveness } from "../store/liveness.ts";
import { readCacheIndex, startsOf, type CachedSnapshot, type CacheIndex, type Chunk } from "./cache-index.ts";

export interface RecordCacheOptions {
  readonly store: LocalStore;
  readonly live: Liveness;
  readonly device: string;
  readonly folder: string;
}

/** A chunk is written anew with each record until it has so many bytes. */
const FILL = 64 * 1024;
/** And gets no more records once it has so many. */
const CHUNK = 1024 * 1024;
/** Bytes of records that are kept at most: beyond, it only waits for the next snapshot to begin anew from. */
const MOST = 256 * 1024 * 1024;

export class RecordCache {
  readonly #options: RecordCacheOptions;
  readonly #prefix: string;
  #records: HeldRecord[] = [];
  #snapshots: CachedSnapshot[] = [];
  #mode: Mode | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Since the folder was signed out of, or no room was left. */
  #stopped = false;

  constructor(options: RecordCacheOptions) {
    this.#options = options;
    this.#prefix = `folder/${options.folder}/cache/`;
  }

  /** Verified records that follow one another: kept by the next `write`. */
  note(records: readonly HeldRecord[], mode: Mode | null): void {
    if (this.#stopped) return;
    this.#records.push(...records);
    this.#mode = mode;
  }

  noteSnapshot(snapshot: CachedSnapshot): void {
    if (!this.#stopped) this.#snapshots.push(snapshot);
  }

  /** Keeps what was noted. Resolves when that is done, or came to nothing. */
  write(): Promise<void> {
    const records = this.#records;
    const snapshots = this.#snapshots;
    if (records.length === 0) return this.#writing;
    this.#records = [];
    this.#snapshots = [];
    return this.#next(async () => {
      if (!this.#stopped) await this.#write(records, snapshots);
    });
  }

  /** Resolves when nothing is being written. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** What lies there now, not verified. Null where there is nothing of use. */
  async index(): Promise<CacheIndex | null> {
    return readCacheIndex(await this.#options.store.get(`${this.#prefix}index`));
  }

  /** A chunk's records as a page. */
  async page({ from }: Chunk): Promise<Bytes | null> {
    return this.#bytes(this.#chunkKey(from));
  }

  /** The ciphertext of a snapshot: its part hashes joined, or a part of it. */
  async blobPiece(blob: string, piece: "hashes" | number): Promise<Bytes | null> {
    return this.#bytes(this.#blobKey(blob, piece));
  }

  async #bytes(key: string): Promise<Bytes | null> {
    const stored = await this.#options.store.get<unknown>(key);
    return stored instanceof Uint8Array ? (stored as Bytes) : null;
  }

  /** Keeps a piece of a snapshot's ciphertext. Never rejects. */
  keepBlobPiece(blob: string, piece: "hashes" | number, bytes: Bytes): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    // Of a larger buffer that it may be a view into only this much is stored.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    return this.#next(async () => {
      if (!this.#stopped) await this.#options.store.set(this.#blobKey(blob, piece), own);
    });
  }

  /** Whether all of a snapshot's ciphertext is here: the hashes are kept after the parts. */
  async hasBlob(blob: string): Promise<boolean> {
    return (await this.blobPiece(blob, "hashes")) !== null;
  }

  /** Something for whoever opens the folder while the server is away; undefined erases it. Never rejects. */
  keepBeside(name: string, value: unknown): Promise<void> {
    return this.#next(async () => {
      if (!this.#stopped) await this.#options.store.batch([[`${this.#prefix}${name}`, value]]);
    });
  }

  async beside<T>(name: string): Promise<T | null> {
    return (await this.#options.store.get<T>(`${this.#prefix}${name}`)) ?? null;
  }

  /** Erases all of it. What is noted from now on may fill it again. */
  erase(): Promise<void> {
    this.#records = [];
    this.#snapshots = [];
    return this.#next(() => this.#erase());
  }

  /** The writes that erase it, to be made together with others. */
  async erasing(): Promise<(readonly [key: string, value: undefined])[]> {
    await this.#writing;
    return (await this.#options.store.keys(this.#prefix)).map((key) => [key, undefined] as const);
  }

  /** Nothing more is written; what was begun is finished when it resolves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  // writing

  /** One page of this device writes at a time, and this one what it has in order. */
  #next(work: () => Promise<void>): Promise<void> {
    const { live, device, folder } = this.#options;
    const locked = (): Promise<void> => live.during(`keyfold:${device}:cache:${folder}`, work);
    this.#writing = this.#writing.then(locked).catch(() => this.#failed());
    return this.#writing;
  }

  /** No room, most of the time: what is needed more (changes that are not sent yet) gets the room that this takes. */
  async #failed(): Promise<void> {
    this.#stopped = true;
    await this.#erase().catch(() => undefined);
  }

  async #erase(): Promise<void> {
    const { store } = this.#options;
    await store.batch((await store.keys(this.#prefix)).map((key) => [key, undefined] as const));
  }

  async #write(noted: readonly HeldRecord[], snapshots: readonly CachedSnapshot[]): Promise<void> {
    const known = await this.index();
    const rekey = noted.findLastIndex(({ bytes }) => bytes[0] === kindBytes.rekey);
    const isNewEpoch = rekey >= 0 && noted[rekey]!.after.epoch > (known?.end.epoch ?? -1);
    const index = isNewEpoch ? null : known;
    const records = isNewEpoch ? noted.slice(rekey) : noted.filter(({ after }) => after.seq > (index?.end.seq ?? -1));
    const first = records[0];
    if (first === undefined) return;
    if (index === null) {
      // Not in the middle, without what it would build on.
      if (first.before !== null && !isNewEpoch) return;
    } else if (first.before === null || first.before.seq > index.end.seq) {
      return; // a gap: the next opening fills it
    } else if (toHex(first.before.head) !== toHex(index.end.head)) {
      return this.#erase(); // another chain's
    }
    const own = snapshots.filter(({ seq }) => seq >= first.after.seq);
    const writes: [string, unknown][] = [];
    if (isNewEpoch) {
      // Nothing that the earlier epoch's key opens may stay.
      const kept = own.map(({ blob }) => this.#blobKey(blob, ""));
      for (const key of await this.#options.store.keys(this.#prefix)) {
        if (!kept.some((blob) => key.startsWith(blob))) writes.push([key, undefined]);
      }
    }
    const chunks = await this.#appended(index?.chunks ?? [], records, writes);
    if (chunks === null) return;
    const all = [...(index?.snapshots ?? []), ...own];
    const next: CacheIndex = { version: 1, chunks, end: records.at(-1)!.after, mode: this.#mode ?? index?.mode ?? null, snapshots: all };
    writes.push([`${this.#prefix}index`, await this.#trimmed(next, writes)]);
    await this.#options.store.batch(writes);
  }

  /** The chunks with the records at their end; null where there would be too many. */
  async #appended(chunks: readonly Chunk[], records: readonly HeldRecord[], writes: [string, unknown][]): Promise<Chunk[] | null> {
    const next = [...chunks];
    if (chunks.reduce((sum, { bytes }) => sum + bytes, 0) > MOST) return null;
    let last = next.at(-1);
    let content: Bytes[] = [];
    let size = 0;
    if (last !== undefined && last.bytes < FILL) {
      const stored = await this.page(last);
      if (stored !== null) {
        next.pop();
        content = [stored];
        size = stored.length;
      } else last = undefined;
    } else last = undefined;
    let begun: Omit<Chunk, "bytes"> | null = last ?? null;
    const finish = (): void => {
      if (begun === null) return;
      next.push({ ...begun, bytes: size });
      writes.push([this.#chunkKey(begun.from), concat(...content)]);
      begun = null;
      content = [];
      size = 0;
    };
    for (const { bytes, before, after } of records) {
      if (size > 0 && size + bytes.length > CHUNK) finish();
      begun = begun === null ? { from: after.seq, count: 1, before } : { ...begun, count: begun.count + 1 };
      content.push(joinPage([bytes]));
      size += bytes.length + 4;
    }
    finish();
    return next;
  }

  /** Without what lies before the second-last snapshot that could be begun from. */
  async #trimmed(index: CacheIndex, writes: [string, unknown][]): Promise<CacheIndex> {
    const begun: CachedSnapshot[] = [];
    for (const snapshot of startsOf(index)) if (await this.hasBlob(snapshot.blob)) begun.push(snapshot);
    const base = begun.at(-2);
    if (base === undefined) return index;
    const isKept = ({ from, count }: Chunk): boolean => from + count > base.covers + 1;
    for (const chunk of index.chunks) if (!isKept(chunk)) writes.push([this.#chunkKey(chunk.from), undefined]);
    for (const { seq, blob } of index.snapshots) {
      if (seq < base.seq) for (const key of await this.#options.store.keys(this.#blobKey(blob, ""))) writes.push([key, undefined]);
    }
    return { ...index, chunks: index.chunks.filter(isKept), snapshots: index.snapshots.filter(({ seq }) => seq >= base.seq) };
  }

  #chunkKey(from: number): string {
    return `${this.#prefix}log/${String(from).padStart(16, "0")}`;
  }
  #blobKey(blob: string, piece: string | number): string {
    return `${this.#prefix}blob/${blob}/${piece}`;
  }
}
