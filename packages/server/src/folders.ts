/**
 * Folders: made from a genesis, found by id or by key.
 *
 * @module
 */

import {
  decodeRecord,
  encodeRecord,
  fromBase64url,
  KeyfoldError,
  keyIdOf,
  splitPage,
  toBase64url,
  toHex,
  verifyGenesis,
  webVerifier,
  type Bytes,
  type CreatedFolder,
  type CreateFolder,
  type FolderState,
  type KeyPlace,
} from "@keyfold/core/protocol";
import { patiently, transact, type Batch, type Database, type Sum } from "./database/database.ts";
import type { FolderRow } from "./database/tables.ts";
import { insertRecord } from "./log/page.ts";
import { Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";
import { holdFolder } from "./subjects/folders.ts";

/** The one record of a body. Throws `malformed`. */
export function onlyRecord(page: Bytes): Bytes {
  const records = [...splitPage(page)];
  if (records.length !== 1) throw new KeyfoldError("malformed", "One record was expected.");
  return records[0]!;
}

/**
 * Creates a folder; says `created: false` when exactly this one is there. `subject`: the host's user who holds it.
 *
 * Throws `malformed`, `bad-signature`, `gone`, `refused` where there are as many as may be.
 */
export async function createFolder(
  services: Services,
  request: CreateFolder,
  subject?: string,
): Promise<{ created: boolean; folder: CreatedFolder }> {
  const { database, clock } = services;
  const genesis = decodeRecord(onlyRecord(fromBase64url(request.genesis)));
  if (genesis.kind !== "genesis") throw new KeyfoldError("malformed", "A folder begins with a genesis.");
  if ((genesis.mode === 0) !== (request.readKey !== undefined)) {
    throw new KeyfoldError("malformed", "An open folder publishes its read key, a locked one never does.");
  }
  const verifier = webVerifier();
  const { folderId, head, keys } = await verifyGenesis(verifier, genesis);
  const keyId = await keyIdOf(verifier, keys);
  const folder: CreatedFolder = { folder: folderId, keyId, epoch: 0, seq: 0, head: toBase64url(head) };

  // Ed25519 is deterministic but not unique: the same keys under another signature would be another head.
  const known = await findFolder(database, folderId);
  if (known !== undefined) {
    if (known.seq === 0 && toBase64url(known.head) !== folder.head)
      throw new Refusal("malformed", { detail: "The folder has another genesis." });
    return { created: false, folder };
  }
  try {
    await transact(database, async (batch) => {
      await batch
        .insertInto("folder")
        .values({ id: folderId, mode: genesis.mode, epoch: 0, seq: 0, head, keys, key_id: keyId, used: 0, created_at: clock() })
        .execute();
      await batch.insertInto("folder_key").values({ key_id: keyId, folder: folderId, epoch: 0 }).execute();
      await insertRecord(database, batch, { folder: folderId, seq: 0, wire: encodeRecord(genesis) });
      if (request.readKey !== undefined) {
        const bytes = database.filled(fromBase64url(request.readKey, 32));
        await batch.insertInto("published_key").values({ folder: folderId, bytes }).execute();
      }
      if (subject !== undefined) await holdFolder(batch, services, subject, folderId);
      await checkFolders(batch, services.limits.folders);
      await services.acts.note(batch, folderId, { event: "folder-created" });
    });
  } catch (error) {
    if (database.fault(error) !== "duplicate") throw error;
    if ((await findFolder(database, folderId)) !== undefined) return { created: false, folder };
    if (await wasRemoved(database, folderId)) throw new Refusal("gone");
    throw new Refusal("malformed", { detail: "These keys belong to another folder." });
  }
  return { created: true, folder };
}

/** Inside the batch that makes one. Throws `refused`. */
async function checkFolders(batch: Batch, most: number): Promise<void> {
  if (most === Infinity) return;
  const { count } = await batch
    .selectFrom("folder")
    .select((where) => where.fn.countAll<Sum>().as("count"))
    .executeTakeFirstOrThrow();
  if (Number(count) > most) throw new Refusal("refused", { detail: "There are as many folders here as there may be." });
}

export async function findFolder(database: Database, id: string): Promise<FolderRow | undefined> {
  return patiently(database, () => database.query.selectFrom("folder").selectAll().where("id", "=", id).executeTakeFirst());
}

/** Whether there was a folder that was deleted as a whole (`removal.ts`). */
async function wasRemoved(database: Database, id: string): Promise<boolean> {
  const row = await patiently(database, () =>
    database.query.selectFrom("removed_folder").select("folder").where("folder", "=", id).executeTakeFirst(),
  );
  return row !== undefined;
}

/** What is said of a folder that is not there: `gone` for one that was deleted, else `not-found`. */
export async function absence(database: Database, id: string): Promise<Refusal> {
  return new Refusal((await wasRemoved(database, id)) ? "gone" : "not-found");
}

/** Throws `not-found`, `gone`. */
export async function existingFolder(database: Database, id: string): Promise<FolderRow> {
  const row = await findFolder(database, id);
  if (row === undefined) throw await absence(database, id);
  return row;
}

/** What anybody may know: the epoch, and the read key while the folder is open. Throws `not-found`, `gone`. */
export async function folderState(database: Database, id: string): Promise<FolderState> {
  const row = await patiently(database, () =>
    database.query
      .selectFrom("folder")
      .leftJoin("published_key", "published_key.folder", "folder.id")
      .select(["folder.epoch as epoch", "folder.key_id as keyId", "published_key.bytes as readKey"])
      .where("folder.id", "=", id)
      .executeTakeFirst(),
  );
  if (row === undefined) throw await absence(database, id);
  const { epoch, keyId, readKey } = row;
  return {
    folder: id,
    epoch,
    keyId,
    open: readKey !== null,
    ...(readKey === null ? {} : { readKey: toBase64url(readKey.subarray(0, 32)) }),
  };
}

/** The folder that a key id belongs or belonged to. Throws `unknown-key`, and `gone` where that folder was deleted. */
export async function findByKey(database: Database, keyId: string): Promise<KeyPlace> {
  const row = await patiently(database, () =>
    database.query
      .selectFrom("folder_key as key")
      .leftJoin("folder", "folder.id", "key.folder")
      .select(["key.folder as folder", "key.epoch as epoch", "folder.epoch as current"])
      .where("key.key_id", "=", keyId)
      .executeTakeFirst(),
  );
  if (row === undefined) throw new Refusal("unknown-key");
  const { folder, epoch, current } = row;
  if (current === null) throw await absence(database, folder);
  return { folder, epoch, current };
}

/** A random id, hex. */
export function randomId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
