/**
 * Writes what is recovered. A file appears under its name only when all of it was verified and is on the disk; what is there already is never touched.
 *
 * @module
 */

import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, mkdtemp, open, rm, utimes, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isKeyfoldError } from "../error.ts";
import { isDamage, type Recovery, type RecoveryItem } from "../recover/index.ts";

/** What became of one item. */
export type Outcome =
  | { readonly item: RecoveryItem; readonly state: "written" | "already" }
  /** Something else is there under its name. */
  | { readonly item: RecoveryItem; readonly state: "exists" }
  /** `kept`: bytes that are good and were written beside; null where none were. */
  | { readonly item: RecoveryItem; readonly state: "damaged"; readonly error: Error; readonly kept: number | null }
  /** This machine would not take it. */
  | { readonly item: RecoveryItem; readonly state: "unwritable"; readonly error: Error };

export interface WriteOptions {
  readonly keepDamaged: boolean;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Files under way at a time. */
const abreast = 4;

/** Writes the items below `to`. Throws what reaching the source fails with; faults of single items are outcomes. */
export async function writeFolder(
  recovery: Recovery,
  items: readonly RecoveryItem[],
  to: string,
  options: WriteOptions,
): Promise<Outcome[]> {
  await mkdir(to, { recursive: true });
  const staging = await mkdtemp(join(to, ".keyfold-recover-"));
  const outcomes: Outcome[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of waiting) {
      const outcome = await new Writing(recovery, item, to, join(staging, String(at)), options).run();
      outcomes[at] = outcome;
      options.onOutcome?.(outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: abreast }, work));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return outcomes;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

class Writing {
  readonly #recovery: Recovery;
  readonly #item: RecoveryItem;
  readonly #path: string;
  readonly #staged: string;
  readonly #options: WriteOptions;

  constructor(recovery: Recovery, item: RecoveryItem, to: string, staged: string, options: WriteOptions) {
    this.#recovery = recovery;
    this.#item = item;
    this.#path = join(to, ...item.path);
    this.#staged = staged;
    this.#options = options;
  }

  async run(): Promise<Outcome> {
    const item = this.#item;
    try {
      if (item.version === null) {
        await mkdir(this.#path, { recursive: true });
        return { item, state: "written" };
      }
      await mkdir(dirname(this.#path), { recursive: true });
      return await this.#file();
    } catch (error) {
      if (isDamage(error)) return { item, state: "damaged", error, kept: this.#options.keepDamaged ? await this.#keepGood() : null };
      // A source that is not reached is no fault of this one file.
      if (isKeyfoldError(error) || !(error instanceof Error)) throw error;
      return { item, state: "unwritable", error };
    }
  }

  async #file(): Promise<Outcome> {
    const item = this.#item;
    if (await isThere(this.#path)) return { item, state: (await this.#isSame()) ? "already" : "exists" };
    await this.#stage(this.#staged, async (file) => {
      for await (const piece of this.#recovery.pieces(item)) await file.writeFile(piece);
    });
    const { modified } = item;
    if (modified !== null) await utimes(this.#staged, new Date(), new Date(modified));
    return { item, state: (await appear(this.#staged, this.#path)) ? "written" : "exists" };
  }

  async #stage(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = await open(path, "wx");
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #isSame(): Promise<boolean> {
    const file = await open(this.#path, constants.O_RDONLY);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size !== this.#item.size) return false;
      for await (const piece of this.#recovery.pieces(this.#item)) {
        const here = new Uint8Array(piece.length);
        const { bytesRead } = await file.read(here, 0, here.length);
        if (bytesRead !== here.length || Buffer.compare(here, piece) !== 0) return false;
      }
      return true;
    } finally {
      await file.close();
    }
  }

  /** The good stretches in their places, zeros between. Bytes that are good; null where none are, or nothing could be written. */
  async #keepGood(): Promise<number | null> {
    const staged = `${this.#staged}-damaged`;
    let good = 0;
    try {
      await this.#stage(staged, async (file) => {
        for await (const stretch of this.#recovery.stretches(this.#item)) {
          if (!("bytes" in stretch)) continue;
          await file.write(stretch.bytes, 0, stretch.bytes.length, stretch.start);
          good += stretch.bytes.length;
        }
        await file.truncate(this.#item.size);
      });
      return good > 0 && (await appear(staged, `${this.#path}.damaged`)) ? good : null;
    } catch (error) {
      if (isKeyfoldError(error) && !isDamage(error)) throw error;
      return null;
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Gives a finished file its name, unless something has that name. A rename would replace; a link does not. */
async function appear(staged: string, path: string): Promise<boolean> {
  try {
    await link(staged, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // File systems without hard links (FAT, some network shares): a copy that refuses what is there.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"].includes(codeOf(error))) throw error;
    try {
      await copyFile(staged, path, constants.COPYFILE_EXCL);
    } catch (copying) {
      if (codeOf(copying) === "EEXIST") return false;
      await rm(path, { force: true });
      throw copying;
    }
  }
  return true;
}
