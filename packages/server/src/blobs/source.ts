/**
 * From what a host gives as `blobs` to the store that the server works with.
 *
 * @module
 */

import type { Driver } from "unstorage";
import { acceptDriver } from "./driver-verdicts.ts";
import { driverStore } from "./driver-store.ts";
import { guarded, type GuardOptions } from "./guarded.ts";
import { isRedisClient, redisStore } from "./redis-store.ts";
import { s3, type S3Options } from "./s3.ts";
import type { BlobStore } from "./store.ts";

/** What `keyfold({ blobs })` takes: a store, or an unstorage driver. */
export type BlobSource = BlobStore | Driver;

function isStore(source: BlobSource): source is BlobStore {
  return "put" in source && "remove" in source;
}

/** Throws `invalid-argument` for a driver that cannot keep a store's promises. */
export function blobStoreOf(source: BlobSource, options: GuardOptions = {}): BlobStore {
  if (isStore(source)) return source.local === true ? source : guarded(source, options);
  acceptDriver(source);
  return guarded(overDriver(source, options), options);
}

function overDriver(driver: Driver, { timeoutMs }: GuardOptions): BlobStore {
  if (driver.name === "s3") {
    // The driver's options say where and as whom; what it does with them is not used (`s3.ts` says why).
    const { endpoint, bucket, region, accessKeyId, secretAccessKey, bulkDelete } = (driver.options ?? {}) as S3Options;
    return s3({ endpoint, bucket, region, accessKeyId, secretAccessKey, bulkDelete, timeoutMs });
  }
  if (driver.name === "redis") {
    const client: unknown = driver.getInstance?.();
    const options: unknown = driver.options;
    const base =
      typeof options === "object" && options !== null && "base" in options && typeof options.base === "string" ? options.base : "";
    if (isRedisClient(client)) return redisStore(client, base);
  }
  return driverStore(driver);
}
