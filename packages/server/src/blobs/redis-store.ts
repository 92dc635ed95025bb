/**
 * Parts in Redis, by the client of unstorage's redis driver (ioredis).
 *
 * The driver itself has no raw values: a part would be stored as base64, a third longer, and `SET`'s answer is not looked at. The client takes bytes.
 *
 * @module
 */

import type { Bytes } from "@keyfold/core/protocol";
import { StoreFault } from "./store-fault.ts";
import { storeKey, type BlobStore } from "./store.ts";

/** What is used of an ioredis client, of one server or of a cluster. */
export interface RedisClient {
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer): Promise<unknown>;
  set(key: string, value: Buffer, unit: "PX", milliseconds: number): Promise<unknown>;
  unlink(key: string): Promise<number>;
  disconnect(): void;
}

export function isRedisClient(value: unknown): value is RedisClient {
  return (
    typeof value === "object" &&
    value !== null &&
    ["getBuffer", "set", "unlink", "disconnect"].every((name) => typeof Reflect.get(value, name) === "function")
  );
}

/** @param base Before every key, with a `:` between. */
export function redisStore(client: RedisClient, base = ""): BlobStore {
  const prefix = base === "" ? "" : `${base.replace(/:$/, "")}:`;
  const nameOf = (key: string): string => prefix + storeKey(key);
  return {
    async put(key, bytes) {
      // A copy: without a connection the client keeps the bytes until there is one.
      const answer = await client.set(nameOf(key), Buffer.from(bytes));
      if (answer !== "OK") throw new StoreFault("server-failed", "Redis has not confirmed a write.", { reason: "unwritten" });
    },
    async get(key): Promise<Bytes | null> {
      const value = await client.getBuffer(nameOf(key));
      return value === null ? null : new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
    },
    // One by one, in one go over the wire: in a cluster keys of one command must lie in one slot.
    async remove(keys) {
      await Promise.all(keys.map((key) => client.unlink(nameOf(key))));
    },
    close: async () => client.disconnect(),
  };
}
