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
import { patiently, transact, type Database } from "./database/database.ts";
import type { FolderRow } from "./database/tables.ts";
import { insertRecord } from "./log/page.ts";
import { Refusal } from "./refusal.ts";
import type { Services } from "./services.ts";

/** The one record of a body. Throws `malformed`. */
export function onlyRecord(page: Bytes): Bytes {
  const records = [...splitPage(page)];
  if (records.length !== 1) throw new KeyfoldError("malformed", "One record was expected.");
  return records[0]!;
}

/** Creates a folder; says `created: false` when exactly this one is there. Throws `malformed`, `bad-signature`. */
export async function createFolder(services: Services, request: CreateFolder): Promise<{ created: boolean; folder: CreatedFolder }> {
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
      await services.acts.note(batch, folderId, { event: "folder-created" });
    });
  } catch (error) {
    if (database.fault(error) !== "duplicate") throw error;
    if ((await findFolder(database, folderId)) !== undefined) return { created: false, folder };
    throw new Refusal("malformed", { detail: "These keys belong to another folder." });
  }
  return { created: true, folder };
}

export async function findFolder(database: Database, id: string): Promise<FolderRow | undefined> {
  return patiently(database, () => database.query.selectFrom("folder").selectAll().where("id", "=", id).executeTakeFirst());
}

/** Throws `not-found`. */
export async function existingFolder(database: Database, id: string): Promise<FolderRow> {
  const row = await findFolder(database, id);
  if (row === undefined) throw new Refusal("not-found");
  return row;
}

/** What anybody may know: the epoch, and the read key while the folder is open. Throws `not-found`. */
export async function folderState(database: Database, id: string): Promise<FolderState> {
  const row = await patiently(database, () =>
    database.query
      .selectFrom("folder")
      .leftJoin("published_key", "published_key.folder", "folder.id")
      .select(["folder.epoch as epoch", "folder.key_id as keyId", "published_key.bytes as readKey"])
      .where("folder.id", "=", id)
      .executeTakeFirst(),
  );
  if (row === undefined) throw new Refusal("not-found");
  const { epoch, keyId, readKey } = row;
  return {
    folder: id,
    epoch,
    keyId,
    open: readKey !== null,
    ...(readKey === null ? {} : { readKey: toBase64url(readKey.subarray(0, 32)) }),
  };
}

/** The folder that a key id belongs or belonged to. Throws `unknown-key`. */
export async function findByKey(database: Database, keyId: string): Promise<KeyPlace> {
  const row = await patiently(database, () =>
    database.query
      .selectFrom("folder_key as key")
      .innerJoin("folder", "folder.id", "key.folder")
      .select(["key.folder as folder", "key.epoch as epoch", "folder.epoch as current"])
      .where("key.key_id", "=", keyId)
      .executeTakeFirst(),
  );
  if (row === undefined) throw new Refusal("unknown-key");
  return row;
}

/** A random id, hex. */
export function randomId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
