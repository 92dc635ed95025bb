/**
 * Creating blobs: room is taken in the folder before a byte is sent.
 *
 * @module
 */

import { isSealedSize, partCountOf, type BlobState } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { changed, inChunks, patiently, transact, type Batch, type Sum } from "../database/database.ts";
import { refuseFor, Refusal } from "../refusal.ts";
import { absence } from "../folders.ts";
import type { Services } from "../services.ts";
import { heldWith } from "../subjects/folders.ts";
import { blobRows, openLife } from "./life.ts";

export interface NewBlob {
  readonly blob: string;
  readonly sealedSize: number;
}

/**
 * Creates those that are not there yet; all or none. Idempotent for the same size.
 *
 * Throws `sealed-size`, `blob-differs`, `quota`, `rate-limited` (too many are open), `not-found` (the folder).
 */
export async function createBlobs(services: Services, folder: string, blobs: readonly NewBlob[]): Promise<Map<string, BlobState>> {
  const { database, limits } = services;
  const impossible = blobs.filter(({ sealedSize }) => !isSealedSize(sealedSize) || sealedSize > limits.maxFileSize);
  if (impossible.length > 0) throw new Refusal("sealed-size", { members: { blobs: impossible.map(({ blob }) => blob) } });

  for (let attempt = 0; ; attempt++) {
    const states = new Map<string, BlobState>();
    const rows = await blobRows(
      database,
      folder,
      blobs.map(({ blob }) => blob),
    );
    const fresh = new Map<string, number>();
    const different: string[] = [];
    for (const { blob, sealedSize } of blobs) {
      const row = rows.get(blob);
      const size = row?.sealed_size ?? fresh.get(blob) ?? sealedSize;
      if (size !== sealedSize) different.push(blob);
      if (row === undefined) fresh.set(blob, sealedSize);
      states.set(blob, row?.state ?? "open");
    }
    if (different.length > 0) throw new Refusal("blob-differs", { members: { blobs: different } });
    if (fresh.size === 0) return states;
    try {
      await transact(database, (batch) => reserve(services, batch, folder, fresh));
      return states;
    } catch (error) {
      if (error instanceof NoRoom) throw await quotaRefusal(services, folder, error.needed);
      // Somebody created one of them meanwhile: look again.
      if (database.fault(error) !== "duplicate" || attempt === 3) throw error;
    }
  }
}

/** Of the quota: the host is told when a folder comes to it. */
const nearly = 0.8;

class NoRoom extends Error {
  readonly needed: number;
  constructor(needed: number) {
    super();
    this.needed = needed;
  }
}

async function reserve(services: Services, batch: Batch, folder: string, fresh: ReadonlyMap<string, number>): Promise<void> {
  const { limits, clock, acts } = services;
  const needed = [...fresh.values()].reduce((sum, size) => sum + size, 0);
  const reserved = await batch
    .updateTable("folder")
    .set({ used: sql<number>`used + ${needed}` })
    .where("id", "=", folder)
    .where("used", "<=", limits.quota - needed)
    .executeTakeFirst();
  if (changed(reserved) === 0) throw new NoRoom(needed);
  await checkSubject(services, batch, folder, needed);
  await checkOpen(services, batch, folder, fresh.size);
  const due_at = clock() + openLife;
  for (const chunk of inChunks([...fresh])) {
    await batch
      .insertInto("blob")
      .values(
        chunk.map(([id, sealed_size]) => ({
          folder,
          id,
          state: "open" as const,
          sealed_size,
          missing: partCountOf(sealed_size),
          added_epoch: null,
          due_at,
          passes: 0,
          cursor: 0,
        })),
      )
      .execute();
  }
  const { used } = await batch.selectFrom("folder").select("used").where("id", "=", folder).executeTakeFirstOrThrow();
  const near = nearly * limits.quota;
  if (used - needed < near && used >= near) await acts.note(batch, folder, { event: "quota-near", percent: 80, used, quota: limits.quota });
}

/** What the folder's holder has in all of their folders, this one and what was just reserved included. Throws `quota`. */
async function checkSubject({ limits }: Services, batch: Batch, folder: string, needed: number): Promise<void> {
  const quota = limits.subjectQuota;
  const held = quota === Infinity ? undefined : await heldWith(batch, folder);
  if (held !== undefined && held > quota) throw new Refusal("quota", { members: { used: held - needed, quota, needed } });
}

/** Seconds after which a client looks whether something was filed. */
const filedIn = 15;

/** Throws `rate-limited`: what is open becomes live as it is filed, and then there is room for more. */
async function checkOpen({ limits }: Services, batch: Batch, folder: string, more: number): Promise<void> {
  if (limits.openBlobs === Infinity) return;
  const { count } = await batch
    .selectFrom("blob")
    .select((where) => where.fn.countAll<Sum>().as("count"))
    .where("folder", "=", folder)
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  if (Number(count) + more > limits.openBlobs) {
    throw refuseFor(filedIn, "rate-limited", { detail: "As many blobs are open in this folder as there may be." });
  }
}

async function quotaRefusal({ database, limits, acts }: Services, folder: string, needed: number): Promise<Refusal> {
  const { quota } = limits;
  const row = await patiently(database, () =>
    database.query.selectFrom("folder").select("used").where("id", "=", folder).executeTakeFirst(),
  );
  if (row === undefined) return absence(database, folder);
  await acts.noteHourly(folder, { event: "quota-reached", used: row.used, quota });
  return new Refusal("quota", { members: { used: row.used, quota, needed } });
}
