/**
 * Rows of something that is not there, and what should have been erased.
 *
 * @module
 */

import { sql } from "kysely";
import { patiently } from "../database/database.ts";
import type { Checking } from "./checking.ts";

/** Tables whose rows belong to a folder. */
const ofFolders = ["folder_key", "log_record", "sealed_body", "published_key", "blob", "share", "audit"] as const;

/** Rows of one kind that are listed. */
const most = 100;

export async function checkOrphans(checking: Checking): Promise<void> {
  for (const table of ofFolders) {
    for (const folder of await withoutFolder(checking, table)) checking.findings.add({ kind: "orphan", table, folder });
    checking.goOn();
  }
  await withoutBlob(checking);
  await withoutShare(checking);
  await notErased(checking);
}

async function withoutFolder({ database }: Checking, table: (typeof ofFolders)[number]): Promise<string[]> {
  const orphans = sql<{ folder: string }>`
    select distinct orphan.folder as folder from ${sql.table(table)} as orphan
    left join folder on folder.id = orphan.folder where folder.id is null limit ${sql.lit(most)}`;
  const { rows } = await patiently(database, () => orphans.execute(database.query));
  return rows.map(({ folder }) => folder);
}

async function withoutBlob({ database, findings }: Checking): Promise<void> {
  for (const table of ["part", "damaged_part"] as const) {
    const orphans = sql<{ folder: string; blob: string }>`
      select distinct orphan.folder as folder, orphan.blob as ${sql.ref("blob")} from ${sql.table(table)} as orphan
      left join ${sql.table("blob")} as owner on owner.folder = orphan.folder and owner.id = orphan.blob
      where owner.id is null limit ${sql.lit(most)}`;
    const { rows } = await patiently(database, () => orphans.execute(database.query));
    for (const { folder, blob } of rows) findings.add({ kind: "orphan", table, folder, blob });
  }
}

async function withoutShare({ database, findings }: Checking): Promise<void> {
  for (const table of ["share_manifest", "share_blob"] as const) {
    const orphans = sql`
      select distinct orphan.share as share from ${sql.table(table)} as orphan
      left join share on share.id = orphan.share where share.id is null limit ${sql.lit(most)}`;
    const { rows } = await patiently(database, () => orphans.execute(database.query));
    for (const _ of rows) findings.add({ kind: "orphan", table });
  }
}

async function notErased({ database, findings }: Checking): Promise<void> {
  const bodies = await patiently(database, () =>
    database.query
      .selectFrom("sealed_body as body")
      .leftJoin("log_record as record", (join) => join.onRef("record.folder", "=", "body.folder").onRef("record.seq", "=", "body.seq"))
      .select(["body.folder as folder", "body.seq as seq"])
      .where((where) => where.or([where("record.kind", "is", null), where("record.kind", "!=", 1)]))
      .limit(most)
      .execute(),
  );
  for (const { folder, seq } of bodies) findings.add({ kind: "body-left", folder, seq });
  const keys = await patiently(database, () =>
    database.query
      .selectFrom("published_key as key")
      .innerJoin("folder", "folder.id", "key.folder")
      .select("key.folder as folder")
      .where((where) => where.or([where("folder.epoch", ">", 0), where("folder.mode", "!=", 0)]))
      .limit(most)
      .execute(),
  );
  for (const { folder } of keys) findings.add({ kind: "read-key-left", folder });
}
