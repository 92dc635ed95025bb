/**
 * Writing the audit log. A row is found by folder, time and id: pages of it say nothing of other folders.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { KeyfoldError, toHex, type AuditEvent, type Scope } from "@keyfold/core/protocol";
import type { Insertable } from "kysely";
import { sql } from "kysely";
import { day, hour } from "../clock.ts";
import { changed, inChunks, patiently, transactLightly, type Batch, type Database } from "../database/database.ts";
import type { AuditTable } from "../database/tables.ts";

export interface AuditOptions {
  /** Days that a row is kept. Default 365. */
  readonly days?: number;
  /** Rows a folder keeps, the newest. Default 10,000. */
  readonly rows?: number;
}

export interface AuditPolicy {
  /** Milliseconds. */
  readonly life: number;
  readonly rows: number;
}

/** Throws `invalid-argument`. */
export function auditPolicyOf({ days = 365, rows = 10_000 }: AuditOptions = {}): AuditPolicy {
  if (!(days > 0 && Number.isSafeInteger(rows) && rows > 0)) {
    throw new KeyfoldError("invalid-argument", "The audit log keeps rows for some days, and a whole number of them.");
  }
  return { life: days * day, rows };
}

const empty = { last_at: null, epoch: null, seq: null, occurrences: null, size: null, share: null, scope: null };

let written = 0;

/** Random but for its beginning, which counts up: rows of one process in one millisecond stay in their order. */
function rowId(): string {
  written = (written + 1) % 2 ** 32;
  return written.toString(16).padStart(8, "0") + toHex(crypto.getRandomValues(new Uint8Array(12)));
}

/** Inside a batch that has written already. */
export async function writeRow(
  batch: Batch,
  folder: string,
  row: Pick<Insertable<AuditTable>, "event"> & Partial<Insertable<AuditTable>>,
  now: number,
): Promise<void> {
  await batch
    .insertInto("audit")
    .values({ ...empty, ...row, folder, at: now, id: rowId() })
    .execute();
}

/**
 * Counts an event in its hour's row, in a batch of its own: who asks often makes no more rows. `first` is written along with the first in that hour: both are
 * there, or neither. What is lost with the power happens anew.
 */
export async function writeHourly(
  database: Database,
  folder: string,
  { event, scope }: { readonly event: AuditEvent; readonly scope: Scope | null },
  now: number,
  first?: (batch: Batch) => Promise<void>,
): Promise<void> {
  const began = now - (now % hour);
  const id = createHash("sha256").update(`${event} ${scope} ${began}`).digest("hex").slice(0, 32);
  const count = async (batch: Batch): Promise<number> =>
    changed(
      await batch
        .updateTable("audit")
        .set({ occurrences: sql<number>`occurrences + 1`, last_at: now })
        .where("folder", "=", folder)
        .where("at", "=", began)
        .where("id", "=", id)
        .executeTakeFirst(),
    );
  try {
    await transactLightly(database, async (batch) => {
      if ((await count(batch)) > 0) return;
      await batch
        .insertInto("audit")
        .values({ ...empty, folder, at: began, id, event, scope, occurrences: 1, last_at: now })
        .execute();
      await first?.(batch);
    });
  } catch (error) {
    if (database.fault(error) !== "duplicate") throw error;
    await transactLightly(database, count); // another process made the row
  }
}

/** Of a folder that is removed, in its batch. */
export async function forgetAudit(batch: Batch, folder: string): Promise<void> {
  await batch.deleteFrom("audit").where("folder", "=", folder).execute();
}

/** What `maintain()` does: deletes rows whose time is over. */
export async function expireAudit(database: Database, policy: AuditPolicy, now: number): Promise<void> {
  await patiently(database, () =>
    database.query
      .deleteFrom("audit")
      .where("at", "<", now - policy.life)
      .execute(),
  );
}

/** Deletes a folder's rows beyond those that it keeps, the oldest. */
export async function trimAudit(database: Database, folder: string, policy: AuditPolicy): Promise<void> {
  const beyond = await patiently(database, () =>
    database.query
      .selectFrom("audit")
      .select(["at", "id"])
      .where("folder", "=", folder)
      .orderBy("at", "desc")
      .orderBy("id", "desc")
      .offset(policy.rows)
      .limit(1000)
      .execute(),
  );
  for (const rows of inChunks(beyond)) {
    await patiently(database, () =>
      database.query
        .deleteFrom("audit")
        .where("folder", "=", folder)
        .where("at", "<=", rows[0]!.at)
        .where(
          "id",
          "in",
          rows.map(({ id }) => id),
        )
        .execute(),
    );
  }
}
