/**
 * Stored parts whose bytes are not the confirmed ones any more: written down, told, and taken off the list when a client has sent them again.
 * Nothing is ever deleted for it: what is damaged today may be a disk that is back tomorrow.
 *
 * @module
 */

import type { Acts } from "../acts.ts";
import type { Clock } from "../clock.ts";
import { changed, inChunks, patiently, transact, type Database } from "../database/database.ts";

export interface PartPlace {
  readonly folder: string;
  readonly blob: string;
  readonly index: number;
}

export type Damage = "damaged" | "missing";

interface Noting {
  readonly database: Database;
  readonly clock: Clock;
  readonly acts: Acts;
}

/** Writes damage down and tells of it, the first time. False when it was known, or nobody needs the part any more. */
export async function noteDamage({ database, clock, acts }: Noting, place: PartPlace, reason: Damage): Promise<boolean> {
  const { folder, blob, index } = place;
  return transact(database, async (batch) => {
    const needed = await batch
      .updateTable("blob")
      .set((update) => ({ passes: update.ref("passes") }))
      .where("folder", "=", folder)
      .where("id", "=", blob)
      .where("state", "!=", "deleting")
      .executeTakeFirst();
    if (changed(needed) === 0) return false;
    await batch.insertInto("damaged_part").values({ folder, blob, part: index, reason, found_at: clock() }).execute();
    await acts.note(batch, folder, { event: "part-damaged", blob, index, reason });
    return true;
  }).catch((error: unknown) => {
    if (database.fault(error) === "duplicate") return false;
    throw error;
  });
}

/** The part is whole again. True when it was on the list. */
export async function noteHealed(database: Database, { folder, blob, index }: PartPlace): Promise<boolean> {
  const healed = await patiently(database, () =>
    database.query
      .deleteFrom("damaged_part")
      .where("folder", "=", folder)
      .where("blob", "=", blob)
      .where("part", "=", index)
      .executeTakeFirst(),
  );
  return changed(healed) > 0;
}

/** Which parts of these blobs are damaged, as `blob:index`. */
export async function damagedAmong(database: Database, folder: string, blobs: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const chunk of inChunks([...new Set(blobs)])) {
    const rows = await patiently(database, () =>
      database.query.selectFrom("damaged_part").select(["blob", "part"]).where("folder", "=", folder).where("blob", "in", chunk).execute(),
    );
    for (const { blob, part } of rows) found.add(`${blob}:${part}`);
  }
  return found;
}

export interface DamagedPart extends PartPlace {
  readonly reason: Damage;
  /** Milliseconds since 1970. */
  readonly foundAt: number;
}

/** A page of the list, at most 1,000, after the place where the last one ended. */
export async function damagedParts(database: Database, after?: PartPlace): Promise<DamagedPart[]> {
  let query = database.query.selectFrom("damaged_part").selectAll().orderBy("folder").orderBy("blob").orderBy("part").limit(1000);
  if (after !== undefined) {
    const { folder, blob, index } = after;
    query = query.where((where) =>
      where.or([
        where("folder", ">", folder),
        where.and([where("folder", "=", folder), where("blob", ">", blob)]),
        where.and([where("folder", "=", folder), where("blob", "=", blob), where("part", ">", index)]),
      ]),
    );
  }
  const rows = await patiently(database, () => query.execute());
  return rows.map(({ folder, blob, part: index, reason, found_at: foundAt }) => ({ folder, blob, index, reason, foundAt }));
}
