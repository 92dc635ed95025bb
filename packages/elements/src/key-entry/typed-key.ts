/** What a person typed, pasted or dropped so far: eight rows, judged as they are typed. A value; no element, no clock. */
import { keyCharacters, parseKeyFile, readKey, readTypedRow, tidyRow } from "@keyfold/core";
import type { KeyCheckpoint } from "@keyfold/core";

export const rowCount = 8;
const rowLength = 15;

export type RowVerdict = ReturnType<typeof readTypedRow>;

export interface TypedKey {
  /** Eight rows as typed: capitals, in groups. */
  readonly rows: readonly string[];
  readonly verdicts: readonly (RowVerdict | null)[];
  /** Rows that hold in their place. */
  readonly right: number;
  /** All eight hold. */
  readonly complete: boolean;
  /** The row to speak of: the first that is wrong, 1 to 8. */
  readonly wrong: number | null;
  /** Where the folder's history stood when the key file was saved. */
  readonly checkpoint?: KeyCheckpoint | undefined;
}

export const emptyKey: TypedKey = judge(Array.from({ length: rowCount }, () => ""));

function judge(rows: readonly string[], checkpoint?: KeyCheckpoint): TypedKey {
  const verdicts = rows.map((row, at) => (row === "" ? null : readTypedRow(row, at + 1)));
  const right = verdicts.filter((verdict) => verdict?.state === "ok").length;
  const wrong = verdicts.findIndex((verdict) => verdict !== null && verdict.state !== "ok" && verdict.state !== "incomplete");
  return { rows, verdicts, right, complete: right === rowCount, wrong: wrong < 0 ? null : wrong + 1, checkpoint };
}

/** One row typed anew. What is more than a row fills those that follow, as when somebody pastes into the first one. */
export function withRow(key: TypedKey, row: number, text: string): TypedKey {
  const many = keyCharacters(text).length > rowLength + 3 ? rowsIn(text) : null;
  if (many !== null) return judge(many);
  return judge(
    key.rows.map((old, at) => (at === row - 1 ? tidyRow(text) : old)),
    key.checkpoint,
  );
}

/** The key in a text: a key file, or rows in any of the ways people write them down. Null where there is none. */
export function keyIn(text: string): TypedKey | null {
  const rows = rowsIn(text);
  return rows === null ? null : judge(rows, parseKeyFile(text).checkpoint);
}

function rowsIn(text: string): readonly string[] | null {
  const { rows } = parseKeyFile(text);
  return rows.length === rowCount ? rows.map(tidyRow) : null;
}

/** Takes the likely reading of a row, or puts a misplaced row where it belongs (the two change places). */
export function corrected(key: TypedKey, row: number): TypedKey {
  const verdict = key.verdicts[row - 1];
  if (verdict?.state === "corrected")
    return judge(
      key.rows.map((old, at) => (at === row - 1 ? verdict.suggestion : old)),
      key.checkpoint,
    );
  if (verdict?.state !== "elsewhere") return key;
  const rows = [...key.rows];
  const there = verdict.belongsTo - 1;
  [rows[row - 1], rows[there]] = [rows[there] ?? "", rows[row - 1] ?? ""];
  return judge(rows, key.checkpoint);
}

/** The 64 bytes, when all rows hold. */
export function bytesOf(key: TypedKey): Uint8Array | null {
  const reading = readKey(key.rows);
  return reading.state === "ok" ? reading.root : null;
}
