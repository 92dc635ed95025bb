/**
 * Emptying the trash after 30 days (docs/format.md, section 4, "Trash"): what any owner's device does that has known a mark for so long.
 *
 * No clock is trusted alone. The 30 days begin at the later of what the entry says and of when this device first saw the mark; that moment itself is
 * the later one of this device's clock and the server's, and now is the earlier one. So a device whose clock is years ahead deletes nothing, nor does a
 * server that lies, unless both are wrong in the same way.
 *
 * @module
 */
import type { LocalStore } from "../interface/store.ts";
import type { NodeId } from "../interface/tree.ts";
import type { Op } from "../tree/op.ts";
import { purgeOps } from "../tree/purge.ts";
import type { TrashMark } from "./chronicle.ts";
import type { Replica } from "./replica.ts";

/** Milliseconds that a node stays in the trash. */
export const TRASH_KEPT = 30 * 24 * 3_600_000;
/** Milliseconds until the next look where this one came to nothing. */
const AGAIN = 60_000;
/** And at the most: a clock may be put right. */
const LONGEST = 3_600_000;

type Mark = Pick<TrashMark, "entry" | "at">;
/** One that the log as it was read here does not tell of: then the device's own sight of it is all there is. */
const UNTOLD: Mark = { entry: "", at: 0 };

/** When this device first saw a mark, milliseconds since 1970; `entry` is the mark's. */
interface Sight {
  readonly entry: string;
  readonly at: number;
}

function dueOf(mark: Mark, sight: Sight): number {
  return Math.max(mark.at, sight.at) + TRASH_KEPT;
}

export interface TrashCollectionPort {
  readonly store: LocalStore;
  readonly folder: string;
  /** This device's clock: milliseconds since 1970. */
  readonly now: () => number;
  /** What the server takes for the time, milliseconds since 1970. A second opinion, not to be trusted alone. */
  readonly serverTime: () => Promise<number>;
  readonly mark: (node: NodeId) => TrashMark | null;
  /** Resolves when the ops are confirmed. */
  readonly propose: (ops: readonly Op[]) => Promise<void>;
}

export class TrashCollection {
  readonly #port: TrashCollectionPort;
  #looking = false;
  #version = -1;
  /** By `performance.now()`, which nobody sets. */
  #next = 0;
  /** When, by this device's clock, the next one seems due. */
  #due = Number.POSITIVE_INFINITY;

  constructor(port: TrashCollectionPort) {
    this.#port = port;
  }

  /** After a round: the replica is in step, and this device may write. */
  async look(replica: Replica): Promise<void> {
    const { tree } = replica;
    if (this.#looking || (tree.version === this.#version && performance.now() < this.#next && this.#port.now() < this.#due)) return;
    this.#looking = true;
    this.#version = tree.version;
    this.#next = performance.now() + LONGEST;
    this.#due = Number.POSITIVE_INFINITY;
    try {
      await this.#collect(replica);
    } catch {
      // Whatever stopped it is told elsewhere, or passes; nothing depends on when the trash is emptied.
      this.#next = performance.now() + AGAIN;
    } finally {
      this.#looking = false;
    }
  }

  forget(): void {
    this.#version = -1;
    this.#next = 0;
    this.#due = Number.POSITIVE_INFINITY;
  }

  async #collect(replica: Replica): Promise<void> {
    const { store, now, serverTime, propose } = this.#port;
    const marks = this.#marks(replica);
    const known = (await store.get<Readonly<Record<NodeId, Sight>>>(this.#key)) ?? {};
    if (marks.size === 0) {
      if (Object.keys(known).length > 0) await store.delete(this.#key);
      return;
    }
    // The server is asked when a mark is new, or when its time has come by this device's clock.
    const isKnown = (node: NodeId, { entry }: Mark): boolean => known[node]?.entry === entry;
    const wrong = Object.values(known).some(({ at }) => at > now());
    let due = Number.POSITIVE_INFINITY;
    for (const [node, mark] of marks) due = Math.min(due, isKnown(node, mark) ? dueOf(mark, known[node]!) : 0);
    if (!wrong && now() < due) {
      this.#due = due;
      return;
    }

    const opinions = [now(), await serverTime()];
    const [earliest, latest] = [Math.min(...opinions), Math.max(...opinions)];
    const sights: Record<NodeId, Sight> = {};
    const over: NodeId[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [node, mark] of marks) {
      // It was seen by now, whatever a clock said that was put right since.
      const sight = { entry: mark.entry, at: Math.min(isKnown(node, mark) ? known[node]!.at : latest, latest) };
      sights[node] = sight;
      if (dueOf(mark, sight) <= earliest) over.push(node);
      // What only one of the clocks takes for due is looked at again an hour later.
      else if (dueOf(mark, sight) > latest) next = Math.min(next, dueOf(mark, sight));
    }
    await store.set(this.#key, sights);
    this.#due = next;
    const { tree } = replica;
    // Looked at again: there was time to take something out.
    const marksNow = this.#marks(replica);
    const lies = over.filter((node) => marksNow.get(node)?.entry === sights[node]?.entry);
    if (lies.length > 0) await propose(purgeOps(tree, lies));
  }

  /** Marks that are confirmed and that nothing pending touches. */
  #marks(replica: Replica): ReadonlyMap<NodeId, Mark> {
    const marks = new Map<NodeId, Mark>();
    for (const node of replica.tree.trashed) if (!replica.isPending(node)) marks.set(node, this.#port.mark(node) ?? UNTOLD);
    return marks;
  }

  get #key(): string {
    return `folder/${this.#port.folder}/trash`;
  }
}
