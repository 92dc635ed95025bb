/**
 * The clear part of an entry: the ids that the server must know to move blobs and consume items (docs/format.md, section 4).
 *
 * `u32 n | n added blob ids | u32 m | m dropped blob ids | u32 k | k consumed item ids`, each list ascending and without repetition.
 *
 * @module
 */

import { concat, fromHex, readU32, toHex, u32 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { clearIds } from "./limits.ts";

/** Ids in lowercase hex. */
export interface ClearLists {
  /** Blobs that the entry brings into the folder. */
  readonly added: readonly string[];
  /** Blobs that no longer stand after it. */
  readonly dropped: readonly string[];
  /** Items of drops that it files. */
  readonly consumed: readonly string[];
}

export const emptyClearLists: ClearLists = { added: [], dropped: [], consumed: [] };

/** Sorts the ids and removes repetitions. Throws `too-large` above 1,000 ids together, `malformed` on what is no id. */
export function encodeClear(lists: ClearLists): Bytes {
  // Hex digits sort as the bytes they stand for.
  const sorted = [lists.added, lists.dropped, lists.consumed].map((ids) => [...new Set(ids)].toSorted());
  if (sorted.reduce((sum, ids) => sum + ids.length, 0) > clearIds) {
    throw new KeyfoldError("too-large", "A change names more than 1,000 blobs and items: it must be made in several.");
  }
  return concat(...sorted.flatMap((ids) => [u32(ids.length), fromHex(ids.join(""), 16 * ids.length)]));
}

/**
 * The lists. Throws `malformed` with reason `clear-malformed` unless they are exactly as `encodeClear` writes them.
 *
 * The server refuses such an entry; a client that finds one in the log reports it, and follows on.
 */
export function decodeClear(clear: Bytes): ClearLists {
  let offset = 0;
  let left = clearIds;
  const fault = (what: string) => new KeyfoldError("malformed", what, { reason: "clear-malformed" });
  const list = (): string[] => {
    if (offset + 4 > clear.length) throw fault("The clear part of an entry ends too early.");
    const count = readU32(clear, offset);
    offset += 4;
    left -= count;
    if (left < 0) throw fault("The clear part of an entry names more than 1,000 ids.");
    if (offset + 16 * count > clear.length) throw fault("The clear part of an entry ends too early.");
    const ids: string[] = [];
    for (let i = 0; i < count; i++, offset += 16) {
      const id = toHex(clear.subarray(offset, offset + 16));
      if (i > 0 && ids[i - 1]! >= id) throw fault("The clear part of an entry is not ascending.");
      ids.push(id);
    }
    return ids;
  };
  const lists = { added: list(), dropped: list(), consumed: list() };
  if (offset !== clear.length) throw fault("The clear part of an entry has bytes after its end.");
  return lists;
}

/**
 * The header `Keyfold-Delete`: a bit for each dropped id in its order, most significant first, set for those of `chosen`; undefined where there are none.
 */
export function chooseIn(dropped: readonly string[], chosen: ReadonlySet<string>): Bytes | undefined {
  const bits = new Uint8Array(Math.ceil(dropped.length / 8));
  let any = false;
  for (const [i, id] of dropped.entries()) {
    if (!chosen.has(id)) continue;
    bits[i >> 3]! |= 0x80 >> (i & 7);
    any = true;
  }
  return any ? bits : undefined;
}

/** The ids that `chooseIn` chose. Throws `malformed` where there are more bits than the ids take, or fewer. */
export function chosenIn(dropped: readonly string[], bits: Bytes | undefined): string[] {
  if (bits === undefined) return [];
  const isSet = (i: number): boolean => (bits[i >> 3]! & (0x80 >> (i & 7))) !== 0;
  const beyond = Array.from({ length: 8 * bits.length - dropped.length }, (_, i) => dropped.length + i);
  if (bits.length !== Math.ceil(dropped.length / 8) || beyond.some(isSet)) {
    throw new KeyfoldError("malformed", "What is to be deleted at once does not fit what is dropped.", { reason: "clear-malformed" });
  }
  return dropped.filter((_, i) => isSet(i));
}
