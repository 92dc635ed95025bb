/**
 * A walk over everything that is stored, a little at a time: the place is kept in the database, and each run goes on where the last one stopped.
 *
 * Each step forward is one conditional update on the step before it. Who slept through its lease finds that another has gone on, and stops.
 *
 * @module
 */

import type { Selectable } from "kysely";
import { changed, patiently, type Database } from "../database/database.ts";
import type { WalkTable } from "../database/tables.ts";

export type Walk = Selectable<WalkTable>;
export type Place = Pick<Walk, "folder" | "blob" | "part">;

const start: Place = { folder: "", blob: "", part: -1 };

/** Where a walk is; a new one begins at the start. `begun_at` 0: no round is under way, the last one ended at `moved_at`. */
export async function walkOf(database: Database, name: string, now: number): Promise<Walk> {
  const read = () => patiently(database, () => database.query.selectFrom("walk").selectAll().where("name", "=", name).executeTakeFirst());
  const known = await read();
  if (known !== undefined) return known;
  const fresh: Walk = { name, ...start, step: 0, begun_at: now, moved_at: now };
  try {
    await patiently(database, () => database.query.insertInto("walk").values(fresh).execute());
    return fresh;
  } catch (error) {
    const other = database.fault(error) === "duplicate" ? await read() : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function move(database: Database, walk: Walk, to: Omit<Walk, "name" | "step">): Promise<Walk | undefined> {
  const next: Walk = { ...to, name: walk.name, step: walk.step + 1 };
  const moved = await patiently(database, () =>
    database.query.updateTable("walk").set(next).where("name", "=", walk.name).where("step", "=", walk.step).executeTakeFirst(),
  );
  return changed(moved) === 1 ? next : undefined;
}

/** Goes on to a place; undefined when another has gone on meanwhile. */
export function goOn(database: Database, walk: Walk, { folder, blob, part }: Place, now: number): Promise<Walk | undefined> {
  return move(database, walk, { folder, blob, part, begun_at: walk.begun_at, moved_at: now });
}

/** Begins a round at the start. */
export function beginRound(database: Database, walk: Walk, now: number): Promise<Walk | undefined> {
  return move(database, walk, { ...start, begun_at: now, moved_at: now });
}

/** Everything has been passed. The next round begins when it is due. */
export function endRound(database: Database, walk: Walk, now: number): Promise<Walk | undefined> {
  return move(database, walk, { ...start, begun_at: 0, moved_at: now });
}
