/**
 * The four kinds of records of the log, taken apart (docs/format.md, section 4).
 *
 * @module
 */

import type { Bytes } from "../crypto/provider.ts";
import type { Mode } from "./identity.ts";

/** The first record of a log, seq 0, signed by the `sign` key among `keys`. */
export interface GenesisRecord {
  readonly kind: "genesis";
  readonly mode: Mode;
  /** 128 bytes. */
  readonly keys: Bytes;
  readonly signature: Bytes;
}

/** A batch of changes. */
export interface EntryRecord {
  readonly kind: "entry";
  /** What the server may know; `decodeClear` reads it. */
  readonly clear: Bytes;
  /** nonce(12) | ciphertext | tag(16), at most 256 KiB. */
  readonly sealed: Bytes;
  readonly signature: Bytes;
}

/** New keys take over; signed by the old `sign` key and by the new one. */
export interface RekeyRecord {
  readonly kind: "rekey";
  /** 128 bytes. */
  readonly keys: Bytes;
  readonly oldSignature: Bytes;
  readonly newSignature: Bytes;
}

/** What remains of an entry of an earlier epoch: enough to follow the chain, nothing to decrypt. */
export interface SpineRecord {
  readonly kind: "spine";
  readonly hashOfClear: Bytes;
  readonly hashOfSealed: Bytes;
  readonly signature: Bytes;
}

export type LogRecord = GenesisRecord | EntryRecord | RekeyRecord | SpineRecord;

/** The byte that says a record's kind. */
export const kindBytes = { genesis: 0, entry: 1, rekey: 2, spine: 3 } as const satisfies Record<LogRecord["kind"], number>;
