import memory from "unstorage/drivers/memory";
import type { Driver } from "unstorage";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../test/owner.ts";
import { guarded } from "./guarded.ts";
import { blobStoreOf } from "./source.ts";
import type { BlobStore } from "./store.ts";

const key = "ab:cd:1";

function driverWith(changes: Partial<Driver>): Driver {
  return { ...(memory() as Driver), ...changes };
}

describe("whatever type a driver gives bytes in, they are the bytes", () => {
  const bytes = bytesOf(100);
  const around = new Uint8Array(300);
  around.set(bytes, 77);
  const shared = new Uint8Array(new SharedArrayBuffer(100));
  shared.set(bytes);
  test.each<[string, unknown]>([
    ["a Buffer", Buffer.from(bytes)],
    ["a pooled Buffer", Buffer.concat([Buffer.from(bytes)])],
    ["a view with an offset", around.subarray(77, 177)],
    ["another view", new DataView(around.buffer, 77, 100)],
    ["an ArrayBuffer", bytes.buffer],
    ["a SharedArrayBuffer", shared.buffer],
    ["base64", `base64:${Buffer.from(bytes).toString("base64")}`],
  ])("%s", async (_, value) => {
    expect(await blobStoreOf(driverWith({ getItemRaw: () => value })).get(key)).toEqual(bytes);
  });

  test.each<[string, unknown]>([
    ["text", "hello"],
    ["damaged base64", "base64:AAA*"],
    ["a number", 12],
    ["an object", { type: "Buffer", data: [1] }],
    ["a list", [1, 2]],
    ["true", true],
  ])("%s is not taken for bytes", async (_, value) => {
    await expect(blobStoreOf(driverWith({ getItemRaw: () => value })).get(key)).rejects.toMatchObject({
      code: "server-failed",
      reason: "not-bytes",
    });
  });
  test.each([null, undefined])("%s is nothing", async (value) =>
    expect(await blobStoreOf(driverWith({ getItemRaw: () => value })).get(key)).toBeNull(),
  );
  test("a driver with text alone keeps bytes as base64", async () => {
    const { getItemRaw: _, setItemRaw: __, ...text } = memory() as Driver;
    const store = blobStoreOf(text as Driver);
    await store.put(key, bytes);
    expect(await store.get(key)).toEqual(bytes);
  });
});

describe("a failure is a typed error, whatever the driver makes of it", () => {
  const coded = (code: string): Error => Object.assign(new Error("secret things"), { code });

  test.each<[string, Partial<Driver>, object]>([
    ["an error as value", { getItemRaw: () => coded("EACCES") }, { code: "server-failed", reason: "EACCES" }],
    ["a rejection", { getItemRaw: () => Promise.reject(coded("ECONNRESET")) }, { code: "server-failed", reason: "ECONNRESET" }],
    [
      "a wrapped one",
      { getItemRaw: () => Promise.reject(new Error("x", { cause: coded("EIO") })) },
      { code: "server-failed", reason: "EIO" },
    ],
    // eslint-disable-next-line typescript/prefer-promise-reject-errors
    ["no error at all", { getItemRaw: () => Promise.reject("no") }, { code: "server-failed", reason: "unknown" }],
    ["null for every error", { name: "azure-storage-blob", getItemRaw: () => null, hasItem: () => true }, { reason: "unread" }],
    [
      "null for every error, and no answer to the question either",
      { name: "azure-storage-blob", getItemRaw: () => null, hasItem: () => Promise.reject(coded("ENOTFOUND")) },
      { reason: "ENOTFOUND" },
    ],
  ])("%s", async (_, changes, error) => {
    await expect(blobStoreOf(driverWith(changes)).get(key)).rejects.toMatchObject(error);
  });

  test.each<[string, Partial<Driver>, object]>([
    ["a write that was not made", { setItemRaw: () => undefined }, { reason: "unwritten" }],
    ["a write of other bytes", { setItemRaw: () => undefined, getItemRaw: () => bytesOf(10) }, { reason: "unwritten" }],
    ["a full disk", { setItemRaw: () => Promise.reject(coded("ENOSPC")) }, { code: "storage-full" }],
    ["a quota", { setItemRaw: () => Promise.reject(coded("EDQUOT")) }, { code: "storage-full" }],
    ["a full SQLite", { setItemRaw: () => Promise.reject(coded("SQLITE_FULL")) }, { code: "storage-full" }],
  ])("%s", async (_, changes, error) => {
    await expect(blobStoreOf(driverWith(changes)).put(key, bytesOf(10))).rejects.toMatchObject(error);
  });

  test("a removal that fails is told", async () => {
    const store = blobStoreOf(driverWith({ removeItem: () => Promise.reject(coded("EROFS")) }));
    await expect(store.remove([key])).rejects.toMatchObject({ code: "server-failed", reason: "EROFS" });
  });
});

describe("further attempts and the time limit", () => {
  function flaky(failures: number, error: Error = new Error("away")): { store: BlobStore; calls: () => number } {
    let calls = 0;
    const answer = async (): Promise<null> => {
      if (calls++ < failures) throw error;
      return null;
    };
    return {
      store: { put: async () => void (await answer()), get: answer, remove: async () => void (await answer()) },
      calls: () => calls,
    };
  }

  test("what failed twice is tried a third time, for each kind of request", async () => {
    for (const request of ["put", "get", "remove"] as const) {
      const { store, calls } = flaky(2);
      const safe = guarded(store);
      if (request === "put") await safe.put(key, bytesOf(1));
      else if (request === "get") await safe.get(key);
      else await safe.remove([key]);
      expect(calls()).toBe(3);
    }
  });
  test("and not a fourth time", async () => {
    const { store, calls } = flaky(100);
    await expect(guarded(store).get(key)).rejects.toMatchObject({ code: "server-failed" });
    expect(calls()).toBe(3);
  });
  test("a full disk is not asked again", async () => {
    const { store, calls } = flaky(100, Object.assign(new Error("full"), { code: "ENOSPC" }));
    await expect(guarded(store).put(key, bytesOf(1))).rejects.toMatchObject({ code: "storage-full" });
    expect(calls()).toBe(1);
  });
  test("what is never answered ends with a typed error, and is not sent again: it may still be under way", async () => {
    let calls = 0;
    const never = (): Promise<never> => {
      calls++;
      return new Promise(() => undefined);
    };
    const safe = guarded({ put: never, get: never, remove: never }, { timeoutMs: 20 });
    for (const request of [() => safe.put(key, bytesOf(1)), () => safe.get(key), () => safe.remove([key])]) {
      await expect(request()).rejects.toMatchObject({ code: "server-failed", reason: "timeout" });
    }
    expect(calls).toBe(3);
  });
  test("waiting for a turn counts, and whoever gave up takes no turn any more", async () => {
    const begun: string[] = [];
    const release: (() => void)[] = [];
    const store: BlobStore = {
      put: async () => undefined,
      get: (name) => {
        begun.push(name);
        return new Promise((resolve) => release.push(() => resolve(null)));
      },
      remove: async () => undefined,
    };
    const safe = guarded(store, { timeoutMs: 30, parallel: 2 });
    const requests = await Promise.allSettled(["a:1", "a:2", "a:3", "a:4"].map((name) => safe.get(name)));
    expect(requests.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
    expect(begun.slice(0, 2)).toEqual(["a:1", "a:2"]);
    for (const end of release) end(); // late answers go nowhere, and free no turn twice
    const after = guarded(store, { parallel: 1 });
    const last = after.get("a:5");
    release.at(-1)!();
    expect(await last).toBeNull();
  });
  test("so many at a time, and all of them in the end", async () => {
    let under = 0;
    let most = 0;
    const get = async (): Promise<null> => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
      return null;
    };
    const safe = guarded({ put: async () => undefined, get, remove: async () => undefined }, { parallel: 5 });
    await Promise.all(Array.from({ length: 60 }, () => safe.get(key)));
    expect(most).toBe(5);
  });
  test("bytes are never read into the caller's memory by a store that may answer late", async () => {
    let given: unknown = "not asked";
    const store: BlobStore = {
      put: async () => undefined,
      remove: async () => undefined,
      get: async (_, into) => {
        given = into;
        return bytesOf(3);
      },
    };
    await guarded(store).get(key, new Uint8Array(10));
    expect(given).toBeUndefined();
  });
  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])("a limit of %s is refused", (timeoutMs) => {
    expect(() => blobStoreOf(memory(), { timeoutMs })).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

describe("drivers that cannot hold blobs are refused, and it is said why", () => {
  const named = (name: string, options?: object): Driver => driverWith({ name, ...(options === undefined ? {} : { options }) });
  test.each<[Driver, RegExp]>([
    [named("azure-app-configuration"), /10 KB/],
    [named("azure-cosmos"), /2 MB/],
    [named("azure-key-vault"), /25 KB/],
    [named("azure-storage-table"), /64 KiB/],
    [named("capacitor-preferences"), /browser/],
    [named("cloudflare-kv-binding"), /R2/],
    [named("cloudflare-kv-http"), /R2/],
    [named("deno-kv"), /64 KiB/],
    [named("deno-kv-node"), /64 KiB/],
    [named("fs"), /durableFs/],
    [named("fs-lite"), /durableFs/],
    [named("github"), /only be read/],
    [named("http"), /cannot be told/],
    [named("indexedb"), /browser/],
    [named("localstorage"), /browser/],
    [named("lru-cache"), /cache: \{ bytes \}/],
    [named("null"), /keeps nothing/],
    [named("overlay"), /layers/],
    [named("planetscale"), /statement/],
    [named("session-storage"), /browser/],
    [named("uploadthing"), /public/],
    [named("vercel-blob"), /public/],
    [named("vercel-runtime-cache"), /forgets/],
    [named("redis", { ttl: 60 }), /ttl/],
    [named("upstash", { ttl: 60 }), /ttl/],
    [named("anything", { readOnly: true }), /readOnly/],
    [named("db0", { database: { dialect: "mysql" } }), /64 KiB/],
    [named("db0", { database: { dialect: "postgresql" } }), /connection/],
    [named("netlify-blobs", {}), /strong/],
  ])("$name", (driver, reason) => {
    expect(() => blobStoreOf(driver)).toThrow(reason);
    expect(() => blobStoreOf(driver)).toThrow(expect.objectContaining({ code: "invalid-argument", reason: "driver" }));
  });
  test("one without a way to write, whatever its name", () => {
    const { setItem: _, setItemRaw: __, ...reading } = memory() as Driver;
    expect(() => blobStoreOf(reading as Driver)).toThrow(/only be read/);
  });
  test.each(["memory", "mongodb", "upstash", "vercel-kv", "azure-storage-blob", "cloudflare-r2-binding", "one of the host's own"])(
    "%s is taken",
    (name) => expect(blobStoreOf(named(name))).toHaveProperty("put"),
  );
});
