/** Stores by a kind and a place in words, for processes of their own. */
import { createDatabase } from "db0";
import sqliteConnector from "db0/connectors/better-sqlite3";
import db0 from "unstorage/drivers/db0";
import redis from "unstorage/drivers/redis";
import { durableFs } from "../src/blobs/durable-fs.ts";
import { s3, type S3Options } from "../src/blobs/s3.ts";
import { blobStoreOf } from "../src/blobs/source.ts";
import type { BlobStore } from "../src/blobs/store.ts";

export async function storeIn(kind: string, place: string): Promise<BlobStore> {
  if (kind === "files") return blobStoreOf(durableFs(place));
  if (kind === "redis") return blobStoreOf(redis({ host: "127.0.0.1", port: 6379, base: place }));
  if (kind === "s3") return blobStoreOf(s3(JSON.parse(place) as S3Options));
  if (kind === "sqlite") return blobStoreOf(db0({ database: createDatabase(sqliteConnector({ path: place })), tableName: "parts" }));
  throw new Error(`No such store: ${kind}`);
}
