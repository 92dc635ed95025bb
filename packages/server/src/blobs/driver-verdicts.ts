/**
 * Which of unstorage's drivers can keep a part, and why the others cannot. docs/deploying.md, "Where the parts lie", shows the same table.
 *
 * @module
 */

import { KeyfoldError } from "@keyfold/core/protocol";
import type { Driver } from "unstorage";

const browser = "it lives in a browser, and a server has none";
const small = (limit: string): string => `a value may have ${limit}, a part has up to 4 MiB`;

/** Drivers that are refused. What is not named here is taken, and every write read back. */
const refused: Readonly<Record<string, string>> = {
  "azure-app-configuration": small("10 KB"),
  "azure-cosmos": small("2 MB"),
  "azure-key-vault": small("25 KB"),
  "azure-storage-table": small("64 KiB"),
  "capacitor-preferences": browser,
  "cloudflare-kv-binding":
    "what was written or removed may look otherwise elsewhere for a minute. R2 does not have that: use cloudflare-r2-binding, or s3() with R2's S3 address",
  "cloudflare-kv-http":
    "what was written or removed may look otherwise elsewhere for a minute. R2 does not have that: use s3() with R2's S3 address",
  "deno-kv": small("64 KiB"),
  "deno-kv-node": small("64 KiB"),
  fs: "it writes in place: a crash or a full disk leaves torn files, and a reader sees half of one. Use durableFs(directory)",
  "fs-lite": "it writes in place: a crash or a full disk leaves torn files, and a reader sees half of one. Use durableFs(directory)",
  github: "it can only be read",
  http: "what it answers for a key that is not there cannot be told from a failure. Use the store behind it",
  indexedb: browser,
  localstorage: browser,
  "lru-cache": "it forgets what it has no room for. As a cache in front of a store it is the option cache: { bytes }",
  null: "it keeps nothing",
  overlay: "what is removed stays in its lower layers, and leaves a mark in the upper one for ever. Use one store, and the option cache",
  planetscale: "it sends values as text inside a statement, which the service cuts off below the size of a part",
  "session-storage": browser,
  uploadthing: "it reports failures as success, and files lie under public addresses",
  "vercel-blob": "parts would lie under public addresses, and stay in a cache after they were removed",
  "vercel-runtime-cache": "it is a cache, and forgets",
};

function optionsOf(driver: Driver): Record<string, unknown> {
  const options: unknown = driver.options;
  return typeof options === "object" && options !== null ? { ...options } : {};
}

/** Why the way a driver is set up will not do; undefined where it will. */
function misconfigured(driver: Driver): string | undefined {
  const options = optionsOf(driver);
  if (options["ttl"] !== undefined && options["ttl"] !== null && options["ttl"] !== 0) return "its option ttl would let parts expire";
  if (options["readOnly"] === true) return "its option readOnly keeps it from writing, without an error";
  if (driver.name === "db0") {
    const database = options["database"];
    const dialect: unknown = typeof database === "object" && database !== null && "dialect" in database ? database.dialect : undefined;
    if (dialect === "mysql") return "on MySQL its column takes 64 KiB, a part has up to 4 MiB";
    if (dialect === "postgresql") return "on PostgreSQL it has one connection, whose loss ends the process";
  }
  if (driver.name === "netlify-blobs" && options["consistency"] !== "strong") {
    return 'without consistency: "strong" what was written may be missing elsewhere for a minute';
  }
  return undefined;
}

/** Throws `invalid-argument`, and says why, for a driver that cannot keep a store's promises. */
export function acceptDriver(driver: Driver): void {
  const { name = "" } = driver;
  const reason = (Object.hasOwn(refused, name) ? refused[name] : undefined) ?? misconfigured(driver);
  if (reason !== undefined) {
    throw new KeyfoldError("invalid-argument", `unstorage's driver ${name} cannot hold blobs: ${reason}.`, { reason: "driver" });
  }
  if (driver.setItemRaw === undefined && driver.setItem === undefined) {
    throw new KeyfoldError("invalid-argument", `unstorage's driver ${name} cannot hold blobs: it can only be read.`, { reason: "driver" });
  }
}
