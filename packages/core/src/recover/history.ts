/**
 * A folder's log, read for what can still be had of it: verified record by record as ever, but a fault is noted and passed where that is sound.
 *
 * What is passed: an entry whose body is gone (its hashes and signature still stand, so the chain goes on) or does not open, and the snapshot of a
 * rekey that cannot be read. What was folded around such a gap is still signed by the folder's key; names and places may be older than they were, and
 * a later snapshot makes up for it. What ends it: a record that is missing altogether, or not properly signed. Nothing after it can be verified, and
 * nothing after it is used.
 *
 * @module
 */

import { fromBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import type { LogKeys } from "../log/chain.ts";
import { openEntry, type OpenedEntry } from "../log/entry.ts";
import { verifyRun, type Verified } from "../log/run.ts";
import { readSnapshot } from "../log/snapshot.ts";
import { readAuthPubOf, type Mode } from "../protocol/identity.ts";
import { splitPage } from "../protocol/record.ts";
import type { Position } from "../protocol/step.ts";
import type { Descriptor } from "../seal/blob.ts";
import { foldFirstEntry, foldValue } from "../tree/fold.ts";
import type { Snapshot } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import { Tree } from "../tree/tree.ts";
import type { FolderSource } from "./source.ts";
import { Strays, type Stray } from "./strays.ts";

/** What is amiss with the history. `seq` is the record's number. */
export type HistoryFault =
  /** A record is missing, malformed or not properly signed: nothing from `seq` to `last` can be verified. `reason` as in docs/errors.md. */
  | { readonly what: "broken"; readonly seq: number; readonly last: number; readonly reason: string }
  /** An entry's body is missing or does not open. `healed`: a later snapshot makes up for it. */
  | { readonly what: "entry"; readonly seq: number; readonly reason: string; readonly healed: boolean }
  /** The snapshot that a change of keys stands on cannot be read: files from before it have no place any more. */
  | { readonly what: "snapshot"; readonly seq: number; readonly reason: string; readonly healed: boolean }
  /** From `seq` on it takes a newer Keyfold. */
  | { readonly what: "newer"; readonly seq: number }
  /** The log ends at `seq`, and the checkpoint says that it went on to `seen`. */
  | { readonly what: "rolled-back"; readonly seq: number; readonly seen: number }
  /** At the checkpoint's place another record stands. */
  | { readonly what: "forked"; readonly seq: number };

export interface History {
  readonly folder: string;
  /** How it began; null where the log has not even a beginning. */
  readonly mode: Mode | null;
  /** The last record that holds; null where not even the first does. */
  readonly position: Position | null;
  readonly tree: Tree;
  /** Files whose places are lost; none where the history has no gap. */
  readonly strays: readonly Stray[];
  readonly faults: readonly HistoryFault[];
}

export interface HistoryOptions {
  readonly provider: CryptoProvider;
  readonly keys: LogKeys;
  readonly source: FolderSource;
  /** Content of a snapshot, verified. */
  readonly content: (descriptor: Descriptor) => ReadableStream<Uint8Array>;
  readonly checkpoint?: KeyCheckpoint | undefined;
}

/** Records verified side by side. */
const batch = 32;

interface Gap {
  readonly what: "entry" | "snapshot";
  readonly seq: number;
  readonly reason: string;
}

/**
 * Reads the log to its end, or as far as it holds.
 *
 * Throws `old-key` and `wrong-key` where the whole log can be followed and the key is not that of its last epoch.
 */
export async function readHistory(options: HistoryOptions): Promise<History> {
  const reader = new HistoryReader(options);
  await reader.read();
  return reader.result();
}

class HistoryReader {
  readonly #options: HistoryOptions;
  readonly #faults: HistoryFault[] = [];
  #tree = new Tree();
  #position: Position | null = null;
  #mode: Mode | null = null;
  #isRekeying = false;
  #newerFrom: number | null = null;
  #hadKey = false;
  /** Gaps of this epoch that no snapshot made up for. */
  #gaps: Gap[] = [];
  readonly #healed: Gap[] = [];
  /** What was folded since the first gap, to be folded anew onto a snapshot that made up for it. */
  #since: { readonly seq: number; readonly ops: readonly unknown[] }[] = [];
  #strays = new Strays();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  async read(): Promise<void> {
    const { source } = this.#options;
    let broken: { readonly reason: string } | null = null;
    for await (const { first, records } of source.records()) {
      broken = first === this.#next ? await this.#page(records) : { reason: "missing" };
      if (broken !== null) break;
    }
    if (broken === null && this.#next <= source.seq) broken = { reason: "missing" };
    if (broken === null && this.#isRekeying) broken = { reason: "rekey-incomplete" };
    if (broken !== null)
      this.#faults.push({ what: "broken", seq: this.#next, last: Math.max(source.seq, this.#next), reason: broken.reason });
    else this.#checkKey();
    this.#checkCheckpoint();
  }

  result(): History {
    const entries = [...this.#gaps.map((gap) => ({ ...gap, healed: false })), ...this.#healed.map((gap) => ({ ...gap, healed: true }))];
    const faults = [...entries, ...this.#faults, ...(this.#newerFrom === null ? [] : [{ what: "newer", seq: this.#newerFrom } as const])];
    return {
      folder: this.#options.source.folder,
      mode: this.#mode,
      position: this.#position,
      tree: this.#tree,
      strays: this.#gaps.length === 0 ? [] : this.#strays.notIn(this.#tree),
      faults: faults.sort((a, b) => a.seq - b.seq),
    };
  }

  get #next(): number {
    return (this.#position?.seq ?? -1) + 1;
  }

  #holdsKeyOf({ keys }: Position): boolean {
    const own = this.#options.keys;
    const theirs = own.keys === undefined ? readAuthPubOf(keys) : keys;
    return toHex(own.keys ?? own.readAuthPub) === toHex(theirs);
  }

  #checkKey(): void {
    if (this.#position === null || this.#holdsKeyOf(this.#position)) return;
    const code = this.#hadKey ? "old-key" : "wrong-key";
    throw new KeyfoldError(code, this.#hadKey ? "This key was replaced by a newer one." : "This key does not open the folder.", {
      reason: code,
    });
  }

  #checkCheckpoint(): void {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined || checkpoint.seq < this.#next) return;
    this.#faults.push({ what: "rolled-back", seq: this.#next - 1, seen: checkpoint.seq });
  }

  /** Null, or why it ends here. */
  async #page(records: Bytes): Promise<{ readonly reason: string } | null> {
    let waiting: Bytes[] = [];
    try {
      for (const record of splitPage(records)) {
        waiting.push(record);
        if (waiting.length < batch) continue;
        const run = waiting;
        waiting = [];
        const broken = await this.#run(run);
        if (broken !== null) return broken;
      }
    } catch (error) {
      // The page ends inside a record: what came before it still counts.
      return (await this.#run(waiting)) ?? { reason: reasonOf(error) };
    }
    return this.#run(waiting);
  }

  async #run(encoded: readonly Bytes[]): Promise<{ readonly reason: string } | null> {
    const { provider, source, keys } = this.#options;
    const start = { from: this.#position, isRekeying: this.#isRekeying, folderId: source.folder, knownHeads: undefined };
    const { verified, failure } = await verifyRun(provider, encoded, start);
    const opened = await Promise.all(
      verified.map(async ({ record, before }) =>
        record.kind === "entry" && before !== null && this.#holdsKeyOf(before) ? openEntry(provider, keys.log, before, record) : undefined,
      ),
    );
    for (const [i, one] of verified.entries()) await this.#take(one, opened[i]);
    return failure === undefined ? null : { reason: reasonOf(failure.error) };
  }

  async #take({ record, before, after, isFirst }: Verified, opened: OpenedEntry | undefined): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint?.seq === after.seq && checkpoint.head !== toHex(after.head)) this.#faults.push({ what: "forked", seq: after.seq });
    this.#position = after;
    this.#isRekeying = record.kind === "rekey";
    if (record.kind === "genesis") this.#mode = record.mode;
    const isReadable = this.#holdsKeyOf(after);
    if (isReadable) this.#hadKey = true;
    if (this.#newerFrom !== null || before === null || !isReadable || record.kind === "rekey") return;
    if (opened?.state === "newer") {
      this.#newerFrom = after.seq;
    } else if (opened?.state === "read") {
      await this.#fold(after.seq, opened.entry.ops, isFirst);
    } else {
      this.#gaps.push({ what: isFirst ? "snapshot" : "entry", seq: after.seq, reason: opened?.reason ?? "missing" });
    }
  }

  async #fold(seq: number, ops: readonly unknown[], isFirst: boolean): Promise<void> {
    if (isFirst) {
      const op = readOp(ops[0]);
      const read = op?.op === "snapshot" ? await this.#snapshot(op) : { reason: "no-snapshot" };
      if ("reason" in read) this.#gaps.push({ what: "snapshot", seq, reason: read.reason });
      this.#tree = "tree" in read ? read.tree : new Tree();
      foldFirstEntry(this.#tree, ops);
    } else {
      for (const op of ops) foldValue(this.#tree, op);
    }
    if (this.#gaps.length === 0) return;
    this.#since.push({ seq, ops });
    this.#strays.note(ops);
    if (!isFirst) for (const op of ops.map(readOp)) if (op?.op === "snapshot") await this.#heal(op);
  }

  async #snapshot(op: Snapshot): Promise<{ readonly tree: Tree } | { readonly reason: string }> {
    const { provider, content } = this.#options;
    try {
      return { tree: await readSnapshot(provider, content(op.descriptor), fromBase64url(op.state, 32)) };
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  }

  /** A snapshot that covers every gap tells the state again. */
  async #heal(op: Snapshot): Promise<void> {
    if (this.#gaps.some(({ seq }) => seq > op.covers)) return;
    const read = await this.#snapshot(op);
    if ("reason" in read) return;
    this.#tree = read.tree;
    for (const { seq, ops } of this.#since) if (seq > op.covers) for (const one of ops) foldValue(this.#tree, one);
    this.#healed.push(...this.#gaps);
    this.#gaps = [];
    this.#since = [];
    this.#strays = new Strays();
  }
}

/** The finest word for what went wrong. */
export function reasonOf(error: unknown): string {
  if (isKeyfoldError(error)) return error.reason ?? error.code;
  return "unreadable";
}
