/**
 * What a check can find, counted and listed.
 *
 * @module
 */

export type FindingKind =
  /** A stored part's bytes are not those of its hash; or the store has nothing, or fails, under its key. */
  | "part-damaged"
  | "part-missing"
  | "part-unreadable"
  /** The parts that are stored are not as many as the blob's row says, or a live blob's are not all there. */
  | "blob-incomplete"
  /** An entry of the present epoch added it, none dropped it, and it is not live. */
  | "blob-lost"
  /** Records are missing; or one does not follow from those before it; or the log's end is not the folder's. */
  | "log-gap"
  | "log-broken"
  | "log-end"
  /** An entry of the present epoch has lost what was sealed; or what a rekey should have erased is still there. */
  | "body-missing"
  | "body-left"
  | "read-key-left"
  /** The figure of used bytes is not the sum of the folder's blobs. */
  | "used-drift"
  /** Rows of something that is not there. */
  | "orphan";

export interface Finding {
  readonly kind: FindingKind;
  readonly folder?: string;
  readonly blob?: string;
  readonly index?: number;
  readonly seq?: number;
  readonly table?: string;
}

/** Findings that are listed; beyond, they are only counted. */
const listed = 1000;

export class Findings {
  readonly list: Finding[] = [];
  readonly counts: Partial<Record<FindingKind, number>> = {};

  add(finding: Finding): void {
    this.counts[finding.kind] = (this.counts[finding.kind] ?? 0) + 1;
    if (this.list.length < listed) this.list.push(finding);
  }
}
