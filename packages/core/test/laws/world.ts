/**
 * A folder and its devices without a server: a log that takes what names the next place, and replicas that follow it, each with what it has not sent yet.
 * Records are sealed, signed and verified as always.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { toHex } from "../../src/crypto/encoding.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { webCryptoProvider } from "../../src/crypto/webcrypto.ts";
import { deriveOwnerKeys, generateRoot } from "../../src/key/schedule.ts";
import { sealEntry } from "../../src/log/entry.ts";
import { sealGenesis } from "../../src/log/genesis.ts";
import { freeze, stateHash } from "../../src/log/snapshot.ts";
import { emptyClearLists } from "../../src/protocol/clear.ts";
import { joinPage } from "../../src/protocol/record.ts";
import type { Position } from "../../src/protocol/step.ts";
import type { Change, SentEntry } from "../../src/sync/outbox.ts";
import { Replica } from "../../src/sync/replica.ts";
import type { Op } from "../../src/tree/op.ts";
import type { Settlement } from "../../src/tree/rebase.ts";

export const provider = webCryptoProvider();
const beginning = deriveOwnerKeys(provider, generateRoot(provider)).then(async (keys) => {
  return { keys, genesis: await sealGenesis(provider, 0, keys.keys, keys.sign) };
});

const newId = (): string => toHex(provider.randomBytes(16));

/** The log as a server keeps it. */
export class World {
  readonly records: Bytes[];
  /** Positions after each record. */
  readonly positions: Position[];
  readonly #keys: Awaited<typeof beginning>["keys"];

  private constructor({ keys, genesis }: Awaited<typeof beginning>) {
    this.records = [genesis.bytes];
    this.positions = [genesis.position];
    this.#keys = keys;
  }

  static async begin(): Promise<World> {
    return new World(await beginning);
  }

  get keys() {
    return this.#keys;
  }

  /** Compare-and-set on the place. */
  append(seq: number, record: Bytes, position: Position): boolean {
    if (seq !== this.records.length) return false;
    this.records.push(record);
    this.positions.push(position);
    return true;
  }

  /** What an owner might write who keeps to no rule but the signature. */
  async appendAnything(ops: readonly unknown[]): Promise<void> {
    const entry = { id: newId(), device: "f".repeat(32), at: 0, ops: ops as Op[] };
    const { bytes, position } = await sealEntry(provider, this.#keys, this.positions.at(-1)!, entry, emptyClearLists);
    this.append(position.seq, bytes, position);
  }
}

/** A device: what it keeps on its disk, and the replica of the page that is open. */
export class WorldDevice {
  readonly #world: World;
  readonly #id = newId();
  /** On the disk: changes not settled yet, and the entry that may have been sent. */
  readonly #kept = new Map<string, Change>();
  #sent: (SentEntry & { readonly position: Position }) | null = null;
  #replica!: Replica;
  #changes = 0;
  /** How each change ended. */
  readonly settled = new Map<string, "confirmed" | "pointless">();
  /** What became of changes otherwise than was meant. */
  readonly told: Settlement[] = [];

  constructor(world: World) {
    this.#world = world;
    this.reload();
  }

  get replica(): Replica {
    return this.#replica;
  }

  /** The page is closed, or dies, and is opened again. */
  reload(): void {
    const { keys } = this.#world;
    const replica = new Replica({
      provider,
      folder: this.#world.positions[0]!.folderId,
      snapshot: () => new ReadableStream(),
      knownHeads: new Map(),
      onEntry: () => undefined,
      onSettled: (changes, how) => {
        for (const { id } of changes) {
          ok(!this.settled.has(id), "a change is settled once");
          ok(this.#kept.delete(id), "a change that is settled was kept");
          this.settled.set(id, how);
        }
        if (how === "confirmed") this.#sent = null;
      },
      onRebased: (report) => void this.told.push(...report),
    });
    replica.addKeys(keys);
    replica.resume([...this.#kept.values()]);
    if (this.#sent !== null) replica.await(this.#sent);
    this.#replica = replica;
  }

  /** Changes something; false where it has no effect. A page that was never in step yet shows nothing that could be changed. */
  make(ops: readonly Op[]): string | null {
    if (this.#replica.position === null) return null;
    const id = `${this.#id}-${this.#changes++}`;
    const change = this.#replica.propose(id, 0, ops);
    // As the disk keeps it.
    if (change !== null) this.#kept.set(id, JSON.parse(JSON.stringify(change)) as Change);
    return change?.id ?? null;
  }

  async pull(): Promise<void> {
    const from = (this.#replica.position?.seq ?? -1) + 1;
    if (from < this.#world.records.length) await this.#replica.take(joinPage(this.#world.records.slice(from)));
    this.#replica.finish();
    // Its place is another's.
    if (this.#sent !== null && this.#sent.seq < this.#world.records.length) this.#sent = null;
  }

  /** Offers the next entry for the place that this device believes is free. The answer may be lost, and the page with it. */
  async send(): Promise<boolean> {
    const { position } = this.#replica;
    if (position === null) return false;
    if (this.#sent === null || this.#sent.seq !== position.seq + 1) {
      const next = this.#replica.draft();
      if (next === null || next.ops.length === 0) return false;
      const entry = { id: newId(), device: this.#id, at: 0, ops: next.ops };
      const sealed = await sealEntry(provider, this.#world.keys, position, entry, next.lists);
      this.#sent = { seq: position.seq + 1, record: sealed.bytes, changes: next.changes, position: sealed.position };
      this.#replica.await(this.#sent);
    }
    return this.#world.append(this.#sent.seq, this.#sent.record, this.#sent.position);
  }

  /** Until nothing is pending. */
  async finish(): Promise<void> {
    await this.pull();
    for (let rounds = 0; this.#replica.pending.length > 0; rounds++) {
      ok(rounds < 200, "what is pending ends");
      await this.send();
      await this.pull();
    }
    strictEqual(this.#kept.size, 0);
  }

  async state(): Promise<string> {
    return toHex(await stateHash(provider, freeze(this.#replica.tree)));
  }
}
