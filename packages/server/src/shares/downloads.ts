/**
 * Downloads: taken one by one where there is a limit, and then gone on with for a day.
 *
 * Who downloads draws an id for it and sends it along: an answer that was lost, and a token that has run out, cost no second one.
 *
 * @module
 */

import { takeHours, type ShareSession } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { hour } from "../clock.ts";
import { changed, patiently, transact } from "../database/database.ts";
import type { ShareRow } from "../database/tables.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { issueShareToken } from "../session/share-token.ts";

/** Throws `share-spent` when no more are given. */
export async function takeDownload(services: Services, { id, folder, epoch }: ShareRow, take: string): Promise<ShareSession> {
  const { database, clock, keys } = services;
  const isTaken = async (): Promise<boolean> => {
    const known = await patiently(database, () =>
      database.query
        .selectFrom("share_take")
        .select("taken_at")
        .where("share", "=", id)
        .where("take", "=", take)
        .where("taken_at", ">", clock() - takeHours * hour)
        .executeTakeFirst(),
    );
    return known !== undefined;
  };
  if (!(await isTaken())) {
    try {
      await transact(database, async (batch) => {
        const counted = await batch
          .updateTable("share")
          .set({ downloads: sql<number>`downloads + 1` })
          .where("id", "=", id)
          .where("state", "=", "live")
          .where((where) => where.or([where("download_limit", "=", 0), where("downloads", "<", where.ref("download_limit"))]))
          .executeTakeFirst();
        if (changed(counted) === 0) throw new Refusal("share-spent");
        await batch
          .deleteFrom("share_take")
          .where("share", "=", id)
          .where("take", "=", take)
          .where("taken_at", "<=", clock() - takeHours * hour)
          .execute();
        await batch.insertInto("share_take").values({ share: id, take, taken_at: clock() }).execute();
        await services.acts.note(batch, folder, { event: "share-taken", share: id });
      });
    } catch (error) {
      // The same request twice at once.
      const known = database.fault(error) === "duplicate" || (error instanceof Refusal && error.code === "share-spent");
      if (!known || !(await isTaken())) throw error;
    }
  }
  return issueShareToken((await keys()).share, { share: id, folder, epoch }, clock());
}
