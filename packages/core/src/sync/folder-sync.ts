/**
 * One folder kept in step with its server: pulled, verified and folded at intervals, and what is changed here sent.
 *
 * Everything that moves the folder's place in its history goes through one queue (`Serial`). What went wrong is a `problem` of the state, and is
 * tried again where that can help; nothing that was changed here is lost by it.
 *
 * @module
 */
import type { FolderApi } from "../api/client.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Adoption } from "../interface/folder.ts";
import type { Connection, Problem, Usage } from "../interface/state.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import type { Op } from "../tree/op.ts";
import type { Access } from "./access.ts";
import type { Chronicle } from "./chronicle.ts";
import type { HeldKeys } from "./keyring.ts";
import type { FolderSyncOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";
import type { Proposal } from "./proposals.ts";
import { rekey } from "./rekey.ts";
import type { Replica, Traces } from "./replica.ts";
import { Rounds } from "./rounds.ts";
import { Serial } from "./serial.ts";
import { Source } from "./source.ts";
import { Standing, type Phase } from "./standing.ts";
import { TrashCollection } from "./trash-collection.ts";
import { asKeyfoldError, passesByItself, showsAnyway } from "./trouble.ts";
import { Upkeep } from "./upkeep.ts";

export interface FolderSyncListener {
  /** Something that the state is made of changed. */
  changed(): void;
  /** A round ended well. */
  inStep(): void;
}

export class FolderSync {
  readonly connection: Source<Connection>;
  readonly #listener: FolderSyncListener;
  readonly #standing: Standing;
  readonly #rounds: Rounds;
  readonly #upkeep: Upkeep;
  readonly #pace: Pace;
  readonly #serial = new Serial();
  readonly #closing = new AbortController();
  #kicked = false;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FolderSyncOptions, listener: FolderSyncListener) {
    const { provider, http, pollInterval: interval } = options;
    const changed = (): void => listener.changed();
    const standing = new Standing(options, changed);
    this.connection = new Source<Connection>("connecting", changed);
    this.#listener = listener;
    this.#standing = standing;
    this.#pace = new Pace({ interval, pull: () => this.refresh(), busy: () => standing.replica.pending.length > 0 });
    this.#upkeep = new Upkeep({
      provider,
      api: standing.api,
      cache: standing.cache,
      tail: () => standing.chronicle.tail,
      signal: this.#closing.signal,
      writable: () => standing.phase === "ready" && standing.writable,
      propose: (op) => this.propose([op]).confirmed,
      changed,
      check: (blob, content) => standing.checkSnapshot(blob, content),
      onDifference: () => standing.doubt(),
      trash: new TrashCollection({
        store: options.store,
        folder: options.folder,
        now: options.now,
        serverTime: async () => (await options.server.discover({ signal: this.#closing.signal })).time * 1000,
        mark: (node) => standing.chronicle.trashMark(node),
        propose: (ops) => this.propose(ops).confirmed,
      }),
    });
    this.#rounds = new Rounds({
      standing,
      connection: this.connection,
      signal: this.#closing.signal,
      rest: () => this.#pace.stop(),
      later: (milliseconds) => this.#later(milliseconds),
      inStep: () => listener.inStep(),
      upkeep: this.#upkeep,
    });
    http.onReached = (reached) => this.#reached(reached);
  }

  // what the state is made of

  get api(): FolderApi {
    return this.#standing.api;
  }
  get replica(): Replica {
    return this.#standing.replica;
  }
  get chronicle(): Chronicle {
    return this.#standing.chronicle;
  }
  get access(): Access | null {
    return this.#standing.access;
  }
  get phase(): Phase {
    return this.#standing.phase;
  }
  get problem(): Problem | null {
    return this.#standing.problem;
  }
  get usage(): Usage | null {
    return this.#upkeep.usage;
  }
  get syncedAt(): number | null {
    return this.#rounds.inStep.at;
  }
  get isOpenFolder(): boolean {
    return this.#standing.isOpenFolder;
  }
  get writable(): boolean {
    return this.#standing.writable;
  }

  /** Told of each error that no caller's promise carries. */
  onProblem(listener: (error: KeyfoldError) => void): () => void {
    return this.#standing.onProblem(listener);
  }

  report(error: KeyfoldError): void {
    this.#standing.report(error);
  }

  // opening and ending

  /**
   * Takes up what earlier pages left, and looks at the folder once. Rejects with what makes it impossible to open (`not-found`, `wrong-key` …);
   * with a server that is not reached, or that shows a history which is not to be trusted, it resolves, says so in the state, and goes on trying.
   */
  async open(checkpoint?: KeyCheckpoint): Promise<void> {
    await this.#openOutbox();
    if (checkpoint !== undefined) await this.#standing.know(checkpoint, () => this.#rounds.mending.heads());
    try {
      await this.refresh();
    } catch (error) {
      const known = asKeyfoldError(error);
      if (!passesByItself(known) && !showsAnyway(known) && known.code !== "locked-elsewhere") throw error;
    }
    if (this.phase !== "locked") this.#pace.start();
  }

  /**
   * Signs in with keys whose epoch the server told. Rejects with what is wrong with them; then everything is as it was. A history that is not to be
   * trusted is no fault of the keys: resolves, and the state says so.
   */
  async signIn(held: HeldKeys, checkpoint?: KeyCheckpoint): Promise<void> {
    const standing = this.#standing;
    if (standing.outbox === null) await this.#openOutbox();
    await this.#serial.run(async () => {
      const { access, phase, problem } = standing;
      standing.use({ scope: "owner", epoch: held.epoch, held });
      if (phase === "locked") standing.phase = "opening";
      standing.settle(null);
      standing.changed();
      try {
        if (checkpoint !== undefined) await standing.know(checkpoint, () => this.#rounds.mending.heads());
        await this.#rounds.pull();
        this.#rounds.succeeded();
      } catch (error) {
        const known = asKeyfoldError(error);
        if (showsAnyway(known)) {
          this.#rounds.failed(known);
          return;
        }
        standing.use(access);
        standing.phase = phase;
        standing.settle(problem);
        standing.changed();
        throw error;
      }
    });
    this.#pace.start();
    this.#kick();
  }

  /** Stops; what is pending stays kept, for whoever opens the folder next. */
  async close(): Promise<void> {
    const standing = this.#standing;
    const error = new KeyfoldError("cancelled", "The folder was closed.");
    standing.phase = "ended";
    this.#pace.stop();
    clearTimeout(this.#next);
    this.#closing.abort(error);
    await this.#idle();
    await standing.outbox?.close();
    await standing.cache.written();
    standing.outbox = null;
    standing.use(null);
    standing.proposals.abandon(error);
    standing.changed();
  }

  /** Forgets keys, pending changes, and the tree. */
  async forget(): Promise<void> {
    const standing = this.#standing;
    this.#pace.stop();
    await this.#serial.run(async () => {
      await standing.outbox?.clear();
      await standing.outbox?.close();
      await standing.options.keyring.erase();
      await standing.cache.erase();
      standing.reset();
      standing.phase = "locked";
      this.#rounds.inStep.forget();
      this.#upkeep.forget();
    });
    standing.proposals.abandon(new KeyfoldError("signed-out", "Signed out."));
    standing.changed();
  }

  // changing

  /** Shows a change at once, keeps it, sends it. Throws what forbids it. `left`: as `Replica.propose`. */
  propose(ops: readonly Op[], left?: Traces): Proposal {
    const { outbox, writable, replica, proposals } = this.#standing;
    if (outbox === null || !writable) throw this.#standing.whyNotWritable();
    const proposal = proposals.propose(replica, outbox, ops, left);
    this.#standing.changed();
    this.#kick();
    return proposal;
  }

  /** Resolves when nothing is pending any more. */
  async settled(): Promise<void> {
    while (this.replica.pending.length > 0 && this.phase !== "ended") {
      this.#kick();
      await this.#standing.proposals.next();
    }
    // Nor is anything under way that the state does not tell of yet.
    await this.#idle();
    await this.#standing.outbox?.written();
  }

  /** Pulls now, and sends what is pending. Rejects with what stopped it, after the state tells it too. */
  refresh(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.phase === "ended") throw new KeyfoldError("cancelled", "The folder was closed.");
      if (this.phase === "locked") return;
      try {
        await this.#rounds.run(true);
      } catch (error) {
        const known = asKeyfoldError(error);
        this.#rounds.failed(known);
        throw known;
      }
    });
  }

  /** As `Folder.adopt`. */
  async adopt(): Promise<Adoption> {
    const adoption = await this.#serial.run(async () => {
      const made = await this.#rounds.mending.adopt();
      this.#standing.changed();
      await this.#rounds.run(true).catch((error: unknown) => this.#rounds.failed(asKeyfoldError(error)));
      return made;
    });
    this.#kick();
    return adoption;
  }

  /** Makes `root` the folder's key. Rejects with `locked-elsewhere` where another device was faster, `read-only`, `key-needed`, and what stops it. */
  async lock(root: Bytes): Promise<void> {
    const standing = this.#standing;
    const { access, options } = standing;
    if (access?.scope !== "owner" || !standing.writable) throw standing.whyNotWritable();
    if (standing.phase === "locking") throw new KeyfoldError("busy", "The folder is being locked already.");
    const { held } = access;
    const { keyring, server } = options;
    standing.phase = "locking";
    standing.changed();
    try {
      await this.#serial.run(async () => {
        await this.#rounds.pull();
        // Kept as those before it were chosen to be.
        const previous = { epoch: held.epoch, auth: held.keys.auth };
        const next: HeldKeys = { ...held, ...(await keyring.derive(root, held.epoch + 1)), previous };
        if (next.keys.keyId === held.keys.keyId) throw new KeyfoldError("invalid-argument", "This is the folder's key already.");
        await rekey({ ...standing.port(), server, keyring, held }, next, this.#closing.signal);
        standing.use({ scope: "owner", epoch: next.epoch, held: next });
        // It is locked, whatever becomes of this look at it.
        await this.#rounds.run(true).catch((error: unknown) => this.#rounds.failed(asKeyfoldError(error)));
      });
    } catch (error) {
      const known = asKeyfoldError(error);
      if (known.code === "locked-elsewhere") this.#rounds.failed(known);
      throw known;
    } finally {
      if (this.phase === "locking") standing.phase = "ready";
      standing.changed();
    }
    this.#kick();
    this.#listener.inStep();
  }

  // when

  /** Sends what is pending, soon: what is proposed in one moment goes together. */
  #kick(): void {
    if (this.#kicked || this.problem?.code === "offline") return;
    this.#kicked = true;
    const send = async (): Promise<void> => {
      this.#kicked = false;
      if (this.replica.pending.length > 0 && this.phase === "ready") await this.#rounds.run(false);
    };
    queueMicrotask(() => {
      this.#serial.run(send).catch((error: unknown) => {
        this.#rounds.failed(asKeyfoldError(error));
        this.#pace.soon();
      });
    });
  }

  #later(milliseconds: number): void {
    this.#next ??= setTimeout(() => {
      this.#next = undefined;
      // What stops it the state tells.
      if (!this.#closing.signal.aborted) this.refresh().catch(() => undefined);
    }, milliseconds);
  }

  #idle(): Promise<void> {
    return this.#serial.run(() => Promise.resolve());
  }

  #reached(reached: boolean): void {
    const back = reached && this.connection.value === "offline";
    this.connection.set(reached ? "online" : "offline");
    if (back) this.#pace.hurry();
  }

  async #openOutbox(): Promise<void> {
    const { outbox, changes, sent } = await Outbox.open(this.#standing.options);
    this.#standing.outbox = outbox;
    this.replica.resume(changes);
    for (const entry of sent) this.replica.await(entry);
  }
}
