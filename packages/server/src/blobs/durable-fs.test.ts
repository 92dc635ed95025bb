import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createStorage } from "unstorage";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/mount.ts";
import { bytesOf, newId } from "../../test/owner.ts";
import { smallDisk } from "../../test/small-disk.ts";
import { durableFs } from "./durable-fs.ts";
import { partKey } from "./store.ts";

const key = () => partKey(newId(), newId(), 0);

describe("durable files", () => {
  test("give back what was put, null for what never was, nothing after removal", async () => {
    const store = durableFs(await temporaryFolder());
    const [one, bytes] = [key(), bytesOf(5000)];
    expect(await store.get(one)).toBeNull();
    await store.put(one, bytes);
    expect(await store.get(one)).toEqual(bytes);
    const shorter = bytesOf(10);
    await store.put(one, shorter);
    expect(await store.get(one)).toEqual(shorter);
    await store.remove([one, key()]);
    await store.remove([one]);
    expect(await store.get(one)).toBeNull();
  });

  test("a reader sees the old bytes or the new ones, never a mixture", async () => {
    const store = durableFs(await temporaryFolder());
    const one = key();
    const versions = Array.from({ length: 6 }, (_, i) => new Uint8Array(300_000).fill(i + 1));
    await store.put(one, versions[0]!);
    const state = { writing: true };
    const writer = (async () => {
      for (let i = 0; i < 40; i++) await store.put(one, versions[i % versions.length]!);
      state.writing = false;
    })();
    let reads = 0;
    while (state.writing) {
      const seen = await store.get(one);
      expect(seen?.length).toBe(300_000);
      expect(seen!.every((byte) => byte === seen![0])).toBe(true);
      reads++;
    }
    await writer;
    expect(reads).toBeGreaterThan(10);
  });

  test("many writers of one key at once leave one of their values", async () => {
    const store = durableFs(await temporaryFolder());
    const one = key();
    const values = Array.from({ length: 20 }, () => bytesOf(10_000));
    await Promise.all(values.map((value) => store.put(one, value)));
    expect(values).toContainEqual(await store.get(one));
  });

  test("a directory that somebody took away is made again", async () => {
    const directory = await temporaryFolder();
    const store = durableFs(directory);
    const folder = newId();
    await store.put(partKey(folder, newId(), 0), bytesOf(10));
    await rm(join(directory, folder), { recursive: true });
    const again = partKey(folder, newId(), 0);
    await store.put(again, bytesOf(10));
    expect(await store.get(again)).toHaveLength(10);
  });

  test("keys that would leave the root, and keys of other forms, are refused", async () => {
    const store = durableFs(await temporaryFolder());
    for (const bad of ["..:..:x", "a/b:c", "a", "a:", ":a", "a::b", "a:b.c", "a:b\\c", "", ".incoming:x"]) {
      await expect(store.put(bad, bytesOf(1))).rejects.toMatchObject({ code: "invalid-argument" });
      await expect(store.get(bad)).rejects.toMatchObject({ code: "invalid-argument" });
    }
  });

  test("an error is an error: not null, not a value", async () => {
    const directory = await temporaryFolder();
    const store = durableFs(directory);
    const [folder, blob] = [newId(), newId()];
    await mkdir(join(directory, folder, blob.slice(0, 2), `${blob}.0`), { recursive: true });
    await expect(store.get(partKey(folder, blob, 0))).rejects.toMatchObject({ code: "server-failed", reason: "EISDIR" });
    await expect(store.put(partKey(folder, blob, 0), bytesOf(1))).rejects.toMatchObject({ code: "server-failed" });
    expect(await readdir(join(directory, ".incoming"), { recursive: true })).toHaveLength(1); // nothing was left there
  });

  test("files are their owner's alone", async () => {
    const directory = await temporaryFolder();
    const store = durableFs(join(directory, "blobs"));
    const [folder, blob] = [newId(), newId()];
    await store.put(partKey(folder, blob, 0), bytesOf(1));
    for (const path of ["", folder, `${folder}/${blob.slice(0, 2)}`])
      expect((await stat(join(directory, "blobs", path))).mode & 0o077).toBe(0);
    expect((await stat(join(directory, "blobs", folder, blob.slice(0, 2), `${blob}.0`))).mode & 0o077).toBe(0);
  });

  test("what a killed process left behind goes a day later; what another process is writing stays", async () => {
    const directory = await temporaryFolder();
    for (const name of ["99999-dead", "99998-alive"]) {
      await mkdir(join(directory, ".incoming", name), { recursive: true });
      await writeFile(join(directory, ".incoming", name, "0"), "half a part");
    }
    const old = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(join(directory, ".incoming", "99999-dead"), old, old);
    const store = durableFs(directory);
    await store.put(key(), bytesOf(1));
    expect(existsSync(join(directory, ".incoming", "99999-dead"))).toBe(false);
    expect(await readFile(join(directory, ".incoming", "99998-alive", "0"), "utf8")).toBe("half a part");
    await store.close!();
    expect(await readdir(join(directory, ".incoming"))).toEqual(["99998-alive"]);
  });

  test("is an unstorage driver", async () => {
    const storage = createStorage({ driver: durableFs(await temporaryFolder()) });
    const one = key();
    await storage.setItemRaw(one, bytesOf(100));
    expect(await storage.getItemRaw(one)).toHaveLength(100);
    expect(await storage.hasItem(one)).toBe(true);
    await storage.setItem("notes:a", "text");
    expect(await storage.getItem("notes:a")).toBe("text");
    expect((await storage.getKeys()).toSorted()).toEqual([one, "notes:a"].toSorted());
    await storage.removeItem(one);
    expect(await storage.hasItem(one)).toBe(false);
    await storage.dispose();
  });
});

test("on a full disk a put fails as storage-full, the old value stays, and it goes on when there is room", async (context) => {
  const directory = (await smallDisk(2 ** 20)) ?? context.skip("NOT TESTED: a full disk needs the right to mount a tmpfs");
  await chmod(directory, 0o700);
  const store = durableFs(directory);
  const [kept, one] = [key(), key()];
  const value = bytesOf(300_000);
  await store.put(kept, value);
  const outcomes = await store.putAll!([
    { key: one, bytes: bytesOf(900_000) },
    { key: kept, bytes: bytesOf(900_000) },
  ]);
  expect(outcomes.map((error) => (error as { code?: string } | undefined)?.code)).toEqual(["storage-full", "storage-full"]);
  expect(await store.get(kept)).toEqual(value);
  expect(await store.get(one)).toBeNull();
  await store.remove([kept]);
  await store.put(one, bytesOf(900_000));
  expect(await store.get(one)).toHaveLength(900_000);
});
