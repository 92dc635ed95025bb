/**
 * Rounds: find out what this device may do, pull, send what is pending. And what a round that ends, well or badly, means for the folder.
 *
 * @module
 */
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Connection } from "../interface/state.ts";
import { keyIdOf } from "../protocol/identity.ts";
import { accessKeptHere, findAccess, READER_KEYS } from "./access.ts";
import { sendPending, type AppendPort, type Turn } from "./append.ts";
import { fromCache, type FromCachePort } from "./from-cache.ts";
import { keptChronicle } from "./kept-chronicle.ts";
import { InStep } from "./in-step.ts";
import { Mending } from "./mending.ts";
import { pullTwice } from "./pull.ts";
import type { Source } from "./source.ts";
import type { Following, Standing } from "./standing.ts";
import { forbidsWriting, isSilent, showsAnyway } from "./trouble.ts";
import type { Upkeep } from "./upkeep.ts";

/**
 * A server that was set back is given back what it lost by every device that finds out, each as far as it saw. What is new waits meanwhile: in the place of a
 * record that another device still has it would make two histories. Longer than a page waits between looks, milliseconds.
 */
const OTHERS_FIRST = 10_000;

export interface RoundsPort {
  readonly standing: Standing;
  readonly connection: Source<Connection>;
  readonly signal: AbortSignal;
  /** No more rounds until somebody signs in. */
  readonly rest: () => void;
  /** Another round in so many milliseconds. */
  readonly later: (milliseconds: number) => void;
  /** A round ended well. */
  readonly inStep: () => void;
  readonly upkeep: Upkeep;
}

export class Rounds {
  readonly inStep: InStep;
  readonly mending: Mending;
  readonly #port: RoundsPort;
  readonly #turn: Turn = { ticket: null };
  /** Nothing new is sent before. */
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** Something was sent since the last round that ended well. */
  #appended = false;

  constructor(port: RoundsPort) {
    this.#port = port;
    this.inStep = new InStep(port.standing);
    this.mending = new Mending(port.standing, this.#turn, port.signal);
    port.standing.heads = () => this.mending.heads();
  }

  /** One round. Without `pulling` it only sends, where the folder was verified before. Rejects with what stopped it; `failed` is to hear of it. */
  async run(pulling: boolean): Promise<void> {
    const { standing } = this.#port;
    if (standing.access === null && !(await this.#findAccess().catch((error: unknown) => this.#useKept(error)))) return;
    const looking = pulling || standing.phase === "opening";
    // Nothing can be sent, and nothing was looked at: what is wrong still is.
    if (!looking && forbidsWriting(standing.problem)) return;
    if (looking) {
      try {
        await this.pull();
      } catch (error) {
        // The folder went on to another epoch: perhaps by a key that this device has kept meanwhile.
        if (!isKeyfoldError(error, "locked-elsewhere") || !(await this.#findAccess())) throw error;
        await this.pull();
      }
      // What contradicted is mended: what waits to be sent is not to wait for another round.
      if (forbidsWriting(standing.problem) && standing.lasting === null) standing.settle(null);
    }
    await this.#send();
    this.succeeded();
  }

  /** Pulls to the end, and draws the conclusions. */
  async pull(): Promise<void> {
    const { standing, signal } = this.#port;
    await this.#takeUpKept();
    try {
      await pullTwice(standing.port(), signal);
    } catch (error) {
      if (!isKeyfoldError(error, "rolled-back") && !isKeyfoldError(error, "forked")) throw error;
      await this.mending.mend(error);
      this.#heldUntil = performance.now() + OTHERS_FIRST;
      await this.#takeUpKept();
      await pullTwice(standing.port(), signal);
    }
    await this.#pulled();
  }

  /** Begins from what this device kept of the folder, where nothing is here yet. */
  async #takeUpKept(): Promise<void> {
    const { standing } = this.#port;
    const { access, replica, api, cache, place, options } = standing;
    if (access === null || replica.position !== null) return;
    const begun: Following[] = [];
    const fresh: FromCachePort["fresh"] = (from) => {
      const following = standing.fresh(from, replica.keys, { keeping: "not" });
      begun.push(following);
      return following.replica;
    };
    const { provider, folder } = options;
    const taken = await fromCache({ provider, folder, api, cache, access, reached: place?.seq ?? -1, fresh });
    const following = begun.find((one) => one.replica === taken);
    if (following === undefined) return;
    const told = await keptChronicle({ provider, cache, folder, access });
    if (told !== null) following.chronicle.restore(told);
    standing.takeUp(following);
  }

  /**
   * The server is away, or in an earlier epoch than this device has seen: then what is kept here shows what there is, and may mend it. True where the
   * server can be asked; else throws the error that said so.
   */
  async #useKept(error: unknown): Promise<boolean> {
    const { standing } = this.#port;
    const { options, cache, place } = standing;
    const away = isKeyfoldError(error, "offline") || isKeyfoldError(error, "server-failed");
    if (!away && !isKeyfoldError(error, "rolled-back")) throw error;
    const access = await accessKeptHere({ ...options, cache, place });
    if (access === null) throw error;
    standing.use(access);
    try {
      await this.#takeUpKept();
    } catch {
      // What takes the server as well is not to be had.
    }
    if (!away) return true;
    if (standing.replica.position === null) standing.use(null);
    else if (standing.phase === "opening") standing.phase = "ready";
    throw error;
  }

  succeeded(): void {
    const { standing, connection, upkeep, inStep } = this.#port;
    connection.set("online");
    const { lasting } = standing;
    if (lasting !== null) standing.trouble(lasting);
    else standing.settle(null);
    upkeep.look(standing.replica, this.#appended);
    this.#appended = false;
    standing.changed();
    inStep();
  }

  failed(error: KeyfoldError): void {
    const { standing, connection } = this.#port;
    if (isSilent(error)) return;
    if (error.code === "offline") connection.set("offline");
    if (error.code === "locked-elsewhere") this.#lockedElsewhere(error);
    else standing.trouble(error);
    // What was verified before the fault is shown, and cannot be changed.
    const verified = standing.access !== null && standing.replica.position !== null;
    if (showsAnyway(error) && standing.phase === "opening" && verified) standing.phase = "ready";
    standing.changed();
  }

  async #send(): Promise<void> {
    const { standing, signal } = this.#port;
    const { access, outbox, writable, replica, proposals } = standing;
    if (!writable || access?.scope !== "owner" || outbox === null || replica.pending.length === 0) return;
    const wait = this.#heldUntil - performance.now();
    if (wait > 0) {
      this.#port.later(wait);
      return;
    }
    const { keys } = access.held;
    const onRefused = (...refused: Parameters<AppendPort["onRefused"]>): void => proposals.refused(outbox, ...refused);
    await sendPending({ ...standing.port(), outbox, keys, turn: this.#turn, onRefused }, signal);
    this.#appended = true;
    await this.#pulled();
  }

  async #pulled(): Promise<void> {
    const { standing } = this.#port;
    if (standing.access === null) return;
    await this.#checkLink();
    if (standing.phase === "opening") standing.phase = "ready";
    await this.inStep.reached(standing.replica, standing.access);
    this.#keepReaderKeys();
    standing.changed();
  }

  /** A read key alone would be taken in by a log that others who have it made: its link names the keys that sign the folder's. */
  async #checkLink(): Promise<void> {
    const { access, replica, options } = this.#port.standing;
    if (access?.scope !== "read" || access.keyId === undefined || replica.position?.epoch !== access.epoch) return;
    if ((await keyIdOf(options.provider, replica.position.keys)) !== access.keyId) {
      throw new KeyfoldError("wrong-key", "The server shows another folder than this link was made for.", { reason: "key-id" });
    }
  }

  /** For the next time, when the server may be away. Anybody who has an open folder's link gets them from the server. */
  #keepReaderKeys(): void {
    const { standing } = this.#port;
    const { access, cache } = standing;
    // Not where keys are bytes: they would lie there for whoever serves this address in the next network.
    if (
      access?.scope !== "read" ||
      access.epoch > 0 ||
      access.keyId !== undefined ||
      access.keys === this.#readerKeysKept ||
      standing.options.provider.extractable
    )
      return;
    this.#readerKeysKept = access.keys;
    void cache.keepBeside(READER_KEYS, access.keys);
  }
  #readerKeysKept: object | null = null;

  /** The key that this device has is of an earlier epoch. Pending changes stay, and are sent once the new one is given. */
  #lockedElsewhere(error: KeyfoldError): void {
    this.#lockOut();
    // What the earlier key opens is not for this device any more.
    void this.#port.standing.cache.erase();
    this.#port.standing.trouble(error);
  }

  #lockOut(): void {
    const { standing, rest } = this.#port;
    standing.use(null);
    standing.phase = "locked";
    rest();
  }

  /** Whether there is an access, better than the one so far. Without any the folder is locked to this device. */
  async #findAccess(): Promise<boolean> {
    const { standing, connection, signal } = this.#port;
    const { provider, server, keyring, folder, reader } = standing.options;
    const finding = await findAccess({ provider, server, keyring, folder, reader, place: standing.place, signal });
    if (finding.access !== null && finding.access.epoch > (standing.access?.epoch ?? -1)) {
      standing.use(finding.access);
      return true;
    }
    if (standing.access !== null) return false;
    if (finding.outdated) throw new KeyfoldError("locked-elsewhere", "Another device locked this folder. Its new key is needed.");
    this.#lockOut();
    connection.set("online");
    standing.changed();
    return false;
  }
}
