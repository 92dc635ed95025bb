/**
 * The built elements, read once: an allow list of files with their type, tag and bytes. What is not on it does not exist.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdir, readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";

export interface Asset {
  readonly type: string;
  /** Strong, of the bytes (RFC 9110, 8.8.3). */
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its name changes with its bytes: may be kept for ever. */
  readonly immutable: boolean;
  readonly page: boolean;
  /** The policy that a page states for itself, where it does: of one whose script stands in it. */
  readonly policy: string | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/** `chunk-5WRI5ZAA.js`, `pdf.worker-DF3kd2xQ.mjs`: a hash of 8 or more before the extension, with a digit or an upper-case letter in it. */
const hashed = /-(?=[A-Za-z0-9_]*[A-Z0-9])[A-Za-z0-9_]{8,}\.[a-z0-9]+$/;

/** The files below a directory by their path, slashes between; pages also without `.html`. Empty where there is no such directory. */
export async function readShelf(directory: string): Promise<ReadonlyMap<string, Asset>> {
  const shelf = new Map<string, Asset>();
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return shelf;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined || entry.name.startsWith(".")) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = new Uint8Array(await readFile(path));
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`;
    const name = path
      .slice(root.length + 1)
      .split(sep)
      .join("/");
    const page = name.endsWith(".html");
    const asset = { type, etag, bytes, immutable: hashed.test(name), page, policy: page ? ownPolicy(bytes) : undefined };
    shelf.set(name, asset);
    if (page) shelf.set(name.slice(0, -".html".length), asset);
  }
  return shelf;
}

/** The content of a page's `<meta http-equiv="Content-Security-Policy">`, which stands before anything large. */
function ownPolicy(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString("latin1");
  return /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(head)?.[1];
}

/** Where `@keyfold/elements` is built, seen from this package, the process's main module, or its directory; undefined where it is not installed. */
export function elementsDirectory(): string | undefined {
  const main = process.argv[1];
  for (const from of [
    import.meta.url,
    ...(main === undefined ? [] : [pathToFileURL(main)]),
    pathToFileURL(join(process.cwd(), "index.js")),
  ]) {
    try {
      return dirname(createRequire(from).resolve("@keyfold/elements/elements.js"));
    } catch {
      // Not there, or not built: the next place.
    }
  }
  return undefined;
}
