/** Rows as past versions wrote them, one in every table. */
import { sql } from "kysely";
import type { Database } from "../../src/database/database.ts";
import { bytesOf, newId } from "../owner.ts";

/** Inserts a row in each table that there was in a version. Returns them by table. */
export async function insertRows(database: Database, version: number): Promise<Record<string, unknown[]>> {
  const [folder, id, hash] = [newId(), newId(), bytesOf(32)];
  const rows: Record<string, unknown[]> = {};
  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    await sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))}) values (${sql.join(Object.values(row))})`.execute(
      database.query,
    );
    rows[table] = [row];
  };

  const known = { id: folder, mode: 0, epoch: 2, seq: 9, head: hash, keys: bytesOf(128), key_id: id, used: 2 ** 41, created_at: 17e11 };
  await insert("folder", { ...known, ...(version >= 10 ? { changed_at: 17e11 + 1 } : {}) });
  await insert("folder_key", { key_id: id, folder, epoch: 2 });
  await insert("log_record", { folder, seq: 9, kind: 1, size: 1200, wire: bytesOf(161) });
  await insert("sealed_body", { folder, seq: 9, bytes: database.filled(bytesOf(1196)) });
  await insert("published_key", { folder, bytes: database.filled(bytesOf(32)) });
  await insert("blob", { folder, id, state: "live", sealed_size: 1080, missing: 0, added_epoch: 2, due_at: null, passes: 0, cursor: 0 });
  await insert("part", { folder, blob: id, part: 0, hash, stored: 1 });
  await insert("used_nonce", { nonce: "nonce", expires_at: 99 });
  await insert("turn", { folder, ticket: "ticket", until_at: null, created_at: 17e11 });
  await insert("lease", { name: "maintain", holder: id, until_at: 0 });
  await insert("server_secret", { name: "server", secret: hash });
  await insert("erasure", { id, created_at: 17e11 });
  if (version >= 5) {
    const counts = { expires: 0, download_limit: 0, downloads: 4, guesses: 1 };
    const proof = { token_hash: hash, kept: new Uint8Array(), signature: bytesOf(64) };
    await insert("share", { id, folder, epoch: 2, state: "live", version: 3, seq: 9, ...counts, ...proof, due_at: null });
    await insert("share_manifest", { share: id, size: 50, bytes: database.filled(bytesOf(50)) });
    await insert("share_blob", { share: id, blob: id, listed: 1 });
    await insert("share_take", { share: id, take: newId(), taken_at: 17e11 });
    await insert("share_guess", { id: newId(), share: id, address: "address", guessed_at: 17e11 });
  }
  if (version >= 6) {
    const unanswered = { public_key: null, nonce: null, sealed: null };
    await insert("pairing", { id, folder, token_hash: hash, state: "waiting", ...unanswered, expires_at: 99 });
  }
  if (version >= 8) await insert("removed_folder", { folder: newId(), removed_at: 17e11, pending: 1 });
  if (version >= 9) await insert("rate_count", { id: "read-folder", requests: 3, ends_at: 99 });
  if (version >= 10) await insert("folder_subject", { subject: "subject", folder, holder: 1, listed: 1, remembered_at: 17e11 });
  if (version >= 11) {
    const alone = { last_at: null, occurrences: null, size: null, share: null, scope: null };
    await insert("audit", { folder, at: 17e11, id, event: "folder.locked", epoch: 2, seq: 9, ...alone });
    await insert("walk", { name: "scrub", folder, blob: id, part: 0, step: 7, begun_at: 17e11, moved_at: 17e11 });
    await insert("damaged_part", { folder, blob: id, part: 0, reason: "missing", found_at: 17e11 });
  }
  if (version >= 12) {
    const sent = { attempts: 2, status: 503, created_at: 17e11, due_at: 17e11 };
    await insert("webhook_message", { id, endpoint: newId(), event: "folder.locked", state: "waiting", body: bytesOf(80), ...sent });
    await insert("webhook_endpoint", { id: newId(), disabled_at: 17e11 });
  }
  return rows;
}
