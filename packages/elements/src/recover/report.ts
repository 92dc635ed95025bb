/** What was recovered and what was not, in the page's language: on the page, and as a file in the zip. */
import { pathText, type DamagedItem, type HistoryFault, type Recovery } from "@keyfold/core/recover";
import type { RecoverWords } from "../locales/en/recover.ts";

export function damageText(reason: string | undefined, text: RecoverWords): string {
  return reason === "part-missing" ? text.partMissing : text.partDamaged;
}

export function faultText(fault: HistoryFault, text: RecoverWords): string {
  if ("healed" in fault && fault.healed) return text.healed(fault.seq);
  switch (fault.what) {
    case "broken":
      return text.broken(fault.seq, fault.last);
    case "entry":
      return text.entryLost(fault.seq);
    case "snapshot":
      return text.snapshotLost(fault.seq);
    case "newer":
      return text.newer;
    case "rolled-back":
      return text.rolledBack(fault.seq, fault.seen);
    case "forked":
      return text.forked;
    default:
      return fault satisfies never;
  }
}

export function reportText(recovery: Recovery, files: number, damaged: readonly DamagedItem[], text: RecoverWords): string {
  const lines = [text.recovered(files - damaged.length)];
  if (damaged.length > 0) lines.push("", text.damaged(damaged.length), text.otherCopy);
  for (const { item, error } of damaged) lines.push(`  ${pathText(item)}: ${damageText(error.reason, text)}`);
  const { faults } = recovery.history;
  if (faults.length > 0) lines.push("", ...faults.map((fault) => faultText(fault, text)));
  return `${lines.join("\n")}\n`;
}
