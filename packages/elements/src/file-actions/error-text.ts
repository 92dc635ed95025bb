/** What an element says of an error, in one sentence. */
import type { ChangedSince, KeyfoldError } from "@keyfold/core";
import type { Words } from "../i18n/index.ts";

/** The words of its code; of an undo that is refused those of the reason, which say what became of the file. */
export function errorText(words: Words, error: KeyfoldError): string {
  const reasons: Readonly<Record<ChangedSince, string>> = words.notUndone;
  if (error.code === "changed-since" && error.reason !== undefined && Object.hasOwn(reasons, error.reason)) {
    return reasons[error.reason as ChangedSince];
  }
  return words.errors[error.code].message({});
}
