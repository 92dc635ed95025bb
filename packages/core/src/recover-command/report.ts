/**
 * What the command tells: in whole sentences, for somebody who has lost much already.
 *
 * @module
 */

import { pathText, type HistoryFault, type RecoveryItem } from "../recover/index.ts";
import type { Outcome } from "./write-folder.ts";

const numbers = new Intl.NumberFormat("en");

export function count(n: number, one: string, many = `${one}s`): string {
  return `${numbers.format(n)} ${n === 1 ? one : many}`;
}

/** Whether something is missing on account of it, or may be. */
export function isLoss(fault: HistoryFault): boolean {
  return !("healed" in fault && fault.healed);
}

export function faultText(fault: HistoryFault): string {
  switch (fault.what) {
    case "broken":
      return fault.reason === "missing"
        ? `The folder's history breaks off: record ${fault.seq} of ${fault.last} is missing. Changes from there on cannot be verified; what was there before is recovered.`
        : `The folder's history breaks off at record ${fault.seq} of ${fault.last} (${fault.reason}). Changes from there on cannot be verified; what was there before is recovered.`;
    case "entry":
      return fault.healed
        ? `Entry ${fault.seq} of the history is lost (${fault.reason}). A later snapshot makes up for it: nothing is missing on its account.`
        : `Entry ${fault.seq} of the history is lost (${fault.reason}). Files that it added or changed may be missing, or stand under an older name.`;
    case "snapshot":
      return fault.healed
        ? `The snapshot at record ${fault.seq} cannot be read (${fault.reason}). A later one makes up for it: nothing is missing on its account.`
        : `The snapshot at record ${fault.seq} cannot be read (${fault.reason}). Files from before it have lost their names and places.`;
    case "newer":
      return `From record ${fault.seq} on the folder was written by a newer Keyfold. Take a newer keyfold-recover for what came after.`;
    case "rolled-back":
      return `This is an OLDER copy of the folder: its history ends at record ${fault.seq}, and when the key was saved it had gone on to record ${fault.seen}. Look for a newer copy.`;
    case "forked":
      return `This is ANOTHER history than the one the key was saved with: they differ at record ${fault.seq}. It is signed with the folder's key all the same. Look at what you get with care.`;
    default:
      return fault satisfies never;
  }
}

export function outcomeText(outcome: Outcome): string | null {
  const path = pathText(outcome.item);
  switch (outcome.state) {
    case "exists":
      return `LEFT ALONE  ${path}: something else has that name already.`;
    case "damaged": {
      const kept =
        outcome.kept === null
          ? ""
          : ` ${count(outcome.kept, "byte")} of ${numbers.format(outcome.item.size)} are good, in ${path}.damaged.`;
      return `DAMAGED     ${path}: ${outcome.error.message}${kept}`;
    }
    case "unwritable":
      return `NOT WRITTEN ${path}: ${outcome.error.message}`;
    default:
      return null;
  }
}

export function listText(items: readonly RecoveryItem[]): string {
  const files = items.filter(({ version }) => version !== null);
  const lines = items.map((item) => `${item.version === null ? "" : numbers.format(item.size).padStart(17)}  ${pathText(item)}`);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return [...lines, "", `${count(files.length, "file")}, ${count(bytes, "byte")}.`].join("\n");
}

export function summary(outcomes: readonly Outcome[]): string {
  const files = outcomes.filter(({ item }) => item.version !== null);
  const of = (state: Outcome["state"]): Outcome[] => files.filter((outcome) => outcome.state === state);
  const parts = [`${count(of("written").length, "file")} recovered and verified`];
  if (of("already").length > 0) parts.push(`${numbers.format(of("already").length)} were there already, the same`);
  for (const [state, words] of [
    ["damaged", "damaged"],
    ["unwritable", "could not be written"],
    ["exists", "left alone"],
  ] as const) {
    if (of(state).length > 0) parts.push(`${numbers.format(of(state).length)} ${words}`);
  }
  return `${parts.join(", ")}.`;
}
