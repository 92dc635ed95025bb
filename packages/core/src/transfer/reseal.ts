/**
 * Re-encryption: a version that was readable before a lock, sealed anew under a fresh key, part by part; its thumbnail with it.
 *
 * Resumable file by file: the new blob's secrets and part hashes are kept, so what was sent before a crash is not sent again. Nothing is changed
 * in the folder here: the ops go to whoever appends them.
 *
 * @module
 */
import { fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, type KeyfoldError } from "../error.ts";
import type { BlobId, NodeId } from "../interface/tree.ts";
import { bundleParts, bundleSize } from "../protocol/limits.ts";
import type { Descriptor } from "../seal/blob.ts";
import { partSize, sealedSizeOf } from "../seal/geometry.ts";
import { createOpener } from "../seal/opener.ts";
import type { Reseal, VersionDescriptor } from "../tree/op.ts";
import { abreast, type Job } from "./abreast.ts";
import { openBlob, openOnly } from "./content.ts";
import { Draft, type DraftRecord } from "./draft.ts";
import { type Begun, clearLeftovers, type KnownBlobs } from "./leftovers.ts";
import { asKeyfoldError, Outage } from "./outage.ts";
import { type Parcel, sealWhole, sendParcels } from "./parcel.ts";
import { patiently, someAttempts } from "./patience.ts";
import type { TransferPort } from "./port.ts";
import { type Line, sendBlob } from "./send-blob.ts";
import type { TransferList, TransferRow } from "./transfer-list.ts";

export interface ExposedVersion {
  readonly node: NodeId;
  readonly blob: BlobId;
}

export interface ResealOptions {
  readonly signal: AbortSignal;
  /** A version that cannot be sealed anew: it does not verify, or is gone. The others go on. */
  readonly failed?: ((version: ExposedVersion, error: KeyfoldError) => void) | undefined;
}

/** Bundles of small versions, and large ones, under way at once: one is sealed while another is on the wire. Requests share the folder's line. */
export const WIDTH = 3;

export class Resealer {
  readonly #port: TransferPort;
  readonly #list: TransferList;
  readonly #line: Line;
  readonly #outage: Outage;

  constructor(port: TransferPort, list: TransferList, line: Line) {
    this.#port = port;
    this.#list = list;
    this.#line = line;
    this.#outage = new Outage(port.clock);
  }

  /**
   * Seals versions anew and yields their ops in batches as they become ready: large ones one by one, small ones gathered. After a batch was appended, `settled()` it.
   * Small versions travel many in a request, and a few such requests are under way at once. Rejects with `cancelled`, `read-only`.
   */
  async *reseal(versions: Iterable<ExposedVersion>, options: ResealOptions): AsyncGenerator<readonly Reseal[]> {
    for await (const ops of abreast(this.#jobs(versions, options.failed), WIDTH, options.signal)) if (ops.length > 0) yield ops;
  }

  *#jobs(versions: Iterable<ExposedVersion>, failed: ResealOptions["failed"]): Generator<Job<readonly Reseal[]>> {
    const together =
      (bundle: readonly Known[]): Job<readonly Reseal[]> =>
      (signal) =>
        this.#bundle(bundle, { signal, failed });
    let small: Known[] = [];
    let size = 0;
    for (const exposed of versions) {
      const version = this.#port.version(exposed.node, exposed.blob);
      if (version === undefined) continue;
      const known = { ...exposed, version };
      if (version.sealedSize > partSize) {
        yield async (signal) => {
          const op = await this.#one(known, { signal, failed });
          return op === null ? [] : [op];
        };
        continue;
      }
      const bytes = version.sealedSize + (version.thumbnail?.sealedSize ?? 0);
      if (small.length > 0 && (size + bytes > bundleSize || small.length >= bundleParts / 2)) {
        yield together(small);
        small = [];
        size = 0;
      }
      small.push(known);
      size += bytes;
    }
    if (small.length > 0) yield together(small);
  }

  /** One version. Null when it is not there any more, or could not be sealed anew. */
  async resealVersion(exposed: ExposedVersion, options: ResealOptions): Promise<Reseal | null> {
    for await (const ops of this.reseal([exposed], options)) return ops[0] ?? null;
    return null;
  }

  /** Forgets what was kept of versions whose ops are in the folder. */
  async settled(blobs: readonly BlobId[]): Promise<void> {
    for (const blob of blobs) {
      const key = keyOf(this.#port, blob);
      const kept = await this.#port.store.get<Bytes>(key);
      if (kept === undefined) continue;
      const draft = await this.#kept(kept);
      await this.#port.store.batch([[key, undefined], ...(draft?.forgets() ?? [])]);
    }
  }

  /** Forgets what earlier pages kept of versions that are settled. Resolves with the number of those that are not. Rejects with `local-storage`. */
  async clearLeftovers(look: (blobs: readonly BlobId[]) => KnownBlobs): Promise<number> {
    const prefix = keyOf(this.#port, "");
    const begun: Begun[] = [];
    for (const key of await this.#port.store.keys(prefix)) {
      const kept = await this.#port.store.get<Bytes>(key);
      const record = kept === undefined ? null : await this.#record(kept);
      begun.push({ key, from: key.slice(prefix.length), to: record?.blob ?? null });
    }
    return clearLeftovers(this.#port, begun, look);
  }

  /** Goes on at once after signing in, or when there is room again. */
  wake(): void {
    this.#outage.wake();
  }

  close(): void {
    this.#outage.close();
  }

  /** A version of several parts. */
  async #one(known: Known, { signal, failed }: ResealOptions): Promise<Reseal | null> {
    const { node, blob, version } = known;
    const row = this.#row(known);
    try {
      const draft = await this.#draft(blob, version);
      const source = openBlob(this.#port, version, someAttempts, signal);
      await sendBlob(draft, {
        port: this.#port,
        line: this.#line,
        outage: this.#outage,
        read: (_range, part) => source.part(part).then(joined),
        sealed: (bytes) => row.process(bytes),
        confirmed: (bytes) => row.confirm(bytes),
        pause: signal,
        cancel: signal,
      });
      const thumbnail = version.thumbnail === undefined ? undefined : await this.#thumbnail(version.thumbnail, signal);
      return reseal(node, blob, version, await draft.describe(), thumbnail);
    } catch (error) {
      await this.#missed(known, error, signal, failed);
      return null;
    } finally {
      this.#list.remove(row.id);
    }
  }

  /** Versions of one part each: fetched, sealed and sent together. */
  async #bundle(bundle: readonly Known[], { signal, failed }: ResealOptions): Promise<Reseal[]> {
    const rows = bundle.map((known) => this.#row(known));
    try {
      const wanted = bundle.flatMap(({ version }) => [version, ...(version.thumbnail === undefined ? [] : [version.thumbnail])]);
      const parts = await this.#fetch(wanted, signal);
      const parcels: Parcel[] = [];
      const ready = await Promise.all(
        bundle.map(async (known) => {
          try {
            return await this.#small(known, parts, parcels, signal);
          } catch (error) {
            await this.#missed(known, error, signal, failed);
            return undefined;
          }
        }),
      );
      await this.#port.store.batch(ready.flatMap((one) => one?.writes ?? []));
      await sendParcels({ port: this.#port, line: this.#line, outage: this.#outage }, parcels, signal);
      const ops: Reseal[] = [];
      for (const [i, one] of ready.entries()) {
        if (one === undefined) continue;
        try {
          ops.push(await one.op());
          rows[i]!.confirm(one.size);
        } catch (error) {
          await this.#missed(bundle[i]!, error, signal, failed);
        }
      }
      return ops;
    } finally {
      for (const row of rows) this.#list.remove(row.id);
    }
  }

  async #small({ node, blob, version }: Known, parts: ReadonlyMap<BlobId, Bytes>, parcels: Parcel[], signal: AbortSignal) {
    const draft = await this.#draft(blob, version);
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => undefined);
    if (await this.#outage.through(() => draft.arrived(signal), signal)) {
      done.resolve();
    } else {
      const sealed = await draft.seal(0, await this.#open(version, parts, signal));
      const stored = (): void => {
        draft.confirm(0);
        done.resolve();
      };
      parcels.push({ blob: draft.blob, ...sealed, wanted: () => !signal.aborted, stored, failed: done.reject });
    }
    let thumbnail: Descriptor | undefined;
    if (version.thumbnail !== undefined) {
      const made = await sealWhole(this.#port, await this.#open(version.thumbnail, parts, signal), isPadded(version.thumbnail));
      thumbnail = made.descriptor;
      const both = done.promise;
      const own = Promise.withResolvers<void>();
      own.promise.catch(() => undefined);
      parcels.push({ blob: thumbnail.blob, ...made, wanted: () => !signal.aborted, stored: own.resolve, failed: own.reject });
      return { op: () => Promise.all([both, own.promise]).then(describe), writes: draft.writes(), size: version.size };
    }
    return { op: () => done.promise.then(describe), writes: draft.writes(), size: version.size };

    async function describe(): Promise<Reseal> {
      return reseal(node, blob, version, await draft.describe(), thumbnail);
    }
  }

  /** Parts of blobs of one part, as many as the server's answer holds; the others are fetched when they are opened. */
  async #fetch(blobs: readonly Descriptor[], signal: AbortSignal): Promise<ReadonlyMap<BlobId, Bytes>> {
    const asked = blobs.map(({ blob }) => [blob, 0] as const);
    const parts = await patiently(this.#port, someAttempts, signal, () => this.#port.blobs.readBundle(asked, { signal }));
    return new Map(parts.flatMap(({ blob, bytes }) => (bytes === null ? [] : [[blob, bytes] as const])));
  }

  async #open(descriptor: Descriptor, parts: ReadonlyMap<BlobId, Bytes>, signal: AbortSignal): Promise<Bytes> {
    const bytes = parts.get(descriptor.blob);
    if (bytes === undefined) return joined(await openBlob(this.#port, descriptor, someAttempts, signal).part(0));
    return joined(await openOnly(this.#port, createOpener(this.#port.provider, descriptor), bytes));
  }

  async #thumbnail(thumbnail: Descriptor, signal: AbortSignal): Promise<Descriptor> {
    const content = await this.#open(thumbnail, new Map(), signal);
    const { descriptor, bytes, hash } = await sealWhole(this.#port, content, isPadded(thumbnail));
    const done = Promise.withResolvers<void>();
    const parcel = { blob: descriptor.blob, bytes, hash, wanted: () => true, stored: done.resolve, failed: done.reject };
    await Promise.all([sendParcels({ port: this.#port, line: this.#line, outage: this.#outage }, [parcel], signal), done.promise]);
    return descriptor;
  }

  /** The draft that was begun for this version, or a new one, equally large. */
  async #draft(blob: BlobId, version: VersionDescriptor): Promise<Draft> {
    const key = keyOf(this.#port, blob);
    const kept = await this.#port.store.get<Bytes>(key);
    const known = kept === undefined ? null : await this.#kept(kept);
    if (known !== null) return known;
    const draft = await Draft.make(this.#port, version.size, isPadded(version));
    await this.#port.store.set(key, await this.#port.sealSecret(toUtf8(JSON.stringify(draft.record))));
    return draft;
  }

  async #kept(sealed: Bytes): Promise<Draft | null> {
    const record = await this.#record(sealed);
    return record === null ? null : Draft.resume(this.#port, record);
  }

  async #record(sealed: Bytes): Promise<DraftRecord | null> {
    try {
      return JSON.parse(fromUtf8(await this.#port.openSecret(sealed))) as DraftRecord;
    } catch (error) {
      // Sealed under a device key that is gone.
      if (isKeyfoldError(error)) return null;
      throw error;
    }
  }

  /** The draft is forgotten where it cannot be gone on with; rejects with what concerns every version. */
  async #missed({ node, blob }: Known, error: unknown, signal: AbortSignal, failed: ResealOptions["failed"]): Promise<void> {
    if (signal.aborted || isKeyfoldError(error, "read-only") || isKeyfoldError(error, "local-storage")) throw error;
    await this.settled([blob]);
    failed?.({ node, blob }, asKeyfoldError(error));
  }

  #row({ node, blob, version }: Known): TransferRow {
    const name = this.#port.tree().get(node)?.name ?? "";
    const nothing = (): void => undefined;
    const drive = { pause: nothing, resume: nothing, retry: () => this.wake(), cancel: nothing, forget: nothing };
    const { type = "", size } = version;
    return this.#list.add({ id: `reseal-${blob}`, direction: "reseal", name, type, node, size, status: "running", drive });
  }
}

interface Known extends ExposedVersion {
  readonly version: VersionDescriptor;
}

function keyOf(port: TransferPort, blob: BlobId): string {
  return `folder/${port.folder}/reseal/${blob}`;
}

/** Whether the blob was padded: its successor must be equally large. */
function isPadded({ size, sealedSize }: Descriptor): boolean {
  return sealedSizeOf(size) !== sealedSize;
}

/** Type and modification time stay as they are. */
function reseal(node: NodeId, from: BlobId, version: VersionDescriptor, sealed: Descriptor, thumbnail: Descriptor | undefined): Reseal {
  const { type, modified } = version;
  const to = {
    ...sealed,
    ...(type === undefined ? {} : { type }),
    ...(modified === undefined ? {} : { modified }),
    ...(thumbnail === undefined ? {} : { thumbnail }),
  };
  return { op: "reseal", node, from, to };
}

/** Pieces as one; the only one as it is. */
function joined(pieces: readonly Bytes[]): Bytes {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
