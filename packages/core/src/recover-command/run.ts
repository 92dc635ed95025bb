/**
 * The command, as a function of its arguments and of what it reads and writes.
 *
 * @module
 */

import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { copySource, openRecovery, serverSource, type Recovery, type RecoverySource } from "../recover/index.ts";
import { readArguments, usage, type Order } from "./arguments.ts";
import { openDataFolder } from "./data-folder.ts";
import { keyFromFile, keyFromInput } from "./key-input.ts";
import { count, faultText, isLoss, listText, outcomeText, summary } from "./report.ts";
import { writeFolder } from "./write-folder.ts";

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  /** What was asked for: the list, the report. */
  readonly out: (text: string) => void;
  /** What goes on, and what went wrong. */
  readonly say: (text: string) => void;
  /** Whether `say` may draw over its last line. */
  readonly isLive: boolean;
}

/** Exit codes. */
const [complete, incomplete, failed] = [0, 1, 2] as const;

/** Does it. Never throws: resolves with the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  let source: RecoverySource | undefined;
  try {
    const order = readArguments(args);
    if (order === null) {
      terminal.out(usage);
      return args.length === 0 ? failed : complete;
    }
    const key = order.open ? null : order.key === null ? await keyFromInput(terminal.input, terminal.say) : await keyFromFile(order.key);
    source = await sourceOf(order.from);
    return await recover(order, await openRecovery(source, key, { folder: order.folder }), terminal);
  } catch (error) {
    terminal.say(`${sentence(error)}\n`);
    return failed;
  } finally {
    await source?.close();
  }
}

async function sourceOf(from: string): Promise<RecoverySource> {
  return /^https?:\/\//i.test(from) ? serverSource(from) : copySource(await openDataFolder(from));
}

async function recover(order: Order, recovery: Recovery, { out, say, isLive }: Terminal): Promise<0 | 1> {
  const { history } = recovery;
  const items = recovery.items({ trash: order.trash, versions: order.versions });
  for (const fault of history.faults) out(`${faultText(fault)}\n`);
  if (history.strays.length > 0) out(`${count(history.strays.length, "file")} without a place will be in "Found without a place".\n`);
  const hasLoss = history.faults.some(isLoss);
  if (order.to === null) {
    out(`${listText(items)}\n`);
    return hasLoss ? incomplete : complete;
  }
  let done = 0;
  const outcomes = await writeFolder(recovery, items, order.to, {
    keepDamaged: order.keepDamaged,
    onOutcome: () => {
      done++;
      if (isLive) say(`\r${count(done, "item")} of ${items.length}`);
    },
  });
  if (isLive) say("\n");
  for (const text of outcomes.map(outcomeText)) if (text !== null) out(`${text}\n`);
  out(`${summary(outcomes)}\n`);
  const isWhole = outcomes.every(({ state }) => state === "written" || state === "already");
  return isWhole && !hasLoss ? complete : incomplete;
}

function sentence(error: unknown): string {
  if (isKeyfoldError(error, "unreadable-key") && error.rows !== undefined && error.rows.length > 0) {
    return `${error.message} Look at row ${error.rows.join(", ")}.`;
  }
  if (error instanceof KeyfoldError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
