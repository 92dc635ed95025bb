/**
 * Reading parts: looked up in the database, taken from the store, checked against their hash.
 *
 * @module
 */

import { constantTimeEqual, partLengthOf, type Bytes } from "@keyfold/core/protocol";
import { inChunks, patiently } from "../database/database.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { noteDamage, type PartPlace } from "./damage.ts";
import { blobRows } from "./life.ts";
import { partHash } from "./part-bytes.ts";
import { partKey } from "./store.ts";

export interface WantedPart extends PartPlace {
  readonly key: string;
  readonly hash: Bytes;
  readonly length: number;
}

/** The parts that are stored, undefined for others, in the order asked. */
export async function wantedParts(
  { database }: Services,
  folder: string,
  asked: readonly (readonly [blob: string, index: number])[],
): Promise<(WantedPart | undefined)[]> {
  const rows = await blobRows(
    database,
    folder,
    asked.map(([blob]) => blob),
  );
  const hashes = new Map<string, Bytes>();
  for (const blobs of inChunks([...new Set(asked.map(([blob]) => blob))])) {
    for (const indexes of inChunks([...new Set(asked.map(([, index]) => index))])) {
      const found = await patiently(database, () =>
        database.query
          .selectFrom("part")
          .select(["blob", "part", "hash"])
          .where("folder", "=", folder)
          .where("blob", "in", blobs)
          .where("part", "in", indexes)
          .where("stored", "=", 1)
          .execute(),
      );
      for (const { blob, part, hash } of found) hashes.set(`${blob}:${part}`, hash);
    }
  }
  return asked.map(([blob, index]) => {
    const row = rows.get(blob);
    const hash = hashes.get(`${blob}:${index}`);
    if (row === undefined || row.state === "deleting" || hash === undefined) return undefined;
    return { folder, blob, index, key: partKey(folder, blob, index), hash, length: partLengthOf(row.sealed_size, index) };
  });
}

/**
 * The part's bytes, in `into` where the store can do that; null when the store has nothing there. Throws `part-damaged` when it has something else. Either is
 * written down, so that the same bytes are taken once more when a client sends them.
 */
export async function loadPart(services: Services, part: WantedPart, into?: Bytes): Promise<Bytes | null> {
  const { store } = services;
  const fits = (bytes: Bytes | null): boolean => bytes !== null && constantTimeEqual(partHash(bytes), part.hash);
  let bytes = await store.get(part.key, into);
  if (bytes !== null && !fits(bytes) && store.forget !== undefined) {
    // Was it the cache?
    await store.forget(part.key);
    bytes = await store.get(part.key, into);
  }
  if (fits(bytes)) return bytes;
  await noteDamage(services, part, bytes === null ? "missing" : "damaged");
  if (bytes === null) return null;
  throw new Refusal("part-damaged");
}
