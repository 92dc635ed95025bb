/**
 * What a device's cache of a folder's history has in it: which records, which snapshots (`record-cache.ts`).
 *
 * @module
 */
import * as v from "valibot";
import { isHexId } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { keysLength, type Mode } from "../protocol/identity.ts";
import type { Position } from "../protocol/step.ts";

/** Records side by side, `u32 length` before each. */
export interface Chunk {
  /** Seq of its first record. */
  readonly from: number;
  readonly count: number;
  readonly bytes: number;
  /** The place before it; null before the genesis. */
  readonly before: Position | null;
}

export interface CachedSnapshot {
  /** The entry that has it. */
  readonly seq: number;
  readonly covers: number;
  readonly blob: string;
}

export interface CacheIndex {
  readonly version: 1;
  /** Without gaps, oldest first; at least one. */
  readonly chunks: readonly Chunk[];
  /** The place after the last of them. */
  readonly end: Position;
  /** How the folder began, where that is known. */
  readonly mode: Mode | null;
  /** Those of this epoch, oldest first. */
  readonly snapshots: readonly CachedSnapshot[];
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Id = v.custom<string>(isHexId);
const bytesOf = (length: number) => v.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length);
const Place = v.object({ folderId: Id, epoch: Count, seq: Count, head: bytesOf(32), keys: bytesOf(keysLength) });
const Index = v.object({
  version: v.literal(1),
  chunks: v.pipe(v.array(v.object({ from: Count, count: Count, bytes: Count, before: v.nullable(Place) })), v.minLength(1)),
  end: Place,
  mode: v.nullable(v.picklist([0, 1])),
  snapshots: v.array(v.object({ seq: Count, covers: Count, blob: Id })),
});

/** The index that lay in the store; null where it is none. Its shape alone is looked at. */
export function readCacheIndex(stored: unknown): CacheIndex | null {
  const { success, output } = v.safeParse(Index, stored);
  return success ? output : null;
}

/** Snapshots that the records after what they cover are here of. The one of a rekey is not among them: with it the rekey itself is begun from. */
export function startsOf({ chunks, snapshots }: CacheIndex): CachedSnapshot[] {
  return snapshots.filter(({ covers }) => covers >= chunks[0]!.from);
}
