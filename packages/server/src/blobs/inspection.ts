/**
 * Looking at stored parts one by one: is what lies in the store what was confirmed?
 *
 * @module
 */

import { constantTimeEqual, partLengthOf, type Bytes } from "@keyfold/core/protocol";
import { patiently, type Database } from "../database/database.ts";
import type { StoredBlobState } from "../database/tables.ts";
import type { Damage } from "./damage.ts";
import { givePartBuffer, partHash, takePartBuffer } from "./part-bytes.ts";
import { partKey, type BlobStore } from "./store.ts";

export interface StoredPart {
  readonly folder: string;
  readonly blob: string;
  readonly part: number;
  readonly hash: Bytes;
  readonly state: StoredBlobState;
  readonly length: number;
}

/** Stored parts after a place, in the order of folder, blob and index, that are not being deleted. */
export async function partsAfter(
  database: Database,
  { folder, blob, part }: { folder: string; blob: string; part: number },
  most: number,
): Promise<StoredPart[]> {
  const rows = await patiently(database, () =>
    database.query
      .selectFrom("part")
      .innerJoin("blob", (join) => join.onRef("blob.folder", "=", "part.folder").onRef("blob.id", "=", "part.blob"))
      .select(["part.folder", "part.blob", "part.part", "part.hash", "blob.state", "blob.sealed_size"])
      .where("part.stored", "=", 1)
      .where("blob.state", "!=", "deleting")
      // The first condition alone lets a database use the key.
      .where("part.folder", ">=", folder)
      .where((where) =>
        where.or([
          where("part.folder", ">", folder),
          where.and([where("part.folder", "=", folder), where("part.blob", ">", blob)]),
          where.and([where("part.folder", "=", folder), where("part.blob", "=", blob), where("part.part", ">", part)]),
        ]),
      )
      .orderBy("part.folder")
      .orderBy("part.blob")
      .orderBy("part.part")
      .limit(most)
      .execute(),
  );
  return rows.map(({ folder, blob, part, hash, state, sealed_size }) => ({
    folder,
    blob,
    part,
    hash: new Uint8Array(hash),
    state,
    length: partLengthOf(sealed_size, part),
  }));
}

/** `unreadable`: the store failed, twice; that is no judgement on the part. */
export type Inspection = "sound" | "unreadable" | Damage;

/** Looks twice before it says anything but `sound`. */
export async function inspect(store: BlobStore, part: StoredPart): Promise<Inspection> {
  const first = await look(store, part);
  return first === "sound" ? first : look(store, part);
}

async function look(store: BlobStore, { folder, blob, part, hash }: StoredPart): Promise<Inspection> {
  const buffer = takePartBuffer();
  try {
    const key = partKey(folder, blob, part);
    // What a cache has says nothing of the store.
    await store.forget?.(key);
    const bytes = await store.get(key, buffer);
    const verdict = bytes === null ? "missing" : constantTimeEqual(partHash(bytes), hash) ? "sound" : "damaged";
    givePartBuffer(buffer);
    return verdict;
  } catch {
    return "unreadable"; // a store that failed may still be writing to the buffer
  }
}
