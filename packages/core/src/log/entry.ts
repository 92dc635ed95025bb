/**
 * An entry of the log: a batch of ops, sealed for those who can read and signed by those who can write (docs/format.md, section 4).
 *
 *     sealed = nonce(12) | AES-256-GCM(read/log, nonce, frame(gzip(JSON)), aad)
 *
 * @module
 */

import { concat, fromUtf8, isHexId, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider, SigningKey } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { encodeClear, type ClearLists } from "../protocol/clear.ts";
import { entrySize } from "../protocol/limits.ts";
import { encodeRecord, type EntryRecord } from "../protocol/record.ts";
import { entryAad, entryText, headAfter, type Position } from "../protocol/step.ts";
import { frame, paddedSize, unframe } from "../seal/padding.ts";
import { isJsonObject } from "../tree/json.ts";
import type { Op } from "../tree/op.ts";
import { gunzip, gzip } from "./gzip.ts";

/** The version of entries that is written here; a greater one needs a newer Keyfold. */
export const entryVersion = 1;
/** Ops in an entry, at most. */
export const opsLimit = 1000;
/** Bytes of an entry's JSON, at most. */
export const jsonLimit = 16 * 1024 * 1024;

const nonceLength = 12;
const tagLength = 16;

/** What an entry says. `ops` are as they were parsed: the fold decides which of them are ops. */
export interface Entry {
  /** Of the append; unique in the folder for ever. */
  readonly id: string;
  readonly device: string;
  /** Milliseconds since 1970 by the device's clock: for display only. */
  readonly at: number;
  readonly ops: readonly unknown[];
}

/** Why an entry that is properly signed says nothing. */
export type EmptyReason = "tag" | "body" | "gzip" | "too-large" | "utf-8" | "json" | "json-shape";

export type OpenedEntry =
  | { readonly state: "read"; readonly entry: Entry }
  | { readonly state: "empty"; readonly reason: EmptyReason }
  /** Written by a newer Keyfold: neither it nor what follows can be folded here. */
  | { readonly state: "newer"; readonly version: number };

/** What sealing an entry takes. */
export interface EntryKeys {
  readonly log: AesKey;
  readonly sign: SigningKey;
}

export interface SealedEntry {
  /** `u8 kind | body`, as it is sent and stored. */
  readonly bytes: Bytes;
  readonly record: EntryRecord;
  /** The place after it. */
  readonly position: Position;
}

/** gzip of the entry's JSON. */
function pack({ id, device, at, ops }: Entry): Bytes {
  return gzip(toUtf8(JSON.stringify({ v: entryVersion, id, device, at, ops })));
}

/** Bytes of `sealed` that these ops make. */
export function sealedSizeOfOps(ops: readonly Op[]): number {
  const id = "0".repeat(32);
  return nonceLength + tagLength + paddedSize(4 + pack({ id, device: id, at: Number.MAX_SAFE_INTEGER, ops }).length);
}

/**
 * Seals an entry for the place after `after`, and signs it.
 *
 * @param nonce 12 bytes that this key never saw; random unless given.
 *
 * Throws `too-large` above 1,000 ops, 1,000 ids or 256 KiB; `draft` makes entries that are not.
 */
export async function sealEntry(
  provider: CryptoProvider,
  keys: EntryKeys,
  after: Position,
  entry: Entry & { readonly ops: readonly Op[] },
  lists: ClearLists,
  nonce: Bytes = provider.randomBytes(nonceLength),
): Promise<SealedEntry> {
  if (entry.ops.length > opsLimit) throw new KeyfoldError("too-large", "A change has more than 1,000 steps: it must be made in several.");
  const clear = encodeClear(lists);
  const framed = frame(pack(entry));
  if (nonceLength + tagLength + framed.length > entrySize) {
    throw new KeyfoldError("too-large", "A change takes more than 256 KiB: it must be made in several.");
  }
  const aad = entryAad(after, await provider.sha256(clear));
  const sealed = concat(nonce, await provider.aesSeal(keys.log, nonce, framed, aad));
  const text = entryText(aad, await provider.sha256(sealed));
  const signature = await provider.sign(keys.sign, text);
  const record: EntryRecord = { kind: "entry", clear, sealed, signature };
  const head = await headAfter(provider, after.head, text, [signature]);
  return { bytes: encodeRecord(record), record, position: { ...after, seq: after.seq + 1, head } };
}

function empty(reason: EmptyReason): OpenedEntry {
  return { state: "empty", reason };
}

/** What the JSON of an entry says. */
export function readEntry(value: unknown): OpenedEntry {
  if (!isJsonObject(value)) return empty("json-shape");
  const { v, id, device, at, ops } = value;
  if (typeof v !== "number" || !Number.isSafeInteger(v) || v < 1) return empty("json-shape");
  if (v > entryVersion) return { state: "newer", version: v };
  const isShaped = isHexId(id) && isHexId(device) && typeof at === "number" && Number.isSafeInteger(at) && Array.isArray(ops);
  if (!isShaped || ops.length > opsLimit) return empty("json-shape");
  return { state: "read", entry: { id, device, at, ops: ops as unknown[] } };
}

/**
 * Opens an entry whose signature was verified. `after` is the place before it.
 *
 * Never throws for what the entry holds: one that does not open is an empty one, with the reason why.
 */
export async function openEntry(provider: CryptoProvider, log: AesKey, after: Position, record: EntryRecord): Promise<OpenedEntry> {
  const { clear, sealed } = record;
  if (sealed.length < nonceLength + tagLength) return empty("tag");
  const aad = entryAad(after, await provider.sha256(clear));
  let framed: Bytes;
  try {
    framed = await provider.aesOpen(log, sealed.subarray(0, nonceLength), sealed.subarray(nonceLength), aad);
  } catch (error) {
    if (isKeyfoldError(error, "tampered")) return empty("tag");
    throw error;
  }
  let zipped: Bytes;
  try {
    zipped = unframe(framed);
  } catch {
    return empty("body");
  }
  let json: Bytes;
  try {
    json = gunzip(zipped, jsonLimit);
  } catch (error) {
    return empty(isKeyfoldError(error, "too-large") ? "too-large" : "gzip");
  }
  let text: string;
  try {
    text = fromUtf8(json);
  } catch {
    return empty("utf-8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return empty("json");
  }
  return readEntry(value);
}
