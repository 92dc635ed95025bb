import memory from "unstorage/drivers/memory";
import type { Driver } from "unstorage";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount } from "../../test/mount.ts";
import { bytesOf, newId, newOwner } from "../../test/owner.ts";
import { blobStoreOf } from "./source.ts";
import { partKey, putAll } from "./store.ts";

describe("any unstorage driver", () => {
  test("serves as a store", async () => {
    const store = blobStoreOf(memory());
    const key = partKey(newId(), newId(), 3);
    const bytes = bytesOf(1000);
    expect(await store.get(key)).toBeNull();
    await store.put(key, bytes);
    expect(await store.get(key)).toEqual(bytes);
    expect(await putAll(store, [{ key, bytes }])).toEqual([undefined]);
    await store.remove([key]);
    expect(await store.get(key)).toBeNull();
  });

  test("without raw values of its own still gives bytes back", async () => {
    const { getItemRaw: _, setItemRaw: __, ...driver } = memory() as Driver;
    const store = blobStoreOf(driver as Driver);
    const bytes = bytesOf(300);
    await store.put("a:b", bytes);
    expect(await store.get("a:b")).toEqual(bytes);
  });

  test("that confirms what it has not written is caught", async () => {
    const lying: Driver = { ...(memory() as Driver), setItemRaw: () => undefined };
    await expect(blobStoreOf(lying).put("a:b", bytesOf(10))).rejects.toMatchObject({ code: "server-failed" });
  });

  test("that resolves a read to an error is caught", async () => {
    const broken: Driver = { ...(memory() as Driver), getItemRaw: () => new Error("EACCES") };
    await expect(blobStoreOf(broken).get("a:b")).rejects.toMatchObject({ code: "server-failed" });
  });

  test("carries a folder's blobs; where it fails, the part is not told as stored", async () => {
    const driver = memory() as Driver;
    let failing = false;
    const { send } = await mount({
      blobs: {
        ...driver,
        setItemRaw: (key: string, value: unknown, options: object) => {
          if (failing) throw new Error("down");
          return driver.setItemRaw!(key, value, options);
        },
      },
    });
    const owner = await newOwner(send, base);
    const blob = await owner.upload();
    expect((await owner.append({ added: [blob] })).status).toBe(200);
    failing = true;
    const other = newId();
    await owner.createBlobs({ blob: other, sealedSize: 1080 });
    const bytes = bytesOf(1080);
    expect(await codeOf(await owner.put(other, 0, bytes))).toBe("internal");
    expect((await owner.append({ added: [other] })).status).toBe(422);
    failing = false;
    expect((await owner.put(other, 0, bytes)).status).toBe(204);
    expect((await owner.append({ added: [other] })).status).toBe(200);
  });
});
