/**
 * Taking what was deleted out of the database's files. A deletion that must not leave a trace leaves a row in `erasure`; the row goes when the bytes
 * have gone, so that a crash or a busy file only delays it.
 *
 * @module
 */

import { inChunks, patiently } from "../database/database.ts";
import type { Services } from "../services.ts";

/** Erases what is waiting. False when it has to be tried again: another process is reading, or the disk is full. */
export async function erase({ database }: Pick<Services, "database">): Promise<boolean> {
  const waiting = await patiently(database, () => database.query.selectFrom("erasure").select("id").execute());
  if (waiting.length === 0) return true;
  try {
    if (!(await database.erase())) return false;
  } catch (error) {
    if (database.fault(error) === "other") throw error;
    return false;
  }
  // Those that came after the reading stay for the next time.
  for (const rows of inChunks(waiting)) {
    const ids = rows.map(({ id }) => id);
    await patiently(database, () => database.query.deleteFrom("erasure").where("id", "in", ids).execute());
  }
  return true;
}
