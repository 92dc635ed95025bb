/**
 * The folder's audit log to loop over. The server has places in the log, and marks of shares; which device and which link they stand for, this device
 * knows.
 *
 * @module
 */
import { unreadable } from "../api/answer.ts";
import { auditPage } from "../api/audit.ts";
import { cancelled } from "../api/backoff.ts";
import { fromHex, toHex } from "../crypto/encoding.ts";
import { sha256OfShort } from "../crypto/small-hash.ts";
import { KeyfoldError } from "../error.ts";
import type { AuditRecord } from "../interface/audit.ts";
import type { Deed } from "../interface/tree.ts";
import { auditEvents, type AuditRow } from "../protocol/audit-schema.ts";
import type { FolderSync } from "../sync/folder-sync.ts";

/** As `Folder.audit`. */
export async function* auditOf(sync: FolderSync, signal?: AbortSignal): AsyncGenerator<AuditRecord, void> {
  for (let before: string | undefined; ;) {
    mayRead(sync);
    const { rows, next } = await auditPage(sync.api, before, { signal });
    const known = knowledgeOf(sync);
    for (const row of rows) {
      if (signal?.aborted === true) throw cancelled(signal);
      const record = auditRecord(row, known);
      if (record !== null) yield record;
    }
    if (next === undefined) return;
    before = next;
  }
}

function mayRead({ phase, access }: FolderSync): void {
  if (phase === "ended") throw new KeyfoldError("cancelled", "The folder was closed.");
  if (access === null) throw new KeyfoldError("key-needed", "The folder is locked. Sign in with its key.");
  if (access.scope !== "owner") throw new KeyfoldError("read-only", "What happened in a folder is told to its owner alone.");
}

/** What this device knows of what the server has numbers and marks for. */
export interface AuditKnowledge {
  /** Who wrote the entry at this place in the log. */
  readonly wrote: (seq: number) => Deed | null;
  /** Ids of shares by their marks. */
  readonly shares: ReadonlyMap<string, string>;
}

function knowledgeOf({ chronicle, replica }: FolderSync): AuditKnowledge {
  const shares = new Set([...chronicle.shared, ...replica.tree.shares.keys()]);
  return { wrote: (seq) => chronicle.wrote(seq), shares: new Map(Array.from(shares, (id) => [shareMark(id), id])) };
}

/** What stands for a share where more than its owner may read, since the id itself opens its page: the first 16 bytes of its SHA-256. */
export function shareMark(id: string): string {
  return toHex(sha256OfShort(fromHex(id)).subarray(0, 16));
}

/** A row as the folder tells it; null for an event that is newer than this client. Throws `server-failed` for one without what belongs to it. */
export function auditRecord(row: AuditRow, known: AuditKnowledge): AuditRecord | null {
  const { at } = row;
  const event = auditEvents.find((known) => known === row.event);
  switch (event) {
    case "folder-created":
    case "pairing-opened":
    case "pairing-done":
    case "part-damaged":
      return { event, at };
    case "folder-locked":
    case "folder-rekeyed":
      return { event, at, ...written(row, known) };
    case "appended":
      return { event, at, ...written(row, known), blobs: there(row.count), bytes: there(row.bytes) };
    case "share-published":
    case "share-taken":
    case "share-revoked": {
      const mark = there(row.share);
      return { event, at, share: known.shares.get(mark) ?? null, mark };
    }
    case "signed-in":
    case "session-refused":
      return { event, at, count: there(row.count), last: there(row.last), scope: there(row.scope) };
    case "quota-reached":
      return { event, at, count: there(row.count), last: there(row.last) };
    default:
      return null;
  }
}

function written({ epoch, seq }: AuditRow, { wrote }: AuditKnowledge): { epoch: number; seq: number; by: Deed | null } {
  return { epoch: there(epoch), seq: there(seq), by: wrote(there(seq)) };
}

function there<Value>(member: Value | undefined): Value {
  if (member === undefined) throw unreadable(undefined);
  return member;
}
