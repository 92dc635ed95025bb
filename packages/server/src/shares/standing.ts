/**
 * Shares as they stand: looked up, judged by the server's clock, listed for their owners.
 *
 * @module
 */

import { encodeServedManifest, signPubOf, toBase64url, type Bytes, type OwnedShare, type ShareStanding } from "@keyfold/core/protocol";
import { patiently, type Database } from "../database/database.ts";
import type { ShareRow } from "../database/tables.ts";
import { existingFolder } from "../folders.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";

export async function findShare(database: Database, id: string): Promise<ShareRow | undefined> {
  return patiently(database, () => database.query.selectFrom("share").selectAll().where("id", "=", id).executeTakeFirst());
}

function hasExpired({ expires }: ShareRow, now: number): boolean {
  return expires !== 0 && expires * 1000 <= now;
}

/** A share that may be opened now. Throws `not-found`, `gone`, `share-expired`. */
export async function liveShare({ database, clock }: Services, id: string): Promise<ShareRow> {
  const row = await findShare(database, id);
  if (row === undefined) throw new Refusal("not-found");
  if (row.state === "revoked") throw new Refusal("gone");
  if (row.state === "expired" || hasExpired(row, clock())) throw new Refusal("share-expired");
  return row;
}

export function standingOf({ id, kept, version, expires, download_limit, downloads }: ShareRow): ShareStanding {
  return {
    share: id,
    passphrase: kept.length > 0,
    version,
    expires,
    ...(download_limit === 0 ? {} : { left: Math.max(0, download_limit - downloads) }),
  };
}

/** All of the folder's present epoch, those that expired too. */
export async function ownedShares({ database, clock }: Services, folder: string): Promise<OwnedShare[]> {
  const rows = await patiently(database, () =>
    database.query.selectFrom("share").selectAll().where("folder", "=", folder).where("state", "!=", "revoked").orderBy("id").execute(),
  );
  const now = clock();
  return rows.map((row) => ownedShare(row, now));
}

function ownedShare(row: ShareRow, now: number): OwnedShare {
  const { id: share, version, seq, expires, download_limit: limit, downloads, kept } = row;
  const state = row.state === "live" && !hasExpired(row, now) ? "live" : "expired";
  return { share, state, version, seq, expires, limit, downloads, ...(kept.length === 0 ? {} : { kept: toBase64url(kept) }) };
}

/** The manifest with what it takes to verify it. Throws `gone`. */
export async function servedManifest({ database }: Services, { id, folder }: ShareRow): Promise<Bytes> {
  // One read: row and manifest of one version.
  const found = await patiently(database, () =>
    database.query
      .selectFrom("share")
      .innerJoin("share_manifest as manifest", "manifest.share", "share.id")
      .select(["share.version", "share.expires", "share.signature", "manifest.size", "manifest.bytes"])
      .where("share.id", "=", id)
      .executeTakeFirst(),
  );
  if (found === undefined) throw new Refusal("gone");
  const { keys } = await existingFolder(database, folder);
  const { version, expires, signature, size, bytes } = found;
  const signPub = signPubOf(new Uint8Array(keys));
  return encodeServedManifest({ folderId: folder, signPub, version, expires, signature, sealed: new Uint8Array(bytes.subarray(0, size)) });
}
