import { describe, expect, test, vi } from "vitest";
import { make, meddler, namesIn, outline } from "../../test/devices.ts";
import { devicesOnEmptyServer, devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, KeyfoldError, memoryStore, type Folder, type LocalStore } from "../index.ts";
import type { CacheIndex } from "./cache-index.ts";

// Servers are stopped and started, and devices wait for their turn.
vi.setConfig({ testTimeout: 60_000 });

const { devices } = devicesOnServer();

const prefix = (folder: Folder): string => `folder/${folder.id}/cache/`;
const cached = (store: LocalStore, folder: Folder): Promise<readonly string[]> => store.keys(prefix(folder));

/** So many directories, each confirmed in an entry of its own. */
function grow(folder: Folder, count: number, name = "d"): Promise<void> {
  return make(folder, ...Array.from({ length: count }, (_, i) => `${name}${i}`));
}

/** Until another snapshot is made, and kept: names that do not compress. */
async function growLong(folder: Folder, store: LocalStore): Promise<void> {
  const last = async (): Promise<number> => {
    const index = await store.get<CacheIndex>(`${prefix(folder)}index`);
    return index?.snapshots.at(-1)?.seq ?? 0;
  };
  const before = await last();
  const name = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(180))).toString("base64url");
  await Promise.all(Array.from({ length: 5500 }, () => folder.createDirectory({ parent: null, name: name() })));
  await folder.settled();
  await expect.poll(last, { timeout: 20_000 }).toBeGreaterThan(before);
}

describe("a second opening", () => {
  test("asks the server for the tail alone, with a key and with an open folder's link", async () => {
    const store = memoryStore();
    const first = await devices.using(devices.client({ store, remember: "device" }).create());
    await grow(first, 5);
    const link = first.link("https://example.com/");
    const readers = memoryStore();
    await (await devices.client({ store: readers }).openLink(link)).close();
    const { seq } = first.state;
    await grow(first, 2, "later");
    const wire = meddler();
    const reader = await devices.using(devices.client({ store: readers, fetch: wire.fetch }).openLink(link));
    expect(outline(reader)).toEqual(outline(first));
    const logs = wire.seen.filter((request) => request.includes("/log"));
    expect(logs).toEqual([`GET /folders/${first.id}/log`]);
    expect(wire.queries.filter((query) => query.startsWith("?from="))).toEqual([`?from=${seq + 1}`]);

    await first.close();
    const again = meddler();
    const owner = await devices.using(devices.client({ store, remember: "device", fetch: again.fetch }).openFolder(first.id));
    expect(outline(owner)).toEqual(outline(reader));
    expect(again.queries).toEqual(["?from=8"]);
    expect(again.bytes("/log")).toBe(0);
    await owner.createDirectory("/more");
    await owner.settled();
    expect(namesIn(owner)).toContain("more");
  });

  test("begins at the last snapshot, and keeps the records since the second-last", async () => {
    const key = generateKey();
    const store = memoryStore();
    const maker = await devices.using(devices.client({ store }).create({ key }));
    // Another device's snapshots are as good.
    const others = memoryStore();
    const other = await devices.using(devices.client({ store: others }).open(key));
    for (let i = 0; i < 3; i++) {
      await growLong(maker, store);
      await other.refresh();
      // What another device made is fetched, and compared, behind this one's back; its hashes are kept last.
      const { snapshots } = (await store.get<CacheIndex>(`${prefix(maker)}index`))!;
      const kept = `${prefix(maker)}blob/${snapshots.at(-1)!.blob}/hashes`;
      await expect.poll(async () => (await others.get(kept)) !== undefined, { timeout: 30_000 }).toBe(true);
    }
    await grow(maker, 1, "last");
    await maker.settled();
    await other.refresh();
    await Promise.all([maker.close(), other.close()]);
    for (const [i, kept] of [store, others].entries()) {
      const index = await kept.get<CacheIndex>(`${prefix(maker)}index`);
      expect(index!.snapshots).toHaveLength(2);
      expect(index!.chunks[0]!.from).toBeGreaterThan(1);
      const blobs = new Set((await kept.keys(`${prefix(maker)}blob/`)).map((at) => at.split("/")[4]));
      expect(blobs).toEqual(new Set(index!.snapshots.map(({ blob }) => blob)));
      const wire = meddler();
      const again = await devices.using(devices.client({ store: kept, fetch: wire.fetch }).open(key));
      expect(wire.queries).toEqual([`?from=${index!.end.seq + 1}`]);
      expect(wire.seen.filter((request) => request.includes("/parts"))).toEqual([]);
      expect(again.state.tree.count.directories).toBe(3 * 5500 + 1 + i);
      // Who added what is known all the same.
      const [oldest] = again.state.tree.children(null);
      expect(oldest!.added).toMatchObject({ device: expect.any(String), here: i === 0 });
      await again.createDirectory(`/from the cache ${wire.seen.length}`);
      await again.settled();
    }
    const witness = await devices.using(devices.client().open(key));
    expect(witness.state.problem).toBeNull();
    expect(witness.state.tree.count.directories).toBe(3 * 5500 + 3);
  }, 120_000);
});

describe("while the server is away", () => {
  const { devices, server } = devicesOnEmptyServer();

  test("an open folder's page and a signed-in device show the tree as it was, and what is changed goes out later", async () => {
    const store = memoryStore();
    const owner = await devices.using(devices.client({ store, remember: "device" }).create());
    await grow(owner, 3);
    const readers = memoryStore();
    const link = owner.link("https://example.com/");
    await (await devices.client({ store: readers }).openLink(link)).close();
    await server.stop();
    const reader = await devices.using(devices.client({ store: readers }).openLink(link));
    expect(reader.state).toMatchObject({ status: "open", connection: "offline", access: "read", problem: { code: "offline" } });
    expect(outline(reader)).toEqual(outline(owner));
    await server.start();
    await owner.refresh();
    await owner.lock(generateKey());
    await owner.settled();
    await owner.close();
    await server.stop();

    const again = await devices.using(devices.client({ store, remember: "device" }).openFolder(owner.id));
    expect(again.state).toMatchObject({ status: "signed-in", connection: "offline", access: "write", problem: { code: "offline" } });
    expect(namesIn(again)).toEqual(["d0", "d1", "d2"]);
    await again.createDirectory("/made offline");
    await again.close();
    const later = await devices.using(devices.client({ store, remember: "device" }).openFolder(owner.id));
    expect(namesIn(later)).toEqual(["d0", "d1", "d2", "made offline"]);
    await server.start();
    await later.refresh();
    await later.settled();
    expect(later.state).toMatchObject({ connection: "online", problem: null, pending: [] });
    expect(namesIn(later)).toContain("made offline");
    // The reader hears of the lock: of what it could read nothing is left.
    await expect(reader.refresh()).rejects.toMatchObject({ code: "locked-elsewhere" });
    await reader.close();
    expect(await cached(readers, owner)).toEqual([]);
  }, 30_000);

  test("nothing is shown to who has no key", async () => {
    const store = memoryStore();
    const folder = await devices.using(devices.client({ store }).create({ key: generateKey() }));
    await grow(folder, 1);
    await folder.close();
    await server.stop();
    const again = await devices.using(devices.client({ store }).openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "opening", connection: "offline", access: "none" });
    expect(namesIn(again)).toEqual([]);
  });
});

describe("what is kept", () => {
  test("is ignored and fetched anew when any byte of it was changed", async () => {
    const key = generateKey();
    const store = memoryStore();
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await grow(folder, 3);
    await folder.lock(generateKey());
    await folder.settled();
    const next = generateKey();
    await folder.lock(next);
    await grow(folder, 3, "e");
    const expected = outline(folder);
    await folder.close();
    const whole = new Map<string, unknown>();
    for (const at of await cached(store, folder)) whole.set(at, await store.get(at));
    const harms: [string, number][] = [];
    for (const [at, value] of whole) {
      if (!(value instanceof Uint8Array)) continue;
      const step = Math.max(1, Math.floor(value.length / 40));
      for (let i = 0; i < value.length; i += step) harms.push([at, i]);
    }
    expect(harms.length).toBeGreaterThan(80);
    for (const [at, i] of harms) {
      await store.batch([...whole]);
      const bytes = (whole.get(at) as Uint8Array).slice();
      bytes[i]! ^= 1 << (i % 8);
      await store.set(at, bytes);
      const again = await devices.client({ store }).open(next);
      expect(again.state.problem).toBeNull();
      expect(outline(again)).toEqual(expected);
      await again.close();
    }
    // The index itself: another place, a chunk that is not there, another folder's beginning.
    const index = whole.get(`${prefix(folder)}index`) as CacheIndex;
    const first = index.chunks[0]!;
    const wrong: CacheIndex[] = [
      { ...index, chunks: [{ ...first, from: first.from + 1 }] },
      { ...index, chunks: [first, { ...first, from: 99 }] },
      { ...index, chunks: [{ ...first, before: { ...first.before!, head: new Uint8Array(32) } }] },
      { ...index, chunks: [{ ...first, before: { ...first.before!, seq: 4 } }] },
      { ...index, end: { ...index.end, head: new Uint8Array(32) } },
    ];
    for (const one of wrong) {
      await store.batch([...whole, [`${prefix(folder)}index`, one]]);
      const again = await devices.client({ store }).open(next);
      expect(again.state.problem).toBeNull();
      expect(outline(again)).toEqual(expected);
      await again.close();
    }
  }, 120_000);

  test("is never believed against what this device verified: a cut cache does not set the known place back", async () => {
    const key = generateKey();
    const store = memoryStore();
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await grow(folder, 2);
    await folder.close();
    const old = new Map<string, unknown>();
    for (const at of await cached(store, folder)) old.set(at, await store.get(at));
    const again = await devices.using(devices.client({ store }).open(key));
    await grow(again, 2, "e");
    await again.close();
    const place = await store.get<{ seq: number }>(`folder/${folder.id}/place`);
    await store.batch([...old]);
    const wire = meddler();
    const later = await devices.using(devices.client({ store, fetch: wire.fetch }).open(key));
    expect(wire.queries).toEqual(["?from=3"]);
    expect(outline(later)).toEqual(outline(again));
    expect(await store.get(`folder/${folder.id}/place`)).toMatchObject({ seq: place!.seq });
  });

  test("goes with the epoch: after a lock nothing stays that the old key opens, at this device nor at another", async () => {
    const store = memoryStore();
    const owner = await devices.using(devices.client({ store }).create());
    await grow(owner, 4);
    await owner.settled();
    await owner.refresh();
    const bodies: Uint8Array[] = [];
    for (const at of await store.keys(`${prefix(owner)}log/`)) bodies.push((await store.get<Uint8Array>(at))!);
    expect(bodies.length).toBeGreaterThan(0);
    await owner.lock(generateKey());
    const rest = await Promise.all((await store.keys("")).map((at) => store.get<unknown>(at)));
    const kept = Buffer.concat(rest.filter((value) => value instanceof Uint8Array)).toString("latin1");
    for (const body of bodies) {
      for (let i = 200; i + 64 <= body.length; i += 64)
        expect(kept).not.toContain(Buffer.from(body.subarray(i, i + 64)).toString("latin1"));
    }
    const index = await store.get<CacheIndex>(`${prefix(owner)}index`);
    expect(index).toMatchObject({ end: { epoch: 1 }, chunks: [{ from: 5 }] });
  });

  test("goes with signing out", async () => {
    const store = memoryStore();
    const key = generateKey();
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await grow(folder, 2);
    await folder.refresh();
    expect((await cached(store, folder)).length).toBeGreaterThan(0);
    await folder.signOut();
    expect(await cached(store, folder)).toEqual([]);
    expect(await store.keys(`folder/${folder.id}/`)).toEqual([`folder/${folder.id}/place`]);
    await folder.signIn(key);
    expect(namesIn(folder)).toEqual(["d0", "d1"]);
  });

  test("is shared by the pages of one device, which write it at the same time", async () => {
    const store = memoryStore();
    const { folders: pages, key } = await devices.locked(2, [{ store }, { store }]);
    await Promise.all([grow(pages[0], 6, "a"), grow(pages[1], 6, "b")]);
    await Promise.all(pages.map((page) => page.refresh()));
    const expected = outline(pages[0]);
    expect(outline(pages[1])).toEqual(expected);
    await Promise.all(pages.map((page) => page.close()));
    const wire = meddler();
    const again = await devices.using(devices.client({ store, fetch: wire.fetch }).open(key));
    expect(outline(again)).toEqual(expected);
    expect(wire.queries).toEqual(["?from=13"]);
  });

  test("costs nothing where there is no room for it: changes are kept, and it gives way", async () => {
    const memory = memoryStore();
    let full = false;
    const store: LocalStore = {
      ...memory,
      set: (at, value) => (full && at.includes("/cache/") ? refuse() : memory.set(at, value)),
      batch: (writes) =>
        full && writes.some(([at, value]) => at.includes("/cache/") && value !== undefined) ? refuse() : memory.batch(writes),
    };
    const refuse = (): Promise<never> => Promise.reject(new KeyfoldError("local-storage", "Full.", { reason: "full" }));
    const key = generateKey();
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await grow(folder, 2);
    await folder.refresh();
    const problems: string[] = [];
    folder.onProblem(({ code }) => problems.push(code));
    full = true;
    await grow(folder, 3, "e");
    await folder.refresh();
    expect([folder.state.problem, problems]).toEqual([null, []]);
    await folder.close();
    expect(await cached(memory, folder)).toEqual([]);
    full = false;
    const again = await devices.using(devices.client({ store }).open(key));
    expect(namesIn(again)).toHaveLength(5);
    await again.close();
    expect((await cached(memory, folder)).length).toBeGreaterThan(0);
  });
});
