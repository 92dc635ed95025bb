/**
 * Where a folder stands on this device: what it may do, how far it is, what is wrong. Rounds and the folder's life change it; the state is made of it.
 *
 * @module
 */
import { FolderApi } from "../api/client.ts";
import { KeyfoldError } from "../error.ts";
import type { Problem } from "../interface/state.ts";
import type { LogKeys, VerifiedPlace } from "../log/chain.ts";
import type { Place } from "../store/place.ts";
import { credentialOf, type Access } from "./access.ts";
import { Chronicle } from "./chronicle.ts";
import type { FolderSyncOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { Proposals } from "./proposals.ts";
import { RecordCache } from "./record-cache.ts";
import { Replica } from "./replica.ts";
import { keptContent } from "./kept-blob.ts";
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
  /** Whether what it follows is kept on this device. */
  keeping: boolean;
}

export class Standing {
  readonly options: FolderSyncOptions;
  readonly api: FolderApi;
  readonly proposals: Proposals;
  /** Something of it changed. */
  readonly changed: () => void;
  phase: Phase = "opening";
  outbox: Outbox | null = null;
  /** What this device has of the folder's history. */
  readonly cache: RecordCache;
  /** The last verified place, this page's or an earlier one's. */
  place: Place | null;
  #following: Following;
  #access: Access | null = null;
  #problem: Problem | null = null;
  /** The last problem that was told: the same one again is no news. */
  #told: KeyfoldError["code"] | null = null;
  readonly #listeners = new Set<(error: KeyfoldError) => void>();

  constructor(options: FolderSyncOptions, changed: () => void) {
    this.options = options;
    this.changed = changed;
    this.api = new FolderApi(options.http, options.folder);
    this.proposals = new Proposals({ provider: options.provider, onProblem: (error) => this.report(error), changed });
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
    if (access !== null) this.replica.addKeys(access.scope === "owner" ? access.held.keys : access.keys);
  }

  /** What rounds, appends and rekeys work on. */
  port() {
    const { provider, device } = this.options;
    return { provider, api: this.api, replica: this.replica, device: device.id, cache: this.cache };
  }

  /** Nothing of the folder is here any more, nor in the way. */
  reset(): void {
    this.use(null);
    this.outbox = null;
    this.#following = this.fresh();
    this.settle(null);
  }

  // what is wrong

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

  /** Another copy, with nothing in it yet or with the state of a place. What it follows is not kept before it is taken up. */
  fresh(from?: VerifiedPlace, keys: readonly LogKeys[] = []): Following {
    const { provider, folder, device } = this.options;
    const chronicle = new Chronicle(device.id);
    const { cache, place } = this;
    const following: Following = {
      keeping: true,
      chronicle,
      replica: new Replica({
        provider,
        folder,
        keys,
        ...(from === undefined ? {} : { from }),
        snapshot: (descriptor) => keptContent({ provider, api: this.api, cache }, descriptor),
        knownHeads: new Map(place === null ? [] : [[place.seq, place.head]]),
        onEntry: (folded) => {
          for (const snapshot of chronicle.note(folded, following.replica.tree)) if (following.keeping) cache.noteSnapshot(snapshot);
        },
        onRecords: (records, mode) => {
          if (following.keeping) cache.note(records, mode);
        },
        onPage: (first, page) => {
          chronicle.tail.grow(first, page);
          void cache.write();
        },
        onSettled: (changes, how) => this.proposals.settled(this.outbox, changes, how === "confirmed"),
        onRebased: (report) => {
          for (const { outcome } of report) this.report(becameOf(outcome));
        },
      }),
    };
    return following;
  }

  /** From now on this copy is the folder; what is pending goes over to it. */
  takeUp(following: Following): void {
    const { pending, awaited } = this.replica;
    following.keeping = true;
    this.#following = following;
    following.replica.resume(pending);
    for (const sent of awaited) following.replica.await(sent);
  }
}

export function needsUpdate(): KeyfoldError {
  return new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update to change it.");
}
