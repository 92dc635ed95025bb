/**
 * Stores by an address, for the command; databases are in `database/database-of.ts`.
 *
 * Messages name the kind, never the address: it may hold a password.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import { durableFs } from "./blobs/durable-fs.ts";
import { s3 } from "./blobs/s3.ts";
import type { BlobSource } from "./blobs/source.ts";

/** What a bucket's address does not hold. */
export interface BucketAccess {
  readonly id?: string | undefined;
  readonly secret?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * `fs:blobs`, `file:///var/lib/keyfold/blobs`, `s3://bucket?endpoint=https://…&region=…`, `redis://host:6379/0`, `rediss://…`. The keys of S3 are
 * given beside it.
 *
 * Throws `invalid-argument`.
 */
export async function blobsOf(address: string, access: BucketAccess = {}): Promise<BlobSource> {
  const scheme = schemeOf(address);
  switch (scheme) {
    case "fs":
    case "file":
      return durableFs(pathOf(address));
    case "redis":
    case "rediss":
      return installed("ioredis", async () => (await import("unstorage/drivers/redis")).default({ url: address, base: "keyfold" }));
    case "s3":
      return s3(bucketOf(address, access));
    default:
      throw new KeyfoldError("invalid-argument", `A blob store is fs:<path>, s3://<bucket> or redis://<host>, and not ${scheme}: .`);
  }
}

function schemeOf(address: string): string {
  const [, scheme] = /^([a-z][a-z0-9+]*):/i.exec(address) ?? [];
  if (scheme === undefined) throw new KeyfoldError("invalid-argument", "An address of a blob store begins with its kind, as fs: or s3: .");
  return scheme.toLowerCase();
}

/** `sqlite:a/b`, `sqlite:/a/b`, `sqlite:///a/b`. */
function pathOf(address: string): string {
  const path = decodeURIComponent(address.replace(/^[^:]+:(?:\/\/(?=\/))?/, ""));
  if (path === "" || path.startsWith("//"))
    throw new KeyfoldError("invalid-argument", "The address of a file has no path, or names a host.");
  return path;
}

function bucketOf(address: string, access: BucketAccess) {
  const { hostname, pathname, searchParams } = new URL(address);
  const region = searchParams.get("region") ?? access.region ?? "us-east-1";
  const endpoint = searchParams.get("endpoint") ?? `https://s3.${region}.amazonaws.com`;
  const { id: accessKeyId = "", secret: secretAccessKey = "" } = access;
  if (hostname === "" || (pathname !== "" && pathname !== "/") || !URL.canParse(endpoint))
    throw new KeyfoldError("invalid-argument", "The address of a bucket is s3://<bucket>?endpoint=<URL>&region=<region>.");
  if (accessKeyId === "" || secretAccessKey === "")
    throw new KeyfoldError("invalid-argument", "A bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.");
  return { bucket: hostname, endpoint, region, accessKeyId, secretAccessKey };
}

async function installed<Result>(library: string, load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    throw isMissing ? new KeyfoldError("invalid-argument", `This needs the package ${library}: npm install ${library}`, { cause }) : cause;
  }
}
