/**
 * One folder kept in step with its server: pulled, verified and folded at intervals, and what is changed here sent.
 *
 * Everything that moves the folder's place in its history goes through one queue (`Serial`). What went wrong is a `problem` of the state, and is
 * tried again where that can help; nothing that was changed here is lost by it.
 *
 * @module
 */
import { FolderApi } from "../api/client.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Connection, Problem } from "../interface/state.ts";
import { credentialOf, findAccess, type Access } from "./access.ts";
import { sendPending } from "./append.ts";
import { Chronicle } from "./chronicle.ts";
import { InStep } from "./in-step.ts";
import type { HeldKeys } from "./keyring.ts";
import type { FolderSyncOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { Proposals, type Proposal } from "./proposals.ts";
import { pullTwice } from "./pull.ts";
import { rekey } from "./rekey.ts";
import { Replica } from "./replica.ts";
import { Serial } from "./serial.ts";
import { snapshotContent } from "./snapshots.ts";
import { callAll, Source } from "./source.ts";
import { asKeyfoldError, becameOf, forbidsWriting, isSilent, passesByItself, problemOf, showsAnyway } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";

export interface FolderSyncListener {
  /** Something that the state is made of changed. */
  changed(): void;
  /** A round ended well. */
  inStep(): void;
}

/** What the folder is to this device at the moment. */
export type Phase = "opening" | "locked" | "ready" | "locking" | "ended";

export class FolderSync {
  readonly api: FolderApi;
  readonly connection = new Source<Connection>("connecting");
  readonly #options: FolderSyncOptions;
  readonly #listener: FolderSyncListener;
  readonly #serial = new Serial();
  readonly #pace: Pace;
  readonly #closing = new AbortController();
  readonly #problemListeners = new Set<(error: KeyfoldError) => void>();
  readonly #proposals: Proposals;
  readonly #inStep: InStep;
  readonly #upkeep: Upkeep;
  #chronicle: Chronicle;
  #replica: Replica;
  #outbox: Outbox | null = null;
  #access: Access | null = null;
  #phase: Phase = "opening";
  #problem: Problem | null = null;
  /** The last problem that was told: the same one again is no news. */
  #told: KeyfoldError["code"] | null = null;
  #kicked = false;
  #appended = false;

  constructor(options: FolderSyncOptions, listener: FolderSyncListener) {
    this.#options = options;
    this.#listener = listener;
    this.api = new FolderApi(options.http, options.folder);
    this.#chronicle = new Chronicle(options.device.id);
    this.#replica = this.#newReplica();
    const { provider, http, pollInterval } = options;
    const changed = (): void => this.#listener.changed();
    this.#proposals = new Proposals({ provider, onProblem: (error) => this.report(error), changed });
    this.#inStep = new InStep(options, (error) => this.report(error));
    this.#upkeep = new Upkeep({
      provider,
      api: this.api,
      tail: () => this.#chronicle.tail,
      signal: this.#closing.signal,
      writable: () => this.#phase === "ready" && this.writable,
      propose: (op) => this.propose([op]).confirmed,
      changed,
    });
    this.#pace = new Pace({
      interval: pollInterval,
      pull: () => this.refresh(),
      busy: () => this.#replica.pending.length > 0,
    });
    http.onReached = (reached) => this.#reached(reached);
  }

  // what the state is made of

  get replica(): Replica {
    return this.#replica;
  }
  get chronicle(): Chronicle {
    return this.#chronicle;
  }
  get access(): Access | null {
    return this.#access;
  }
  get phase(): Phase {
    return this.#phase;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get usage() {
    return this.#upkeep.usage;
  }
  get syncedAt(): number | null {
    return this.#inStep.at;
  }
  get isOpenFolder(): boolean {
    return this.#replica.position?.epoch === 0 && this.#replica.beganOpen === true;
  }
  get writable(): boolean {
    const ready = this.#phase === "ready" || this.#phase === "locking";
    return ready && this.#access?.scope === "owner" && !this.#replica.needsUpdate && !forbidsWriting(this.#problem);
  }

  /** Told of each error that no caller's promise carries. */
  onProblem(listener: (error: KeyfoldError) => void): () => void {
    const mine = (error: KeyfoldError): void => listener(error);
    this.#problemListeners.add(mine);
    return () => this.#problemListeners.delete(mine);
  }

  report(error: KeyfoldError): void {
    callAll(this.#problemListeners, error);
  }

  // opening and ending

  /**
   * Takes up what earlier pages left, and looks at the folder once. Rejects with what makes it impossible to open (`not-found`, `wrong-key` …);
   * with a server that is not reached, or that shows a history which is not to be trusted, it resolves, says so in the state, and goes on trying.
   */
  async open(): Promise<void> {
    await this.#openOutbox();
    try {
      await this.refresh();
    } catch (error) {
      const known = asKeyfoldError(error);
      if (!passesByItself(known) && !showsAnyway(known)) throw error;
    }
    if (this.#phase !== "locked") this.#pace.start();
  }

  /**
   * Signs in with keys whose epoch the server told. Rejects with what is wrong with them; then everything is as it was. A history that is not to be
   * trusted is no fault of the keys: resolves, and the state says so.
   */
  async signIn(held: HeldKeys): Promise<void> {
    if (this.#outbox === null) await this.#openOutbox();
    await this.#serial.run(async () => {
      const before = { access: this.#access, phase: this.#phase, problem: this.#problem };
      this.#use({ scope: "owner", epoch: held.epoch, held });
      if (before.phase === "locked") this.#phase = "opening";
      this.#problem = null;
      this.#listener.changed();
      try {
        await this.#pull();
        this.#succeeded();
      } catch (error) {
        const known = asKeyfoldError(error);
        if (showsAnyway(known)) {
          this.#failed(known);
          return;
        }
        this.#use(before.access);
        this.#phase = before.phase;
        this.#problem = before.problem;
        this.#listener.changed();
        throw error;
      }
    });
    this.#pace.start();
    this.#kick();
  }

  /** Stops; what is pending stays kept, for whoever opens the folder next. */
  async close(): Promise<void> {
    this.#phase = "ended";
    this.#pace.stop();
    this.#closing.abort(new KeyfoldError("cancelled", "The folder was closed."));
    await this.#serial.run(() => Promise.resolve());
    await this.#outbox?.close();
    this.#outbox = null;
    this.#use(null);
    this.#proposals.abandon(new KeyfoldError("cancelled", "The folder was closed."));
    this.#listener.changed();
  }

  /** Forgets keys, pending changes, and the tree. */
  async forget(): Promise<void> {
    this.#pace.stop();
    await this.#serial.run(async () => {
      this.#use(null);
      await this.#outbox?.clear();
      await this.#outbox?.close();
      this.#outbox = null;
      await this.#options.keyring.erase();
      this.#inStep.forget();
      this.#upkeep.forget();
      this.#chronicle = new Chronicle(this.#options.device.id);
      this.#replica = this.#newReplica();
      this.#phase = "locked";
      this.#problem = null;
      this.#told = null;
    });
    this.#proposals.abandon(new KeyfoldError("signed-out", "Signed out."));
    this.#listener.changed();
  }

  // changing

  /** Shows a change at once, keeps it, sends it. Throws what forbids it. */
  propose(ops: Parameters<Proposals["propose"]>[2]): Proposal {
    if (this.#outbox === null || !this.writable) throw this.#whyNotWritable();
    const proposal = this.#proposals.propose(this.#replica, this.#outbox, ops);
    this.#listener.changed();
    this.#kick();
    return proposal;
  }

  #whyNotWritable(): KeyfoldError {
    if (this.#problem !== null && forbidsWriting(this.#problem)) return this.#problem.error;
    if (this.#phase === "ended") return new KeyfoldError("cancelled", "The folder was closed.");
    if (this.#phase === "locked") return new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (this.#access?.scope === "read") return new KeyfoldError("read-only", "This device can read the folder and not change it.");
    if (this.#replica.needsUpdate) return needsUpdate();
    return new KeyfoldError("key-needed", "The folder is not open yet.");
  }

  /** Resolves when nothing is pending any more. */
  async settled(): Promise<void> {
    while (this.#replica.pending.length > 0 && this.#phase !== "ended") {
      this.#kick();
      await this.#proposals.next();
    }
    // Nor is anything under way that the state does not tell of yet.
    await this.#serial.run(() => Promise.resolve());
    await this.#outbox?.written();
  }

  /** Pulls now, and sends what is pending. Rejects with what stopped it, after the state tells it too. */
  refresh(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#phase === "locked" || this.#phase === "ended") return;
      try {
        await this.#round(true);
      } catch (error) {
        const known = asKeyfoldError(error);
        this.#failed(known);
        throw known;
      }
    });
  }

  /** Makes `root` the folder's key. Rejects with `locked-elsewhere` where another device was faster, `read-only`, `key-needed`, and what stops it. */
  async lock(root: Bytes): Promise<void> {
    const access = this.#access;
    if (access?.scope !== "owner" || !this.writable) throw this.#whyNotWritable();
    if (this.#phase === "locking") throw new KeyfoldError("busy", "The folder is being locked already.");
    const { keyring, server } = this.#options;
    const { held } = access;
    this.#phase = "locking";
    this.#listener.changed();
    try {
      await this.#serial.run(async () => {
        await this.#pull();
        const next = await keyring.derive(root, held.epoch + 1);
        if (next.keys.keyId === held.keys.keyId) throw new KeyfoldError("invalid-argument", "This is the folder's key already.");
        await rekey({ ...this.#port(), server, keyring, held }, next, this.#closing.signal);
        this.#use({ scope: "owner", epoch: next.epoch, held: next });
        // It is locked, whatever becomes of this look at it.
        await this.#round(true).catch((error: unknown) => this.#failed(asKeyfoldError(error)));
      });
    } catch (error) {
      const known = asKeyfoldError(error);
      if (known.code === "locked-elsewhere") this.#lockedElsewhere(known);
      throw known;
    } finally {
      if (this.#phase === "locking") this.#phase = "ready";
      this.#listener.changed();
    }
    this.#kick();
    this.#listener.inStep();
  }

  // rounds

  /** Find out what this device may do, pull, send. */
  async #round(pulling: boolean): Promise<void> {
    if (this.#access === null && !(await this.#findAccess())) return;
    if (pulling || this.#phase === "opening") {
      try {
        await this.#pull();
      } catch (error) {
        // The folder went on to another epoch: perhaps by a key that this device has kept meanwhile.
        if (!isKeyfoldError(error, "locked-elsewhere") || !(await this.#findAccess())) throw error;
        await this.#pull();
      }
    }
    const access = this.#access;
    if (this.writable && access?.scope === "owner" && this.#outbox !== null && this.#replica.pending.length > 0) {
      const outbox = this.#outbox;
      const { keys } = access.held;
      await sendPending(
        { ...this.#port(), outbox, keys, onRefused: (...refused) => this.#proposals.refused(outbox, ...refused) },
        this.#closing.signal,
      );
      this.#appended = true;
      await this.#pulled();
    }
    this.#succeeded();
  }

  async #pull(): Promise<void> {
    await pullTwice(this.#port(), this.#closing.signal);
    await this.#pulled();
  }

  async #pulled(): Promise<void> {
    if (this.#access === null) return;
    if (this.#phase === "opening") this.#phase = "ready";
    await this.#inStep.reached(this.#replica, this.#access);
    this.#listener.changed();
  }

  #succeeded(): void {
    this.connection.set("online");
    this.#problem = null;
    if (this.#replica.needsUpdate) this.#setProblem(needsUpdate());
    else this.#told = null;
    this.#upkeep.look(this.#replica, this.#appended);
    this.#appended = false;
    this.#listener.changed();
    this.#listener.inStep();
  }

  #failed(error: KeyfoldError): void {
    if (isSilent(error)) return;
    if (error.code === "locked-elsewhere") this.#lockedElsewhere(error);
    else this.#setProblem(error);
    // What was verified before the fault is shown, and cannot be changed.
    if (showsAnyway(error) && this.#phase === "opening" && this.#access !== null && this.#replica.position !== null) this.#phase = "ready";
    this.#listener.changed();
  }

  #setProblem(error: KeyfoldError): void {
    const { position, pending } = this.#replica;
    this.#problem = problemOf(error, { pending: pending.length, ...(position === null ? {} : { seq: position.seq }) });
    if (this.#told === error.code) return;
    this.#told = error.code;
    this.report(error);
  }

  /** The key that this device has is of an earlier epoch. Pending changes stay, and are sent once the new one is given. */
  #lockedElsewhere(error: KeyfoldError): void {
    this.#use(null);
    this.#phase = "locked";
    this.#pace.stop();
    this.#setProblem(error);
  }

  /** Whether there is an access, better than the one so far. Without any the folder is locked to this device. */
  async #findAccess(): Promise<boolean> {
    const { provider, server, keyring, folder } = this.#options;
    const finding = await findAccess({ provider, server, keyring, folder, place: this.#inStep.place });
    const known = this.#access?.epoch ?? -1;
    if (finding.access !== null && finding.access.epoch > known) {
      this.#use(finding.access);
      return true;
    }
    if (this.#access !== null) return false;
    if (finding.outdated) throw new KeyfoldError("locked-elsewhere", "Another device locked this folder. Its new key is needed.");
    this.#phase = "locked";
    this.#pace.stop();
    this.connection.set("online");
    this.#listener.changed();
    return false;
  }

  #use(access: Access | null): void {
    this.#access = access;
    this.api.session.use(access === null ? null : credentialOf(this.#options.provider, access));
    if (access !== null) this.#replica.addKeys(access.scope === "owner" ? access.held.keys : access.keys);
  }

  /** Sends what is pending, soon: what is proposed in one moment goes together. */
  #kick(): void {
    if (this.#kicked || this.#problem?.code === "offline") return;
    this.#kicked = true;
    const send = async (): Promise<void> => {
      this.#kicked = false;
      if (this.#replica.pending.length > 0 && this.#phase === "ready") await this.#round(false);
    };
    queueMicrotask(() => {
      this.#serial.run(send).catch((error: unknown) => {
        this.#failed(asKeyfoldError(error));
        this.#pace.soon();
      });
    });
  }

  #reached(reached: boolean): void {
    const back = reached && this.connection.value === "offline";
    this.connection.set(reached ? "online" : "offline");
    if (back) this.#pace.hurry();
  }

  #newReplica(): Replica {
    const { provider, folder, place } = this.#options;
    return new Replica({
      provider,
      folder,
      snapshot: (descriptor) => snapshotContent({ provider, api: this.api }, descriptor),
      knownHeads: new Map(place === null ? [] : [[place.seq, place.head]]),
      onEntry: (folded) => this.#chronicle.note(folded, this.#replica.tree),
      onSettled: (changes, how) => this.#proposals.settled(this.#outbox, changes, how === "confirmed"),
      onRebased: (report) => {
        for (const { outcome } of report) this.report(becameOf(outcome));
      },
    });
  }

  #port() {
    const { provider, device } = this.#options;
    const { tail } = this.#chronicle;
    return { provider, api: this.api, replica: this.#replica, device: device.id, grown: (bytes: number) => tail.grow(bytes) };
  }

  async #openOutbox(): Promise<void> {
    const { outbox, changes, sent } = await Outbox.open(this.#options);
    this.#outbox = outbox;
    this.#replica.resume(changes);
    for (const entry of sent) this.#replica.await(entry);
  }
}

function needsUpdate(): KeyfoldError {
  return new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update to change it.");
}
