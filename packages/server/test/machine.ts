/** One of several servers over a PostgreSQL database, an S3 store and Redis. Argument: what they are reached by, as JSON. Prints its port once it listens. */
import { Redis } from "ioredis";
import { s3, type S3Options } from "../src/blobs/s3.ts";
import { databaseOf } from "../src/database/database-of.ts";
import { serve } from "../src/node.ts";

export interface MachineOptions {
  readonly database: string;
  readonly bucket: S3Options;
  /** Before all keys in Redis. */
  readonly prefix: string;
  readonly origin: string;
}

const { database, bucket, prefix, origin } = JSON.parse(process.argv[2] ?? "") as MachineOptions;
const redis = new Redis({ host: "127.0.0.1", port: 6379, keyPrefix: prefix });
const { port } = await serve({
  database: await databaseOf(database),
  blobs: s3(bucket),
  cache: { redis: new Redis({ host: "127.0.0.1", port: 6379, keyPrefix: `${prefix}parts:` }) },
  rates: { store: { redis } },
  secret: "what several machines have in common, and nobody else",
  origin,
  port: 0,
  assets: false,
  maintainEvery: 500,
  log: () => undefined,
});
process.stdout.write(`${port}\n`);
