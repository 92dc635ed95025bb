/**
 * The key, from a file or from standard input. Never from an argument, never echoed.
 *
 * @module
 */

import { readFile, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { KeyfoldError } from "../error.ts";
import { readRecoveryKey, type RecoveryKey } from "../recover/index.ts";

/** A key file is a few hundred bytes. */
const largest = 65_536;

export async function keyFromFile(path: string): Promise<RecoveryKey> {
  let text: string;
  try {
    if ((await stat(path)).size > largest) throw new KeyfoldError("unreadable-key", "That file is too large for a key.");
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof KeyfoldError) throw cause;
    throw new KeyfoldError("file-unreadable", "The key file could not be read.", { cause });
  }
  return readRecoveryKey(text);
}

/** Reads until there is a key, or the input ends. */
export async function keyFromInput(input: NodeJS.ReadStream, prompt: (text: string) => void): Promise<RecoveryKey> {
  const isTerminal = input.isTTY;
  if (isTerminal) prompt("Paste the key, or type its eight rows; it is not shown.\n");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: isTerminal });
  let text = "";
  try {
    for await (const line of lines) {
      text += `${line}\n`;
      if (text.length > largest) break;
      // A read key might be the beginning of something longer; on a terminal a whole key ends the input.
      if (isTerminal && isKey(text)) break;
    }
  } finally {
    lines.close();
  }
  return readRecoveryKey(text);
}

function isKey(text: string): boolean {
  try {
    readRecoveryKey(text);
    return true;
  } catch {
    return false;
  }
}
