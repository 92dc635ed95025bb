/**
 * Rekey: a new root key takes over, in one transaction; then what the old one could read is erased.
 *
 * @module
 */

import {
  decodeClear,
  decodeRecord,
  encodeRecord,
  KeyfoldError,
  keyIdOf,
  spineOf,
  splitPage,
  toBase64url,
  verifyRecord,
  webVerifier,
  type Bytes,
  type Rekeyed,
} from "@keyfold/core/protocol";
import { moveBlobs, NotAllLive, whyNotLive } from "../blobs/life.ts";
import { changed, transact } from "../database/database.ts";
import type { FolderRow } from "../database/tables.ts";
import { findFolder, randomId } from "../folders.ts";
import { collectSoon } from "../jobs/collect.ts";
import { erase } from "../jobs/erase.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { endShares } from "../shares/ending.ts";
import { conflict, Outrun, positionOf, standsAt, type AppendRequest, type Conflict } from "./append.ts";
import { forgetBodies, insertRecord } from "./page.ts";

/** The rekey record and the first entry under the new keys. Throws `malformed`. */
function bothRecords(body: Bytes) {
  const wires = [...splitPage(body)];
  const [first, second] = wires.map((wire) => decodeRecord(wire));
  if (wires.length !== 2 || first?.kind !== "rekey" || second?.kind !== "entry") {
    throw new KeyfoldError("malformed", "A rekey is its record and the next entry.");
  }
  return { rekey: first, entry: second, entryWire: wires[1]!, lists: decodeClear(second.clear) };
}

/** Throws `malformed`, `bad-signature`, `locked-elsewhere`, `blob-missing`, `blob-spent`. */
export async function rekey(services: Services, folder: FolderRow, request: AppendRequest): Promise<Rekeyed | Conflict> {
  const { database, clock } = services;
  const { rekey, entry, entryWire, lists } = bothRecords(request.body);
  const { at } = request;
  if (at !== folder.seq + 1) return outrun(services, folder, request);

  const verifier = webVerifier();
  const middle = await verifyRecord(verifier, positionOf(folder), rekey);
  const end = await verifyRecord(verifier, middle, entry);
  const keyId = await keyIdOf(verifier, end.keys);
  const spine = encodeRecord(await spineOf(verifier, entry));
  const erasure = randomId();
  try {
    await transact(database, async (batch) => {
      const moved = await batch
        .updateTable("folder")
        .set({ epoch: end.epoch, seq: end.seq, head: end.head, keys: end.keys, key_id: keyId, changed_at: clock() })
        .where("id", "=", folder.id)
        .where("seq", "=", folder.seq)
        .where("epoch", "=", folder.epoch)
        .executeTakeFirst();
      if (changed(moved) === 0) throw new Outrun();
      await batch.insertInto("folder_key").values({ key_id: keyId, folder: folder.id, epoch: end.epoch }).execute();
      await batch.deleteFrom("published_key").where("folder", "=", folder.id).execute();
      await endShares(batch, folder.id, clock());
      await forgetBodies(batch, folder.id, at);
      await insertRecord(database, batch, { folder: folder.id, seq: at, wire: encodeRecord(rekey) });
      await insertRecord(database, batch, { folder: folder.id, seq: end.seq, wire: entryWire, spine });
      await moveBlobs(batch, { folder: folder.id, epoch: end.epoch }, lists, clock());
      await batch.deleteFrom("turn").where("folder", "=", folder.id).execute();
      await batch.insertInto("erasure").values({ id: erasure, created_at: clock() }).execute();
      const event = folder.mode === 0 && folder.epoch === 0 ? "folder-locked" : "folder-rekeyed";
      await services.acts.note(batch, folder.id, { event, epoch: end.epoch, seq: end.seq });
    });
  } catch (error) {
    const isOwn = error instanceof Outrun && (await standsAt(database, { ...end, folder: folder.id }));
    if (error instanceof Outrun && !isOwn) return outrun(services, folder, request);
    if (error instanceof NotAllLive) throw await whyNotLive(database, folder.id, lists.added);
    if (database.fault(error) === "duplicate") throw new Refusal("malformed", { detail: "These keys named a folder before." });
    if (!isOwn) throw error;
  }
  // Before the answer, so that whoever was told "locked" is. Should it fail, the rekey has happened all the same, and `maintain()` tries again.
  await erase(services).catch(() => services.background(() => erase(services)));
  collectSoon(services);
  return { epoch: end.epoch, seq: end.seq, head: toBase64url(end.head) };
}

async function outrun(services: Services, folder: FolderRow, request: AppendRequest): Promise<Conflict> {
  const now = await findFolder(services.database, folder.id);
  if (now !== undefined && now.epoch !== folder.epoch) throw new Refusal("locked-elsewhere", { members: { epoch: now.epoch } });
  return conflict(services, folder, request);
}
