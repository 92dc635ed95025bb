/** What the one button of a problem does. The words are in `words.errors`, by code; those of `adopt` in `words.status.history`. */
import type { ErrorCode, Problem } from "@keyfold/core";

/**
 * - `adopt`: the person is asked whether the server's history takes the place of the one that was verified here
 * - `enter-key`: the key entry is shown
 * - `retry`: pulled, or opened, anew
 * - `reload`: the page is loaded anew
 * - `make-room`: the trash is shown, where the page has a place for it
 * - `none`: nothing can be done from here; no button
 */
export type ProblemAction = "adopt" | "enter-key" | "retry" | "reload" | "make-room" | "none";

const actions: Readonly<Record<ErrorCode, Exclude<ProblemAction, "adopt">>> = {
  "wrong-key": "enter-key",
  "wrong-folder": "enter-key",
  "old-key": "enter-key",
  "locked-elsewhere": "enter-key",
  "key-needed": "enter-key",
  "unreadable-key": "enter-key",
  "read-only": "enter-key",
  "signed-out": "enter-key",
  "passphrase-needed": "none",
  "wrong-passphrase": "none",
  "session-refused": "retry",
  "unreadable-code": "none",
  "pairing-expired": "none",
  "pairing-failed": "none",
  "wrong-inbox": "none",
  tampered: "retry",
  "rolled-back": "retry",
  forked: "retry",
  malformed: "retry",
  "unsupported-version": "reload",
  offline: "retry",
  "server-failed": "retry",
  "rate-limited": "retry",
  busy: "retry",
  "storage-full": "retry",
  refused: "none",
  conflict: "retry",
  "changed-since": "none",
  "not-found": "none",
  gone: "none",
  expired: "none",
  "limit-reached": "none",
  quota: "make-room",
  "too-large": "none",
  "invalid-name": "none",
  "invalid-move": "none",
  "invalid-argument": "reload",
  "folder-full": "make-room",
  "file-changed": "retry",
  "file-unreadable": "retry",
  "file-needed": "none",
  cancelled: "none",
  "local-storage": "retry",
  "crypto-missing": "none",
  "update-needed": "reload",
};

export function problemAction({ code, remedy }: Pick<Problem, "code" | "remedy">): ProblemAction {
  // What mends itself needs no button.
  if (remedy === "give-back") return "none";
  return remedy === "adopt" ? "adopt" : actions[code];
}

/** Codes that mean somebody may be tampering: said in red. What merely waits is not. */
const grave: ReadonlySet<ErrorCode> = new Set([
  "tampered",
  "rolled-back",
  "forked",
  "malformed",
  "wrong-key",
  "session-refused",
  "pairing-failed",
  "wrong-inbox",
]);

export function isGrave(code: ErrorCode): boolean {
  return grave.has(code);
}
