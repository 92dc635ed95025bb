/**
 * What a store's error means: no room, or a failure with a reason that can be told without quoting anything.
 *
 * @module
 */

import { KeyfoldError, type ErrorCode } from "@keyfold/core/protocol";

export interface StoreFaultOptions {
  /** A short word: the system's, the driver's or the service's own code. */
  readonly reason: string;
  readonly cause?: unknown;
  /** False: the same request will be refused again. */
  readonly again?: boolean;
}

/** An error of a store that says whether another attempt may help. */
export class StoreFault extends KeyfoldError {
  readonly again: boolean;

  constructor(
    code: Extract<ErrorCode, "server-failed" | "storage-full">,
    message: string,
    { again = true, ...options }: StoreFaultOptions,
  ) {
    super(code, message, options);
    this.again = again;
  }
}

/** Codes of systems, databases and services whose disk, quota or memory is used up. */
const full = new Set([
  "ENOSPC",
  "EDQUOT",
  "SQLITE_FULL",
  "ER_RECORD_FILE_FULL",
  "ER_DISK_FULL",
  "53100", // PostgreSQL: disk_full
  "QuotaExceeded",
  "XMinioStorageFull",
  "XMinioAdminBucketQuotaExceeded",
  "InsufficientStorage",
]);

export function isFullCode(code: string): boolean {
  return full.has(code);
}

/** The innermost code along the chain of causes: drivers wrap what the system said. */
function codeIn(error: unknown): string | undefined {
  let found: string | undefined;
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ("code" in cause && typeof cause.code === "string" && /^[A-Za-z0-9_]{1,64}$/.test(cause.code)) found = cause.code;
  }
  return found;
}

/** Redis says `OOM command not allowed …` where its memory is used up: the first word of a reply is its code. */
function replyWord(error: unknown): string | undefined {
  return error instanceof Error && error.name === "ReplyError" ? /^[A-Z]{2,32}\b/.exec(error.message)?.[0] : undefined;
}

/** Whatever a store threw, as `storage-full` or `server-failed` with a `reason`. */
export function storeFault(cause: unknown): KeyfoldError {
  if (cause instanceof KeyfoldError) return cause;
  const reason = replyWord(cause) ?? codeIn(cause) ?? "unknown";
  if (isFullCode(reason) || reason === "OOM")
    return new StoreFault("storage-full", "The blob store is full.", { cause, reason, again: false });
  const again = !["WRONGPASS", "NOAUTH", "NOPERM", "READONLY", "MISCONF"].includes(reason);
  return new StoreFault("server-failed", "The blob store failed.", { cause, reason, again });
}
