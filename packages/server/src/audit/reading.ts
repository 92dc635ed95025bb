/**
 * The audit log in pages, the newest row first.
 *
 * @module
 */

import { auditPageRows, type AuditPage, type AuditRow } from "@keyfold/core/protocol";
import type { Selectable } from "kysely";
import { patiently, type Database } from "../database/database.ts";
import type { AuditTable } from "../database/tables.ts";
import { Refusal } from "../refusal.ts";

/**
 * Rows before the place that an earlier page told in `next`.
 *
 * Throws `malformed` for a place that is none.
 */
export async function auditPage(database: Database, folder: string, before?: string): Promise<AuditPage> {
  let query = database.query
    .selectFrom("audit")
    .selectAll()
    .where("folder", "=", folder)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(auditPageRows + 1);
  if (before !== undefined) {
    const [, at, id] = /^([0-9]{1,16})-([0-9a-f]{32})$/.exec(before) ?? [];
    if (at === undefined || id === undefined)
      throw new Refusal("malformed", { detail: "The query before is not a place in the audit log." });
    query = query.where((where) =>
      where.or([where("at", "<", Number(at)), where.and([where("at", "=", Number(at)), where("id", "<", id)])]),
    );
  }
  const rows = await patiently(database, () => query.execute());
  const shown = rows.slice(0, auditPageRows);
  const last = shown.at(-1);
  return {
    rows: shown.map(rowOf),
    ...(rows.length > auditPageRows && last !== undefined ? { next: `${last.at}-${last.id}` } : {}),
  };
}

function rowOf({ event, at, last_at, epoch, seq, occurrences, size, share, scope }: Selectable<AuditTable>): AuditRow {
  return {
    event,
    at,
    ...(last_at === null ? {} : { last: last_at }),
    ...(epoch === null ? {} : { epoch }),
    ...(seq === null ? {} : { seq }),
    ...(occurrences === null ? {} : { count: occurrences }),
    ...(size === null ? {} : { bytes: size }),
    ...(share === null ? {} : { share }),
    ...(scope === null ? {} : { scope }),
  };
}
