/**
 * What an item says: the JSON inside it (docs/format.md, section 6).
 *
 * @module
 */

import { fromUtf8, isHexId, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Descriptor } from "../seal/blob.ts";
import { canonical, isJsonObject, isPlainJson, type JsonObject } from "../tree/json.ts";
import { blobsOf, type VersionDescriptor } from "../tree/op.ts";
import { isMeta, isName, readVersion } from "../tree/read-op.ts";

/** Bytes of an item's JSON, at most: a name, a descriptor or two, fields of 4 KiB, escaped at the worst. */
export const contentLimit = 48 * 1024;

/** One file that was posted. */
export interface ItemContent {
  /** Hex of 16 bytes: the same for what one phone sends together. */
  readonly batch: string;
  /** Its number in the batch, from 0, of `total`. */
  readonly n: number;
  readonly total: number;
  readonly name: string;
  /** Media type, "" when not known. */
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** The file as it stands sealed on the server, its thumbnail with it. */
  readonly version: Descriptor & { readonly thumbnail?: Descriptor };
  /** What the person filled in; canonical JSON of at most 4 KiB. */
  readonly fields?: JsonObject;
}

/** The version that filing adds: the item says of the file what the log keeps in the version. */
export function versionOf({ version, type, modified }: ItemContent): VersionDescriptor {
  return { ...version, type, modified };
}

/** Every blob that the item brings. */
export function blobsIn(content: ItemContent): readonly string[] {
  return blobsOf(content.version);
}

/** UTF-8 of the JSON, canonical (RFC 8785). Throws `invalid-argument` for what `readContent` would not take. */
export function encodeContent(content: ItemContent): Bytes {
  const bytes = toUtf8(canonical({ v: 1, ...content } as unknown as JsonObject));
  try {
    readContent(bytes);
  } catch (cause) {
    throw new KeyfoldError("invalid-argument", "An item's name, type, version or fields are not as they must be.", { cause });
  }
  return bytes;
}

/**
 * Reads the JSON inside an item; of unknown members nothing is kept.
 *
 * Throws `malformed` with reason `item`; `unsupported-version` where a newer Keyfold wrote it.
 */
export function readContent(bytes: Bytes): ItemContent {
  if (bytes.length > contentLimit) throw malformed();
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw malformed(cause);
  }
  if (!isJsonObject(value) || !isPlainJson(value)) throw malformed();
  const { v, batch, n, total, name, type, modified, fields } = value;
  if (!isCount(v) || v < 1) throw malformed();
  if (v > 1) throw new KeyfoldError("unsupported-version", "This item was written by a newer Keyfold. Update to file it.");
  if (!isHexId(batch) || !isCount(n) || !isCount(total) || n >= total || !isName(name) || typeof type !== "string" || !isCount(modified)) {
    throw malformed();
  }
  const read = readVersion(value["version"]);
  if (read === undefined || read.thumbnail?.blob === read.blob) throw malformed();
  if (fields !== undefined && !isMeta(fields)) throw malformed();
  const { type: _, modified: __, ...version } = read;
  return { batch, n, total, name, type, modified, version, ...(fields === undefined ? {} : { fields }) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function malformed(cause?: unknown): KeyfoldError {
  return new KeyfoldError("malformed", "An item is not what it must be.", { reason: "item", ...(cause === undefined ? {} : { cause }) });
}
