/** What a device does beside syncing, and nobody waits for: looking how much room is used, making snapshots that are due, emptying the trash. */
import type { FolderApi } from "../api/client.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { Usage } from "../interface/state.ts";
import type { Op } from "../tree/op.ts";
import { keepBlob } from "./kept-blob.ts";
import type { RecordCache } from "./record-cache.ts";
import type { Replica } from "./replica.ts";
import type { SnapshotCheck } from "./snapshot-check.ts";
import { makeSnapshot, snapshotOp, type Tail } from "./snapshots.ts";
import type { TrashCollection } from "./trash-collection.ts";

/** Milliseconds between looks at the folder's usage, where nothing was sent from here. */
const USAGE_EVERY = 30_000;
/** And where something was: one look after many small changes. */
const USAGE_AFTER = 1_000;

export interface UpkeepPort {
  readonly provider: CryptoProvider;
  readonly api: FolderApi;
  readonly cache: RecordCache;
  readonly tail: () => Tail;
  readonly signal: AbortSignal;
  readonly writable: () => boolean;
  /** Resolves when the op is confirmed. */
  readonly propose: (op: Op) => Promise<void>;
  readonly changed: () => void;
  /** Compares a snapshot of another device with what this one folded. */
  readonly check: (blob: string, content: () => ReadableStream<Bytes>) => Promise<SnapshotCheck>;
  /** It comes to another state. */
  readonly onDifference: () => void;
  readonly trash: TrashCollection;
}

export class Upkeep {
  readonly #port: UpkeepPort;
  #usage: Usage | null = null;
  #usageAt = Number.NEGATIVE_INFINITY;
  #usageSoon: ReturnType<typeof setTimeout> | undefined;
  #snapshotting = false;
  #keptSnapshot: string | null = null;

  constructor(port: UpkeepPort) {
    this.#port = port;
  }

  get usage(): Usage | null {
    return this.#usage;
  }

  /** After a round; `appended`: something was sent from here. */
  look(replica: Replica, appended: boolean): void {
    void this.#lookAtUsage(appended);
    void this.#snapshotIfDue(replica, appended);
    void this.#keepSnapshot(replica);
    if (this.#port.writable()) void this.#port.trash.look(replica);
  }

  forget(): void {
    this.#usage = null;
    this.#usageAt = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#usageSoon);
    this.#usageSoon = undefined;
    this.#port.trash.forget();
  }

  async #lookAtUsage(appended: boolean): Promise<void> {
    const passed = performance.now() - this.#usageAt;
    if (passed < USAGE_AFTER) {
      if (appended) this.#lookSoon(USAGE_AFTER - passed);
      return;
    }
    if (!appended && passed < USAGE_EVERY) return;
    this.#usageAt = performance.now();
    try {
      this.#usage = await this.#port.api.usage({ signal: this.#port.signal });
      this.#port.changed();
    } catch {
      // Shown when it is known again.
    }
  }

  #lookSoon(milliseconds: number): void {
    if (this.#usageSoon !== undefined) return;
    const { signal } = this.#port;
    this.#usageSoon = setTimeout(() => {
      this.#usageSoon = undefined;
      if (!signal.aborted) void this.#lookAtUsage(true);
    }, milliseconds);
    // In Node it keeps no process alive.
    if (typeof this.#usageSoon === "object" && "unref" in this.#usageSoon) this.#usageSoon.unref();
  }

  /** Keeps the last snapshot's ciphertext here, to begin from the next time. */
  async #keepSnapshot(replica: Replica): Promise<void> {
    const { provider, api, cache, signal, check, onDifference } = this.#port;
    const last = replica.tree.snapshots.at(-1);
    if (last === undefined || last.blob === this.#keptSnapshot) return;
    this.#keptSnapshot = last.blob;
    try {
      await keepBlob({ provider, api, cache }, last, signal, async (content) => {
        const found = await check(last.blob, content);
        if (found === "differs") onDifference();
        // The log went on meanwhile: the next round looks again.
        if (found === "later") this.#keptSnapshot = null;
        return found === "same";
      });
    } catch {
      // Only a cache: the folder then opens from an earlier one.
    }
  }

  async #snapshotIfDue(replica: Replica, crossed: boolean): Promise<void> {
    const { provider, api, cache, tail, signal, writable, propose } = this.#port;
    const last = replica.tree.snapshots.at(-1)?.sealedSize ?? 0;
    if (this.#snapshotting || !writable() || !tail().isDue(last, crossed, Date.now())) return;
    this.#snapshotting = true;
    try {
      await propose(snapshotOp(await makeSnapshot({ provider, api, cache }, replica, signal)));
    } catch {
      // Only a cache: it stays due, and the next round tries again.
    } finally {
      this.#snapshotting = false;
    }
  }
}
