/** The one suite over each store that docs/deploying.md calls tested. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { createDatabase } from "db0";
import sqliteConnector from "db0/connectors/better-sqlite3";
import { Redis } from "ioredis";
import db0 from "unstorage/drivers/db0";
import memory from "unstorage/drivers/memory";
import redis from "unstorage/drivers/redis";
import s3Driver from "unstorage/drivers/s3";
import { newId } from "../../test/owner.ts";
import { s3Service } from "../../test/s3-service.ts";
import { conformance, type StoreUnderTest } from "../../test/store-conformance.ts";
import { cached, partCache } from "./cache.ts";
import { durableFs } from "./durable-fs.ts";
import { s3 } from "./s3.ts";
import { blobStoreOf } from "./source.ts";
import type { BlobStore } from "./store.ts";

async function folder(): Promise<{ path: string; end: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "keyfold-store-"));
  return { path, end: () => rm(path, { recursive: true, force: true }) };
}

conformance("memory", () => ({ store: blobStoreOf(memory()) }));

async function files(over: (store: BlobStore) => BlobStore): Promise<StoreUnderTest> {
  const { path, end } = await folder();
  const again = (): BlobStore => over(blobStoreOf(durableFs(path)));
  const fileOf = (key: string): string => join(path, key.replaceAll(":", "/").replace(/\/(\d+)$/, ".$1"));
  return { store: again(), again, spoil: (key, bytes) => writeFile(fileOf(key), bytes), end };
}

conformance("durable files", () => files((store) => store));
conformance("durable files behind a cache in memory", () => files((store) => cached(store, partCache({ bytes: 32 * 2 ** 20 }))));
conformance("durable files behind a cache that has room for nothing", () => files((store) => cached(store, partCache({ bytes: 100 }))));

conformance("redis", () => {
  const base = `keyfold-test-${newId()}`;
  const again = (): BlobStore => blobStoreOf(redis({ host: "127.0.0.1", port: 6379, base }));
  const client = new Redis();
  return {
    store: again(),
    again,
    spoil: async (key, bytes) => void (await client.set(`${base}:${key}`, Buffer.from(bytes))),
    async end() {
      const keys = await client.keys(`${base}:*`);
      if (keys.length > 0) await client.unlink(keys);
      client.disconnect();
    },
  };
});

conformance("SQLite by db0", async () => {
  const { path, end } = await folder();
  const file = join(path, "parts.db");
  const again = (): BlobStore => blobStoreOf(db0({ database: createDatabase(sqliteConnector({ path: file })), tableName: "parts" }));
  return {
    store: again(),
    again,
    async spoil(key, bytes) {
      const database = new Sqlite(file);
      database.prepare("update parts set blob = ? where key = ?").run(Buffer.from(bytes), key);
      database.close();
    },
    end,
  };
});

conformance("S3", async () => {
  const service = await s3Service();
  const again = (): BlobStore => blobStoreOf(s3({ ...service.options, prefix: "folders" }));
  const bare = s3({ ...service.options, prefix: "folders" });
  return { store: again(), again, spoil: (key, bytes) => bare.put(key, bytes), end: () => service.close() };
});

conformance("S3 by unstorage's driver", async () => {
  const service = await s3Service();
  const again = (): BlobStore => blobStoreOf(s3Driver({ ...service.options, bulkDelete: false }));
  const bare = s3(service.options);
  return { store: again(), again, spoil: (key, bytes) => bare.put(key, bytes), end: () => service.close() };
});

conformance("S3 behind a cache in Redis", async () => {
  const service = await s3Service();
  const client = new Redis();
  const prefix = `keyfold-test-${newId()}`;
  const again = (): BlobStore => cached(blobStoreOf(s3(service.options)), partCache({ redis: client, prefix }));
  const bare = s3(service.options);
  return {
    store: again(),
    again,
    spoil: (key, bytes) => bare.put(key, bytes),
    async end() {
      const keys = await client.keys(`${prefix}:*`);
      if (keys.length > 0) await client.unlink(keys);
      client.disconnect();
      await service.close();
    },
  };
});
