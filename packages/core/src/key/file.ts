/**
 * The key as a file: plain text that a person can print, read aloud and type back.
 *
 * @module
 */

import type { Bytes } from "../crypto/provider.ts";
import type { KeyCheckpoint } from "../interface/folder.ts";
import { keyCharacters, type KeyReading, printKey, readKey, rowCount, rowLength } from "./rows.ts";

export type { KeyCheckpoint };

export interface KeyFile {
  readonly root: Bytes;
  /** Hex of 16 bytes. */
  readonly keyId: string;
  readonly checkpoint?: KeyCheckpoint | undefined;
}

/** What was found in a file or in pasted text. */
export interface FoundKey {
  readonly reading: KeyReading;
  /** The rows as they stand in the text, in their places, to be shown and mended; none when no rows were found. */
  readonly rows: readonly string[];
  /** Hex of 16 bytes, where the text states it: a suggested reading counts when it gives this id. */
  readonly keyId?: string;
  readonly checkpoint?: KeyCheckpoint;
}

/** The one line that says what losing the key means. */
export const keyFileWarning = "We cannot recover it. Lose the key, and you lose the files.";

/** `keyfold-key-<first 8 hex digits of the key's id, capitals>.txt` */
export function keyFileName(keyId: string): string {
  return `keyfold-key-${keyId.slice(0, 8).toUpperCase()}.txt`;
}

/** The text of a key file. It holds the key: it is for the person, and nobody else. */
export function writeKeyFile(file: KeyFile): string {
  const lines = ["Keyfold key", `Key ID ${file.keyId}`, "", ...printKey(file.root).map((row, i) => `${i + 1}  ${row}`), "", keyFileWarning];
  if (file.checkpoint !== undefined) {
    const { epoch, seq, head } = file.checkpoint;
    lines.push("", `Checkpoint ${epoch} ${seq} ${head}`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Finds a key in the text of a key file, or in what a person pasted: rows with or without their numbers, one line, any white space.
 *
 * Never throws: what is no key reads as `unreadable`.
 */
export function parseKeyFile(text: string): FoundKey {
  const rows = findRows(text);
  const keyId = /^[ \t]*Key ID:?[ \t]+([0-9a-f]{32})[ \t]*\r?$/im.exec(text)?.[1]?.toLowerCase();
  const checkpoint = findCheckpoint(text);
  return {
    reading: readKey(rows),
    rows,
    ...(keyId === undefined ? {} : { keyId }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

function findCheckpoint(text: string): KeyCheckpoint | undefined {
  const found = /^[ \t]*Checkpoint:?[ \t]+(\d{1,10})[ \t]+(\d{1,16})[ \t]+([0-9a-f]{64})[ \t]*\r?$/im.exec(text);
  if (found === null) return undefined;
  const [epoch, seq] = [Number(found[1]), Number(found[2])];
  return epoch <= 0xffffffff && Number.isSafeInteger(seq) ? { epoch, seq, head: found[3]!.toLowerCase() } : undefined;
}

/** The texts of the eight rows; none when the text has not got them. */
function findRows(text: string): string[] {
  const characters = keyCharacters(text);
  if (characters.length === rowCount * rowLength) return cut(characters, 0);
  if (isNumberedThroughout(characters)) return cut(characters, 1);
  return numberedRows(text) ?? plainRows(text) ?? [];
}

/** Rows of `rowLength` characters, each behind `skip` others. */
function cut(characters: readonly string[], skip: number): string[] {
  const step = rowLength + skip;
  return Array.from({ length: rowCount }, (_, i) => characters.slice(step * i + skip, step * (i + 1)).join(""));
}

/** Whether the text is nothing but eight whole rows, each behind its number. */
function isNumberedThroughout(characters: readonly string[]): boolean {
  const step = rowLength + 1;
  return (
    characters.length === rowCount * step &&
    Array.from({ length: rowCount }, (_, i) => i).every((i) => characters[step * i] === String(i + 1))
  );
}

/** Lines that begin with the numbers 1 to 8, each number once. A damaged row is still a row: its verdict says what is wrong. */
function numberedRows(text: string): string[] | undefined {
  const rows: string[] = [];
  for (const line of text.split(/\r?\n|\r/)) {
    const found = /^\s*([1-8])(?:[.:)]\s*|\s+)(\S.*)$/u.exec(line);
    if (found === null || !isAboutARow(found[2]!)) continue;
    const place = Number(found[1]) - 1;
    if (rows[place] !== undefined) return undefined;
    rows[place] = found[2]!.trim();
  }
  return Object.keys(rows).length === rowCount ? rows : undefined;
}

/** Eight lines that look like rows, in their order. */
function plainRows(text: string): string[] | undefined {
  const rows = text
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => isAboutARow(line) && /^\S{3,7}(?:\s*\p{Dash_Punctuation}\s*\S{3,7}){2}$/u.test(line));
  return rows.length === rowCount ? rows : undefined;
}

/** Whether a text could be a row, give or take a few characters. */
function isAboutARow(text: string): boolean {
  return Math.abs(keyCharacters(text).length - rowLength) <= 3;
}
