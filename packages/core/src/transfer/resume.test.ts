import { expect, test, vi } from "vitest";
import { serverForTests } from "../../test/devices-on-server.ts";
import { bytesOf, contentOf, Door, fileOf, TestFolder, until, Wire } from "../../test/transfer-folder.ts";
import { memoryStore } from "../store/memory.ts";
import { Transferring } from "./transferring.ts";

const server = serverForTests();

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;
const isPart = /^\/blobs\/[0-9a-f]{32}\/parts\/\d+$/;
const size = 40 * MiB;

/** A page that is closed in the middle of a large upload: some parts are stored, the answers of others were lost. */
async function interrupted(content = contentOf(size)) {
  const folder = await TestFolder.create(server);
  const store = memoryStore();
  const wire = new Wire();
  const door = new Door();
  let begun = 0;
  let stored = 0;
  wire.before = async (method, path) => {
    if (method === "PUT" && isPart.test(path) && ++begun > 5) await door.pass();
    return undefined;
  };
  wire.after = (method, path, response) => {
    if (method === "PUT" && isPart.test(path)) stored++;
    return response;
  };
  const before = new Transferring(await folder.page({ store, wire }));
  const [id] = before.uploads.add([fileOf("big.bin", content)], { to: "/films" });
  before.uploads.finished(id!).catch(() => undefined);
  await door.arrived(3);
  await until(before.uploads, () => stored === 5);
  const closed = before.close();
  door.open();
  await closed;
  return { folder, store, id: id! };
}

test("what was sent before a reload is not sent again", async () => {
  const { folder, store, id } = await interrupted();
  const wire = new Wire();
  // What the server says when it is asked is what there is: an answer that the first page did not wait for counts too.
  let stored: [number, number][] = [];
  wire.after = async (method, path, response) => {
    if (method === "GET" && /^\/blobs\/[0-9a-f]{32}$/.test(path))
      ({ stored } = (await response.clone().json()) as { stored: [number, number][] });
    return response;
  };
  const after = new Transferring(await folder.page({ store, wire }));
  await after.uploads.restore();
  expect(after.uploads.value).toMatchObject([{ id, name: "big.bin", size, status: "needs-file" }]);

  const wrong = [fileOf("big.bin", 5), fileOf("other.bin", size), fileOf("big.bin", contentOf(size), 1)];
  expect(after.uploads.give(wrong)).toEqual(wrong);
  expect(after.uploads.give([fileOf("big.bin", size)])).toEqual([]);
  const node = await after.uploads.finished(id);
  const sent = stored.reduce((sum, [, count]) => sum + count, 0);
  expect(sent).toBeGreaterThanOrEqual(5);
  const parts = Math.ceil(folder.version(node)!.sealedSize / (4 * MiB));
  expect(sent).toBeLessThan(parts);
  expect(wire.count("PUT", isPart)).toBe(parts - sent);
  expect(folder.tree.path(node).map(({ name }) => name)).toEqual(["films", "big.bin"]);
  expect(Buffer.compare(await bytesOf(after.downloads.stream(node)), contentOf(size))).toBe(0);
  await after.close();
  expect(await store.keys(`folder/${folder.id}/upload/`)).toEqual([]);
  expect(await store.keys(`folder/${folder.id}/draft/`)).toEqual([]);
});

test("another content under the same name, size and time never goes under the old key", async () => {
  const { folder, store, id } = await interrupted();
  const wire = new Wire();
  const page = await folder.page({ store, wire });
  const [draft] = await store.keys(`folder/${folder.id}/draft/`);
  const abandoned = draft!.split("/")[3]!;
  const after = new Transferring(page);
  await after.uploads.restore();
  const edited = contentOf(size).map((byte) => byte ^ 1);
  after.uploads.give([fileOf("big.bin", edited)]);
  const node = await after.uploads.finished(id);
  expect(folder.version(node)?.blob).not.toBe(abandoned);
  // Of the old blob nothing left after the edit was noticed: only parts that nobody had hashed before could, and those before them stopped it.
  expect(Buffer.compare(await bytesOf(after.downloads.stream(node)), edited)).toBe(0);
  await until(after.uploads, () => after.uploads.get(id)?.status === "done");
  await after.close();
  await expect(page.blobs.blobState(abandoned)).rejects.toMatchObject({ status: expect.any(Number) });
});

test("an upload whose every part arrived is finished without its file", async () => {
  const folder = await TestFolder.create(server);
  const store = memoryStore();
  const first = await folder.page({ store });
  const never = Promise.withResolvers<void>();
  const proposed = Promise.withResolvers<void>();
  const before = new Transferring({
    ...first,
    propose: () => {
      proposed.resolve();
      return never.promise;
    },
  });
  const ids = before.uploads.add([fileOf("large.bin", 9 * MiB), fileOf("small.txt", 9)]);
  for (const id of ids) before.uploads.finished(id).catch(() => undefined);
  await proposed.promise;
  await until(before.uploads, () => before.uploads.totals.confirmed === 9 * MiB + 9);
  await before.close();

  const wire = new Wire();
  const after = new Transferring(await folder.page({ store, wire }));
  await after.uploads.restore();
  const nodes = await Promise.all(ids.map((id) => after.uploads.finished(id)));
  expect(wire.count("PUT", isPart) + wire.count("POST", /^\/parts$/)).toBe(0);
  expect(Buffer.compare(await bytesOf(after.downloads.stream(nodes[0]!)), contentOf(9 * MiB))).toBe(0);
  expect(Buffer.compare(await bytesOf(after.downloads.stream(nodes[1]!)), contentOf(9))).toBe(0);
  await after.close();
});

test("an upload that was filed before its page heard of it is not filed twice", async () => {
  const folder = await TestFolder.create(server);
  const store = memoryStore();
  const first = await folder.page({ store });
  const filed = Promise.withResolvers<void>();
  const before = new Transferring({
    ...first,
    propose: async (ops) => {
      await first.propose(ops);
      filed.resolve();
      await new Promise(() => undefined);
    },
  });
  const [id] = before.uploads.add([fileOf("once.txt", 12)]);
  before.uploads.finished(id!).catch(() => undefined);
  await filed.promise;
  await before.close();
  expect(await store.keys(`folder/${folder.id}/upload/`)).toHaveLength(1);

  const after = new Transferring(await folder.page({ store }));
  await after.uploads.restore();
  await after.uploads.finished(id!);
  expect(folder.tree.count.files).toBe(1);
  expect(folder.entries).toBe(1);
  await after.close();
});

test("a handle that the browser still lets the page read needs no person", async () => {
  const { folder, store, id } = await interrupted();
  const [key] = await store.keys(`folder/${folder.id}/upload/`);
  const stored = await store.get<object>(key!);
  let permission: PermissionState = "prompt";
  const handle = {
    queryPermission: () => Promise.resolve(permission),
    requestPermission: () => Promise.resolve((permission = "granted")),
    getFile: () => Promise.resolve(fileOf("big.bin", size)),
  };
  // Handles are cloned by browsers alone: here the store hands out the test's own.
  const withHandle = { ...store, get: <T>(at: string) => (at === key ? Promise.resolve({ ...stored, handle } as T) : store.get<T>(at)) };
  const after = new Transferring({
    ...(await folder.page({ store: withHandle })),
    store: { ...withHandle, batch: dropHandles((writes) => store.batch(writes)) },
  });
  await after.uploads.restore();
  expect(after.uploads.get(id)?.status).toBe("needs-file");
  after.uploads.resume([id]);
  const node = await after.uploads.finished(id);
  expect(folder.tree.get(node)?.current?.size).toBe(size);
  await after.close();
});

test("two pages that are open at once do not take each other's uploads", async () => {
  const folder = await TestFolder.create(server);
  const store = memoryStore();
  const wire = new Wire();
  const door = new Door();
  wire.before = async (method) => {
    if (method === "POST") await door.pass();
    return undefined;
  };
  const one = new Transferring(await folder.page({ store, wire }));
  const [id] = one.uploads.add([fileOf("mine.txt", 3)]);
  await door.arrived(1);
  const two = new Transferring(await folder.page({ store }));
  await two.uploads.restore();
  expect(two.uploads.value).toEqual([]);
  door.open();
  await one.uploads.finished(id!);
  await Promise.all([one.close(), two.close()]);
});

function dropHandles(batch: (writes: readonly (readonly [string, unknown])[]) => Promise<void>) {
  return (writes: readonly (readonly [string, unknown])[]): Promise<void> =>
    batch(
      writes.map(([key, value]) => {
        if (typeof value !== "object" || value === null || !("handle" in value)) return [key, value] as const;
        const { handle: _handle, ...rest } = value;
        return [key, rest] as const;
      }),
    );
}
