/** What the steps of a check have in common. */
import type { BlobStore } from "../blobs/store.ts";
import type { Database } from "../database/database.ts";
import type { Findings } from "./findings.ts";

/** How much was looked at. */
export interface CheckCounts {
  readonly folders: number;
  readonly records: number;
  readonly blobs: number;
  readonly parts: number;
  /** Of parts. */
  readonly bytes: number;
}

/** What the steps of a check share. */
export interface Checking {
  readonly database: Database;
  readonly store: BlobStore;
  readonly findings: Findings;
  readonly counts: { -readonly [Key in keyof CheckCounts]: number };
  /** Tells of progress. Throws when the check is called off. */
  readonly goOn: () => void;
}
