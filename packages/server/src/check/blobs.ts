/**
 * Blobs against their parts, and parts against the store.
 *
 * @module
 */

import { partCountOf } from "@keyfold/core/protocol";
import { sql } from "kysely";
import { inspect, partsAfter, type Inspection, type StoredPart } from "../blobs/inspection.ts";
import { patiently, type Database } from "../database/database.ts";
import type { Checking } from "./checking.ts";
import type { FindingKind } from "./findings.ts";

const page = 500;

/** A blob says how many parts are missing; what is live or dropped lacks none. */
export async function checkBlobs(checking: Checking): Promise<void> {
  const { database, findings, counts } = checking;
  let place = { folder: "", id: "" };
  for (;;) {
    const rows = await countedBlobs(database, place);
    for (const row of rows) {
      counts.blobs++;
      // One statement reads row and parts at one moment: nothing can have come between.
      const stored = partCountOf(row.sealed_size) - row.missing;
      const isWhole = row.state === "open" || row.state === "held" || row.missing === 0;
      if (Number(row.stored) !== stored || !isWhole) findings.add({ kind: "blob-incomplete", folder: row.folder, blob: row.id });
    }
    checking.goOn();
    if (rows.length < page) return;
    place = rows.at(-1)!;
  }
}

function countedBlobs(database: Database, { folder, id }: { folder: string; id: string }) {
  return patiently(database, () =>
    database.query
      .selectFrom("blob")
      .select((select) => [
        "folder",
        "id",
        "state",
        "sealed_size",
        "missing",
        select
          .selectFrom("part")
          .select(sql<number | string>`count(*)`.as("count"))
          .whereRef("part.folder", "=", "blob.folder")
          .whereRef("part.blob", "=", "blob.id")
          .where("part.stored", "=", 1)
          .as("stored"),
      ])
      .where("state", "!=", "deleting")
      .where("folder", ">=", folder)
      .where((where) => where.or([where("folder", ">", folder), where.and([where("folder", "=", folder), where("id", ">", id)])]))
      .orderBy("folder")
      .orderBy("id")
      .limit(page)
      .execute(),
  );
}

const kinds: Record<Exclude<Inspection, "sound">, FindingKind> = {
  damaged: "part-damaged",
  missing: "part-missing",
  unreadable: "part-unreadable",
};

/** Reads every part that is stored and not being deleted. */
export async function checkParts(checking: Checking): Promise<void> {
  const { database, store, findings, counts } = checking;
  let place = { folder: "", blob: "", part: -1 };
  for (;;) {
    const parts = await partsAfter(database, place, page);
    for (const part of parts) {
      const verdict = await inspect(store, part);
      counts.parts++;
      counts.bytes += part.length;
      const { folder, blob, part: index } = part;
      if (verdict !== "sound" && (await isStillStored(database, part))) findings.add({ kind: kinds[verdict], folder, blob, index });
      checking.goOn();
    }
    if (parts.length < page) return;
    place = parts.at(-1)!;
  }
}

/** Or has its blob been deleted since? */
async function isStillStored(database: Database, { folder, blob, part }: StoredPart): Promise<boolean> {
  const [now] = await partsAfter(database, { folder, blob, part: part - 1 }, 1);
  return now?.folder === folder && now.blob === blob && now.part === part;
}
