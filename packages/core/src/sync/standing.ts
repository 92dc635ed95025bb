/**
 * Where a folder stands on this device: what it may do, how far it is, what is wrong. Rounds and the folder's life change it; the state is made of it.
 *
 * @module
 */
import { FolderApi } from "../api/client.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Problem } from "../interface/state.ts";
import type { HeldRecord, LogKeys, VerifiedPlace } from "../log/chain.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import { forkedAt } from "../log/run.ts";
import { furtherPlace, type Place } from "../store/place.ts";
import { credentialOf, type Access } from "./access.ts";
import { Chronicle } from "./chronicle.ts";
import type { FolderSyncOptions } from "./options.ts";
import type { Change, Outbox } from "./outbox.ts";
import { Proposals } from "./proposals.ts";
import { RecordCache } from "./record-cache.ts";
import { Replica } from "./replica.ts";
import { keepChronicle } from "./kept-chronicle.ts";
import { keptContent } from "./kept-blob.ts";
import { checkSnapshot, type SnapshotCheck } from "./snapshot-check.ts";
import { callAll } from "./source.ts";
import { becameOf, forbidsWriting, problemOf, sameProblem } from "./trouble.ts";

/**
 * - `opening`: not verified yet
 * - `locked`: no key to it
 * - `ready`
 * - `locking`: a rekey is on its way
 * - `ended`: closed
 */
export type Phase = "opening" | "locked" | "ready" | "locking" | "ended";

/** A copy of the folder, and what its log tells besides. */
export interface Following {
  readonly replica: Replica;
  readonly chronicle: Chronicle;
  /** What it followed so far, to be kept on this device when it is taken up. */
  readonly later: (() => void)[];
}

export interface FreshOptions {
  /** Whether what it follows is kept on this device: at once (the default), once it is taken up, or not before it is taken up. */
  readonly keeping?: "now" | "later" | "not";
  /** Instead of what this device knows. */
  readonly knownHeads?: ReadonlyMap<number, string>;
  readonly onRecords?: (records: readonly HeldRecord[]) => void;
}

export class Standing {
  readonly options: FolderSyncOptions;
  readonly api: FolderApi;
  readonly proposals: Proposals;
  /** Something of it changed. */
  readonly changed: () => void;
  phase: Phase = "opening";
  /** Heads that this device kept, hex by seq. */
  heads: () => Promise<ReadonlyMap<number, string>> = () => Promise.resolve(new Map());
  outbox: Outbox | null = null;
  /** What this device has of the folder's history. */
  readonly cache: RecordCache;
  /** The last verified place, this page's or an earlier one's. */
  place: Place | null;
  #following: Following;
  #access: Access | null = null;
  #problem: Problem | null = null;
  #doubt: KeyfoldError | null = null;
  /** The last problem that was told: the same one again is no news. */
  #told: KeyfoldError["code"] | null = null;
  readonly #listeners = new Set<(error: KeyfoldError) => void>();

  constructor(options: FolderSyncOptions, changed: () => void) {
    this.options = options;
    this.changed = changed;
    this.api = new FolderApi(options.http, options.folder);
    this.proposals = new Proposals({ provider: options.provider, now: options.now, onProblem: (error) => this.report(error), changed });
    const { store, live, device, folder } = options;
    this.cache = new RecordCache({ store, live, device: device.id, folder });
    this.place = options.place;
    this.#following = this.fresh();
  }

  get replica(): Replica {
    return this.#following.replica;
  }
  get chronicle(): Chronicle {
    return this.#following.chronicle;
  }
  get access(): Access | null {
    return this.#access;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get isOpenFolder(): boolean {
    return this.replica.position?.epoch === 0 && this.replica.beganOpen === true;
  }
  get writable(): boolean {
    const ready = this.phase === "ready" || this.phase === "locking";
    return ready && this.#access?.scope === "owner" && !this.replica.needsUpdate && !forbidsWriting(this.#problem);
  }

  /** Why nothing can be changed now. */
  whyNotWritable(): KeyfoldError {
    if (this.#problem !== null && forbidsWriting(this.#problem)) return this.#problem.error;
    if (this.phase === "ended") return new KeyfoldError("cancelled", "The folder was closed.");
    if (this.phase === "locked") return new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (this.#access?.scope === "read") return new KeyfoldError("read-only", "This device can read the folder and not change it.");
    if (this.replica.needsUpdate) return needsUpdate();
    return new KeyfoldError("key-needed", "The folder is not open yet.");
  }

  /** From now on sign in, and open entries, with these. */
  use(access: Access | null): void {
    this.#access = access;
    this.api.session.use(access === null ? null : credentialOf(this.options.provider, access));
    if (access?.scope === "owner") this.replica.addKeys(access.held.keys);
    // Without a link that says which keys the folder must have, there is only the server's word for them.
    else if (access !== null) this.replica.addKeys({ ...access.keys, published: access.keyId === undefined });
  }

  /** What rounds, appends and rekeys work on. */
  port() {
    const { provider, device, now } = this.options;
    return { provider, api: this.api, replica: this.replica, device: device.id, now, cache: this.cache, heads: () => this.heads() };
  }

  /** Nothing of the folder is here any more, nor in the way. */
  reset(): void {
    this.use(null);
    this.outbox = null;
    this.#following = this.fresh();
    this.#doubt = null;
    this.settle(null);
  }

  /** As `checkSnapshot`, against what this device folded. */
  async checkSnapshot(blob: string, content: () => ReadableStream<Bytes>): Promise<SnapshotCheck> {
    const { access, api, cache, replica, options } = this;
    if (access === null) return "not-here";
    const { provider, folder } = options;
    const fresh = (from?: VerifiedPlace): Replica => this.fresh(from, replica.keys, { keeping: "not" }).replica;
    return checkSnapshot({ provider, folder, api, cache, access, replica, fresh }, blob, content);
  }

  // what is wrong

  /**
   * Another device made a snapshot of another state than this one folded: one of the two is in error, or was written by somebody who means harm. What the log
   * says is shown; nothing is put on top of it by a device that may be the one in error.
   */
  doubt(): void {
    this.#doubt = new KeyfoldError("tampered", "Another device’s snapshot of this folder comes to another state.", {
      reason: "snapshot-differs",
    });
    this.trouble(this.#doubt);
    this.changed();
  }

  /** What stays wrong however well a round ends. */
  get lasting(): KeyfoldError | null {
    return this.#doubt ?? (this.replica.needsUpdate ? needsUpdate() : null);
  }

  /** Shown until something else is wrong, or nothing; told once. */
  trouble(error: KeyfoldError): void {
    const { position, pending } = this.replica;
    const problem = problemOf(error, { pending: pending.length, ...(position === null ? {} : { seq: position.seq }) });
    if (!sameProblem(this.#problem, problem)) this.#problem = problem;
    if (this.#told === error.code) return;
    this.#told = error.code;
    this.report(error);
  }

  /** Nothing is wrong (any more); or what was wrong before is, again. */
  settle(problem: Problem | null): void {
    this.#problem = problem;
    this.#told = problem?.code ?? null;
  }

  onProblem(listener: (error: KeyfoldError) => void): () => void {
    const mine = (error: KeyfoldError): void => listener(error);
    this.#listeners.add(mine);
    return () => this.#listeners.delete(mine);
  }

  /** Tells of an error that no caller's promise carries. */
  report(error: KeyfoldError): void {
    callAll(this.#listeners, error);
  }

  // copies of the folder

  /** Another copy, with nothing in it yet or with the state of a place. */
  fresh(from?: VerifiedPlace, keys: readonly LogKeys[] = [], options: FreshOptions = {}): Following {
    const { provider, folder, device } = this.options;
    const chronicle = new Chronicle(device.id, from?.position.seq);
    const { cache } = this;
    const keep = (note: () => void): void => {
      if (options.keeping === "later" && this.#following !== following) following.later.push(note);
      else if (options.keeping !== "not" || this.#following === following) note();
    };
    let begun = false;
    const following: Following = {
      later: [],
      chronicle,
      replica: new Replica({
        provider,
        folder,
        keys,
        ...(from === undefined ? {} : { from }),
        snapshot: (descriptor) => keptContent({ provider, api: this.api, cache }, descriptor),
        knownHeads: options.knownHeads ?? this.#knownHeads(),
        onEntry: (folded) => {
          for (const snapshot of chronicle.note(folded, following.replica.tree)) {
            keep(() => cache.noteSnapshot(snapshot));
            begun = true;
          }
        },
        onRecords: (records, mode) => {
          options.onRecords?.(records);
          keep(() => cache.note(records, mode));
        },
        onPage: (first, page) => {
          chronicle.tail.grow(first, page);
          if (this.#following !== following) return;
          void cache.write();
          // The next opening may begin at the snapshot, which does not say it.
          if (begun) void this.#keepChronicle();
          begun = false;
        },
        onSettled: (changes, how) => this.proposals.settled(this.outbox, changes, how === "confirmed"),
        onRebased: (report) => {
          for (const settlement of report) this.report(becameOf(settlement));
        },
      }),
    };
    return following;
  }

  async #keepChronicle(): Promise<void> {
    const { cache, access, replica, options } = this;
    if (access === null || replica.position?.epoch !== access.epoch) return;
    const { provider, folder } = options;
    await keepChronicle({ provider, cache, folder, access }, this.chronicle.export(replica.tree)).catch(() => undefined);
  }

  /** From now on this copy is the folder. These changes, and then what is pending, go over to it. */
  takeUp(following: Following, changes: readonly Change[] = []): void {
    const { pending, awaited } = this.replica;
    this.#following = following;
    for (const note of following.later.splice(0)) note();
    void this.cache.write();
    following.replica.resume([...changes, ...pending]);
    for (const sent of awaited) following.replica.await(sent);
  }

  /** Places that somebody else told of: they count like those that were verified here. */
  readonly #checkpoints = new Map<number, string>();

  #knownHeads(): ReadonlyMap<number, string> {
    const { place } = this;
    return new Map([...this.#checkpoints, ...(place === null ? [] : ([[place.seq, place.head]] as const))]);
  }

  /** A checkpoint counts as seen here, also after a reload. Throws `forked` where it is known to be on another history than the one verified here. */
  async know({ epoch, seq, head }: KeyCheckpoint, heads: () => Promise<ReadonlyMap<number, string>>): Promise<void> {
    const { place, replica } = this;
    this.#checkpoints.set(seq, head);
    replica.know(seq, head);
    if (seq <= (replica.position?.seq ?? -1)) {
      const own = (await heads()).get(seq);
      if (own !== undefined && own !== head) throw forkedAt(seq);
    }
    if (place !== null && place.seq >= seq) return;
    const { store, live, folder } = this.options;
    const adopted = place?.adopted === undefined ? {} : { adopted: place.adopted };
    this.place = { epoch, seq, head, locked: epoch > 0 || place?.locked === true, ...adopted };
    await furtherPlace({ store, live, folder }, this.place);
  }

  /** After a history was adopted: what was told of another counts no more. */
  forgetCheckpoints(): void {
    this.#checkpoints.clear();
  }
}

export function needsUpdate(): KeyfoldError {
  return new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update to change it.");
}
