/**
 * Where a folder stands on this device: what it may do, how far it is, what is wrong. Rounds and the folder's life change it; the state is made of it.
 *
 * @module
 */
import { FolderApi } from "../api/client.ts";
import { toHex } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import type { Problem } from "../interface/state.ts";
import { credentialOf, type Access } from "./access.ts";
import { Chronicle } from "./chronicle.ts";
import type { FolderSyncOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { Proposals } from "./proposals.ts";
import { Replica } from "./replica.ts";
import { snapshotContent } from "./snapshots.ts";
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

export class Standing {
  readonly options: FolderSyncOptions;
  readonly api: FolderApi;
  readonly proposals: Proposals;
  /** Something of it changed. */
  readonly changed: () => void;
  phase: Phase = "opening";
  outbox: Outbox | null = null;
  #replica: Replica;
  #chronicle: Chronicle;
  #access: Access | null = null;
  #problem: Problem | null = null;
  /** The last problem that was told: the same one again is no news. */
  #told: KeyfoldError["code"] | null = null;
  readonly #listeners = new Set<(error: KeyfoldError) => void>();

  constructor(options: FolderSyncOptions, changed: () => void) {
    this.options = options;
    this.changed = changed;
    this.api = new FolderApi(options.http, options.folder);
    this.proposals = new Proposals({ provider: options.provider, now: options.now, onProblem: (error) => this.report(error), changed });
    this.#chronicle = new Chronicle(options.device.id);
    this.#replica = this.#newReplica();
  }

  get replica(): Replica {
    return this.#replica;
  }
  get chronicle(): Chronicle {
    return this.#chronicle;
  }
  get access(): Access | null {
    return this.#access;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get isOpenFolder(): boolean {
    return this.#replica.position?.epoch === 0 && this.#replica.beganOpen === true;
  }
  get writable(): boolean {
    const ready = this.phase === "ready" || this.phase === "locking";
    return ready && this.#access?.scope === "owner" && !this.#replica.needsUpdate && !forbidsWriting(this.#problem);
  }

  /** Why nothing can be changed now. */
  whyNotWritable(): KeyfoldError {
    if (this.#problem !== null && forbidsWriting(this.#problem)) return this.#problem.error;
    if (this.phase === "ended") return new KeyfoldError("cancelled", "The folder was closed.");
    if (this.phase === "locked") return new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (this.#access?.scope === "read") return new KeyfoldError("read-only", "This device can read the folder and not change it.");
    if (this.#replica.needsUpdate) return needsUpdate();
    return new KeyfoldError("key-needed", "The folder is not open yet.");
  }

  /** From now on sign in, and open entries, with these. */
  use(access: Access | null): void {
    this.#access = access;
    this.api.session.use(access === null ? null : credentialOf(this.options.provider, access));
    if (access !== null) this.#replica.addKeys(access.scope === "owner" ? access.held.keys : access.keys);
  }

  /** What rounds, appends and rekeys work on. */
  port() {
    const { provider, device, now } = this.options;
    return { provider, api: this.api, replica: this.#replica, device: device.id, now };
  }

  /** Nothing of the folder is here any more, nor in the way. */
  reset(): void {
    this.use(null);
    this.outbox = null;
    this.#chronicle = new Chronicle(this.options.device.id);
    this.#replica = this.#newReplica();
    this.settle(null);
  }

  // what is wrong

  /** Shown until something else is wrong, or nothing; told once. */
  trouble(error: KeyfoldError): void {
    const { position, pending } = this.#replica;
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

  #newReplica(): Replica {
    const { provider, folder, place, checkpoint } = this.options;
    return new Replica({
      provider,
      folder,
      snapshot: (descriptor) => snapshotContent({ provider, api: this.api }, descriptor),
      knownHeads: new Map([
        ...(place === null ? [] : [[place.seq, place.head] as const]),
        ...(checkpoint === undefined ? [] : [[checkpoint.seq, toHex(checkpoint.head)] as const]),
      ]),
      onEntry: (folded) => this.#chronicle.note(folded, this.#replica.tree),
      onPage: (from, page) => this.#chronicle.tail.grow(from, page),
      onSettled: (changes, how) => this.proposals.settled(this.outbox, changes, how === "confirmed"),
      onRebased: (report) => {
        for (const settlement of report) this.report(becameOf(settlement));
      },
    });
  }
}

export function needsUpdate(): KeyfoldError {
  return new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update to change it.");
}
