/**
 * One folder kept in step with its server: pulled, verified and folded at intervals, and what is changed here sent.
 *
 * Everything that moves the folder's place in its history goes through one queue (`Serial`). What went wrong is a `problem` of the state, and is
 * tried again where that can help; nothing that was changed here is lost by it.
 *
 * @module
 */
import { wait } from "../api/backoff.ts";
import { FolderApi, type ServerApi } from "../api/client.ts";
import type { Http } from "../api/http.ts";
import { toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Connection, Problem, Usage } from "../interface/state.ts";
import type { LocalStore } from "../interface/store.ts";
import type { FoldedEntry } from "../log/chain.ts";
import type { Op } from "../tree/op.ts";
import type { Device } from "../store/device.ts";
import type { Liveness } from "../store/liveness.ts";
import { rememberLastFolder, rememberPlace, type Place } from "../store/place.ts";
import { credentialOf, findAccess, type Access } from "./access.ts";
import { sendPending } from "./append.ts";
import type { HeldKeys, Keyring } from "./keyring.ts";
import { Outbox, type Change } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { pull } from "./pull.ts";
import { rekey } from "./rekey.ts";
import { Replica } from "./replica.ts";
import { Serial } from "./serial.ts";
import { makeSnapshot, snapshotContent, snapshotOp, Tail } from "./snapshots.ts";
import { callAll, Source } from "./source.ts";
import { asKeyfoldError, deferred, forbidsWriting, isSilent, passesByItself, problemOf, type Deferred } from "./trouble.ts";

export interface FolderSyncOptions {
  readonly provider: CryptoProvider;
  readonly http: Http;
  readonly server: ServerApi;
  readonly folder: string;
  readonly store: LocalStore;
  readonly device: Device;
  readonly live: Liveness;
  readonly keyring: Keyring;
  /** What this device verified of the folder before. */
  readonly place: Place | null;
  /** Milliseconds between pulls. */
  readonly pollInterval: number;
}

/** What the folder is to this device at the moment. */
export type Phase = "opening" | "locked" | "ready" | "locking" | "ended";

/** Of a change: both ends of its way. */
export interface Proposal {
  /** It survives a reload now. */
  readonly kept: Promise<void>;
  /** The verified entry that holds it has been pulled. */
  readonly confirmed: Promise<void>;
}

/** Ops in a change at most: so that it fits into one entry with others. */
const OPS_A_CHANGE = 500;
/** Milliseconds between looks at the folder's usage. */
const USAGE_EVERY = 10_000;
/** Milliseconds before a server that shows less than it did is asked once more. */
const SECOND_LOOK = 1_000;

export class FolderSync {
  readonly api: FolderApi;
  readonly connection = new Source<Connection>("connecting");
  readonly #options: FolderSyncOptions;
  readonly #serial = new Serial();
  readonly #pace: Pace;
  readonly #closing = new AbortController();
  readonly #changed: () => void;
  readonly #problemListeners = new Set<(error: KeyfoldError) => void>();
  readonly #tail = new Tail();
  readonly #waiting = new Map<string, Deferred>();
  readonly #idle = new Set<() => void>();
  readonly #added = new Map<string, { readonly at: number; readonly device: string; readonly here: boolean }>();
  #replica: Replica;
  #outbox: Outbox | null = null;
  #access: Access | null = null;
  /** The epoch whose keys are kept as `remember` says. */
  #keptEpoch: number | null = null;
  #place: Place | null;
  #phase: Phase = "opening";
  #problem: Problem | null = null;
  #told: KeyfoldError["code"] | null = null;
  #usage: Usage | null = null;
  #usageAt = Number.NEGATIVE_INFINITY;
  #syncedAt: number | null = null;
  #exposed = { epoch: -1, total: 0 };
  #appended = false;
  #kicked = false;
  #reported = 0;
  #snapshotting = false;

  /** `changed` is called whenever something that the state is made of changed. */
  constructor(options: FolderSyncOptions, changed: () => void) {
    this.#options = options;
    this.#place = options.place;
    this.#changed = changed;
    this.api = new FolderApi(options.http, options.folder);
    this.#replica = this.#newReplica();
    this.#pace = new Pace({
      interval: options.pollInterval,
      pull: () => this.#round(true),
      busy: () => this.#replica.pending.length > 0,
    });
  }

  // what the state is made of

  get replica(): Replica {
    return this.#replica;
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
  get usage(): Usage | null {
    return this.#usage;
  }
  get syncedAt(): number | null {
    return this.#syncedAt;
  }
  /** Versions exposed when the folder was locked. */
  get exposedTotal(): number {
    return Math.max(this.#exposed.total, this.#replica.tree.exposed.size);
  }
  get isOpenFolder(): boolean {
    return this.#replica.position?.epoch === 0 && this.#replica.beganOpen === true;
  }
  get writable(): boolean {
    const ready = this.#phase === "ready" || this.#phase === "locking";
    return ready && this.#access?.scope === "owner" && !this.#replica.needsUpdate && !forbidsWriting(this.#problem);
  }
  addedBy(node: string): { readonly at: number; readonly device: string; readonly here: boolean } | null {
    return this.#added.get(node) ?? null;
  }

  /** Told of each error that no caller's promise carries. */
  onProblem(listener: (error: KeyfoldError) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  // opening and ending

  /**
   * Takes up what earlier pages left, and looks at the folder once. Rejects with what makes it impossible to open (`not-found`, `wrong-key`,
   * `tampered` …); with a server that is not reached it resolves, and goes on trying.
   */
  async open(access: Access | null): Promise<void> {
    await this.#openOutbox();
    this.#use(access);
    try {
      await this.#round(true);
    } catch (error) {
      const known = asKeyfoldError(error);
      const shown = known.code === "rolled-back" || known.code === "forked" || known.code === "tampered" || known.code === "malformed";
      if (!passesByItself(known) && !shown) throw error;
    }
    if (this.#phase !== "locked") this.#pace.start();
  }

  async #openOutbox(): Promise<void> {
    const { outbox, changes, sent } = await Outbox.open(this.#options);
    this.#outbox = outbox;
    this.#replica.resume(changes);
    for (const entry of sent) this.#replica.await(entry);
  }

  /** Signs in with keys whose epoch the server told. Rejects with what is wrong with them; then everything is as it was. */
  async signIn(held: HeldKeys): Promise<void> {
    if (this.#outbox === null) await this.#openOutbox();
    await this.#serial.run(async () => {
      const before = { access: this.#access, phase: this.#phase, problem: this.#problem };
      this.#use({ scope: "owner", epoch: held.epoch, held });
      this.#phase = before.phase === "locked" ? "opening" : before.phase;
      this.#problem = null;
      this.#touch();
      try {
        await this.#pull();
        await this.#pulled();
      } catch (error) {
        this.#use(before.access);
        this.#phase = before.phase;
        this.#problem = before.problem;
        this.#touch();
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
    this.#outbox?.close();
    this.#outbox = null;
    this.#api(null);
    this.#abandonWaiting(new KeyfoldError("cancelled", "The folder was closed."));
    this.#touch();
  }

  /** Forgets keys, pending changes, and the tree. */
  async forget(): Promise<void> {
    this.#pace.stop();
    await this.#serial.run(async () => {
      const { keyring } = this.#options;
      this.#use(null);
      await this.#outbox?.clear();
      this.#outbox?.close();
      this.#outbox = null;
      await keyring.erase();
      this.#keptEpoch = null;
      this.#replica = this.#newReplica();
      this.#added.clear();
      this.#phase = "locked";
      this.#problem = null;
      this.#usage = null;
    });
    this.#abandonWaiting(new KeyfoldError("signed-out", "Signed out."));
    this.#touch();
  }

  // changing

  /** Shows a change at once, keeps it, sends it. Throws what forbids it. */
  propose(ops: readonly Op[]): Proposal {
    const outbox = this.#outbox;
    if (outbox === null || !this.writable) throw this.#whyNotWritable();
    const kept: Promise<void>[] = [];
    const confirmed: Promise<void>[] = [];
    for (let at = 0; at < ops.length; at += OPS_A_CHANGE) {
      const change = this.#replica.propose(this.#newId(), Date.now(), ops.slice(at, at + OPS_A_CHANGE));
      if (change === null) continue;
      const end = deferred();
      this.#waiting.set(change.id, end);
      confirmed.push(end.promise);
      kept.push(outbox.add(change).catch((error: unknown) => this.#unkept(change, asKeyfoldError(error))));
    }
    if (kept.length > 0) {
      this.#touch();
      this.#kick();
    }
    const all = Promise.all(confirmed).then(() => undefined);
    all.catch(() => undefined);
    return { kept: Promise.all(kept).then(() => undefined), confirmed: all };
  }

  /** What could not be kept is not shown either: a reload would lose it. */
  #unkept(change: Change, error: KeyfoldError): never {
    this.#refuse(this.#replica.withdraw(new Set([change.id])), error);
    throw error;
  }

  #whyNotWritable(): KeyfoldError {
    if (this.#problem !== null && forbidsWriting(this.#problem)) return this.#problem.error;
    if (this.#phase === "locked") return new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
    if (this.#replica.needsUpdate) return new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update.");
    if (this.#access?.scope === "read") return new KeyfoldError("read-only", "This device can read the folder and not change it.");
    if (this.#phase === "ended") return new KeyfoldError("cancelled", "The folder was closed.");
    return new KeyfoldError("key-needed", "The folder is not open yet.");
  }

  /** Resolves when nothing is pending any more. */
  async settled(): Promise<void> {
    while (this.#replica.pending.length > 0 && this.#phase !== "ended") {
      this.#kick();
      await new Promise<void>((resolve) => this.#idle.add(resolve));
    }
  }

  /** Pulls now, and sends what is pending. */
  refresh(): Promise<void> {
    return this.#round(true);
  }

  // keys

  /** Makes `root` the folder's key. */
  async lock(root: Bytes): Promise<void> {
    const access = this.#access;
    if (access?.scope !== "owner" || !this.writable) throw this.#whyNotWritable();
    if (this.#phase === "locking") throw new KeyfoldError("busy", "The folder is being locked already.");
    const { keyring } = this.#options;
    this.#phase = "locking";
    this.#touch();
    try {
      await this.#serial.run(async () => {
        await this.#pull();
        const { held } = access;
        const next = await keyring.derive(root, held.epoch + 1);
        if (next.keys.keyId === held.keys.keyId) throw new KeyfoldError("invalid-argument", "This is the folder's key already.");
        await rekey({ ...this.#port(), server: this.#options.server, keyring, held }, next, this.#closing.signal);
        this.#use({ scope: "owner", epoch: next.epoch, held: next });
        this.#phase = "ready";
        await this.#round1(true).catch((error: unknown) => this.#failed(asKeyfoldError(error)));
      });
    } catch (error) {
      const known = asKeyfoldError(error);
      this.#phase = "ready";
      if (known.code === "locked-elsewhere") await this.#lockedElsewhere(known);
      else this.#touch();
      throw known;
    }
    this.#kick();
  }

  // rounds

  /** One round: find out what this device may do, pull, send. Rejects with what stopped it, after the state tells it too. */
  #round(pulling: boolean): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#phase === "locked" || this.#phase === "ended") return;
      try {
        await this.#round1(pulling);
      } catch (error) {
        const known = asKeyfoldError(error);
        await this.#failed(known);
        throw known;
      }
    });
  }

  async #round1(pulling: boolean): Promise<void> {
    if (this.#access === null && !(await this.#findAccess())) return;
    if (pulling || this.#phase === "opening") {
      try {
        await this.#pull();
      } catch (error) {
        // The folder went on to another epoch: perhaps by a key that this device has kept meanwhile.
        if (!isKeyfoldError(error, "locked-elsewhere") || !(await this.#findAccess())) throw error;
        await this.#pull();
      }
      await this.#pulled();
    }
    if (this.writable && this.#access?.scope === "owner" && this.#outbox !== null && this.#replica.pending.length > 0) {
      const outbox = this.#outbox;
      const { keys } = this.#access.held;
      const onRefused = (changes: readonly Change[], error: KeyfoldError): void => this.#refuse(changes, error);
      await sendPending({ ...this.#port(), outbox, keys, onRefused }, this.#closing.signal);
      this.#appended = true;
      await this.#pulled();
    }
    this.#succeeded();
  }

  /** Pulls to the end. A server that shows less than it did is asked twice: it may be a copy that lags. */
  async #pull(): Promise<void> {
    const port = { api: this.api, replica: this.#replica, grown: (bytes: number) => this.#tail.grow(bytes) };
    try {
      await pull(port, this.#closing.signal);
    } catch (error) {
      if (!isKeyfoldError(error, "rolled-back") || this.#problem?.code === "rolled-back") throw error;
      await wait(SECOND_LOOK, this.#closing.signal);
      await pull(port, this.#closing.signal);
    }
  }

  /** The replica is in step: what follows from that. */
  async #pulled(): Promise<void> {
    const { store, folder, keyring } = this.#options;
    const { position, beganOpen } = this.#replica;
    if (position === null || this.#access === null) return;
    this.#syncedAt = Date.now();
    if (this.#phase === "opening") this.#phase = "ready";
    const place: Place = {
      epoch: position.epoch,
      seq: position.seq,
      head: toHex(position.head),
      locked: position.epoch > 0 || beganOpen === false,
    };
    if (place.seq !== this.#place?.seq || place.head !== this.#place.head) {
      await rememberPlace(store, folder, place);
      this.#place = place;
    }
    if (this.#access.scope === "owner" && this.#access.epoch === position.epoch && this.#keptEpoch !== position.epoch) {
      // Now that the log itself shows these keys, earlier ones may go.
      if (place.locked) await keyring.keep(this.#access.held);
      await rememberLastFolder(store, this.#options.http.server, folder);
      this.#keptEpoch = position.epoch;
    }
    this.#reportOddities();
    this.#touch();
  }

  #succeeded(): void {
    this.connection.set("online");
    this.#told = null;
    if (this.#replica.needsUpdate) {
      this.#setProblem(new KeyfoldError("unsupported-version", "This folder was written by a newer Keyfold. Update to change it."));
    } else if (this.#problem !== null) {
      this.#problem = null;
    }
    this.#touch();
    void this.#lookAtUsage();
    void this.#snapshotIfDue();
    if (this.#replica.pending.length === 0) this.#wakeIdle();
  }

  async #failed(error: KeyfoldError): Promise<void> {
    if (error.code === "cancelled") return;
    if (error.code === "offline") this.connection.set("offline");
    else if (passesByItself(error)) this.connection.set("connecting");
    if (error.code === "locked-elsewhere") {
      await this.#lockedElsewhere(error);
      return;
    }
    if (isSilent(error)) return;
    this.#setProblem(error);
    this.#touch();
  }

  #setProblem(error: KeyfoldError): void {
    const { position, pending } = this.#replica;
    this.#problem = problemOf(error, { pending: pending.length, ...(position === null ? {} : { seq: position.seq }) });
    if (this.#told === error.code) return;
    this.#told = error.code;
    callAll(this.#problemListeners, error);
  }

  /** The key that this device has is of an earlier epoch. Pending changes stay, and are sent once the new one is given. */
  async #lockedElsewhere(error: KeyfoldError): Promise<void> {
    this.#use(null);
    this.#phase = "locked";
    this.#pace.stop();
    this.#setProblem(error);
    this.#touch();
    await Promise.resolve();
  }

  async #findAccess(): Promise<boolean> {
    const { provider, server, keyring, folder } = this.#options;
    const finding = await findAccess({ provider, server, keyring, folder, place: this.#place });
    const known = this.#access?.epoch ?? -1;
    if (finding.access !== null && finding.access.epoch > known) {
      this.#use(finding.access);
      return true;
    }
    if (this.#access !== null) return false;
    this.#phase = "locked";
    this.#pace.stop();
    if (finding.outdated) {
      this.#setProblem(new KeyfoldError("locked-elsewhere", "Another device locked this folder. Its new key is needed."));
    }
    this.#touch();
    return false;
  }

  #use(access: Access | null): void {
    this.#access = access;
    if (access === null) {
      this.api.session.use(null);
      return;
    }
    this.api.session.use(credentialOf(this.#options.provider, access));
    this.#replica.addKeys(access.scope === "owner" ? access.held.keys : access.keys);
  }

  // beside the rounds

  /** Sends what is pending, soon: ops of one moment go together. */
  #kick(): void {
    if (this.#kicked || this.#problem?.code === "offline") return;
    this.#kicked = true;
    queueMicrotask(() => {
      void this.#serial
        .run(async () => {
          this.#kicked = false;
          if (this.#replica.pending.length === 0 || this.#phase !== "ready") return;
          await this.#round1(false);
        })
        .catch((error: unknown) => this.#failed(asKeyfoldError(error)));
    });
  }

  /** The connection is back, or the person looks: do not wait for the next round. */
  hurry(): void {
    this.#pace.hurry();
  }

  async #lookAtUsage(): Promise<void> {
    const now = performance.now();
    if (now - this.#usageAt < USAGE_EVERY && !this.#appended) return;
    this.#usageAt = now;
    try {
      this.#usage = await this.api.usage({ signal: this.#closing.signal });
      this.#touch();
    } catch {
      // Shown when it is known again.
    }
  }

  async #snapshotIfDue(): Promise<void> {
    const crossed = this.#appended;
    this.#appended = false;
    const last = this.#replica.tree.snapshots.at(-1)?.sealedSize ?? 0;
    if (this.#snapshotting || !this.writable || !this.#tail.isDue(last, crossed, Date.now())) return;
    this.#snapshotting = true;
    try {
      const port = { provider: this.#options.provider, api: this.api };
      const made = await makeSnapshot(port, this.#replica, this.#closing.signal);
      await this.propose([snapshotOp(made)]).confirmed;
    } catch {
      // Only a cache: the next round tries again.
    } finally {
      this.#snapshotting = false;
    }
  }

  // helpers of the above

  #newReplica(): Replica {
    const { provider, folder, place } = this.#options;
    return new Replica({
      provider,
      folder,
      snapshot: (descriptor) => snapshotContent({ provider, api: this.api }, descriptor),
      knownHeads: new Map(place === null ? [] : [[place.seq, place.head]]),
      onEntry: (folded) => this.#entry(folded),
      onSettled: (changes, how) => this.#settled(changes, how === "confirmed"),
    });
  }

  #port() {
    const { provider, device } = this.#options;
    return { provider, api: this.api, replica: this.#replica, device: device.id };
  }

  #entry({ epoch, entry, effects }: FoldedEntry): void {
    const here = entry.device === this.#options.device.id;
    const added = { at: entry.at, device: entry.device, here };
    for (const [i, op] of (entry.ops as readonly Op[]).entries()) {
      if (effects[i] !== true) continue;
      if (op.op === "add" || op.op === "mkdir") this.#added.set(op.node, added);
      else if (op.op === "snapshot") this.#tail.reset();
    }
    const { size } = this.#replica.tree.exposed;
    this.#exposed = epoch === this.#exposed.epoch ? { epoch, total: Math.max(this.#exposed.total, size) } : { epoch, total: size };
  }

  #settled(changes: readonly Change[], confirmed: boolean): void {
    const ids = changes.map(({ id }) => id);
    const settling = this.#outbox?.settle(ids, confirmed) ?? Promise.resolve();
    const resolve = (): void => {
      for (const id of ids) {
        this.#waiting.get(id)?.resolve();
        this.#waiting.delete(id);
      }
      this.#touch();
      if (this.#replica.pending.length === 0) this.#wakeIdle();
    };
    settling.then(resolve, (error: unknown) => {
      callAll(this.#problemListeners, asKeyfoldError(error));
      resolve();
    });
  }

  #refuse(changes: readonly Change[], error: KeyfoldError): void {
    const ids = changes.map(({ id }) => id);
    for (const id of ids) {
      this.#waiting.get(id)?.reject(error);
      this.#waiting.delete(id);
    }
    this.#outbox?.settle(ids, false).catch(() => undefined);
    callAll(this.#problemListeners, error);
    this.#touch();
    if (this.#replica.pending.length === 0) this.#wakeIdle();
  }

  #wakeIdle(): void {
    for (const wake of this.#idle) wake();
    this.#idle.clear();
  }

  #abandonWaiting(error: KeyfoldError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#wakeIdle();
  }

  #api(access: null): void {
    this.#access = access;
    this.api.session.use(null);
  }

  #reportOddities(): void {
    const reports = this.#replica.reports.slice(this.#reported);
    this.#reported += reports.length;
    for (const { seq, reason, notes } of reports) {
      const error = new KeyfoldError("malformed", "An entry of the folder's history is not as it should be, and was passed over.", {
        seq,
        reason: reason ?? notes?.[0] ?? "entry",
      });
      callAll(this.#problemListeners, error);
    }
  }

  #newId(): string {
    return toHex(this.#options.provider.randomBytes(16));
  }

  #touch(): void {
    this.#changed();
  }
}
