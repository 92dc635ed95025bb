import { writeFile } from "node:fs/promises";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { base, codeOf, mount } from "../../test/mount.ts";
import { bytesOf, newId, newOwner } from "../../test/owner.ts";
import { cached, partCache, type PartCache } from "./cache.ts";
import { partKey, type BlobStore } from "./store.ts";

vi.setConfig({ testTimeout: 30_000 });

interface Counted extends BlobStore {
  readonly parts: Map<string, Uint8Array<ArrayBuffer>>;
  reads: number;
}

function countedStore(): Counted {
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    parts,
    reads: 0,
    put: async (key, bytes) => void parts.set(key, bytes.slice()),
    async get(key) {
      this.reads++;
      return parts.get(key)?.slice() ?? null;
    },
    remove: async (keys) => keys.forEach((key) => parts.delete(key)),
  };
}

const key = "ab:1";

function redisCache(): { client: Redis; prefix: string; cache: PartCache } {
  const client = new Redis();
  const prefix = `keyfold-test-${newId()}`;
  onTestFinished(async () => {
    const keys = await client.keys(`${prefix}:*`);
    if (keys.length > 0) await client.unlink(keys);
    client.disconnect();
  });
  return { client, prefix, cache: partCache({ redis: client, prefix, waitMs: 20_000 }) };
}

describe.each([
  ["memory", () => partCache({ bytes: 100_000 })],
  ["Redis", () => redisCache().cache],
])("a cache in %s", (_, make) => {
  test("saves reading what was read", async () => {
    const behind = countedStore();
    const store = cached(behind, make());
    const bytes = bytesOf(1000);
    await store.put(key, bytes);
    for (let i = 0; i < 5; i++) expect(await store.get(key)).toEqual(bytes);
    expect(behind.reads).toBe(1);
  });
  test("knows nothing of what is not there, and learns when it comes", async () => {
    const store = cached(countedStore(), make());
    expect(await store.get(key)).toBeNull();
    await store.put(key, bytesOf(10));
    expect(await store.get(key)).toHaveLength(10);
  });
  test("never shows what was replaced or removed", async () => {
    const store = cached(countedStore(), make());
    await store.put(key, bytesOf(10));
    await store.get(key);
    const next = bytesOf(20);
    await store.put(key, next);
    expect(await store.get(key)).toEqual(next);
    await store.remove([key]);
    expect(await store.get(key)).toBeNull();
  });
  test("does not keep what was read before a removal and comes after it", async () => {
    const behind = countedStore();
    await behind.put(key, bytesOf(10));
    let goOn!: () => void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const slow: BlobStore = {
      put: (name, bytes) => behind.put(name, bytes),
      remove: (keys) => behind.remove(keys),
      async get(name) {
        const bytes = await behind.get(name);
        await gate;
        return bytes;
      },
    };
    const store = cached(slow, make());
    const reading = store.get(key);
    await expect.poll(() => behind.reads).toBe(1);
    await store.remove([key]);
    goOn();
    expect(await reading).toHaveLength(10);
    expect(await store.get(key)).toBeNull();
  });
  test("does not keep what was read while it was being replaced", async () => {
    const behind = countedStore();
    await behind.put(key, bytesOf(10));
    let during: (() => Promise<unknown>) | undefined;
    const store = cached(
      {
        ...behind,
        get: (name) => behind.get(name),
        async put(name, bytes) {
          await during?.();
          await behind.put(name, bytes);
        },
      },
      make(),
    );
    during = () => store.get(key);
    await store.put(key, bytesOf(20));
    expect(await store.get(key)).toHaveLength(20);
  });
  test("gives bytes that are the caller's own", async () => {
    const store = cached(countedStore(), make());
    const bytes = bytesOf(100);
    await store.put(key, bytes);
    for (let i = 0; i < 3; i++) {
      const read = (await store.get(key))!;
      expect(read).toEqual(bytes);
      read.fill(0);
    }
    const into = new Uint8Array(200);
    expect((await store.get(key, into))!.buffer).toBe(into.buffer);
  });
});

test("in memory takes no more than its bytes, the least used going first", async () => {
  const behind = countedStore();
  const store = cached(behind, partCache({ bytes: 10_000 }));
  for (let i = 0; i < 20; i++) await store.put(`ab:${i}`, bytesOf(1000));
  for (let i = 0; i < 20; i++) await store.get(`ab:${i}`);
  const before = behind.reads;
  await store.get("ab:19");
  expect(behind.reads).toBe(before);
  await store.get("ab:0");
  expect(behind.reads).toBe(before + 1);
});

test("in Redis is one for many processes, and what it keeps ends by itself", async () => {
  const { client, prefix } = redisCache();
  const behind = countedStore();
  const [one, two] = [1, 2].map(() => cached(behind, partCache({ redis: client, prefix, keepMs: 60_000, waitMs: 20_000 })));
  await one!.put(key, bytesOf(10));
  await one!.get(key);
  await two!.get(key);
  expect(behind.reads).toBe(1);
  expect(await client.pttl(`${prefix}:${key}`)).toBeGreaterThan(0);
  await two!.remove([key]);
  expect(await one!.get(key)).toBeNull();
});

describe("a cache that fails is passed by", () => {
  const failing: PartCache = {
    get: () => Promise.reject(new Error("down")),
    set: () => Promise.reject(new Error("down")),
    remove: () => Promise.reject(new Error("down")),
  };
  const never = (): Promise<never> => new Promise(() => undefined);

  test.each<[string, PartCache]>([
    ["with errors", failing],
    [
      "by throwing",
      {
        ...failing,
        get: () => {
          throw new Error("down");
        },
      },
    ],
    ["without an answer", { get: never, set: never, remove: never }],
  ])("%s", async (_, cache) => {
    const behind = countedStore();
    const store = cached(behind, cache);
    const bytes = bytesOf(10);
    await store.put(key, bytes);
    expect(await store.get(key)).toEqual(bytes);
    await store.remove([key]);
    expect(await store.get(key)).toBeNull();
    await store.forget?.(key);
  });

  test("for real: Redis is not there", async () => {
    const client = new Redis({ port: 1, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on("error", () => undefined);
    onTestFinished(() => client.disconnect());
    const store = cached(countedStore(), partCache({ redis: client }));
    await store.put(key, bytesOf(10));
    expect(await store.get(key)).toHaveLength(10);
  });
});

test("a cache that has other bytes than were stored is found out by the hash, dropped, and the store asked", async () => {
  const { client, prefix } = redisCache();
  const site = await mount({ cache: { redis: client, prefix, waitMs: 20_000 } });
  const owner = await newOwner(site.send, base);
  const blob = await owner.upload(1080);
  await owner.append({ added: [blob] });
  const read = async (): Promise<Buffer> => Buffer.from(await (await owner.call("GET", `/blobs/${blob}/parts/0`)).arrayBuffer());
  const right = await read();
  const name = `${prefix}:${partKey(owner.folder, blob, 0)}`;
  expect((await client.getBuffer(name))!.equals(right)).toBe(true);
  for (const wrong of [bytesOf(1080), bytesOf(3), bytesOf(0), bytesOf(5000)]) {
    await client.set(name, Buffer.from(wrong));
    expect((await read()).equals(right)).toBe(true);
    expect((await client.getBuffer(name))!.equals(right)).toBe(true);
  }
  // Where the store itself has other bytes nothing is shown.
  await client.unlink(name);
  await writeFile(`${site.directory}/blobs/${owner.folder}/${blob.slice(0, 2)}/${blob}.0`, bytesOf(1080));
  expect(await codeOf(await owner.call("GET", `/blobs/${blob}/parts/0`))).toBe("part-damaged");
});

test.each([0, -5, 1.5, Number.NaN])("%s bytes are no size", (bytes) => {
  expect(() => partCache({ bytes })).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
