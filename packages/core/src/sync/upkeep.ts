/** What a device does beside syncing, and nobody waits for: looking how much room is used, making snapshots that are due, emptying the trash. */
import type { FolderApi } from "../api/client.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { Usage } from "../interface/state.ts";
import type { Op } from "../tree/op.ts";
import type { Replica } from "./replica.ts";
import { makeSnapshot, snapshotOp, type Tail } from "./snapshots.ts";
import type { TrashCollection } from "./trash-collection.ts";

/** Milliseconds between looks at the folder's usage, where nothing was sent from here. */
const USAGE_EVERY = 30_000;

export interface UpkeepPort {
  readonly provider: CryptoProvider;
  readonly api: FolderApi;
  readonly tail: () => Tail;
  readonly signal: AbortSignal;
  readonly writable: () => boolean;
  /** Resolves when the op is confirmed. */
  readonly propose: (op: Op) => Promise<void>;
  readonly changed: () => void;
  readonly trash: TrashCollection;
}

export class Upkeep {
  readonly #port: UpkeepPort;
  #usage: Usage | null = null;
  #usageAt = Number.NEGATIVE_INFINITY;
  #snapshotting = false;

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
    if (this.#port.writable()) void this.#port.trash.look(replica);
  }

  forget(): void {
    this.#usage = null;
    this.#usageAt = Number.NEGATIVE_INFINITY;
    this.#port.trash.forget();
  }

  async #lookAtUsage(appended: boolean): Promise<void> {
    const now = performance.now();
    if (!appended && now - this.#usageAt < USAGE_EVERY) return;
    this.#usageAt = now;
    try {
      this.#usage = await this.#port.api.usage({ signal: this.#port.signal });
      this.#port.changed();
    } catch {
      // Shown when it is known again.
    }
  }

  async #snapshotIfDue(replica: Replica, crossed: boolean): Promise<void> {
    const { provider, api, tail, signal, writable, propose } = this.#port;
    const last = replica.tree.snapshots.at(-1)?.sealedSize ?? 0;
    if (this.#snapshotting || !writable() || !tail().isDue(last, crossed, Date.now())) return;
    this.#snapshotting = true;
    try {
      await propose(snapshotOp(await makeSnapshot({ provider, api }, replica, signal)));
    } catch {
      // Only a cache: it stays due, and the next round tries again.
    } finally {
      this.#snapshotting = false;
    }
  }
}
