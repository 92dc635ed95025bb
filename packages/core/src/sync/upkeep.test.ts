import { describe, expect, test } from "vitest";
import { meddler, namesIn, outline, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore, type Folder } from "../index.ts";
import { joinPage } from "../protocol/record.ts";
import { Tail } from "./snapshots.ts";

const { devices } = devicesOnServer();

describe("a snapshot", () => {
  test("is due beyond 1 MiB and half the last one: at once by who crossed the line, a minute later by others", () => {
    const tail = new Tail();
    const MiB = 1024 * 1024;
    const records = (...sizes: number[]) => joinPage(sizes.map((size) => new Uint8Array(size)));
    tail.grow(0, records(MiB));
    expect(tail.isDue(0, true, 0)).toBe(false);
    tail.grow(1, records(1));
    expect(tail.isDue(0, false, 0)).toBe(false);
    expect(tail.isDue(0, false, 59_999)).toBe(false);
    expect(tail.isDue(0, false, 60_000)).toBe(true);
    tail.reset(2);
    expect(tail.isDue(0, true, 60_000)).toBe(false);
    tail.grow(3, records(2 * MiB));
    expect(tail.isDue(6 * MiB, true, 0)).toBe(false);
    expect(tail.isDue(3 * MiB, true, 0)).toBe(true);
  });

  test("counts what comes after it, also where both come in one page", () => {
    const tail = new Tail();
    tail.reset(2);
    tail.grow(0, joinPage([2_000_000, 2_000_000, 5, 1000].map((size) => new Uint8Array(size))));
    expect(tail.isDue(0, true, 0)).toBe(false);
  });

  test("is made when the log has grown long, and changes nothing for anybody", async () => {
    const key = generateKey();
    const wire = meddler();
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).create({ key }));
    // Names that do not compress: about 250 bytes each in the log.
    const name = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(180))).toString("base64url");
    await Promise.all(Array.from({ length: 5500 }, () => folder.createDirectory({ parent: null, name: name() })));
    await folder.settled();
    const appended = folder.state.seq;
    await until(folder, () => folder.state.seq > appended && folder.state.pending.length === 0);
    expect(wire.seen.filter((request) => request.startsWith("PUT "))).toHaveLength(1);

    const other = await devices.using(devices.client().open(key));
    expect(outline(other)).toEqual(outline(folder));
    const next = generateKey();
    await other.lock(next);
    expect(outline(await devices.using(devices.client().open(next)))).toEqual(outline(folder));
  }, 60_000);
});

describe("re-encryption", () => {
  async function locked(store = memoryStore(), fetching?: typeof fetch): Promise<{ folder: Folder; key: Uint8Array }> {
    const folder = await devices.client({ store, remember: "device", ...(fetching ? { fetch: fetching } : {}) }).create();
    // Each more than a part: sealed anew one after the other.
    const files = Array.from({ length: 6 }, (_, i) => new File([new Uint8Array(4_400_000).fill(i)], `${i}.bin`));
    await folder.upload(files);
    const key = generateKey();
    await folder.lock(key);
    return { folder, key };
  }

  test("goes on where it was left when the page is closed in its middle", async () => {
    const store = memoryStore();
    const { folder, key } = await locked(store);
    expect(folder.state.exposed.total).toBe(6);
    await until(folder, () => folder.state.exposed.remaining <= 4);
    await folder.close();
    const left = folder.state.exposed.remaining;
    expect(left).toBeGreaterThan(0);

    const again = await devices.using(devices.client({ store, remember: "device" }).openFolder(folder.id));
    expect(again.state.exposed.total).toBe(6);
    await until(again, () => again.state.exposed.remaining === 0);
    await again.settled();
    const other = await devices.using(devices.client().open(key));
    expect(other.state.exposed).toEqual({ remaining: 0, total: 6 });
    for (const name of namesIn(other)) {
      const bytes = new Uint8Array(await (await other.download(`/${name}`)).arrayBuffer());
      expect(bytes.length).toBe(4_400_000);
      expect(bytes.every((byte) => byte === Number(name[0]))).toBe(true);
    }
  }, 60_000);

  test("is done by one page of a device", async () => {
    const store = memoryStore();
    const wires = [meddler(), meddler()];
    const { folder } = await locked(store, wires[0]!.fetch);
    const second = await devices.using(devices.client({ store, remember: "device", fetch: wires[1]!.fetch }).openFolder(folder.id));
    expect(second.state.status).toBe("signed-in");
    await until(folder, () => folder.state.exposed.remaining === 0);
    await folder.settled();
    expect(wires[1]!.seen.filter((request) => request.startsWith("PUT "))).toEqual([]);
    await folder.close();
  }, 60_000);

  test("passes over a version that does not verify, tells of it, and ends the others", async () => {
    const wire = meddler();
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).create());
    await folder.upload([new File([new Uint8Array(4_400_000)], "bad.bin"), new File(["good"], "good.txt")]);
    const bad = folder.state.tree.resolve("/bad.bin")!.current!.blob;
    wire.after = async (request, response) => {
      if (!request.includes(`/blobs/${bad}/parts/1`)) return undefined;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[100]! ^= 1;
      return new Response(bytes, { status: 200 });
    };
    const told: string[] = [];
    folder.onProblem((error) => told.push(`${error.code} ${error.reason}`));
    await folder.lock(generateKey());
    await until(folder, () => folder.state.exposed.remaining === 1);
    await folder.settled();
    await folder.refresh();
    expect(told).toEqual(["tampered part-hash"]);
    expect(folder.state.tree.resolve("/bad.bin")).toMatchObject({ exposed: true });
    expect(folder.state.tree.resolve("/good.txt")).toMatchObject({ exposed: false });
    expect(folder.state.problem).toBeNull();
  }, 60_000);
});
