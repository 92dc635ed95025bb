/**
 * One file on its way into the folder: what it is, and how its bytes are read.
 *
 * @module
 */
import { Unread } from "../api/sender-message.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { NodeId } from "../interface/tree.ts";
import { partSize } from "../protocol/geometry.ts";
import type { Descriptor } from "../seal/blob.ts";
import { type ByteRange, plainSizeOf, sealedSizeOf } from "../seal/geometry.ts";
import type { VersionDescriptor } from "../tree/op.ts";
import type { Draft, DraftRecord } from "./draft.ts";
import type { TransferRow } from "./transfer-list.ts";

/** A path from the root, or a directory. */
export type Destination = string | { readonly node: NodeId | null };
export type Conflict = "keep-both" | "replace";

/** What stays the same from picking to the end; kept sealed on this device from sending on. */
export interface UploadRecord {
  readonly v: 1;
  readonly id: string;
  /** The id that the file will have in the tree, unless it becomes a new version of another. */
  readonly node: NodeId;
  readonly name: string;
  readonly type: string;
  readonly path: readonly string[];
  readonly to: Destination;
  readonly size: number;
  /** Milliseconds since 1970; null when not known. */
  readonly modified: number | null;
  readonly conflict: Conflict;
  readonly draft?: DraftRecord;
}

/** `queryPermission` and `requestPermission` are not in every engine, nor in TypeScript's own types. */
interface PermissionHandle {
  queryPermission?(descriptor: { mode: "read" }): Promise<PermissionState>;
  requestPermission?(descriptor: { mode: "read" }): Promise<PermissionState>;
}

export class Upload {
  record: UploadRecord;
  readonly order: number;
  readonly handle: FileSystemFileHandle | undefined;
  /** Set right after, by the list. */
  row!: TransferRow;
  draft: Draft | null = null;
  /** The draft is of another edition of the file: the next run gives it up. */
  stale = false;
  /** Undefined: not tried yet. */
  thumbnail: Descriptor | null | undefined;
  /** A run holds it. */
  busy = false;
  /** How often a draft was given up. */
  restarts = 0;
  pauser = new AbortController();
  readonly canceller = new AbortController();
  readonly finished = Promise.withResolvers<NodeId>();
  #file: Blob | null;
  #hasRead = false;

  constructor(record: UploadRecord, order: number, file: Blob | null, handle: FileSystemFileHandle | undefined) {
    this.record = record;
    this.order = order;
    this.#file = file;
    this.handle = handle;
    // Who does not wait for it need not hear that it failed.
    this.finished.promise.catch(() => undefined);
  }

  get id(): string {
    return this.record.id;
  }

  get file(): Blob | null {
    return this.#file;
  }

  /** One part: goes with others in a bundle. */
  isSmall(padded: boolean): boolean {
    return sealedSizeOf(plainSizeOf(this.record.size, padded)) <= partSize;
  }

  /** The person gave the file again, perhaps another edition of it. */
  take(file: Blob): void {
    const { size, modified } = this.record;
    this.#file = file;
    this.#hasRead = false;
    if (file.size === size && modifiedOf(file) === modified) return;
    this.record = { ...this.record, size: file.size, modified: modifiedOf(file) };
    this.stale = true;
  }

  /** Lets go of the file: done with it. */
  drop(): void {
    this.#file = null;
  }

  /** Whether this is the file that was meant: name, size, modification time. */
  matches(name: string, file: Blob): boolean {
    return name === this.record.name && file.size === this.record.size && modifiedOf(file) === this.record.modified;
  }

  /**
   * The file, by its handle where the page holds only that. `ask`: within a click, so that the browser may ask the person.
   * Null when the person has to give it. Throws `file-changed`.
   */
  async open(ask = false): Promise<Blob | null> {
    if (this.#file !== null || this.handle === undefined) return this.#file;
    const handle: FileSystemFileHandle & PermissionHandle = this.handle;
    let state = (await handle.queryPermission?.({ mode: "read" })) ?? "granted";
    if (state === "prompt" && ask) state = (await handle.requestPermission?.({ mode: "read" })) ?? "denied";
    if (state !== "granted") return null;
    let file: File;
    try {
      file = await handle.getFile();
    } catch (cause) {
      throw new KeyfoldError("file-unreadable", "The file is not where it was.", { cause });
    }
    if (!this.matches(this.record.name, file)) throw new KeyfoldError("file-changed", "Edited since it was picked.", { reason: "file" });
    this.#file = file;
    return file;
  }

  /** Content of a range. Throws `file-changed`, `file-unreadable`, `file-needed`. */
  read(range: ByteRange): Promise<Bytes> {
    return this.lend(range, async (slice) => {
      let content: Bytes;
      try {
        content = new Uint8Array(await slice.arrayBuffer());
      } catch (cause) {
        throw new Unread(false, { cause });
      }
      if (content.length !== slice.size) throw new Unread(true);
      return content;
    });
  }

  /** Lets somebody else read a range, who says `Unread` where that does not succeed. Throws as `read()`, and what he throws besides. */
  async lend<T>({ start, end }: ByteRange, use: (slice: Blob) => Promise<T>): Promise<T> {
    const file = this.#file;
    if (file === null) throw new KeyfoldError("file-needed", "Give the file again.");
    const slice = file.slice(start, end);
    try {
      if (slice.size !== end - start) throw new Unread(true);
      const read = await use(slice);
      this.#hasRead = true;
      return read;
    } catch (cause) {
      if (!(cause instanceof Unread)) throw cause;
      // Browsers say the same of a file that was edited and of one that cannot be read; but one that could be read a moment ago was edited.
      if (cause.short || this.#hasRead) {
        throw new KeyfoldError("file-changed", "Edited while it was being sent.", { cause, reason: "read" });
      }
      throw new KeyfoldError("file-unreadable", "The file cannot be read.", { cause });
    }
  }

  version(descriptor: Descriptor): VersionDescriptor {
    const { type, modified } = this.record;
    return {
      ...descriptor,
      ...(type === "" ? {} : { type }),
      ...(modified === null ? {} : { modified }),
      ...(this.thumbnail ? { thumbnail: this.thumbnail } : {}),
    };
  }
}

/** A file's modification time, where it tells one that the log can hold. */
export function modifiedOf(file: Blob): number | null {
  const modified = file instanceof File ? Math.trunc(file.lastModified) : Number.NaN;
  return Number.isSafeInteger(modified) && modified >= 0 ? modified : null;
}
