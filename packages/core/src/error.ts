/**
 * The one family of errors that Keyfold throws.
 *
 * A caller tells errors apart by `code`, never by text. docs/errors.md lists every code with the words and the button that the elements show for it.
 *
 * @module
 */

/** What went wrong; stable across releases. */
export type ErrorCode =
  // keys and sessions
  | "wrong-key" // no folder here is opened by this key
  | "wrong-folder" // the key, or the history, is right but of another folder
  | "old-key" // the key opened an earlier epoch of this folder
  | "locked-elsewhere" // another device locked or rotated; its key is needed
  | "key-needed" // the folder is locked and this device holds no key
  | "unreadable-key" // the text is not a key; `rows` says where
  | "read-only" // this device can read the folder and not change it
  | "signed-out" // the token is not valid any more, and no key to get another
  | "passphrase-needed" // the link opens with its passphrase only
  | "wrong-passphrase" // that is not the link's passphrase
  | "session-refused" // a challenge that must not be signed, or a signature that was not accepted
  // codes that devices show each other
  | "unreadable-code" // the text of a QR code is not whole, or of something else
  | "pairing-expired" // two minutes are over, or the meeting is gone
  | "pairing-failed" // another device answered, or the two do not show each other what they should
  | "wrong-inbox" // the server's key is not the one that a drop's invitation is for
  // integrity
  | "tampered" // a record, part, segment or snapshot does not match the folder's history
  | "rolled-back" // the server shows less than this device has verified
  | "forked" // the server shows another history than this device has verified
  | "malformed" // bytes that do not follow the format
  | "unsupported-version" // written by a newer Keyfold
  // reaching the server
  | "offline" // the server was not reached
  | "server-failed" // the server answered 5xx, or with what is not an answer
  | "rate-limited" // too many requests; `retryAfter` seconds
  | "busy" // the database was locked, or another device has its turn; try again
  | "storage-full" // the server's disk is full
  | "refused" // the host's own rule refused
  | "conflict" // another device was faster; the change must be made anew
  | "changed-since" // what is to be undone was changed again; `reason` says how
  | "not-found" // no such folder, blob, node or page
  | "gone" // deleted, taken back, or its epoch is over
  | "expired" // a link whose time is over
  | "limit-reached" // a link that was downloaded as often as it may be
  // limits and input
  | "quota" // the folder has no room
  | "too-large" // a request, file or entry above its limit
  | "invalid-name" // empty, over 255 bytes, or a lone surrogate
  | "invalid-move" // into itself, too deep, or onto a file
  | "invalid-argument" // the caller's mistake
  | "folder-full" // 1,000,000 nodes or 64 levels
  // transfers
  | "file-changed" // the file was edited while it was being sent
  | "file-unreadable" // the browser or the system would not read the file
  | "file-needed" // the upload goes on once the person gives the file again
  | "cancelled" // by the person or by an AbortSignal
  // this machine
  | "local-storage" // IndexedDB or the local file is full, blocked or broken
  | "crypto-missing" // the platform has no random bytes, or a server no WebCrypto
  | "update-needed"; // the server speaks a newer protocol

export interface KeyfoldErrorOptions {
  /** The error that led to this one. */
  cause?: unknown;
  /** HTTP status of the answer, where there was one. */
  status?: number;
  /** Seconds after which to try again. */
  retryAfter?: number;
  /** A finer reason inside the code: `part-hash`, `tag`, `bad-signature`, `snapshot-state` … (docs/errors.md). */
  reason?: string;
  /** Sequence number of the log record at fault. */
  seq?: number;
  /** Numbers of the key's rows at fault, 1 to 8. */
  rows?: readonly number[];
}

/** Every error that a public function of Keyfold throws or rejects with. */
export class KeyfoldError extends Error {
  override readonly name = "KeyfoldError";
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  readonly reason: string | undefined;
  readonly seq: number | undefined;
  readonly rows: readonly number[] | undefined;

  constructor(code: ErrorCode, message: string, options: KeyfoldErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
    this.reason = options.reason;
    this.seq = options.seq;
    this.rows = options.rows;
  }
}

/** Whether a value is a Keyfold error, of the given code where one is given. */
export function isKeyfoldError(value: unknown, code?: ErrorCode): value is KeyfoldError {
  return value instanceof KeyfoldError && (code === undefined || value.code === code);
}
