/**
 * Directories that last: made, and their entries on the disk.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { flushDirectory, sharedFlush } from "../flush.ts";

/** How many directories are remembered as made. */
const remembered = 10_000;

/** The directories below a root. Many writers at once share one flush of a directory. */
export class Directories {
  readonly #root: string;
  readonly #made = new Map<string, Promise<void>>();
  readonly #flushes = new Map<string, () => Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes a directory and all above it, up to the root, each one's entry flushed. */
  async make(path: string): Promise<void> {
    let made = this.#made.get(path);
    if (made === undefined) {
      made = this.#make(path);
      this.#made.set(path, made);
      made.catch(() => this.#made.delete(path));
      if (this.#made.size > remembered) for (const oldest of [...this.#made.keys()].slice(0, remembered / 10)) this.#made.delete(oldest);
    }
    return made;
  }

  async #make(path: string): Promise<void> {
    if (path === this.#root) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return;
    }
    const parent = dirname(path);
    await this.make(parent);
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      // Made by somebody else, perhaps not flushed by him yet.
    }
    await this.flush(parent);
  }

  /** Forgets that a directory was made: somebody took it away. */
  forget(path: string): void {
    for (const known of this.#made.keys()) if (known === path || path.startsWith(`${known}/`)) this.#made.delete(known);
  }

  /** Resolves once every change that was made in the directory before this call is on the disk. */
  flush(path: string): Promise<void> {
    let flush = this.#flushes.get(path);
    if (flush === undefined) {
      flush = sharedFlush(
        () => flushDirectory(path),
        () => this.#flushes.delete(path),
      );
      this.#flushes.set(path, flush);
    }
    return flush();
  }
}
