/** What happened in a folder, as its server wrote it down. */
import type { Deed } from "./tree.ts";

interface AuditPlace {
  /** Milliseconds since 1970, by the server's clock. Of what is counted by the hour: that hour's beginning. */
  readonly at: number;
}

/** A record of the log was written. */
interface AuditWritten extends AuditPlace {
  readonly epoch: number;
  readonly seq: number;
  /** The device that wrote it and its own clock, by the entry itself, which is signed. Null where this device has not read that entry. */
  readonly by: Deed | null;
}

/** What anybody can repeat: counted by the hour. */
interface AuditCounted extends AuditPlace {
  /** How often in that hour. */
  readonly count: number;
  /** The last time in it, milliseconds since 1970 by the server's clock. */
  readonly last: number;
}

export type AuditRecord =
  | (AuditPlace & {
      /** `part-damaged`: stored content is not what was sent. */
      readonly event: "folder-created" | "pairing-opened" | "pairing-done" | "part-damaged";
    })
  | (AuditWritten & {
      /** Locked: the first key of a folder that began open. Rekeyed: any other new key. */
      readonly event: "folder-locked" | "folder-rekeyed";
    })
  | (AuditWritten & {
      readonly event: "appended";
      /** That came with it, thumbnails and what was only sealed anew among them; none where names, places or the trash were changed. */
      readonly blobs: number;
      /** Of ciphertext, of those. */
      readonly bytes: number;
    })
  | (AuditPlace & {
      /** Taken: a download. A new key takes back all links, and has no records for them. */
      readonly event: "share-published" | "share-taken" | "share-revoked";
      /** As in `folder.shares`; null where this device does not know the link. */
      readonly share: string | null;
      /** What stands for the link in its place: the same in each of its records, and in what the host is told (32 hex digits). */
      readonly mark: string;
    })
  | (AuditCounted & { readonly event: "signed-in" | "session-refused"; readonly scope: "owner" | "read" })
  | (AuditCounted & { readonly event: "quota-reached" });

export type AuditEventName = AuditRecord["event"];
