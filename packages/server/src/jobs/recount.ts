/**
 * The recount: walks over the folders, and puts right what does not follow from their rows. `used` is added to and taken from; it is what open, held and
 * live blobs have in all.
 *
 * @module
 */

import { sql } from "kysely";
import { trimAudit } from "../audit/writing.ts";
import { release } from "../blobs/life.ts";
import { hour } from "../clock.ts";
import { patiently, transact, type Batch } from "../database/database.ts";
import type { Services } from "../services.ts";
import type { Budget } from "./collect.ts";
import { beginRound, endRound, goOn, walkOf, type Walk } from "./walk.ts";

/** From the end of a round to the beginning of the next. */
const every = 6 * hour;

const page = 64;

/** Returns the folders whose figure was wrong. */
export async function recount(services: Services, budget: Budget): Promise<number> {
  const { database, clock, acts, report } = services;
  let walk: Walk | undefined = await walkOf(database, "recount", clock());
  if (walk.begun_at === 0) {
    if (clock() < walk.moved_at + every) return 0;
    walk = await beginRound(database, walk, clock());
  }
  let corrected = 0;
  while (walk !== undefined) {
    const { folder }: Walk = walk;
    const folders = await patiently(database, () =>
      database.query.selectFrom("folder").select("id").where("id", ">", folder).orderBy("id").limit(page).execute(),
    );
    const last = folders.at(-1);
    if (last === undefined) {
      await endRound(database, walk, clock());
      break;
    }
    for (const { id } of folders) {
      if (await correct(services, id)) corrected++;
      await trimAudit(database, id, acts.audit);
    }
    walk = await goOn(database, walk, { folder: last.id, blob: "", part: -1 }, clock());
    if (!budget()) break;
  }
  if (corrected > 0) report({ level: "error", code: "used-drift", status: 500, method: "-", route: "recount" });
  return corrected;
}

/** What a folder's blobs have in all, and what its row says; undefined when it is gone. */
export async function usedAndCounted(
  query: Batch | Services["database"]["query"],
  folder: string,
): Promise<{ used: number; counted: number } | undefined> {
  const row = await query
    .selectFrom("folder")
    .select((select) => [
      "used",
      select
        .selectFrom("blob")
        .select(sql<number | string>`coalesce(sum(sealed_size), 0)`.as("sum"))
        .where("blob.folder", "=", folder)
        .where("blob.state", "in", ["open", "held", "live"])
        .as("counted"),
    ])
    .where("id", "=", folder)
    .executeTakeFirst();
  // A sum comes as text where it may be larger than the database's largest integer.
  return row === undefined ? undefined : { used: row.used, counted: Number(row.counted) };
}

async function correct({ database }: Services, folder: string): Promise<boolean> {
  const before = await patiently(database, () => usedAndCounted(database.query, folder));
  if (before === undefined || before.used === before.counted) return false;
  return transact(database, async (batch) => {
    await release(batch, folder, 0); // the folder's row first: nobody moves its blobs meanwhile
    const now = await usedAndCounted(batch, folder);
    if (now === undefined || now.used === now.counted) return false;
    await batch.updateTable("folder").set({ used: now.counted }).where("id", "=", folder).execute();
    return true;
  });
}
