/**
 * This device's copy of a folder: the confirmed state that the verified log folds to, and on top of it the changes made here that the log does not
 * hold yet.
 *
 * Readers see both as one tree. Whenever the log grows, what is pending is taken off, the new entries are folded, and what is pending is put on
 * again, rebased on the new state. Nothing here talks to a server.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import {
  LogFollower,
  type FoldedEntry,
  type FollowOptions,
  type HeldRecord,
  type LogKeys,
  type Report,
  type Verdict,
  type VerifiedPlace,
} from "../log/chain.ts";
import { draftEntry, type Draft } from "../log/draft.ts";
import type { Mode } from "../protocol/identity.ts";
import { splitPage, type RekeyRecord } from "../protocol/record.ts";
import type { Position } from "../protocol/step.ts";
import type { Op } from "../tree/op.ts";
import { rebase, seenBy, type PendingOp, type Settlement } from "../tree/rebase.ts";
import type { Trace } from "../tree/trace.ts";
import type { Mark, Tree } from "../tree/tree.ts";
import type { Change, SentEntry } from "./outbox.ts";

/** A pending change, and what it comes to on the state it lies on. */
interface Layer {
  readonly change: Change;
  ops: readonly PendingOp[];
}

export interface ReplicaOptions {
  readonly provider: CryptoProvider;
  readonly folder: string;
  /** Plaintext of a snapshot's blob. */
  readonly snapshot: FollowOptions["snapshot"];
  /** Heads that this device or its key's checkpoint knows: seq and hex. */
  readonly knownHeads: ReadonlyMap<number, string>;
  /** Keys of the epochs that this device can read. */
  readonly keys?: readonly LogKeys[];
  /** A place that was verified, and the state there, instead of the log's beginning. */
  readonly from?: VerifiedPlace;
  readonly onEntry: (folded: FoldedEntry) => void;
  /** A page was folded whose first record is `from`. */
  readonly onPage?: (from: number, page: Bytes) => void;
  /** Records that hold where they stand, and how the folder began. */
  readonly onRecords?: (records: readonly HeldRecord[], mode: Mode | null) => void;
  /** These changes need not be sent any more: the log holds them, or they have no effect left. */
  readonly onSettled: (changes: readonly Change[], how: "confirmed" | "pointless") => void;
  /** What others did meanwhile made something else of changes than was meant. */
  readonly onRebased?: (report: readonly Settlement[]) => void;
}

/** How the nodes stand that ops are meant for: where they stand otherwise by then, the op is dropped. */
export type Traces = ReadonlyMap<Op, Trace>;

/** What was drafted for the next entry. */
export interface NextEntry {
  readonly ops: readonly Op[];
  readonly lists: Draft["lists"];
  readonly resealed: Draft["resealed"];
  /** Changes that are in it to their end. */
  readonly changes: readonly string[];
}

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #keys: LogKeys[];
  readonly #heads: Map<number, string>;
  #follower: LogFollower;
  /** The log was followed to its end once. Before that the state is an old one, on which pending changes would come to something else. */
  #inStep = false;
  #layers: Layer[] = [];
  /** Beneath the layers; null while none lies on the tree. */
  #base: Mark | null = null;
  #pendingNodes = new Set<string>();
  /** Entries of ours that may stand at these places. */
  #awaited: readonly SentEntry[] = [];
  /** Of these, the ones that the page at hand has at their place. */
  readonly #found = new Set<SentEntry>();

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#heads = new Map(options.knownHeads);
    this.#keys = [...(options.keys ?? [])];
    this.#follower = new LogFollower({ ...this.#following(), ...(options.from === undefined ? {} : { from: options.from }) });
  }

  #following(): FollowOptions {
    const { provider, folder, snapshot, onRecords } = this.#options;
    const folding = (fold: () => void): void => this.#beneath(fold);
    const onEntry = (folded: FoldedEntry): void => {
      this.#recorded?.push(...folded.entry.ops.filter((_, i) => folded.effects[i]));
      this.#options.onEntry(folded);
    };
    return {
      provider,
      folderId: folder,
      keys: this.#keys,
      knownHeads: this.#heads,
      snapshot,
      folding,
      onEntry,
      onRecords: (records) => onRecords?.(records, this.#follower.mode),
    };
  }

  /** Begins behind a rekey instead of at the log's beginning. Throws as `LogFollower.behindRekey`. */
  async beginBehind(previous: Omit<Position, "keys">, record: RekeyRecord): Promise<void> {
    this.#follower = await LogFollower.behindRekey(this.#following(), previous, record);
  }

  /** Confirmed and pending as one. Its content changes in place; `tree.version` tells. */
  get tree(): Tree {
    return this.#follower.tree;
  }
  /** The last verified place; null before the first page. */
  get position(): Position | null {
    return this.#follower.position;
  }
  /** Whether the folder began open; null where it is not known. */
  get beganOpen(): boolean | null {
    return this.#follower.mode === null ? null : this.#follower.mode === 0;
  }
  /** As `beganOpen`, in the log's terms. */
  get mode(): Mode | null {
    return this.#follower.mode;
  }
  get needsUpdate(): boolean {
    return this.#follower.needsUpdate;
  }
  /** Keys of the epochs that can be read. */
  get keys(): readonly LogKeys[] {
    return this.#keys;
  }
  /** Heads that are known: seq and hex. */
  get knownHeads(): ReadonlyMap<number, string> {
    return this.#heads;
  }
  get reports(): readonly Report[] {
    return this.#follower.reports;
  }
  get pending(): readonly Change[] {
    return this.#layers.map(({ change }) => change);
  }
  /** Whether a pending change touches the node. */
  isPending(node: string): boolean {
    return this.#pendingNodes.has(node);
  }

  /** A head that somebody else told of: from now on the log must have it. */
  know(seq: number, head: string): void {
    if (!this.#heads.has(seq)) this.#heads.set(seq, head);
  }

  /** Opens entries of this epoch from now on. */
  addKeys(keys: LogKeys): void {
    this.#keys.push(keys);
  }

  /**
   * Verifies and folds a page that begins right after `position`. Rejects as `LogFollower.page`; what came before the bad record is folded then.
   */
  async take(page: Bytes): Promise<void> {
    const from = (this.position?.seq ?? -1) + 1;
    this.#lookForOwn(page, from);
    try {
      await this.#follower.page(page);
      this.#options.onPage?.(from, page);
    } finally {
      this.#found.clear();
      const { position } = this;
      if (position !== null) this.#heads.set(position.seq, toHex(position.head));
    }
  }

  /** Judges the end of the log. Throws as `LogFollower.finish`. */
  finish(): Verdict {
    const verdict = this.#follower.finish();
    if (!this.#inStep) {
      this.#inStep = true;
      this.#beneath(() => undefined);
    }
    return verdict;
  }

  /**
   * Follows another copy of the log from its beginning, beside this one, and compares: throws `forked` where a head differs from what was verified
   * here, `rolled-back` where it ends before, or what is wrong with it itself. `heads`: others that are known, hex by seq.
   */
  async compare(pages: AsyncIterable<Bytes>, heads: ReadonlyMap<number, string>): Promise<void> {
    const { provider, folder, snapshot } = this.#options;
    const knownHeads = new Map([...heads, ...this.#heads]);
    const other = new LogFollower({ provider, folderId: folder, keys: this.#keys, knownHeads, snapshot });
    for await (const page of pages) await other.page(page);
    other.finish();
  }

  /** From now on the ops of confirmed entries that have an effect are recorded in this list, until the next call. */
  record(into: unknown[] | null): void {
    this.#recorded = into;
  }
  #recorded: unknown[] | null = null;

  // pending changes

  /** Puts a new change on top. Returns it as it is to be kept; null where it has no effect. `left`: the ops that undo, and what they undo. */
  propose(id: string, at: number, ops: readonly Op[], left?: Traces): Change | null {
    const mark = this.tree.mark();
    const made: PendingOp[] = [];
    const meant: PendingOp[] = [];
    for (const op of ops) {
      const expected = left?.get(op);
      const seen = expected === undefined ? seenBy(this.tree, op) : { ...seenBy(this.tree, op), left: expected };
      const pending: PendingOp = seen === undefined ? { op } : { op, seen };
      const settled = rebase(this.tree, [pending], this.#newId).ops;
      if (settled.length > 0) meant.push(pending);
      made.push(...settled);
    }
    if (made.length === 0) {
      this.tree.undo(mark);
      return null;
    }
    this.#base ??= mark;
    const change: Change = { id, at, ops: meant };
    this.#add({ change, ops: made });
    return change;
  }

  /** Puts changes on top that were kept: their entries may be in the log already, which the next page tells. */
  resume(changes: readonly Change[]): void {
    this.#beneath(() => {
      this.#layers = [...this.#layers, ...changes.map((change) => ({ change, ops: change.ops }))];
    });
  }

  #add(layer: Layer): void {
    this.#layers.push(layer);
    for (const { op } of layer.ops) for (const node of nodesOf(op)) this.#pendingNodes.add(node);
  }

  readonly #newId = (): string => toHex(this.#options.provider.randomBytes(16));

  /** Takes changes out that cannot be sent. */
  withdraw(ids: ReadonlySet<string>): readonly Change[] {
    const withdrawn = this.#layers.filter(({ change }) => ids.has(change.id)).map(({ change }) => change);
    this.#beneath(() => {
      this.#layers = this.#layers.filter(({ change }) => !ids.has(change.id));
    });
    return withdrawn;
  }

  /** The pending changes that have one of these blobs in an op of theirs. */
  pendingWith(blobs: ReadonlySet<string>): readonly Change[] {
    return this.#layers.filter(({ ops }) => ops.some(({ op }) => blobsIn(op).some((blob) => blobs.has(blob)))).map(({ change }) => change);
  }

  /** As many of the pending ops as one entry takes, on the confirmed state; null when nothing is pending. Throws `too-large`. */
  draft(): NextEntry | null {
    if (this.#layers.length === 0) return null;
    let next: NextEntry | null = null;
    this.#beneath(() => {
      const ops = this.#layers.flatMap((layer) => layer.ops.map(({ op }) => op));
      const mark = this.tree.mark();
      try {
        const draft = draftEntry(this.tree, ops);
        let left = draft.taken;
        const whole: string[] = [];
        for (const layer of this.#layers) {
          left -= layer.ops.length;
          if (left < 0) break;
          whole.push(layer.change.id);
        }
        next = { ops: draft.ops, lists: draft.lists, resealed: draft.resealed, changes: whole };
      } finally {
        this.tree.undo(mark);
      }
    });
    return next;
  }

  /** The confirmed state alone, for the time of a call. */
  confirmed<T>(read: (tree: Tree) => T): T {
    let result!: T;
    this.#beneath(() => {
      result = read(this.tree);
    });
    return result;
  }

  // our own entries

  /** From now on the record at its place is compared with this one. */
  await(sent: SentEntry): void {
    this.#awaited = [...this.#awaited, sent];
  }

  /** The server refused it: it will never stand. */
  unawait(sent: SentEntry): void {
    this.#awaited = this.#awaited.filter((other) => other !== sent);
  }

  /** Entries of ours whose place has not been reached. */
  get awaited(): readonly SentEntry[] {
    return this.#awaited;
  }

  /** An entry can stand only at the place that it was sealed for. Of past epochs the signature remains, the last 64 bytes of both forms. */
  #lookForOwn(page: Bytes, from: number): void {
    if (this.#awaited.length === 0) return;
    let seq = from;
    for (const record of splitPage(page)) {
      for (const sent of this.#awaited) if (sent.seq === seq && sameEnd(record, sent.record)) this.#found.add(sent);
      seq++;
    }
  }

  /** Settles what the log now holds; forgets entries whose place is another's. */
  #settle(): void {
    const reached = this.position?.seq ?? -1;
    const resolved = this.#awaited.filter((sent) => sent.seq <= reached);
    if (resolved.length === 0) return;
    this.#awaited = this.#awaited.filter((sent) => sent.seq > reached);
    for (const sent of resolved) {
      if (!this.#found.has(sent)) continue;
      const ids = new Set(sent.changes);
      const changes = this.#layers.filter(({ change }) => ids.has(change.id)).map(({ change }) => change);
      this.#layers = this.#layers.filter(({ change }) => !ids.has(change.id));
      this.#options.onSettled(changes, "confirmed");
    }
  }

  /** Does something to the confirmed state, with what is pending taken off meanwhile. */
  #beneath(work: () => void): void {
    if (this.#base !== null) this.tree.undo(this.#base);
    this.#base = null;
    try {
      work();
      this.#settle();
    } finally {
      this.#lay();
    }
  }

  /** Puts what is pending on the confirmed state, rebased. What has no effect left is forgotten, once the log has been followed to some place. */
  #lay(): void {
    this.#pendingNodes = new Set();
    if (this.#layers.length === 0 || !this.#inStep) return;
    const mark = this.tree.mark();
    const layers = this.#layers;
    // In one go: where a version became a file of its own, later changes that build on it follow it there.
    const layerOf = layers.flatMap((layer) => layer.ops.map(() => layer));
    const rebased = rebase(
      this.tree,
      layers.flatMap(({ ops }) => ops),
      this.#newId,
    );
    const settled = new Map<Layer, PendingOp[]>(layers.map((layer) => [layer, []]));
    for (const { index, op, seen } of rebased.ops) settled.get(layerOf[index]!)?.push(seen === undefined ? { op } : { op, seen });
    const pointless: Change[] = [];
    this.#layers = [];
    for (const [{ change }, ops] of settled) {
      if (ops.length > 0) this.#add({ change, ops });
      else pointless.push(change);
    }
    const unexpected = rebased.report.filter(({ outcome }) => outcome !== "kept" && outcome !== "no-effect");
    if (unexpected.length > 0) this.#options.onRebased?.(unexpected);
    if (this.#layers.length > 0) this.#base = mark;
    else this.tree.undo(mark);
    if (pointless.length > 0) this.#options.onSettled(pointless, "pointless");
  }
}

function sameEnd(a: Bytes, b: Bytes): boolean {
  const [x, y] = [a.subarray(-64), b.subarray(-64)];
  return x.length === 64 && x.every((byte, i) => byte === y[i]);
}

function nodesOf(op: Op): readonly string[] {
  if ("node" in op) return [op.node];
  return "nodes" in op ? (op.nodes ?? []) : [];
}

function blobsIn(op: Op): readonly string[] {
  if (op.op === "add" || op.op === "replace") return [op.version.blob, ...(op.version.thumbnail ? [op.version.thumbnail.blob] : [])];
  if (op.op === "reseal") return [op.to.blob, ...(op.to.thumbnail ? [op.to.thumbnail.blob] : [])];
  return op.op === "snapshot" ? [op.descriptor.blob] : [];
}
