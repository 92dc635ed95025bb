import { describe, expect, test } from "vitest";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { openDevice } from "./device.ts";
import { processLocks } from "./liveness.ts";
import { memoryStore } from "./memory.ts";
import { currentTab, tabPrefix } from "./tab.ts";

const provider = webCryptoProvider();
const live = processLocks();

describe("the store in memory", () => {
  test("hands out copies, lists by prefix in order, and deletes what is undefined", async () => {
    const store = memoryStore();
    const value = { list: [1] };
    await store.batch([
      ["b/2", value],
      ["b/1", 1],
      ["c", 2],
    ]);
    value.list.push(2);
    const read = await store.get<{ list: number[] }>("b/2");
    expect(read).toEqual({ list: [1] });
    read?.list.push(3);
    expect(await store.get("b/2")).toEqual({ list: [1] });
    expect(await store.keys("b/")).toEqual(["b/1", "b/2"]);
    await store.batch([
      ["b/1", undefined],
      ["c", undefined],
    ]);
    expect(await store.keys("")).toEqual(["b/2"]);
  });

  test("writes all of a batch or none", async () => {
    const store = memoryStore();
    const impossible = store.batch([
      ["a", 1],
      ["b", () => 1],
    ]);
    await expect(impossible).rejects.toThrow();
    expect(await store.keys("")).toEqual([]);
  });
});

describe("a device", () => {
  test("is one, however many pages make it at once, and stays", async () => {
    const store = memoryStore();
    const [a, b] = await Promise.all([openDevice(provider, store, live), openDevice(provider, store, live)]);
    expect(a.id).toBe(b.id);
    expect((await openDevice(provider, store, live)).id).toBe(a.id);
    expect((await openDevice(provider, memoryStore(), live)).id).not.toBe(a.id);
  });

  test("opens what it sealed, for the same purpose only, and nothing that was changed", async () => {
    const device = await openDevice(provider, memoryStore(), live);
    const secret = new TextEncoder().encode("secret");
    const sealed = await device.seal("root", secret);
    expect(await device.open("root", sealed)).toEqual(secret);
    await expect(device.open("change", sealed)).rejects.toMatchObject({ code: "local-storage" });
    sealed[20]! ^= 1;
    await expect(device.open("root", sealed)).rejects.toMatchObject({ code: "local-storage" });
  });

  test("keeps its key where no export reaches it", async () => {
    const store = memoryStore();
    await openDevice(provider, store, live);
    const { key } = (await store.get<{ key: CryptoKey }>("device"))!;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });
});

describe("a tab", () => {
  test("erases what dead tabs left, and nothing of living ones", async () => {
    const store = memoryStore();
    const device = await openDevice(provider, store, live);
    const [dead, alive] = ["d".repeat(32), "a".repeat(32)];
    const release = await live.hold(`keyfold:${device.id}:tab:${alive}`);
    await store.set(`${tabPrefix(dead)}keys`, 1);
    await store.set(`${tabPrefix(alive)}keys`, 2);
    const tab = await currentTab(provider, store, live, device.id);
    expect(await store.keys("tab/")).toEqual([`${tabPrefix(alive)}keys`]);
    expect(await currentTab(provider, store, live, device.id)).toBe(tab);
    release?.();
  });
});

test("a name is held by one at a time", async () => {
  const first = await live.hold("name");
  expect(first).not.toBeNull();
  expect(await live.hold("name")).toBeNull();
  first?.();
  const second = await live.hold("name");
  expect(second).not.toBeNull();
  second?.();
});
