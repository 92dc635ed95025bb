/**
 * Publishing: a manifest is put in the place of the version before it, compare-and-set on the version.
 *
 * The server reads nothing of a manifest; it holds the owner's signature against the folder's key, and sees that an older state of the folder never
 * replaces a newer one.
 *
 * @module
 */

import {
  constantTimeEqual,
  shareText,
  signPubOf,
  verifyEd25519,
  webVerifier,
  type Published,
  type SharePublication,
} from "@keyfold/core/protocol";
import { sql } from "kysely";
import { changed, inChunks, patiently, transact, type Batch, type Database, type Sum } from "../database/database.ts";
import type { FolderRow, ShareRow } from "../database/tables.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { findShare } from "./standing.ts";

/** Thrown inside a batch: another publication came first, or the folder is in another epoch. */
class Overtaken extends Error {}

/** Throws `malformed`, `bad-signature`, `share-newer`, `share-expired`, `gone`, `epoch-over`, `too-large` above the limit of shares. */
export async function publish(services: Services, folder: FolderRow, id: string, publication: SharePublication): Promise<Published> {
  const { database, clock, limits } = services;
  const { version, expires, seq, signature, sealed } = publication;
  const published: Published = { share: id, version };
  if (seq > folder.seq) throw new Refusal("malformed", { detail: "The manifest is of a record that is not in the log." });

  const before = await findShare(database, id);
  if (before !== undefined && before.folder !== folder.id) throw new Refusal("malformed", { detail: "This share is another folder's." });
  if (before?.state === "revoked") throw new Refusal("gone");
  if (before?.state === "expired" || (expires !== 0 && expires * 1000 <= clock())) throw new Refusal("share-expired");

  const place = { folderId: folder.id, share: id, version, expires };
  const text = await shareText(webVerifier(), place, sealed);
  if (!(await verifyEd25519(new Uint8Array(signPubOf(folder.keys)), signature, text))) throw new Refusal("bad-signature");

  // The answer was lost, and it is sent again.
  if (before !== undefined && before.version === version && constantTimeEqual(before.signature, signature)) return published;
  if (before !== undefined && !sameTerms(before, publication))
    throw new Refusal("malformed", { detail: "The terms of a share stay as they were made." });
  if (version !== (before?.version ?? 0) + 1 || seq < (before?.seq ?? 0)) throw new Refusal("share-newer");

  const listed = before === undefined ? new Map<string, number>() : await listedBlobs(database, id);
  try {
    await transact(database, async (batch) => {
      await guardEpoch(batch, folder);
      if (before === undefined) await insertShare(batch, folder, id, publication, limits.shares);
      else await replaceShare(batch, before, publication);
      // The first version is the share; those that follow are its folder's changes, which the log has.
      if (before === undefined) await services.acts.note(batch, folder.id, { event: "share-published", share: id });
      await batch.deleteFrom("share_manifest").where("share", "=", id).execute();
      await batch
        .insertInto("share_manifest")
        .values({ share: id, size: sealed.length, bytes: database.filled(sealed) })
        .execute();
      await listBlobs(batch, id, listed, publication.blobs);
    });
  } catch (error) {
    if (!(error instanceof Overtaken) && database.fault(error) !== "duplicate") throw error;
    const now = await findShare(database, id);
    if (now?.version === version && constantTimeEqual(now.signature, signature)) return published;
    throw new Refusal("share-newer");
  }
  return published;
}

function sameTerms(row: ShareRow, { expires, limit, tokenHash, kept }: SharePublication): boolean {
  const same = row.expires === expires && row.download_limit === limit;
  return same && constantTimeEqual(row.token_hash, tokenHash) && constantTimeEqual(row.kept, kept);
}

/** A write on the folder's row, which a rekey writes too: one of them comes first. */
async function guardEpoch(batch: Batch, { id, epoch }: FolderRow): Promise<void> {
  const guarded = await batch
    .updateTable("folder")
    .set({ used: sql<number>`used` })
    .where("id", "=", id)
    .where("epoch", "=", epoch)
    .executeTakeFirst();
  if (changed(guarded) === 0) throw new Refusal("epoch-over");
}

async function insertShare(
  batch: Batch,
  { id: folder, epoch }: FolderRow,
  id: string,
  publication: SharePublication,
  most: number,
): Promise<void> {
  const { version, expires, limit, seq, tokenHash: token_hash, kept, signature } = publication;
  const { count } = await batch
    .selectFrom("share")
    .select((where) => where.fn.countAll<Sum>().as("count"))
    .where("folder", "=", folder)
    .where("state", "=", "live")
    .executeTakeFirstOrThrow();
  if (Number(count) >= most) throw new Refusal("too-large", { detail: "The folder has as many shares as it may have." });
  const due_at = expires === 0 ? null : expires * 1000;
  await batch
    .insertInto("share")
    .values({
      id,
      folder,
      epoch,
      state: "live",
      version,
      seq,
      expires,
      download_limit: limit,
      downloads: 0,
      guesses: 0,
      token_hash,
      kept,
      signature,
      due_at,
    })
    .execute();
}

async function replaceShare(batch: Batch, before: ShareRow, { version, seq, signature }: SharePublication): Promise<void> {
  const replaced = await batch
    .updateTable("share")
    .set({ version, seq, signature })
    .where("id", "=", before.id)
    .where("state", "=", "live")
    .where("version", "=", before.version)
    .where("seq", "<=", seq)
    .executeTakeFirst();
  if (changed(replaced) === 0) throw new Overtaken();
}

async function listedBlobs(database: Database, share: string): Promise<Map<string, number>> {
  const rows = await patiently(database, () =>
    database.query.selectFrom("share_blob").select(["blob", "listed"]).where("share", "=", share).execute(),
  );
  return new Map(rows.map(({ blob, listed }) => [blob, listed]));
}

/** Only what changed is written. What was listed once stays known to the owners, and cannot be read. */
async function listBlobs(batch: Batch, share: string, before: ReadonlyMap<string, number>, blobs: readonly string[]): Promise<void> {
  const now = new Set(blobs);
  const mark = async (ids: readonly string[], listed: number): Promise<void> => {
    for (const chunk of inChunks(ids)) {
      await batch.updateTable("share_blob").set({ listed }).where("share", "=", share).where("blob", "in", chunk).execute();
    }
  };
  await mark(
    [...before].filter(([blob, listed]) => listed === 1 && !now.has(blob)).map(([blob]) => blob),
    0,
  );
  await mark(
    blobs.filter((blob) => before.get(blob) === 0),
    1,
  );
  for (const chunk of inChunks(blobs.filter((blob) => !before.has(blob)))) {
    await batch
      .insertInto("share_blob")
      .values(chunk.map((blob) => ({ share, blob, listed: 1 })))
      .execute();
  }
}

/** Every blob that any of the share's manifests listed, hex. */
export async function everListed(database: Database, share: string): Promise<string[]> {
  return [...(await listedBlobs(database, share)).keys()].toSorted();
}
