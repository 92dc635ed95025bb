/**
 * A run of records, verified side by side: each step is hashed in turn, since the next one builds on its head, while the signatures are checked
 * together.
 *
 * @module
 */

import { toHex } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { decodeRecord, type GenesisRecord, type LogRecord } from "../protocol/record.ts";
import { holds, stepOntoGenesis, stepOver, type Position, type Step } from "../protocol/step.ts";

/** A record that holds where it stands. */
export interface Verified {
  readonly record: LogRecord;
  /** The place before it; null before the genesis. */
  readonly before: Position | null;
  readonly after: Position;
  /** The first entry of an epoch. */
  readonly isFirst: boolean;
}

export interface RunStart {
  /** The place before the run; null before the genesis. */
  readonly from: Position | null;
  /** Whether the record before the run is a rekey. */
  readonly isRekeying: boolean;
  readonly folderId: string | undefined;
  readonly knownHeads: ReadonlyMap<number, string> | undefined;
}

export interface Run {
  /** The records up to the first that is not good. */
  readonly verified: readonly Verified[];
  /** What is wrong with that one. */
  readonly failure?: { readonly error: unknown };
}

export function tampered(reason: string, message: string, seq: number): KeyfoldError {
  return new KeyfoldError("tampered", message, { reason, seq });
}

export function forkedAt(seq: number): KeyfoldError {
  return new KeyfoldError("forked", "The server shows another history than this device has seen.", { reason: "forked", seq });
}

/** Throws `forked` where another head was seen at this place. Heads in hex by seq. */
export function checkKnownHead({ seq, head }: Position, knownHeads: ReadonlyMap<number, string> | undefined): void {
  const known = knownHeads?.get(seq);
  if (known !== undefined && known !== toHex(head)) {
    throw forkedAt(seq);
  }
}

function decode(bytes: Bytes, before: Position | null): LogRecord {
  const seq = before === null ? 0 : before.seq + 1;
  let record: LogRecord;
  try {
    record = decodeRecord(bytes);
  } catch (cause) {
    throw new KeyfoldError("malformed", "A record of the folder's history is malformed.", { reason: "malformed", seq, cause });
  }
  if (before === null && record.kind !== "genesis")
    throw tampered("no-genesis", "The folder's history does not start at its beginning.", 0);
  return record;
}

/** Verifies encoded records (`u8 kind | body` each) that follow one another. Never throws: what fails first is the run's failure. */
export async function verifyRun(verifier: Verifier, encoded: readonly Bytes[], start: RunStart): Promise<Run> {
  const steps: { step: Step; one: Omit<Verified, "after"> }[] = [];
  let failure: { error: unknown } | undefined;
  let { from: before, isRekeying } = start;
  for (const bytes of encoded) {
    try {
      const from = before;
      const isFirst = isRekeying;
      const record = decode(bytes, from);
      const step =
        from === null ? await stepOntoGenesis(verifier, record as GenesisRecord, start.folderId) : await stepOver(verifier, from, record);
      steps.push({ step, one: { record, before: from, isFirst } });
      before = step.next;
      isRekeying = record.kind === "rekey";
    } catch (error) {
      failure = { error };
      break;
    }
  }
  const checks = steps.map(({ step }) => holds(verifier, step));
  for (const check of checks) check.catch(() => {}); // awaited below, in order
  const verified: Verified[] = [];
  try {
    for (const [i, { one }] of steps.entries()) {
      const after = await checks[i]!;
      checkKnownHead(after, start.knownHeads);
      verified.push({ ...one, after });
    }
  } catch (error) {
    failure = { error };
  }
  return failure === undefined ? { verified } : { verified, failure };
}
