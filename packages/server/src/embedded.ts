/**
 * Everything in one folder of this machine: SQLite, durable files, and a secret that is made once.
 *
 *     <folder>/secret          32 random bytes in hex, readable by its owner alone
 *     <folder>/keyfold.db      and -wal, -shm beside it
 *     <folder>/blobs/          sealed parts
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KeyfoldError } from "@keyfold/core/protocol";
import { durableFs } from "./blobs/durable-fs.ts";
import { sqlite } from "./database/sqlite.ts";
import type { KeyfoldOptions } from "./options.ts";

export interface Embedded extends Pick<KeyfoldOptions, "database" | "blobs"> {
  readonly secret: string;
}

/**
 * What `keyfold()` needs, in a folder that is made where it is not there.
 *
 * Throws `storage-full`, and `invalid-argument` where the folder cannot be used.
 */
export function embedded(dataDir: string): Embedded {
  const folder = resolve(dataDir);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const secret = secretIn(folder);
    const path = join(folder, "keyfold.db");
    closeSync(openSync(path, "a", 0o600));
    return { database: sqlite(path), blobs: durableFs(join(folder, "blobs")), secret };
  } catch (cause) {
    if (cause instanceof KeyfoldError) throw cause;
    const full = cause instanceof Error && "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT");
    throw full
      ? new KeyfoldError("storage-full", "The disk is full.", { cause })
      : new KeyfoldError("invalid-argument", "The data folder cannot be used.", { cause });
  }
}

/** Reads the secret, or makes it: whole or not at all, and the first of two processes that start at once decides. */
function secretIn(folder: string): string {
  const path = join(folder, "secret");
  const known = read(path);
  if (known !== undefined) return known;
  const staged = join(folder, `.secret-${process.pid}-${randomBytes(4).toString("hex")}`);
  const file = openSync(staged, "wx", 0o600);
  try {
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(staged, path); // fails where the other was faster; a rename would replace
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(staged);
  }
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  chmodSync(path, 0o600);
  const made = read(path);
  if (made === undefined) throw new KeyfoldError("invalid-argument", "The secret in the data folder cannot be read.");
  return made;
}

function read(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw new KeyfoldError("invalid-argument", "The secret in the data folder is damaged.");
  return text;
}
