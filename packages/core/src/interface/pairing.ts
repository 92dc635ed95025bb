/** Handing a folder's key to another device, face to face. */
import type { KeyfoldError } from "../error.ts";

/**
 * - `waiting`: for the other device to scan the code (or, on the new one, to answer)
 * - `scanned`: both show the same four characters, if nobody is in between: the person compares, and confirms on both
 * - `confirmed`: here; the other side has not confirmed yet, or the key is on its way
 * - `done`: the new device has the key (there: and the folder is open)
 * - `expired`: two minutes have passed; a new code is needed
 * - `failed`: `error` says why: `cancelled` (by either person), `pairing-failed` (somebody else answered, or the two do not fit) …
 */
export type PairingState = "waiting" | "scanned" | "confirmed" | "done" | "expired" | "failed";

/** One attempt. It ends in `done`, `expired` or `failed`, and is not used again. */
export interface Pairing<Result = void> {
  /** What the QR code says: 86 characters. It is a secret for two minutes: show it, and never log, send or store it. */
  readonly text: string;
  readonly state: PairingState;
  /** Four characters (Crockford's base 32) to compare with the other device's; null before `scanned`. */
  readonly checkCharacters: string | null;
  /** Milliseconds since 1970, by this device's clock, when it expires at the latest. */
  readonly expiresAt: number;
  /** Why it is `expired` or `failed`. */
  readonly error: KeyfoldError | null;
  /** Resolves with `done`; rejects with `error`. */
  readonly finished: Promise<Result>;
  /** The person says that both devices show the same characters. Rejects with `invalid-argument` unless the state is `scanned`. */
  confirm(): Promise<void>;
  /** The person says that they differ, or has changed their mind. Ends it on both devices; resolves when the server was told, or could not be. */
  cancel(): Promise<void>;
  /** Looks now, instead of within a second: a page that comes back to the front. */
  refresh(): Promise<void>;
  /** Calls back after each change, not at once. Returns the way to stop. */
  subscribe(listener: () => void): () => void;
}
