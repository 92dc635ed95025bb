/**
 * Storing parts: claimed in the database, written to the store, confirmed in the database. One code for a single part and for a bundle.
 *
 * The claim comes first, so that whatever lies in the store under a key can only be the bytes of one hash; the confirmation comes last, so that what
 * is told as stored is stored. Between them the blob may be given up: then the object that was just written is removed again.
 *
 * @module
 */

import { constantTimeEqual, partLengthOf, type Bytes, type ProblemCode } from "@keyfold/core/protocol";
import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import { changed, inChunks, patiently, transactLightly, type Batch, type Database } from "../database/database.ts";
import type { BlobRow, PartTable } from "../database/tables.ts";
import { refusalOf } from "../refusal.ts";
import type { Services } from "../services.ts";
import { damagedAmong, noteHealed } from "./damage.ts";
import { blobRows, openLife } from "./life.ts";
import { partHash } from "./part-bytes.ts";
import { partKey, putAll } from "./store.ts";

export interface ArrivedPart {
  readonly blob: string;
  readonly index: number;
  /** SHA-256 of `bytes`, already compared. */
  readonly hash: Bytes;
  readonly bytes: Bytes;
}

/** Why a part was not taken; undefined: it is stored. */
export type Outcome = { readonly code: ProblemCode; readonly cause?: unknown } | undefined;

/** What to do about each part, found by reading. */
type Plan =
  | { readonly part: ArrivedPart; readonly step: "claim" | "write" | "mend" | "done" }
  | { readonly part: ArrivedPart; readonly refused: ProblemCode };

class LookAgain extends Error {}

/** Stores parts; the outcomes are in their order. */
export async function storeParts(services: Services, folder: string, parts: readonly ArrivedPart[]): Promise<Outcome[]> {
  const { store } = services;
  const plans = await claim(services, folder, parts);
  const steps = plans.map((plan) => ("step" in plan ? plan.step : "refused"));
  const writing = plans.flatMap(({ part }, place) => (steps[place] === "done" || steps[place] === "refused" ? [] : [{ place, part }]));
  const outcomes: Outcome[] = plans.map((plan) => ("refused" in plan ? { code: plan.refused } : undefined));

  const errors = await putAll(
    store,
    writing.map(({ part }) => ({ key: partKey(folder, part.blob, part.index), bytes: part.bytes })),
  );
  const written = writing.filter(({ place }, i) => {
    const error = errors[i];
    if (error !== undefined) outcomes[place] = { code: refusalOf(error).code, cause: error };
    return error === undefined;
  });
  if (written.length === 0) return outcomes;

  for (const { place, part } of written) {
    if (steps[place] === "mend") await noteHealed(services.database, { folder, blob: part.blob, index: part.index });
  }
  const late = await services.confirm({ folder, parts: written.map(({ part }) => part) });
  if (late.size > 0) {
    await store.remove([...late].map(({ blob, index }) => partKey(folder, blob, index)));
    for (const { place, part } of written) if (late.has(part)) outcomes[place] = { code: "gone" };
  }
  return outcomes;
}

/**
 * Takes a part that lies in the store and not in the database: a database that was restored from a backup beside a store that was not. What it is worth
 * the owner finds out by its hash, which the folder's history has.
 */
export async function salvagePart(services: Services, folder: string, blob: BlobRow, index: number): Promise<Outcome> {
  const length = partLengthOf(blob.sealed_size, index);
  if (length === 0) return { code: "part-size" };
  const key = partKey(folder, blob.id, index);
  await services.store.forget?.(key); // what counts is what the store itself has
  const bytes = await services.store.get(key);
  if (bytes?.length !== length) return { code: "not-found" };
  // Written once more, and claimed and confirmed like any other.
  const [outcome] = await storeParts(services, folder, [{ blob: blob.id, index, hash: partHash(bytes), bytes }]);
  return outcome;
}

/**
 * Claims `(blob, index, hash)` for those parts that nobody has claimed yet. Lightly: a claim that is lost with the power leaves at most an object that
 * the next claim's replaces, and that is removed with its blob; the confirmation's commit makes it last.
 */
async function claim(services: Services, folder: string, parts: readonly ArrivedPart[]): Promise<Plan[]> {
  const { database, clock } = services;
  for (let attempt = 0; ; attempt++) {
    const plans = await plan(database, folder, parts);
    const claims = plans.flatMap((found) => ("step" in found && found.step === "claim" ? [found.part] : []));
    if (claims.length === 0) return plans;
    try {
      await transactLightly(database, (batch) => insertClaims(batch, folder, claims, clock() + openLife));
      return plans;
    } catch (error) {
      // Somebody else claimed the same part, or gave up the blob, between reading and writing.
      const again = error instanceof LookAgain || database.fault(error) === "duplicate";
      if (!again || attempt === 5) throw error;
    }
  }
}

async function plan(database: Database, folder: string, parts: readonly ArrivedPart[]): Promise<Plan[]> {
  const blobs = await blobRows(
    database,
    folder,
    parts.map(({ blob }) => blob),
  );
  const known = new Map<string, { hash: Bytes; stored: boolean }>();
  for (const row of await claimedRows(database, folder, parts)) {
    known.set(`${row.blob}:${row.part}`, { hash: row.hash, stored: row.stored === 1 });
  }
  const again = parts.filter(({ blob, index }) => known.get(`${blob}:${index}`)?.stored === true).map(({ blob }) => blob);
  const damaged = await damagedAmong(database, folder, again);
  return parts.map((part): Plan => {
    const blob = blobs.get(part.blob);
    if (blob === undefined) return { part, refused: "not-found" };
    if (blob.state === "deleting") return { part, refused: "gone" };
    const length = partLengthOf(blob.sealed_size, part.index);
    if (length === 0 || length !== part.bytes.length) return { part, refused: "part-size" };
    const name = `${part.blob}:${part.index}`;
    const claimed = known.get(name);
    if (claimed !== undefined) {
      if (!constantTimeEqual(claimed.hash, part.hash)) return { part, refused: "part-differs" };
      if (!claimed.stored) return { part, step: "write" };
      return { part, step: damaged.has(name) ? "mend" : "done" };
    }
    if (blob.state !== "open") return { part, refused: "gone" };
    known.set(name, { hash: part.hash, stored: false }); // twice in one bundle: claimed once
    return { part, step: "claim" };
  });
}

async function claimedRows(
  database: Database,
  folder: string,
  parts: readonly ArrivedPart[],
): Promise<Pick<PartTable, "blob" | "part" | "hash" | "stored">[]> {
  const rows = [];
  for (const blobs of inChunks([...new Set(parts.map(({ blob }) => blob))])) {
    for (const indexes of inChunks([...new Set(parts.map(({ index }) => index))])) {
      const wanted = database.query
        .selectFrom("part")
        .select(["blob", "part", "hash", "stored"])
        .where("folder", "=", folder)
        .where("blob", "in", blobs)
        .where("part", "in", indexes);
      rows.push(...(await patiently(database, () => wanted.execute())));
    }
  }
  return rows;
}

async function insertClaims(batch: Batch, folder: string, claims: readonly ArrivedPart[], due_at: number): Promise<void> {
  const blobs = [...new Set(claims.map(({ blob }) => blob))];
  for (const ids of inChunks(blobs)) {
    const open = await batch
      .updateTable("blob")
      .set({ due_at })
      .where("folder", "=", folder)
      .where("id", "in", ids)
      .where("state", "=", "open")
      .executeTakeFirst();
    if (changed(open) !== ids.length) throw new LookAgain();
  }
  for (const chunk of inChunks(claims)) {
    await batch
      .insertInto("part")
      .values(chunk.map(({ blob, index, hash }) => ({ folder, blob, part: index, hash, stored: 0 })))
      .execute();
  }
}

/** Parts of one request that lie in the store. */
export interface WrittenParts {
  readonly folder: string;
  readonly parts: readonly ArrivedPart[];
}

/**
 * Marks written parts as stored, those of many requests in one commit; gives for each request those whose blob was given up meanwhile. On the disk when it
 * resolves; while it gets there the process goes on receiving.
 */
export async function confirmAll(database: Database, clock: Clock, requests: readonly WrittenParts[]): Promise<Set<ArrivedPart>[]> {
  const late = await transactLightly(database, async (batch) => {
    const due_at = clock() + openLife;
    const late: Set<ArrivedPart>[] = [];
    for (const { folder, parts } of requests) {
      const lateHere = new Set<ArrivedPart>();
      for (const part of parts) if (!(await confirm(batch, folder, part, due_at))) lateHere.add(part);
      late.push(lateHere);
    }
    return late;
  });
  await database.flush();
  return late;
}

async function confirm(batch: Batch, folder: string, part: ArrivedPart, due_at: number): Promise<boolean> {
  const confirmed = await batch
    .updateTable("part")
    .set({ stored: 1 })
    .where("folder", "=", folder)
    .where("blob", "=", part.blob)
    .where("part", "=", part.index)
    .where("stored", "=", 0)
    .executeTakeFirst();
  if (changed(confirmed) === 0) return isKept(batch, folder, part.blob);
  const counted = await batch
    .updateTable("blob")
    .set({ missing: sql<number>`missing - 1`, due_at })
    .where("folder", "=", folder)
    .where("id", "=", part.blob)
    .where("state", "=", "open")
    .executeTakeFirst();
  return changed(counted) === 1;
}

/** Whether a blob is still there: another request for the same part was faster, or the collector. */
async function isKept(batch: Batch, folder: string, blob: string): Promise<boolean> {
  const row = await batch.selectFrom("blob").select("state").where("folder", "=", folder).where("id", "=", blob).executeTakeFirst();
  return row !== undefined && row.state !== "deleting";
}
