/**
 * A blob that is being made: its secrets, and the hash of every part that was ever about to leave this device.
 *
 * Why the hashes are kept: a part that was sent once may be sent again only if it is the same, bit for bit. Another plaintext under the same
 * key and nonces would give both away (docs/format.md, section 3, "Sending"). Where a part comes out differently, the draft is abandoned.
 *
 * @module
 */
import { constantTimeEqual, fromBase64url, toBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Descriptor } from "../seal/blob.ts";
import { createSealer, drawBlob, type BlobSecrets, type SealedPart, type Sealer } from "../seal/sealer.ts";
import type { TransferPort } from "./port.ts";

const HASH = 32;
/** Hashes that are written together. */
const CHUNK = 64;

/** A draft as it is kept, sealed, on this device. Binary members in base64url. */
export interface DraftRecord {
  readonly blob: string;
  readonly key: string;
  readonly salt: string;
  readonly prefix: string;
  readonly size: number;
  readonly padded: boolean;
}

/** A part came out otherwise than before: the draft must not go on. */
function changed(): KeyfoldError {
  return new KeyfoldError("file-changed", "Edited while it was being sent.", { reason: "part" });
}

type Write = readonly [key: string, value: unknown];

export class Draft {
  readonly record: DraftRecord;
  readonly sealer: Sealer;
  /** Whether the server has to be asked what it has: an earlier page may have sent something. */
  #unsure: boolean;
  /** Made on the server, and what it has is known. */
  #opened = false;
  readonly #port: TransferPort;
  readonly #hashes: Bytes;
  readonly #known: boolean[];
  readonly #stored: boolean[];
  readonly #dirty = new Set<number>();
  #writing: Promise<void> | null = null;

  private constructor(port: TransferPort, record: DraftRecord, sealer: Sealer, resumed: boolean) {
    this.#port = port;
    this.record = record;
    this.sealer = sealer;
    this.#unsure = resumed;
    this.#hashes = new Uint8Array(HASH * sealer.partCount);
    this.#known = Array.from({ length: sealer.partCount }, () => false);
    this.#stored = Array.from({ length: sealer.partCount }, () => false);
  }

  /** A fresh content key and blob id for a file of `size` bytes. */
  static async make(port: TransferPort, size: number, padded: boolean): Promise<Draft> {
    const secrets = drawBlob(port.provider);
    const { blob, key, salt, prefix } = secrets;
    const record = { blob, key: toBase64url(key), salt: toBase64url(salt), prefix: toBase64url(prefix), size, padded };
    return new Draft(port, record, await sealerOf(port, secrets, record), false);
  }

  /** What an earlier page began, with the hashes that it kept. */
  static async resume(port: TransferPort, record: DraftRecord): Promise<Draft> {
    const { blob } = record;
    const secrets = {
      blob,
      key: fromBase64url(record.key, 32),
      salt: fromBase64url(record.salt, 32),
      prefix: fromBase64url(record.prefix, 7),
    };
    const draft = new Draft(port, record, await sealerOf(port, secrets, record), true);
    for (const key of await port.store.keys(prefixOf(port, blob))) {
      const chunk = await port.store.get<Bytes>(key);
      if (chunk !== undefined) draft.#load(Number(key.slice(key.lastIndexOf("/") + 1)), chunk);
    }
    return draft;
  }

  get blob(): string {
    return this.record.blob;
  }

  get partCount(): number {
    return this.sealer.partCount;
  }

  /** Whether the part's hash is known, here or from an earlier page. */
  knows(part: number): boolean {
    return this.#known[part] === true;
  }

  get complete(): boolean {
    return this.#known.every(Boolean);
  }

  hash(part: number): Bytes {
    return this.#hashes.subarray(HASH * part, HASH * (part + 1));
  }

  /** Whether the server has this very part: it says so, and the hash is known. */
  isStored(part: number): boolean {
    return this.#stored[part] === true && this.knows(part);
  }

  /** The server confirmed the part. */
  confirm(part: number): void {
    this.#stored[part] = true;
  }

  /**
   * What the server has of the blob: `new` where it was never made, `live` where an entry has added it already. Asks once, and only where an
   * earlier page may have sent something. Rejects with `gone` when the server has given it up.
   */
  async find(signal: AbortSignal): Promise<"new" | "open" | "live"> {
    if (this.#opened) return "open";
    if (!this.#unsure) return "new";
    try {
      const { state, stored } = await this.#port.blobs.blobState(this.blob, { signal });
      if (state === "live") return "live";
      if (state !== "open") throw new KeyfoldError("gone", "The server has given up what was sent of this file.");
      for (const [first, count] of stored) this.#stored.fill(true, first, first + count);
      this.#opened = true;
      return "open";
    } catch (error) {
      // Never made, or lost with a restored backup: the same parts may be sent again.
      if (!isKeyfoldError(error, "not-found")) throw error;
      this.#unsure = false;
      return "new";
    }
  }

  /** Whether the server has all of it already, so that the file itself is not needed. As `find()`. */
  async arrived(signal: AbortSignal): Promise<boolean> {
    if (!this.complete) return false;
    return (await this.find(signal)) === "live" || this.#stored.every(Boolean);
  }

  /** Makes the blob on the server where it is not there. Otherwise as `find()`. */
  async open(signal: AbortSignal): Promise<"open" | "live"> {
    const found = await this.find(signal);
    if (found !== "new") return found;
    await this.#port.blobs.createBlobs([{ blob: this.blob, sealedSize: this.sealer.sealedSize }], { signal });
    this.#opened = true;
    return "open";
  }

  /** The server does not know the blob any more: it is asked again before anything else is sent. */
  lose(): void {
    this.#opened = false;
    this.#unsure = true;
    this.#stored.fill(false);
  }

  /** Seals a part; throws `file-changed` where it is not the part that was sealed before. Not kept yet: `keep()`, then it may leave. */
  async seal(part: number, content: Bytes, into?: Bytes): Promise<SealedPart> {
    const sealed = await this.sealer.sealPart(part, content, into);
    this.accept(part, sealed.hash);
    return sealed;
  }

  /** As `seal()`, of a part that was sealed elsewhere by `sealer.sealing`: its hash. */
  accept(part: number, hash: Bytes): void {
    if (this.knows(part)) {
      if (!constantTimeEqual(this.hash(part), hash)) throw changed();
    } else {
      this.hash(part).set(hash);
      this.#known[part] = true;
      this.#dirty.add(Math.floor(part / CHUNK));
    }
  }

  /** Resolves when the hash of every part sealed so far is stored durably. Calls at the same time share their writes. */
  async keep(): Promise<void> {
    while (this.#dirty.size > 0 || this.#writing !== null) {
      if (this.#writing === null) {
        const writes = this.writes();
        this.#writing = this.#port.store.batch(writes).finally(() => {
          this.#writing = null;
        });
      }
      await this.#writing;
    }
  }

  /** What `keep()` would write, for who writes several drafts at once. */
  writes(): Write[] {
    const writes = [...this.#dirty].map((chunk): Write => {
      const start = HASH * CHUNK * chunk;
      return [`${prefixOf(this.#port, this.blob)}${chunk}`, this.#hashes.slice(start, start + HASH * CHUNK)];
    });
    this.#dirty.clear();
    return writes;
  }

  /** The writes that forget the draft's hashes. */
  forgets(): Write[] {
    const chunks = new Set(this.#known.flatMap((known, part) => (known ? [Math.floor(part / CHUNK)] : [])));
    return [...chunks].map((chunk): Write => [`${prefixOf(this.#port, this.blob)}${chunk}`, undefined]);
  }

  /** Needs every hash. */
  describe(): Promise<Descriptor> {
    return this.sealer.describe(Array.from({ length: this.partCount }, (_, part) => this.hash(part)));
  }

  #load(chunk: number, bytes: Bytes): void {
    const start = HASH * CHUNK * chunk;
    this.#hashes.set(bytes.subarray(0, Math.max(0, this.#hashes.length - start)), start);
    for (let part = CHUNK * chunk; part < Math.min(this.partCount, CHUNK * (chunk + 1)); part++) {
      this.#known[part] = this.hash(part).some((byte) => byte !== 0);
    }
  }
}

/** Blobs of which hashes are kept. */
export async function draftsKept(port: TransferPort): Promise<string[]> {
  const all = allOf(port);
  return [...new Set((await port.store.keys(all)).map((key) => key.slice(all.length).split("/")[0] ?? ""))];
}

/** The writes that forget every hash that is kept of a blob, whoever kept it. */
export async function forgetDraft(port: TransferPort, blob: string): Promise<Write[]> {
  return (await port.store.keys(prefixOf(port, blob))).map((key): Write => [key, undefined]);
}

function allOf(port: TransferPort): string {
  return `folder/${port.folder}/draft/`;
}

function prefixOf(port: TransferPort, blob: string): string {
  return `${allOf(port)}${blob}/`;
}

function sealerOf(port: TransferPort, secrets: BlobSecrets, { size, padded }: DraftRecord): Promise<Sealer> {
  return createSealer(port.provider, { ...secrets, size, padded });
}
