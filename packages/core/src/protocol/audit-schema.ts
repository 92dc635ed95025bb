/** The JSON of the audit log (docs/protocol.md, "Audit"). */
import * as v from "valibot";
import { Id } from "./schema.ts";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Rows of one page. */
export const auditPageRows = 200;

/** What a server writes down. A client lets pass what it does not know. */
export const auditEvents = [
  "folder-created",
  "folder-locked",
  "folder-rekeyed",
  "signed-in",
  "session-refused",
  "appended",
  "share-published",
  "share-taken",
  "share-revoked",
  "pairing-opened",
  "pairing-done",
  "quota-reached",
  "part-damaged",
] as const;
export type AuditEvent = (typeof auditEvents)[number];

export const AuditRow = v.object({
  /** One of `auditEvents`, or one that is newer than this client. */
  event: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,31}$/)),
  /** Milliseconds since 1970, by the server's clock. Of an event that is counted by the hour: that hour's beginning. */
  at: Count,
  /** Of an event that is counted by the hour: the last in that hour. */
  last: v.optional(Count),
  epoch: v.optional(Count),
  seq: v.optional(Count),
  /** How often in that hour; of `appended`, the blobs that were added. */
  count: v.optional(Count),
  /** Of `appended`: sealed bytes of those blobs. */
  bytes: v.optional(Count),
  /** The first 16 bytes of SHA-256 of the share's id (16 raw bytes). */
  share: v.optional(Id),
  /** Of `signed-in` and `session-refused`. */
  scope: v.optional(v.picklist(["owner", "read"])),
});
export type AuditRow = v.InferOutput<typeof AuditRow>;

/** Newest first; `next` is there while there are older ones. */
export const AuditPage = v.object({ rows: v.array(AuditRow), next: v.optional(v.pipe(v.string(), v.regex(/^[0-9]{1,16}-[0-9a-f]{32}$/))) });
export type AuditPage = v.InferOutput<typeof AuditPage>;
