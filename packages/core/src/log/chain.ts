/**
 * Following the log: from its genesis, or from a place that was verified before, page by page to its end (docs/format.md, section 4).
 *
 * Each record is verified before it is opened, and folded only after both. What a good record says badly is reported and passed over; a record that
 * is not good ends it, with everything before it folded.
 *
 * @module
 */

import { fromBase64url } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { decodeClear } from "../protocol/clear.ts";
import { readAuthPubOf, type Mode } from "../protocol/identity.ts";
import { splitPage, type EntryRecord, type LogRecord } from "../protocol/record.ts";
import { holds, stepOver, type Position } from "../protocol/step.ts";
import type { Descriptor } from "../seal/blob.ts";
import { Difference, differenceOfStates, noting, sameLists } from "../tree/difference.ts";
import { applyOp, foldFirstEntry } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import { Tree } from "../tree/tree.ts";
import { openEntry, type EmptyReason, type Entry, type OpenedEntry } from "./entry.ts";
import { checkKnownHead, tampered, verifyRun, type Verified } from "./run.ts";
import { readSnapshot } from "./snapshot.ts";

/** Records verified and opened side by side; each may hold 16 MiB of JSON. */
const batch = 16;

/** What of an epoch's keys following takes; `OwnerKeys` and `ReaderKeys` are such. */
export interface LogKeys {
  readonly log: AesKey;
  readonly readAuthPub: Bytes;
  /** All 128 bytes, where the root key is known. */
  readonly keys?: Bytes;
  /** By the server's word alone: counts only in the first epoch of a folder whose genesis says that it is open. */
  readonly published?: boolean;
}

/** What is amiss in an entry that is properly signed. */
export interface Report {
  readonly seq: number;
  /** It did not open, and counts as empty. */
  readonly state?: "empty";
  readonly reason?: EmptyReason;
  /** Its clear part is malformed, or not what its ops change. */
  readonly notes?: readonly ("clear-malformed" | "clear-differs")[];
}

export interface FoldedEntry {
  readonly seq: number;
  readonly epoch: number;
  readonly entry: Entry;
  /** Its ops as the fold reads them; undefined for what is none. */
  readonly ops: readonly (Op | undefined)[];
  /** Whether each op changed the state. */
  readonly effects: readonly boolean[];
  /** The first of its epoch: the state became that of its snapshot. */
  readonly isFirst: boolean;
}

/** A place, and the state there. */
export interface VerifiedPlace {
  readonly position: Position;
  /** How the folder began; null where the log was entered at a rekey. */
  readonly mode: Mode | null;
  readonly tree: Tree;
}

export interface FollowOptions {
  readonly provider: CryptoProvider;
  /** Keys of the epochs that this device can read. */
  readonly keys: readonly LogKeys[];
  /** Plaintext of a snapshot's blob, verified. */
  readonly snapshot: (descriptor: Descriptor) => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
  /** The folder that is expected, hex. Not needed with `from`. */
  readonly folderId?: string;
  readonly from?: VerifiedPlace;
  /** Heads that were verified here before or come from a checkpoint: seq and head in hex. */
  readonly knownHeads?: ReadonlyMap<number, string>;
  /**
   * Wraps each run of folding, which is synchronous: take off there what is not confirmed, call `fold`, put it on again.
   */
  readonly folding?: (fold: () => void) => void;
  readonly onEntry?: (folded: FoldedEntry) => void;
  /** Records that hold where they stand, as they came (`u8 kind | body`), once they are folded. */
  readonly onRecords?: (records: readonly HeldRecord[]) => void;
}

/** A record that was verified where it stands. */
export interface HeldRecord {
  /** `u8 kind | body`; a view into the page it came in. */
  readonly bytes: Bytes;
  /** The place before it; null before the genesis. */
  readonly before: Position | null;
  readonly after: Position;
}

/** How following ended. */
export type Verdict =
  | { readonly status: "current" }
  /** From `seq` on it takes a newer Keyfold: the chain was followed, nothing was folded, this device may only read. */
  | { readonly status: "update-required"; readonly seq: number };

interface Opened extends Verified {
  readonly opened?: OpenedEntry;
  /** Of the first entry of an epoch. */
  readonly snapshot?: Tree;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Follows one folder's log. Pages go in with `page`, one after the other; `finish` says what it came to. */
export class LogFollower {
  /** The state at `position`. The same object throughout. */
  readonly tree: Tree;
  readonly reports: Report[] = [];
  readonly #options: FollowOptions;
  #position: Position | null;
  #mode: Mode | null;
  /** The last record was a rekey: the next must be its entry. */
  #isRekeying = false;
  /** Whether `tree` is the state at `position`: not while passing entries that cannot be read. */
  #isKnown = true;
  #newerFrom: number | null = null;
  #hadKey: boolean;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#position = options.from?.position ?? null;
    this.#mode = options.from?.mode ?? null;
    this.#hadKey = this.#position !== null && this.#keyFor(this.#position) !== undefined;
    this.tree = options.from?.tree ?? new Tree();
  }

  /**
   * Begins behind a rekey that the device's own key signed, without what came before it. `previous` is the place before the rekey as the server tells
   * it: the signature holds for no other.
   *
   * Throws `wrong-key` where the rekey announces other keys than this device has, `tampered` with reason `bad-signature`.
   */
  static async behindRekey(
    options: FollowOptions,
    previous: Omit<Position, "keys">,
    record: LogRecord & { kind: "rekey" },
  ): Promise<LogFollower> {
    if (!options.keys.some(({ keys }) => keys !== undefined && sameBytes(keys, record.keys))) {
      throw new KeyfoldError("wrong-key", "This key does not open the folder.", { reason: "wrong-key" });
    }
    const step = await stepOver(options.provider, { ...previous, keys: record.keys }, record);
    const position = await holds(options.provider, { ...step, signatures: step.signatures.slice(1) });
    const follower = new LogFollower({ ...options, from: { position, mode: null, tree: new Tree() } });
    follower.#isRekeying = true;
    follower.#isKnown = false;
    checkKnownHead(position, options.knownHeads);
    return follower;
  }

  /** The place reached; null before the genesis. */
  get position(): Position | null {
    return this.#position;
  }
  /** How the folder began; null where that is not known. */
  get mode(): Mode | null {
    return this.#mode;
  }
  /** Whether a newer Keyfold wrote to this folder: it may be read as far as it is understood, and not be written to. */
  get needsUpdate(): boolean {
    return this.#newerFrom !== null;
  }

  /**
   * Verifies and folds the records of a page (`u32 length` before each). Pages must not overlap nor be fed side by side.
   *
   * Throws, with the record's `seq`: `malformed`, `wrong-folder`, `forked`, `unsupported-version`, and `tampered` with reason `no-genesis`,
   * `bad-signature`, `bad-key`, `no-snapshot` or `snapshot-state`. What came before the bad record is folded then.
   */
  async page(bytes: Bytes): Promise<void> {
    let encoded: Bytes[] = [];
    try {
      for (const record of splitPage(bytes)) {
        encoded.push(record);
        if (encoded.length === batch) {
          const run = encoded;
          encoded = [];
          await this.#take(run);
        }
      }
    } finally {
      await this.#take(encoded);
    }
  }

  /**
   * What following came to, when the server has no more records.
   *
   * Throws `rolled-back`, `old-key`, `wrong-key`, and `tampered` with reason `no-genesis`, `rekey-incomplete` or `entry-missing`.
   */
  finish(): Verdict {
    const position = this.#position;
    if (position === null) throw tampered("no-genesis", "The folder's history has no beginning.", 0);
    const { seq } = position;
    for (const known of this.#options.knownHeads?.keys() ?? []) {
      if (known > seq) {
        throw new KeyfoldError("rolled-back", "The server shows less than this device has seen.", { reason: "rolled-back", seq });
      }
    }
    if (this.#isRekeying) throw tampered("rekey-incomplete", "The folder's key was changed, and the change is not complete.", seq);
    if (this.#keyFor(position) === undefined) {
      const code = this.#hadKey ? "old-key" : "wrong-key";
      const message = this.#hadKey ? "This key opened the folder earlier; it was changed since." : "This key does not open the folder.";
      throw new KeyfoldError(code, message, { reason: code });
    }
    if (this.#newerFrom !== null) return { status: "update-required", seq: this.#newerFrom };
    if (!this.#isKnown) throw tampered("entry-missing", "The server withholds entries of the folder's history.", seq);
    return { status: "current" };
  }

  #keyFor({ keys, epoch }: Position): LogKeys | undefined {
    const readAuthPub = readAuthPubOf(keys);
    const isOpen = epoch === 0 && this.#mode === 0;
    return this.#options.keys.find((own) => {
      if (own.published === true && !isOpen) return false;
      return own.keys === undefined ? sameBytes(own.readAuthPub, readAuthPub) : sameBytes(own.keys, keys);
    });
  }

  async #take(encoded: readonly Bytes[]): Promise<void> {
    const { provider, folderId, knownHeads } = this.#options;
    const { verified, failure } = await verifyRun(provider, encoded, {
      from: this.#position,
      isRekeying: this.#isRekeying,
      folderId,
      knownHeads,
    });
    // Before anything is opened: which keys may open it depends on the mode.
    for (const { record } of verified) if (record.kind === "genesis") this.#mode = record.mode;
    const { opened, failure: unopened } = await this.#open(verified);
    if (opened.length > 0) (this.#options.folding ?? ((fold) => fold()))(() => opened.forEach((one) => this.#fold(one)));
    this.#options.onRecords?.(opened.map(({ before, after }, i) => ({ bytes: encoded[i]!, before, after })));
    const first = unopened ?? failure;
    if (first !== undefined) throw first.error;
  }

  /** Opens the entries that this device can read, and the snapshots that the first ones of epochs stand on. */
  async #open(verified: readonly Verified[]): Promise<{ opened: Opened[]; failure?: { error: unknown } }> {
    const { provider } = this.#options;
    const opening = verified.map(async (one): Promise<Opened> => {
      const { record, before } = one;
      const key = record.kind === "entry" && before !== null ? this.#keyFor(before) : undefined;
      if (record.kind !== "entry" || key === undefined) return one;
      return { ...one, opened: await openEntry(provider, key.log, before!, record) };
    });
    const opened: Opened[] = [];
    let isNewer = this.needsUpdate;
    try {
      for (const one of await Promise.all(opening)) {
        if (one.opened?.state === "newer") isNewer = true;
        const needsSnapshot = one.isFirst && one.opened !== undefined && !isNewer;
        opened.push(needsSnapshot ? { ...one, snapshot: await this.#snapshotOf(one.opened, one.after.seq) } : one);
      }
    } catch (error) {
      return { opened, failure: { error } };
    }
    return { opened };
  }

  async #snapshotOf(opened: OpenedEntry, seq: number): Promise<Tree> {
    const op = opened.state === "read" ? readOp(opened.entry.ops[0]) : undefined;
    if (op?.op !== "snapshot") throw tampered("no-snapshot", "The first entry after a change of keys has no snapshot.", seq);
    try {
      return await readSnapshot(this.#options.provider, await this.#options.snapshot(op.descriptor), fromBase64url(op.state, 32));
    } catch (error) {
      if (!isKeyfoldError(error) || error.reason !== "snapshot-state") throw error;
      throw new KeyfoldError(error.code, error.message, { reason: "snapshot-state", seq, cause: error });
    }
  }

  #fold(one: Opened): void {
    const { record, after, isFirst } = one;
    this.#position = after;
    this.#isRekeying = record.kind === "rekey";
    if (this.#keyFor(after) !== undefined) this.#hadKey = true;
    if (record.kind === "entry" && one.opened !== undefined) {
      this.#foldEntry(record, one.opened, after, isFirst ? one.snapshot : undefined);
    } else if (record.kind === "entry" || record.kind === "spine") {
      this.#isKnown = false; // until a snapshot tells the state again
    }
  }

  #foldEntry(record: EntryRecord, opened: OpenedEntry, { seq, epoch }: Position, snapshot: Tree | undefined): void {
    if (opened.state === "newer") this.#newerFrom ??= seq;
    if (this.#newerFrom !== null || (!this.#isKnown && snapshot === undefined)) return;
    if (opened.state === "empty") {
      this.reports.push({ seq, state: "empty", reason: opened.reason, ...this.#notes(record, undefined) });
      return;
    }
    if (opened.state !== "read") return;
    const { entry } = opened;
    const ops = entry.ops.map(readOp);
    let effects: boolean[];
    let difference: Difference | undefined;
    if (snapshot === undefined) {
      const noted = (difference = new Difference());
      effects = noting(this.tree, noted, () => ops.map((op) => op !== undefined && applyOp(this.tree, op)));
    } else {
      effects = foldFirstEntry(snapshot, entry.ops);
      difference = this.#isKnown ? differenceOfStates(this.tree, snapshot) : undefined; // nothing to compare with behind what could not be read
      this.tree.become(snapshot);
      this.#isKnown = true;
    }
    const notes = this.#notes(record, difference);
    if (notes.notes !== undefined) this.reports.push({ seq, ...notes });
    this.#options.onEntry?.({ seq, epoch, entry, ops, effects, isFirst: snapshot !== undefined });
  }

  #notes({ clear }: EntryRecord, difference: Difference | undefined): Pick<Report, "notes"> {
    try {
      const lists = decodeClear(clear);
      return difference === undefined || sameLists(lists, difference.lists()) ? {} : { notes: ["clear-differs"] };
    } catch {
      return { notes: ["clear-malformed"] };
    }
  }
}
