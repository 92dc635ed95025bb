import { expect, test } from "vitest";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { make, namesIn } from "../../test/devices.ts";
import { generateKey, memoryStore } from "../index.ts";
import { readCacheIndex, type CacheIndex } from "./cache-index.ts";

const { devices } = devicesOnServer();

test("what another edition, or a fault, left in the cache's place keeps nobody from opening the folder, and is replaced", async () => {
  const key = generateKey();
  const maker = await devices.using(devices.client().create({ key }));
  await make(maker, "one");
  const store = memoryStore();
  await (await devices.client({ store, remember: "device" }).open(key)).close();
  const prefix = `folder/${maker.id}/cache/`;
  const index = readCacheIndex(await store.get(`${prefix}index`)) as CacheIndex;
  const chunk = (await store.keys(`${prefix}log/`))[0]!;
  const broken: [key: string, value: unknown][] = [
    [`${prefix}index`, { version: 1 }],
    [`${prefix}index`, { ...index, chunks: [null] }],
    [`${prefix}index`, { ...index, end: undefined }],
    [`${prefix}index`, "x"],
    [chunk, "no bytes"],
    [chunk, new Uint8Array()],
    [chunk, new Uint8Array(7)],
  ];
  for (const [at, value] of broken) {
    await store.set(at, value);
    const folder = await devices.client({ store, remember: "device" }).openFolder(maker.id);
    expect(folder.state).toMatchObject({ problem: null, access: "write" });
    expect(namesIn(folder)).toEqual(["one"]);
    await folder.close();
    expect(readCacheIndex(await store.get(`${prefix}index`))).toEqual(index);
  }
});
