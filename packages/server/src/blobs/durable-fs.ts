/**
 * Files that are whole and on the disk, or not there: our unstorage driver for local file systems.
 *
 * Write: temporary file, fdatasync, rename over the key, fsync of the directory. So a reader sees the old bytes or the new ones, a crash leaves one of
 * them, a full disk destroys neither. Temporary files lie in `.incoming/` under the same root (a rename does not leave the file system), one directory
 * a process, so that what a killed process left behind is found and removed without listing any blobs.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { KeyfoldError, type Bytes } from "@keyfold/core/protocol";
import type { Driver } from "unstorage";
import { Directories } from "./directories.ts";
import { unfilled } from "./part-bytes.ts";
import { asError, storeKey, type BlobStore, type StoreItem } from "./store.ts";

export type DurableFs = Driver<{ directory: string }> & BlobStore;

/** Temporary files this old belong to nobody who is still alive, milliseconds. */
const abandoned = 24 * 3600 * 1000;

/** Removals at a time. */
const parallel = 16;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function failure(cause: unknown): KeyfoldError {
  if (cause instanceof KeyfoldError) return cause;
  const code = codeOf(cause);
  if (code === "ENOSPC" || code === "EDQUOT") return new KeyfoldError("storage-full", "The disk is full.", { cause, reason: code });
  return new KeyfoldError("server-failed", "The file system failed.", { cause, reason: code ?? "unknown" });
}

/**
 * A driver over the files of a directory, which is made when it is first needed.
 *
 * A key's `:` are directories, but the last, which becomes `.`: the parts of a blob lie side by side, and small files share a directory.
 * Errors are thrown (`storage-full`, `server-failed` with the system's code as `reason`); null means ENOENT and nothing else.
 */
export function durableFs(directory: string): DurableFs {
  const root = resolve(directory);
  const directories = new Directories(root);
  const incoming = join(root, ".incoming");
  const own = join(incoming, `${process.pid}-${randomBytes(6).toString("hex")}`);
  let ready: Promise<void> | undefined;
  let count = 0;

  const prepare = async (): Promise<void> => {
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs > abandoned) await rm(path, { recursive: true, force: true });
    }
    await mkdir(own, { mode: 0o700 });
  };
  const prepared = (): Promise<void> => {
    ready ??= prepare().catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  };

  const pathOf = (key: string): string => {
    const last = storeKey(key).lastIndexOf(":");
    return join(root, `${key.slice(0, last).replaceAll(":", "/")}.${key.slice(last + 1)}`);
  };

  /** Writes the bytes beside their place and flushes them. */
  const stage = async (bytes: Uint8Array): Promise<string> => {
    const path = join(own, String(count++));
    try {
      const handle = await open(path, "wx", 0o600);
      try {
        // `writeFile` would cut a part into pieces of 512 KiB, each a trip to the thread pool.
        for (let written = 0; written < bytes.length;) written += (await handle.write(bytes, written)).bytesWritten;
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    }
    return path;
  };

  const place = async (staged: string, path: string): Promise<void> => {
    const move = async (): Promise<void> => {
      await directories.make(dirname(path));
      await rename(staged, path);
    };
    try {
      await move().catch((error: unknown) => {
        // The directory was there, and somebody took it away.
        if (codeOf(error) !== "ENOENT") throw error;
        directories.forget(dirname(path));
        return move();
      });
    } catch (error) {
      await unlink(staged).catch(() => undefined);
      throw error;
    }
  };

  const put = async (key: string, bytes: Uint8Array): Promise<void> => {
    const path = pathOf(key);
    try {
      await prepared();
      await place(await stage(bytes), path);
      await directories.flush(dirname(path));
    } catch (error) {
      throw failure(error);
    }
  };

  /** All files first, then each directory once. */
  const putAll = async (items: readonly StoreItem[]): Promise<(Error | undefined)[]> => {
    const paths = items.map(({ key }) => pathOf(key));
    try {
      await prepared();
    } catch (error) {
      return items.map(() => failure(error));
    }
    const placed = await Promise.allSettled(items.map(async ({ bytes }, i) => place(await stage(bytes), paths[i]!)));
    const touched = [...new Set(paths.filter((_, i) => placed[i]!.status === "fulfilled").map((path) => dirname(path)))];
    const flushed = new Map<string, unknown>();
    await Promise.all(touched.map((path) => directories.flush(path).catch((error: unknown) => flushed.set(path, error))));
    return placed.map((outcome, i) => {
      const error: unknown = outcome.status === "rejected" ? outcome.reason : flushed.get(dirname(paths[i]!));
      return error === undefined ? undefined : asError(failure(error));
    });
  };

  const get = async (key: string, into?: Bytes): Promise<Bytes | null> => {
    const path = pathOf(key);
    try {
      const handle = await open(path, constants.O_RDONLY);
      try {
        const { size } = await handle.stat();
        const bytes = into !== undefined && size <= into.length ? into.subarray(0, size) : unfilled(size);
        for (let offset = 0; offset < size;) {
          const { bytesRead } = await handle.read(bytes, offset, size - offset, offset);
          if (bytesRead === 0) return bytes.slice(0, offset); // cut short meanwhile: its hash will not fit
          offset += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw failure(error);
    }
  };

  const remove = async (keys: readonly string[]): Promise<void> => {
    const touched = new Set<string>();
    const removeOne = async (path: string): Promise<void> => {
      try {
        await unlink(path);
        touched.add(dirname(path));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw failure(error);
      }
    };
    for (let start = 0; start < keys.length; start += parallel) {
      await Promise.all(keys.slice(start, start + parallel).map((key) => removeOne(pathOf(key))));
    }
    try {
      for (const path of touched) await directories.flush(path);
    } catch (error) {
      throw failure(error);
    }
  };

  const list = async (base = ""): Promise<string[]> => {
    const keys: string[] = [];
    const walk = async (path: string, prefix: string): Promise<void> => {
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (entry.name === basename(incoming)) continue;
        if (entry.isDirectory()) await walk(join(path, entry.name), `${prefix}${entry.name}:`);
        else keys.push(`${prefix}${entry.name.replace(/\.([^.]+)$/, ":$1")}`);
      }
    };
    await walk(root, "").catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw failure(error);
    });
    return keys.filter((key) => key.startsWith(base));
  };

  const text = async (key: string): Promise<string | null> => {
    const bytes = await get(key);
    return bytes === null ? null : Buffer.from(bytes).toString("utf8");
  };

  const close = async (): Promise<void> => {
    if (ready === undefined) return;
    await ready.catch(() => undefined);
    await rm(own, { recursive: true, force: true });
    ready = undefined;
  };

  return {
    name: "keyfold-durable-fs",
    options: { directory: root },
    local: true,
    put,
    putAll,
    get,
    remove,
    close,
    hasItem: async (key) => (await get(key)) !== null,
    getItem: text,
    getItemRaw: (key) => get(key),
    setItem: (key, value) => put(key, Buffer.from(value, "utf8")),
    setItemRaw: (key, value: Uint8Array) => put(key, value),
    removeItem: (key) => remove([key]),
    getKeys: list,
    dispose: close,
  };
}
