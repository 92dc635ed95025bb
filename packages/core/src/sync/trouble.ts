/**
 * What an error of the background work means for the folder: whether it passes by itself, what the person is told, what may still be shown.
 *
 * @module
 */
import { KeyfoldError, type ErrorCode } from "../error.ts";
import type { Problem } from "../interface/state.ts";
import type { NodeId } from "../interface/tree.ts";
import type { ChangedSince } from "../interface/undo.ts";
import type { Settlement } from "../tree/rebase.ts";

/** The server was not reached, or could not help at the moment: tried again, with growing waits. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["offline", "server-failed", "rate-limited", "busy", "storage-full", "conflict"]);
/** Of these, the ones that are nobody's concern: the next round sorts them out. */
const SILENT: ReadonlySet<ErrorCode> = new Set(["busy", "conflict", "cancelled"]);
/** The server's history is not to be trusted: nothing may be changed on top of it. */
const INTEGRITY: ReadonlySet<ErrorCode> = new Set([
  "tampered",
  "rolled-back",
  "forked",
  "malformed",
  "unsupported-version",
  "wrong-folder",
  "wrong-key",
  "old-key",
]);

export function passesByItself(error: KeyfoldError): boolean {
  return PASSING.has(error.code);
}

export function isSilent(error: KeyfoldError): boolean {
  return SILENT.has(error.code);
}

export function forbidsWriting(problem: Problem | null): boolean {
  return problem !== null && INTEGRITY.has(problem.code);
}

/** The folder is opened all the same, for what was verified of it, and says what is wrong. */
export function showsAnyway(error: KeyfoldError): boolean {
  return INTEGRITY.has(error.code) && error.code !== "wrong-key" && error.code !== "old-key" && error.code !== "wrong-folder";
}

/** Nothing is shown as current where another history contradicts the one that was verified here. */
export function hidesTree(problem: Problem | null): boolean {
  return problem?.code === "forked";
}

/** What is known of a server that does not show what this device has verified. */
export interface Contradiction {
  readonly remedy?: NonNullable<Problem["remedy"]>;
  /** `device`, `server`: seq of the last record; `deviceAt`, `serverAt`: its time, milliseconds; `changes`: records between; `files`: see `nodes`. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly nodes?: readonly NodeId[];
}

/** `rolled-back` or `forked`, with what is known of it. */
export class ContradictionError extends KeyfoldError {
  readonly contradiction: Contradiction;

  constructor(error: KeyfoldError, contradiction: Contradiction) {
    const { reason, seq } = error;
    super(error.code, error.message, { cause: error, ...(reason === undefined ? {} : { reason }), ...(seq === undefined ? {} : { seq }) });
    this.contradiction = contradiction;
  }
}

export function problemOf(error: KeyfoldError, numbers: Readonly<Record<string, number>>): Problem {
  const seq: Readonly<Record<string, number>> = error.seq === undefined ? {} : { at: error.seq };
  const known = error instanceof ContradictionError ? error.contradiction : null;
  const { remedy, nodes } = known ?? {};
  return {
    code: error.code,
    error,
    numbers: { ...numbers, ...seq, ...known?.numbers },
    ...(remedy === undefined ? {} : { remedy }),
    ...(nodes === undefined ? {} : { nodes }),
  };
}

/** Whether a problem says nothing that the one before did not. */
export function sameProblem(before: Problem | null, after: Problem): boolean {
  if (before?.code !== after.code || before.error.reason !== after.error.reason) return false;
  const told = ({ numbers, remedy, nodes }: Problem): string => JSON.stringify([numbers, remedy, nodes]);
  return told(before) === told(after);
}

/** That others were faster, and a change made here became something else: for the person to know, nothing to be done. */
export function becameOf({ outcome, since }: Settlement): KeyfoldError {
  if (since !== undefined) return changedError(since);
  return new KeyfoldError("conflict", "Another device changed the same thing first.", { reason: outcome });
}

/** Why a change is not taken back. */
export function changedError(since: ChangedSince): KeyfoldError {
  return new KeyfoldError("changed-since", "It was changed again since, and stays as it is.", { reason: since });
}

/** Whatever was thrown, as one of ours. */
export function asKeyfoldError(error: unknown): KeyfoldError {
  if (error instanceof KeyfoldError) return error;
  return new KeyfoldError("server-failed", "Something unforeseen went wrong.", { cause: error, reason: "unforeseen" });
}

/** A promise with its two ends, and what becomes of it unheard is nobody's fault. */
export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: KeyfoldError): void;
}

export function deferred(): Deferred {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever wants to hear of it holds the promise; for the others the problem is told by `onProblem`.
  promise.catch(() => undefined);
  return { promise, resolve: () => resolve(), reject };
}
