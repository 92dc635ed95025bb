/** A server's data as recovery reads it: the tables and the sealed parts of a log with one file in it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat } from "../../../src/crypto/encoding.ts";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { deriveReaderKeys, exportReadKey } from "../../../src/key/schedule.ts";
import { decodeRecord } from "../../../src/protocol/record.ts";
import { partPath } from "../../../src/recover/copy-source.ts";
import type { Wanted } from "../../../src/recover/source.ts";
import { Device, provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import { sealedBlob } from "./blob.ts";
import { once } from "./judged.ts";

/** The columns that recovery reads, and those that the server has besides matter to nobody here. */
const tables = `
  create table folder (id text primary key, epoch integer, seq integer, keys blob);
  create table folder_key (key_id text primary key, folder text, epoch integer);
  create table log_record (folder text, seq integer, kind integer, size integer, wire blob, primary key (folder, seq));
  create table sealed_body (folder text, seq integer, bytes blob, primary key (folder, seq));
  create table published_key (folder text primary key, bytes blob);
  create table part (folder text, blob text, part integer, hash blob, primary key (folder, blob, part));`;

/** Bytes of a database page: a small one, so that the tables lie on many. */
const pageSize = 512;

export const stored = once(async () => {
  const { content, part, hashes, descriptor } = await sealedBlob();
  const device = await Device.begin();
  await device.append([
    { op: "mkdir", node: idOf(1), parent: null, name: ".." },
    { op: "add", node: idOf(2), parent: idOf(1), name: "a/b", version: descriptor },
  ]);
  await device.append([{ op: "rename", node: idOf(1), name: "e" }]);
  const { folderId, epoch, seq } = device.position;
  const { keys, keyId } = device.keys;
  const read = await exportReadKey(provider, device.root);

  const folder = mkdtempSync(join(tmpdir(), "keyfold-laws-"));
  const path = join(folder, "keyfold.db");
  const database = new DatabaseSync(path);
  database.exec(`pragma page_size = ${pageSize};${tables}`);
  const put = (sql: string, ...values: (string | number | Uint8Array)[]): void => void database.prepare(sql).run(...values);
  put("insert into folder values (?, ?, ?, ?)", folderId, epoch, seq, keys);
  put("insert into folder_key values (?, ?, ?)", keyId, folderId, epoch);
  put("insert into published_key values (?, ?)", folderId, concat(read, new Uint8Array(100)));
  for (const [at, record] of device.records.entries()) {
    const isEntry = decodeRecord(record).kind === "entry";
    const wire = isEntry ? record.slice(0, 1) : record;
    put("insert into log_record values (?, ?, ?, ?, ?)", folderId, at, isEntry ? 1 : 0, record.length + 4, wire);
    if (isEntry) put("insert into sealed_body values (?, ?, ?)", folderId, at, concat(record, new Uint8Array(10)));
  }
  put("insert into part values (?, ?, ?, ?)", folderId, descriptor.blob, 0, hashes);
  database.close();
  const bytes: Bytes = new Uint8Array(readFileSync(path));
  rmSync(folder, { recursive: true });

  const { readAuthPub } = await deriveReaderKeys(provider, read);
  const wanted = (byKeyId: boolean): Wanted => ({
    ...(byKeyId ? { keyId } : {}),
    readAuthPub,
    credential: () => ({ scope: "owner", epoch, sign: () => Promise.resolve(new Uint8Array(64)) }),
  });
  return { device, content, bytes, wanted, parts: new Map([[partPath(folderId, descriptor.blob, 0), part]]) };
});
