/**
 * Which folders belong to which of the host's users: remembered when one is made, or first written to, by somebody whom the host names.
 *
 * The first is the folder's holder, whose limits it counts against, whoever uses it later. Only the list can be left, not the count.
 *
 * @module
 */

import type { HostFolders } from "@keyfold/core/protocol";
import { sql, type Kysely } from "kysely";
import { changed, patiently, transact, type Batch, type Database, type Sum } from "../database/database.ts";
import type { FolderRow, Tables } from "../database/tables.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";

/** Folders in one answer, the last changed first. */
const longestList = 1000;

/** Pairs that this process has seen in the database lately: a cache, so that not each write looks. */
export class RememberedPairs {
  readonly #pairs = new Set<string>();

  has(subject: string, folder: string): boolean {
    return this.#pairs.has(`${subject}:${folder}`);
  }
  add(subject: string, folder: string): void {
    if (this.#pairs.size >= 10_000) this.#pairs.clear();
    this.#pairs.add(`${subject}:${folder}`);
  }
  delete(subject: string, folder: string): void {
    this.#pairs.delete(`${subject}:${folder}`);
  }
}

/** Inside the batch that makes the folder. Throws `refused` where the user has made as many as they may. */
export async function holdFolder(batch: Batch, services: Services, subject: string, folder: string): Promise<void> {
  const { limits, clock } = services;
  const row = { subject, folder, holder: 1, listed: 1, remembered_at: clock() };
  await batch.insertInto("folder_subject").values(row).execute();
  if (limits.foldersPerSubject === Infinity) return;
  // Their rows first: of two folders made at once the second counts the first.
  await lockSubject(batch, subject);
  const { count } = await batch
    .selectFrom("folder_subject as held")
    .innerJoin("folder", "folder.id", "held.folder")
    .select((where) => where.fn.countAll<Sum>().as("count"))
    .where("held.subject", "=", subject)
    .where("held.holder", "=", 1)
    .executeTakeFirstOrThrow();
  if (Number(count) > limits.foldersPerSubject) {
    throw new Refusal("refused", { detail: "There are as many folders of this user as there may be." });
  }
}

async function lockSubject(batch: Batch, subject: string): Promise<void> {
  await batch
    .updateTable("folder_subject")
    .set({ remembered_at: sql<number>`remembered_at` })
    .where("subject", "=", subject)
    .where("holder", "=", 1)
    .execute();
}

/** At a write: the folder is the user's from now on, or again. The first of its users holds it. */
export async function rememberFolder(services: Services, subject: string, folder: string): Promise<void> {
  const { database, clock, pairs } = services;
  if (pairs.has(subject, folder)) return;
  try {
    await transact(database, async (batch) => {
      const again = await batch
        .updateTable("folder_subject")
        .set({ listed: 1 })
        .where("subject", "=", subject)
        .where("folder", "=", folder)
        .executeTakeFirst();
      if (changed(again) > 0) return;
      const known = await batch.selectFrom("folder_subject").select("subject").where("folder", "=", folder).limit(1).execute();
      const row = { subject, folder, holder: known.length === 0 ? 1 : 0, listed: 1, remembered_at: clock() };
      await batch.insertInto("folder_subject").values(row).execute();
    });
  } catch (error) {
    // Two first writes at once.
    if (database.fault(error) !== "duplicate") throw error;
  }
  pairs.add(subject, folder);
}

/** What the host's user sees again: no key, no name. */
export async function foldersOf(database: Database, subject: string): Promise<HostFolders> {
  const changedAt = sql<number>`coalesce(folder.changed_at, folder.created_at)`;
  const rows = await patiently(database, () =>
    database.query
      .selectFrom("folder_subject as mine")
      .innerJoin("folder", "folder.id", "mine.folder")
      .select(["folder.id as id", "folder.created_at as created", "folder.used as used", changedAt.as("changed")])
      .where("mine.subject", "=", subject)
      .where("mine.listed", "=", 1)
      .orderBy(changedAt, "desc")
      .orderBy("folder.id")
      .limit(longestList)
      .execute(),
  );
  const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
  return {
    folders: rows.map((row) => ({ folder: row.id, created: seconds(row.created), changed: seconds(row.changed), used: row.used })),
  };
}

/** Takes a folder out of the user's list, until they write to it again. Its files, and whose it is, stay. */
export async function forgetFolder(services: Services, subject: string, folder: string): Promise<void> {
  const { database, pairs } = services;
  pairs.delete(subject, folder);
  await patiently(database, () =>
    database.query.updateTable("folder_subject").set({ listed: 0 }).where("subject", "=", subject).where("folder", "=", folder).execute(),
  );
}

/** What the folder's holder has in all of their folders; undefined: nobody holds it. Inside a batch that has written the folder's row. */
export async function heldWith(batch: Batch, folder: string): Promise<number | undefined> {
  const holder = await holderOf(batch, folder);
  if (holder === undefined) return undefined;
  await lockSubject(batch, holder);
  return heldBy(batch, holder);
}

/** Sealed bytes that the folder may hold as things stand: its own quota, or what its holder's leaves. */
export async function quotaOf({ database, limits }: Services, folder: FolderRow): Promise<number> {
  const { quota, subjectQuota } = limits;
  if (subjectQuota === Infinity) return quota;
  const holder = await patiently(database, () => holderOf(database.query, folder.id));
  if (holder === undefined) return quota;
  const held = await patiently(database, () => heldBy(database.query, holder));
  return Math.min(quota, folder.used + Math.max(0, subjectQuota - held));
}

async function holderOf(query: Kysely<Tables>, folder: string): Promise<string | undefined> {
  const row = await query
    .selectFrom("folder_subject")
    .select("subject")
    .where("folder", "=", folder)
    .where("holder", "=", 1)
    .limit(1)
    .executeTakeFirst();
  return row?.subject;
}

async function heldBy(query: Kysely<Tables>, subject: string): Promise<number> {
  const { used } = await query
    .selectFrom("folder_subject as held")
    .innerJoin("folder", "folder.id", "held.folder")
    .select((where) => where.fn.sum<Sum | null>("folder.used").as("used"))
    .where("held.subject", "=", subject)
    .where("held.holder", "=", 1)
    .executeTakeFirstOrThrow();
  return Number(used ?? 0);
}

/** Of a folder that is deleted. */
export async function forgetSubjects(batch: Batch, folder: string): Promise<void> {
  await batch.deleteFrom("folder_subject").where("folder", "=", folder).execute();
}
