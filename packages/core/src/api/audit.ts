/** The audit log, a page at a time (docs/protocol.md, "Audit"). */
import { AuditPage } from "../protocol/audit-schema.ts";
import { unreadable, validJson } from "./answer.ts";
import type { FolderApi } from "./client.ts";
import { SMALL_TIMEOUT, type RequestOptions } from "./http.ts";

/**
 * The newest rows, or those before a place that an earlier page told in `next`. Such a place must lead on to older rows: of a server whose pages go round,
 * or have nothing in them and go on, the answer is `server-failed`. Rejects with `read-only`, `gone`, `locked-elsewhere` as well.
 */
export async function auditPage(api: FolderApi, before: string | undefined, options: RequestOptions = {}): Promise<AuditPage> {
  const path = before === undefined ? "/audit" : `/audit?before=${before}`;
  const answer = await api.call({ method: "GET", path, idempotent: true, timeout: SMALL_TIMEOUT, ...options });
  const page = validJson(AuditPage, answer.body);
  if (page.next !== undefined && (page.rows.length === 0 || (before !== undefined && !isOlder(page.next, before))))
    throw unreadable(undefined);
  return page;
}

/** Places are `<milliseconds>-<32 hex digits>`. */
function isOlder(place: string, than: string): boolean {
  const time = (of: string): number => Number(of.slice(0, -33));
  return time(place) === time(than) ? place.slice(-32) < than.slice(-32) : time(place) < time(than);
}
