/**
 * Re-encryption after a lock: every version that was readable before is sealed anew, in the background and in random order (docs/format.md, section
 * 4). What remains stands in the tree, so it goes on wherever it was left, on any device that holds the key. Of a device's pages one does it.
 *
 * @module
 */
import { isKeyfoldError, type KeyfoldError } from "../error.ts";
import type { Liveness } from "../store/liveness.ts";
import type { ExposedVersion, Resealer } from "../transfer/reseal.ts";
import type { FolderSync } from "./folder-sync.ts";
import { asKeyfoldError } from "./trouble.ts";

export interface ResealingPort {
  readonly sync: FolderSync;
  readonly resealer: Resealer;
  readonly live: Liveness;
  /** Held by the page that does it. */
  readonly lock: string;
  readonly onProblem: (error: KeyfoldError) => void;
}

/** Batches of ops that wait to be confirmed while the next one is made. */
const UNDER_WAY = 4;

export class Resealing {
  readonly #port: ResealingPort;
  readonly #closing = new AbortController();
  /** Versions that do not verify: left as they are, and told once. */
  readonly #given = new Set<string>();
  #running: Promise<void> | null = null;
  /** Nothing lies here that an earlier page kept of its re-encryption. */
  #tidy = false;

  constructor(port: ResealingPort) {
    this.#port = port;
  }

  /** Begins where there is something to do and nobody does it. */
  look(): void {
    if (this.#running !== null || !(this.#wanted() || (this.#able && !this.#tidy))) return;
    this.#running = this.#run()
      .catch((error: unknown) => {
        const known = asKeyfoldError(error);
        // Whatever else stops it is the folder's problem as well, and told there; the next round looks again.
        if (known.code === "local-storage") this.#port.onProblem(known);
      })
      .finally(() => (this.#running = null));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  get #able(): boolean {
    const { sync } = this.#port;
    return !this.#closing.signal.aborted && sync.phase === "ready" && sync.writable;
  }

  #wanted(): boolean {
    return this.#able && this.#remaining().length > 0;
  }

  #remaining(): ExposedVersion[] {
    const { tree } = this.#port.sync.replica;
    return Array.from(tree.exposed, ([blob, node]) => ({ blob, node })).filter(({ blob }) => !this.#given.has(blob));
  }

  async #run(): Promise<void> {
    const release = await this.#port.live.hold(this.#port.lock);
    if (release === null) return; // another page's work
    try {
      if (!this.#tidy) await this.#clear();
      while (this.#wanted() && (await this.#pass()));
    } finally {
      release();
    }
  }

  /** What was confirmed when its page was gone; what a page left to be confirmed is looked at again. */
  async #clear(): Promise<void> {
    const { sync, resealer } = this.#port;
    const left = await resealer.clearLeftovers((blobs) =>
      sync.replica.confirmed((tree) => ({
        added: new Set(blobs.filter((blob) => !tree.isNewBlob(blob))),
        exposed: new Set(blobs.filter((blob) => tree.exposed.has(blob))),
      })),
    );
    this.#tidy = left === 0;
  }

  /** False where nothing came of it: then it would come to nothing again. */
  async #pass(): Promise<boolean> {
    const { sync, resealer, onProblem } = this.#port;
    const underWay = new Set<Promise<void>>();
    let gone = false;
    let made = 0;
    const failed = ({ blob }: ExposedVersion, error: KeyfoldError): void => {
      if (isKeyfoldError(error, "gone")) {
        gone = true; // another device was faster: the next pull tells
        return;
      }
      this.#given.add(blob);
      onProblem(error);
    };
    try {
      for await (const ops of resealer.reseal(shuffled(this.#remaining()), { signal: this.#closing.signal, failed })) {
        if (ops.length === 0) continue;
        made += ops.length;
        const blobs = ops.map(({ from }) => from);
        const settling = sync.propose(ops).confirmed.then(() => resealer.settled(blobs));
        const done: Promise<void> = settling.finally(() => underWay.delete(done));
        done.catch(() => undefined); // awaited below
        underWay.add(done);
        if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
        if (!sync.writable) break;
      }
    } finally {
      await Promise.all(underWay);
    }
    if (gone) await sync.refresh();
    return gone || made > 0;
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, at: Math.random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
