/**
 * Directories that last: made, and their entries on the disk.
 *
 * @module
 */

import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

interface Flush {
  running: Promise<void>;
  /** The flush that begins when the running one has ended: it covers all who ask meanwhile. */
  next: Promise<void> | undefined;
}

async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** How many directories are remembered as made. */
const remembered = 10_000;

/** The directories below a root. Many writers at once share one flush of a directory. */
export class Directories {
  readonly #root: string;
  readonly #made = new Map<string, Promise<void>>();
  readonly #flushes = new Map<string, Flush>();

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
  async flush(path: string): Promise<void> {
    const flush = this.#flushes.get(path);
    if (flush === undefined) return this.#begin(path);
    // The running one may have begun before the caller's change.
    flush.next ??= flush.running.catch(() => undefined).then(() => this.#begin(path));
    return flush.next;
  }

  #begin(path: string): Promise<void> {
    const running = flushDirectory(path).finally(() => {
      if (this.#flushes.get(path)?.running === running && this.#flushes.get(path)?.next === undefined) this.#flushes.delete(path);
    });
    this.#flushes.set(path, { running, next: undefined });
    return running;
  }
}
