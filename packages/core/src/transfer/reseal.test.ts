import { expect, test, vi } from "vitest";
import { serverForTests } from "../../test/devices-on-server.ts";
import { bytesOf, contentOf, Door, fileOf, TestFolder, Wire } from "../../test/transfer-folder.ts";
import { toUtf8 } from "../crypto/encoding.ts";
import { memoryStore } from "../store/memory.ts";
import type { Reseal } from "../tree/op.ts";
import { sealWhole } from "./parcel.ts";
import { WIDTH } from "./reseal.ts";
import { Transferring } from "./transferring.ts";

const server = serverForTests();

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;
const isPart = /^\/blobs\/[0-9a-f]{32}\/parts\/\d+$/;
const never = new AbortController().signal;

async function withFiles(files: readonly File[], wire = new Wire(), store = memoryStore()) {
  const folder = await TestFolder.create(server);
  const page = await folder.page({ wire, store });
  const transferring = new Transferring(page);
  const ids = transferring.uploads.add(files);
  const nodes = await Promise.all(ids.map((id) => transferring.uploads.finished(id)));
  wire.log.length = 0;
  const exposed = nodes.map((node) => ({ node, blob: folder.version(node)!.blob }));
  return { folder, page, wire, store, transferring, nodes, exposed };
}

async function collected(batches: AsyncIterable<readonly Reseal[]>): Promise<Reseal[]> {
  const ops: Reseal[] = [];
  for await (const batch of batches) ops.push(...batch);
  return ops;
}

test("every version comes out equally large, under another blob and key, with the same content", async () => {
  const sizes = [0, 1, 5000, 4 * MiB, 9 * MiB];
  const { folder, page, transferring, nodes, exposed } = await withFiles(sizes.map((size, i) => fileOf(`${i}.bin`, size)));
  const before = nodes.map((node) => folder.version(node)!);
  const ops = await collected(transferring.resealer.reseal(exposed, { signal: never }));
  await page.propose(ops);
  for (const [i, node] of nodes.entries()) {
    const [old, now] = [before[i]!, folder.version(node)!];
    expect(now).toMatchObject({ size: old.size, sealedSize: old.sealedSize, modified: old.modified });
    expect(now.blob).not.toBe(old.blob);
    expect(now.key).not.toBe(old.key);
    expect(now.digest).not.toBe(old.digest);
    expect(Buffer.compare(await bytesOf(transferring.downloads.stream(node)), contentOf(sizes[i]!))).toBe(0);
  }
  await transferring.resealer.settled(exposed.map(({ blob }) => blob));
  expect(await page.store.keys(`folder/${folder.id}/reseal/`)).toEqual([]);
  expect(await page.store.keys(`folder/${folder.id}/draft/`)).toEqual([]);
  expect(transferring.transfers.value.filter(({ direction }) => direction === "reseal")).toEqual([]);
  await transferring.close();
});

test("many small versions travel together", async () => {
  const { folder, page, wire, transferring, exposed } = await withFiles(
    Array.from({ length: 100 }, (_, i) => fileOf(`${i}.txt`, 3000 + i)),
  );
  const ops = await collected(transferring.resealer.reseal(exposed, { signal: never }));
  expect(ops).toHaveLength(100);
  expect(wire.log.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /parts/read", "POST /parts"]);
  await page.propose(ops);
  expect(Buffer.compare(await bytesOf(transferring.downloads.stream(exposed[99]!.node)), contentOf(3099))).toBe(0);
  expect(folder.tree.count.files).toBe(100);
  await transferring.close();
});

test("a thumbnail is sealed anew with its file, large or small", async () => {
  const { page, transferring, nodes, folder } = await withFiles([fileOf("large.jpg", 9 * MiB), fileOf("small.jpg", 90_000)]);
  const pictures = [contentOf(700), contentOf(800)];
  for (const [i, node] of nodes.entries()) {
    // As a browser would have made it.
    const { descriptor, bytes, hash } = await sealWhole(page, pictures[i]!, true);
    await page.blobs.putBundle([{ blob: descriptor.blob, index: 0, bytes, hash }], { create: true });
    const { blob: base, ...version } = folder.version(node)!;
    const again = await sealWhole(page, contentOf(10), true);
    await page.blobs.putBundle([{ blob: again.descriptor.blob, index: 0, bytes: again.bytes, hash: again.hash }], { create: true });
    await page.propose([{ op: "replace", node, base, version: { ...version, ...again.descriptor, thumbnail: descriptor } }]);
  }
  const before = nodes.map((node) => folder.version(node)!);
  const exposed = nodes.map((node, i) => ({ node, blob: before[i]!.blob }));
  const ops = await collected(transferring.resealer.reseal(exposed, { signal: never }));
  await page.propose(ops);
  for (const [i, node] of nodes.entries()) {
    const now = folder.version(node)!;
    expect(now.thumbnail?.blob).not.toBe(before[i]!.thumbnail?.blob);
    expect(now.thumbnail?.sealedSize).toBe(before[i]!.thumbnail?.sealedSize);
    const thumbnail = await transferring.downloads.thumbnail(node);
    expect(Buffer.compare(new Uint8Array(await thumbnail!.arrayBuffer()), pictures[i]!)).toBe(0);
  }
  await transferring.close();
});

test("a crash in the middle of a large version: what was sent is not sent again", async () => {
  const size = 40 * MiB;
  const { folder, page, wire, store, transferring, exposed } = await withFiles([fileOf("a.bin", size)]);
  const door = new Door();
  let sent = 0;
  wire.before = async (method, path) => {
    if (method === "PUT" && isPart.test(path) && sent++ >= 5) await door.pass();
    return undefined;
  };
  const crash = new AbortController();
  const broken = transferring.resealer.resealVersion(exposed[0]!, { signal: crash.signal });
  await door.arrived(3);
  crash.abort();
  door.open();
  await expect(broken).rejects.toMatchObject({ code: "cancelled" });
  await transferring.close();

  const second = new Wire();
  let stored = 0;
  second.after = async (method, path, response) => {
    if (method === "GET" && /^\/blobs\/[0-9a-f]{32}$/.test(path)) {
      const state = (await response.clone().json()) as { stored: [number, number][] };
      stored = state.stored.reduce((sum, [, count]) => sum + count, 0);
    }
    return response;
  };
  const after = new Transferring(await folder.page({ wire: second, store }));
  const op = await after.resealer.resealVersion(exposed[0]!, { signal: never });
  expect(stored).toBeGreaterThanOrEqual(1);
  expect(second.count("PUT", isPart)).toBe(Math.ceil(op!.to.sealedSize / (4 * MiB)) - stored);
  await page.propose([op!]);
  expect(Buffer.compare(await bytesOf(after.downloads.stream(exposed[0]!.node)), contentOf(size))).toBe(0);
  await after.close();
});

test("a version that was tampered with is told and left; the others go on", async () => {
  const { wire, transferring, exposed } = await withFiles([fileOf("a.txt", 10), fileOf("b.bin", 9 * MiB), fileOf("c.txt", 30)]);
  wire.after = async (_method, path, response) => {
    if (!path.endsWith(`${exposed[1]!.blob}/parts/1`)) return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    bytes[100]! ^= 1;
    return new Response(bytes, response);
  };
  const failed: unknown[] = [];
  const ops = await collected(
    transferring.resealer.reseal(exposed, { signal: never, failed: (version, { code }) => failed.push([version.blob, code]) }),
  );
  expect(ops.map(({ from }) => from).toSorted()).toEqual([exposed[0]!.blob, exposed[2]!.blob].toSorted());
  expect(failed).toEqual([[exposed[1]!.blob, "tampered"]]);
  await transferring.close();
});

test("a stream that is open while its version is sealed anew goes on in the new blob", async () => {
  const { page, wire, transferring, exposed } = await withFiles([fileOf("a.bin", 30 * MiB)]);
  const reader = transferring.downloads.stream(exposed[0]!.node).getReader();
  const pieces = [(await reader.read()).value!];
  const op = await transferring.resealer.resealVersion(exposed[0]!, { signal: never });
  await page.propose([op!]);
  // The old blob is deleted at once: whoever still reads it is told 410.
  wire.before = (method, path) =>
    method === "GET" && path.includes(exposed[0]!.blob)
      ? new Response(JSON.stringify({ code: "gone" }), { status: 410, headers: { "content-type": "application/problem+json" } })
      : undefined;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
  }
  expect(Buffer.compare(Buffer.concat(pieces), contentOf(30 * MiB))).toBe(0);
  await transferring.close();
});

test("what is settled is forgotten, and what a re-encryption or an upload goes on with stays", async () => {
  const names = ["settled", "another device's", "going on", "spent and exposed"];
  const { folder, page, store, transferring, exposed } = await withFiles(names.map((name, i) => fileOf(name, 1000 + i)));
  const resealed = await collected(transferring.resealer.reseal(exposed, { signal: never }));
  const to = (i: number): string => resealed.find(({ from }) => from === exposed[i]!.blob)!.to.blob;
  // An upload whose page died after its file was in the folder, before it was forgotten.
  const uploaded = Array.from({ length: 2 }, (_, i) => String(i + 1).repeat(32));
  const upload = uploaded[0]!;
  const record = { id: "u", draft: { blob: upload } };
  await store.set(`folder/${folder.id}/upload/u`, { owner: "x", order: 0, sealed: await page.sealSecret(toUtf8(JSON.stringify(record))) });
  for (const blob of uploaded) await store.set(`folder/${folder.id}/draft/${blob}/0`, contentOf(32));
  await store.set(`folder/${folder.id}/reseal/${"0".repeat(32)}`, contentOf(100)); // sealed under a key that is gone

  const added = new Set([to(0), to(3), ...uploaded]);
  const stillExposed = new Set([exposed[2]!.blob, exposed[3]!.blob]);
  const look = (blobs: readonly string[]) => ({
    added: new Set(blobs.filter((blob) => added.has(blob))),
    exposed: new Set(blobs.filter((blob) => stillExposed.has(blob))),
  });
  expect(await transferring.resealer.clearLeftovers(look)).toBe(1);
  expect(await store.keys(`folder/${folder.id}/reseal/`)).toEqual([`folder/${folder.id}/reseal/${exposed[2]!.blob}`]);
  const drafts = [to(2), upload].map((blob) => `folder/${folder.id}/draft/${blob}/0`);
  expect(await store.keys(`folder/${folder.id}/draft/`)).toEqual(drafts.toSorted());

  // What stayed is gone on with, not begun anew.
  expect((await transferring.resealer.resealVersion(exposed[2]!, { signal: never }))!.to.blob).toBe(to(2));
  await transferring.close();
});

test("a few bundles are under way at once, and nothing is once nobody asks any more", async () => {
  const files = Array.from({ length: 600 }, (_, i) => fileOf(`${i}.txt`, 100 + i));
  const { wire, transferring, exposed } = await withFiles(files);
  const door = new Door();
  let most = 0;
  let now = 0;
  wire.before = async (_method, path) => {
    if (path !== "/parts") return undefined;
    most = Math.max(most, ++now);
    await door.pass();
    return undefined;
  };
  wire.after = (_method, path, response) => {
    if (path === "/parts") now--;
    return response;
  };
  const batches = transferring.resealer.reseal(exposed, { signal: never });
  const first = batches.next();
  await door.arrived(WIDTH);
  expect(now).toBe(WIDTH);
  door.open();
  expect((await first).value).toHaveLength(128);
  await batches.return(undefined);
  const requests = wire.log.length;
  expect(transferring.transfers.value.filter(({ direction }) => direction === "reseal")).toEqual([]);
  // What was sent stays kept, and is not sent again.
  const ops = await collected(transferring.resealer.reseal(exposed, { signal: never }));
  expect(new Set(ops.map(({ from }) => from)).size).toBe(600);
  expect(wire.log.length).toBeGreaterThan(requests);
  expect(most).toBe(WIDTH);
  await transferring.close();
});
