/**
 * Changes on their way: shown at once, kept durably, confirmed when the log holds them; and who waits for that.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { KeyfoldError } from "../error.ts";
import type { Op } from "../tree/op.ts";
import type { Change, Outbox } from "./outbox.ts";
import type { Replica, Traces } from "./replica.ts";
import { asKeyfoldError, deferred, type Deferred } from "./trouble.ts";

/** Both ends of a change's way. */
export interface Proposal {
  /** It survives a reload now. */
  readonly kept: Promise<void>;
  /** The verified entry that holds it has been pulled. */
  readonly confirmed: Promise<void>;
}

/** Ops in a change at most: several fit into an entry. */
const OPS_A_CHANGE = 500;

export interface ProposalsPort {
  readonly provider: CryptoProvider;
  /** This device's clock: milliseconds since 1970. */
  readonly now: () => number;
  /** Told of what no caller's promise carries. */
  readonly onProblem: (error: KeyfoldError) => void;
  readonly changed: () => void;
}

export class Proposals {
  readonly #port: ProposalsPort;
  readonly #waiting = new Map<string, Deferred>();
  readonly #idle = new Set<() => void>();

  constructor(port: ProposalsPort) {
    this.#port = port;
  }

  /** Puts ops on the replica, in changes of a size that entries take. What has no effect is confirmed at once. */
  propose(replica: Replica, outbox: Outbox, ops: readonly Op[], left?: Traces): Proposal {
    const kept: Promise<void>[] = [];
    const confirmed: Promise<void>[] = [];
    for (let at = 0; at < ops.length; at += OPS_A_CHANGE) {
      const id = toHex(this.#port.provider.randomBytes(16));
      const change = replica.propose(id, this.#port.now(), ops.slice(at, at + OPS_A_CHANGE), left);
      if (change === null) continue;
      const end = deferred();
      this.#waiting.set(id, end);
      confirmed.push(end.promise);
      kept.push(outbox.add(change).catch((error: unknown) => this.#unkept(replica, outbox, change, asKeyfoldError(error))));
    }
    const all = Promise.all(confirmed).then(() => undefined);
    all.catch(() => undefined); // heard by whoever holds it
    return { kept: Promise.all(kept).then(() => undefined), confirmed: all };
  }

  /** What could not be kept is not shown either: a reload would lose it. */
  #unkept(replica: Replica, outbox: Outbox, change: Change, error: KeyfoldError): never {
    this.refused(outbox, replica.withdraw(new Set([change.id])), error);
    throw error;
  }

  /** These need not be sent any more: the log holds them, or they have no effect left. */
  settled(outbox: Outbox | null, changes: readonly Change[], confirmed: boolean): void {
    const ids = changes.map(({ id }) => id);
    const settling = outbox?.settle(ids, confirmed) ?? Promise.resolve();
    settling
      .catch((error: unknown) => this.#port.onProblem(asKeyfoldError(error)))
      .finally(() => {
        for (const id of ids) this.#take(id)?.resolve();
        this.#port.changed();
        this.#wake();
      });
  }

  /** These can never be sent. */
  refused(outbox: Outbox | null, changes: readonly Change[], error: KeyfoldError): void {
    const ids = changes.map(({ id }) => id);
    outbox?.settle(ids, false).catch((failure: unknown) => this.#port.onProblem(asKeyfoldError(failure)));
    for (const id of ids) this.#take(id)?.reject(error);
    this.#port.onProblem(error);
    this.#port.changed();
    this.#wake();
  }

  /** Whoever still waits hears this. */
  abandon(error: KeyfoldError): void {
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(error);
    this.#wake();
  }

  /** Resolves with the next change that is settled, or refused. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  #wake(): void {
    for (const wake of this.#idle) wake();
    this.#idle.clear();
  }

  #take(id: string): Deferred | undefined {
    const end = this.#waiting.get(id);
    this.#waiting.delete(id);
    return end;
  }
}
