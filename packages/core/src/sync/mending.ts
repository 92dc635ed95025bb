/**
 * What is done where the server does not show what this device has verified (docs/format.md, section 4, "Rollback"): a shorter server is given back what
 * it lost, by itself; another history is adopted, if the person wants it.
 *
 * @module
 */
import { FolderApi } from "../api/client.ts";
import { toHex } from "../crypto/encoding.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Adoption } from "../interface/folder.ts";
import type { NodeId } from "../interface/tree.ts";
import { decodeClear } from "../protocol/clear.ts";
import type { LogRecord } from "../protocol/log-record.ts";
import { adoptPlace, rememberedPlace, type Place } from "../store/place.ts";
import { abreast } from "../transfer/abreast.ts";
import { partCountOf } from "../protocol/geometry.ts";
import type { Turn } from "./append.ts";
import { returnBlob } from "./blob-return.ts";
import { carry, type Carried } from "./carry.ts";
import { giveBack, isOfTheWay, openedEntries } from "./give-back.ts";
import { headsOf, keptRecords, type KeptRecord } from "./kept-records.ts";
import { wholeLog } from "./pull.ts";
import type { Following, Standing } from "./standing.ts";
import { asKeyfoldError, ContradictionError, type Contradiction } from "./trouble.ts";

export class Mending {
  readonly #standing: Standing;
  readonly #turn: Turn;
  readonly #signal: AbortSignal;

  /** @param turn That of the page's own appends. */
  constructor(standing: Standing, turn: Turn, signal: AbortSignal) {
    this.#standing = standing;
    this.#turn = turn;
    this.#signal = signal;
  }

  /** What this device kept of the history that it verified. */
  records(): Promise<KeptRecord[]> {
    const { options, cache } = this.#standing;
    return keptRecords({ provider: options.provider, folder: options.folder, cache });
  }

  /** Heads that these records stand for. */
  async heads(): Promise<ReadonlyMap<number, string>> {
    return headsOf(await this.records());
  }

  /**
   * Deals with a contradiction. Resolves when the server is in step again, or this page has to look at it anew; else throws it, with what is known of it.
   */
  async mend(found: KeyfoldError): Promise<void> {
    if (await this.#adoptedElsewhere()) return;
    const records = await this.records();
    const known = await this.#known(found, records);
    if (found.code === "forked") throw new ContradictionError(found, { ...known, remedy: "adopt" });
    await this.#giveBack(found, records, known);
  }

  /** Another page of this device adopted the server's history meanwhile: this one follows it too. */
  async #adoptedElsewhere(): Promise<boolean> {
    const standing = this.#standing;
    const { store, folder } = standing.options;
    const stored = await rememberedPlace(store, folder);
    if ((stored?.adopted ?? 0) <= (standing.place?.adopted ?? 0)) return false;
    standing.place = stored;
    standing.takeUp(standing.fresh(undefined, standing.replica.keys));
    return true;
  }

  async #known(found: KeyfoldError, records: readonly KeptRecord[]): Promise<Contradiction> {
    const { place, replica, options } = this.#standing;
    const device = Math.max(place?.seq ?? 0, replica.position?.seq ?? 0);
    const server = found.code === "rolled-back" && found.reason !== "epoch" ? found.seq : undefined;
    const last = records.filter(({ after }) => after.seq === server);
    const [entry] = await openedEntries({ provider: options.provider, keys: replica.keys }, last);
    return {
      numbers: {
        device,
        ...(place?.at === undefined ? {} : { deviceAt: place.at }),
        ...(server === undefined ? {} : { server, changes: device - server }),
        ...(entry === undefined ? {} : { serverAt: entry.at }),
      },
    };
  }

  // giving back

  async #giveBack(found: KeyfoldError, records: readonly KeptRecord[], known: Contradiction): Promise<void> {
    const standing = this.#standing;
    const { access, api, cache, replica, options } = standing;
    const server = found.reason === "epoch" ? await this.#giveBackRekey(found, records, known) : found.seq;
    const device = Math.max(standing.place?.seq ?? 0, replica.position?.seq ?? 0);
    if (server !== undefined && server >= device) return;
    const lacking = records.filter(({ after }) => after.seq > (server ?? Infinity));
    // A reader has nothing to give; and a place that was only told (a checkpoint), or of which too much is gone, nobody here can.
    const able = access?.scope === "owner" && server !== undefined && lacking[0]?.after.seq === server + 1;
    if (!able) throw new ContradictionError(found, { ...known, remedy: "adopt" });
    standing.trouble(new ContradictionError(found, { ...known, remedy: "give-back" }));
    if (standing.phase === "opening") standing.phase = "ready";
    standing.changed();
    const port = { provider: options.provider, api, cache, keys: replica.keys, turn: this.#turn };
    let given: number;
    try {
      given = await giveBack(port, lacking, this.#signal);
    } catch (error) {
      if (isOfTheWay(error)) throw error;
      if (isKeyfoldError(error, "forked")) throw new ContradictionError(error, { ...known, remedy: "adopt" });
      throw new ContradictionError(asKeyfoldError(error).code === "rolled-back" ? asKeyfoldError(error) : found, {
        ...known,
        remedy: "give-back",
      });
    }
    const now = server + given;
    if (now >= device) return;
    const left = lacking.slice(given);
    const nodes = await this.#filesLost(left);
    const numbers = { ...known.numbers, server: now, changes: device - now, files: nodes.length };
    throw new ContradictionError(found, { numbers, nodes, remedy: "adopt" });
  }

  /**
   * The server is in the epoch before: gives it the change of keys, where this device still has what it takes to speak to that epoch. Returns the seq it
   * has then. Throws the contradiction where that cannot be.
   */
  async #giveBackRekey(found: KeyfoldError, records: readonly KeptRecord[], known: Contradiction): Promise<number> {
    const { access, options, cache, replica } = this.#standing;
    const rekey = records[0];
    const previous = access?.scope === "owner" ? access.held.previous : undefined;
    if (previous === undefined || rekey?.record.kind !== "rekey" || rekey.before?.epoch !== previous.epoch)
      throw new ContradictionError(found, known);
    const { provider, http, folder } = options;
    const api = new FolderApi(http, folder);
    api.session.use({ scope: "owner", epoch: previous.epoch, sign: (message) => provider.sign(previous.auth, message) });
    const both = records.slice(0, 2);
    try {
      const { seq } = await api.log(rekey.after.seq, { signal: this.#signal });
      // Entries of that epoch which it lost as well are not here any more: nothing of them may have stayed.
      if (seq !== rekey.before.seq) throw new ContradictionError(found, { numbers: { ...known.numbers, server: seq } });
      const given = await giveBack({ provider, api, cache, keys: replica.keys, turn: { ticket: null } }, both, this.#signal);
      if (given === both.length) return rekey.after.seq + 1;
    } catch (error) {
      if (isOfTheWay(error) || error instanceof ContradictionError) throw error;
      if (isKeyfoldError(error, "locked-elsewhere")) return rekey.after.seq + 1; // another device was faster
    }
    throw new ContradictionError(found, known);
  }

  /** Files that stand here, with a version that these records added and the server has not. */
  async #filesLost(records: readonly KeptRecord[]): Promise<NodeId[]> {
    const { api, replica } = this.#standing;
    const added = new Set(records.flatMap(({ record }) => addedBy(record)));
    const versions = replica.confirmed((tree) =>
      Array.from(added).flatMap((blob) => {
        const file = tree.fileOf(blob);
        const version = file?.versions.find(({ descriptor }) => descriptor.blob === blob);
        return file === undefined || version === undefined ? [] : [{ node: file.node, blob, sealedSize: version.descriptor.sealedSize }];
      }),
    );
    const jobs = versions.map(({ node, blob, sealedSize }) => async (signal: AbortSignal): Promise<NodeId | null> => {
      try {
        const { stored } = await api.blobState(blob, { signal, attempts: 4 });
        return stored.reduce((sum, [, count]) => sum + count, 0) === partCountOf(sealedSize) ? null : node;
      } catch (error) {
        if (isKeyfoldError(error, "not-found") || isKeyfoldError(error, "gone")) return node;
        throw error;
      }
    });
    const lost = new Set<NodeId>();
    for await (const node of abreast(jobs, 6, this.#signal)) if (node !== null) lost.add(node);
    return versions.flatMap(({ node }) => (lost.delete(node) ? [node] : []));
  }

  // adopting

  /** As `Folder.adopt`; nothing else may move the folder's place meanwhile. */
  async adopt(): Promise<Adoption> {
    const standing = this.#standing;
    const { problem, access } = standing;
    if (problem === null || (problem.code !== "rolled-back" && problem.code !== "forked")) {
      throw new KeyfoldError("invalid-argument", "The server shows nothing that would have to be decided about.");
    }
    if (access === null)
      throw new KeyfoldError("key-needed", "The server shows an epoch of the folder whose key is not here. Sign in with that key.");
    const { following, heads } = await this.#followTheirs();
    const { position, mode } = following.replica;
    if (position === null) throw new KeyfoldError("tampered", "The folder's history has no beginning.", { reason: "no-genesis", seq: 0 });
    const locked = position.epoch > 0 || mode === 1;
    if (!locked && standing.place?.locked === true) {
      throw new KeyfoldError("rolled-back", "This folder was locked. A history in which it is open is not adopted.", {
        reason: "open-again",
      });
    }
    const { changes, lost } = await this.#carried(following, heads);
    const place: Place = { epoch: position.epoch, seq: position.seq, head: toHex(position.head), locked, at: Date.now() };
    await this.#replaceBy(following, place, changes);
    return { carried: changes.length, lost };
  }

  /** The server's history to its end, verified from its genesis, with no regard to what this device knew; and its heads. */
  async #followTheirs(): Promise<{ following: Following; heads: Map<number, string> }> {
    const standing = this.#standing;
    const heads = new Map<number, string>();
    const following = standing.fresh(undefined, standing.replica.keys, {
      keeping: "later",
      knownHeads: new Map(),
      onRecords: (records) => records.forEach(({ after }) => heads.set(after.seq, toHex(after.head))),
    });
    try {
      for await (const page of wholeLog(standing.api, this.#signal)) await following.replica.take(page);
      following.replica.finish();
    } catch (error) {
      const noKey = isKeyfoldError(error, "wrong-key") || isKeyfoldError(error, "old-key") || isKeyfoldError(error, "locked-elsewhere");
      if (!noKey && !(isKeyfoldError(error, "rolled-back") && error.reason === "epoch")) throw error;
      throw new KeyfoldError("key-needed", "The server shows an epoch of the folder whose key is not here. Sign in with that key.", {
        cause: error,
      });
    }
    return { following, heads };
  }

  async #carried({ replica }: Following, theirs: ReadonlyMap<number, string>): Promise<Carried> {
    const { options, api, cache, replica: own } = this.#standing;
    if (this.#standing.access?.scope !== "owner") return { changes: [], lost: [] };
    const records = await this.records();
    const mine = headsOf(records);
    const common = Math.max(-1, ...Array.from(mine.keys()).filter((seq) => theirs.get(seq) === mine.get(seq)));
    const { provider } = options;
    const port = { provider, api, cache };
    return carry({
      provider,
      keys: own.keys,
      mine: own.tree,
      theirs: replica.tree,
      records: records.filter(({ after }) => after.seq > common),
      common: common >= 0,
      hasBlob: (descriptor) => returnBlob(port, descriptor, this.#signal),
    });
  }

  /** In one write: the place, what is carried, nothing of the history before. Then this page goes on with it. */
  async #replaceBy(following: Following, place: Place, changes: Carried["changes"]): Promise<void> {
    const standing = this.#standing;
    const { outbox, cache, options } = standing;
    const { store, live, folder } = options;
    const kept = changes.length === 0 || outbox === null ? [] : await outbox.writesOf(changes);
    const dropped = outbox === null ? [] : await outbox.writesWithoutSent();
    standing.place = await adoptPlace({ store, live, folder }, place, [...(await cache.erasing()), ...dropped, ...kept]);
    // Sealed for places in the other history.
    for (const sent of standing.replica.awaited) standing.replica.unawait(sent);
    standing.forgetCheckpoints();
    standing.takeUp(following, changes);
    standing.settle(null);
  }
}

function addedBy(record: LogRecord): readonly string[] {
  if (record.kind !== "entry") return [];
  try {
    return decodeClear(record.clear).added;
  } catch {
    return [];
  }
}
