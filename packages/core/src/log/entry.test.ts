import { crc32 } from "node:zlib";
import { gzipSync } from "fflate";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Device, provider } from "../../test/device.ts";
import { blobOf, idOf, versionOf } from "../../test/ops.ts";
import { concat } from "../crypto/encoding.ts";
import { isKeyfoldError } from "../error.ts";
import { decodeClear, decodeRecord, type EntryRecord } from "../protocol/record.ts";
import type { Op } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { draftEntry } from "./draft.ts";
import { openEntry, readEntry, sealedSizeOfOps, sealEntry } from "./entry.ts";
import { gunzip, gzip } from "./gzip.ts";

const noLists = { added: [], dropped: [], consumed: [] };
const id = "a".repeat(32);

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return isKeyfoldError(error) ? error.reason : String(error);
  }
  return undefined;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => new Uint8Array(array));

test("gzip: one member comes back, and with any byte behind it, a byte less, or a second member it is refused", () => {
  fc.assert(
    fc.property(bytes(3000), bytes(30), fc.nat(), (data, more, cut) => {
      const zipped = gzip(data);
      expect(gunzip(zipped, 3000)).toEqual(data);
      if (more.length > 0) expect(codeOf(() => gunzip(concat(zipped, more), 1e6))).toBe("gzip");
      expect(codeOf(() => gunzip(concat(zipped, gzip(more)), 1e6))).toBe("gzip");
      expect(codeOf(() => gunzip(zipped.slice(0, cut % zipped.length), 1e6))).toBe("gzip");
      if (data.length > 0) expect(codeOf(() => gunzip(zipped, data.length - 1))).toBe("too-large");
    }),
  );
});

test("gzip: a wrong checksum or length is refused; a name and a comment in the header are not", () => {
  const data = new TextEncoder().encode("keyfold");
  const zipped = gzip(data);
  for (let i = zipped.length - 8; i < zipped.length; i++) {
    const harmed = zipped.slice();
    harmed[i]! ^= 1;
    expect(codeOf(() => gunzip(harmed, 1e6))).toBe("gzip");
  }
  expect(gunzip(gzipSync(data, { filename: "name" }), 1e6)).toEqual(data);
});

test("gzip: a byte between the last block and a trailer that fits is refused, and so is more than the trailer says", () => {
  fc.assert(
    fc.property(bytes(300), bytes(5), (data, junk) => {
      const zipped = gzip(data);
      const [whole, trailer] = [zipped.slice(0, -8), zipped.slice(-8)];
      if (junk.length > 0) expect(codeOf(() => gunzip(concat(whole, junk, trailer), 1e6))).toBe("gzip");
      // Says and sums up only the beginning of what is in it.
      const longer = gzip(concat(data, new Uint8Array(500)));
      expect(codeOf(() => gunzip(concat(longer.slice(0, -8), trailer), 1e6))).toBe("gzip");
    }),
  );
});

test("gzip: reserved flags and a wrong checksum of the header are refused, a right one is not", () => {
  const zipped = gzip(new Uint8Array(3));
  const flagged = (flag: number, ...more: number[]) => {
    const head = zipped.slice(0, 10);
    head[3] = flag;
    return concat(head, new Uint8Array(more), zipped.slice(10));
  };
  expect(codeOf(() => gunzip(flagged(0x20), 1e6))).toBe("gzip");
  expect(codeOf(() => gunzip(flagged(2, 0, 0), 1e6))).toBe("gzip");
  const crc = crc32(flagged(2).slice(0, 10)) & 0xffff;
  expect(gunzip(flagged(2, crc & 0xff, crc >> 8), 1e6)).toEqual(new Uint8Array(3));
  expect(gunzip(flagged(4, 1, 0, 7), 1e6)).toEqual(new Uint8Array(3));
});

test("gzip: a bomb of 200 MiB is given up at the limit", { timeout: 60_000 }, () => {
  const bomb = gzipSync(new Uint8Array(200 * 1024 * 1024));
  const started = process.memoryUsage().arrayBuffers;
  expect(codeOf(() => gunzip(bomb, 16 * 1024 * 1024))).toBe("too-large");
  expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(100 * 1024 * 1024);
});

test("an entry is opened at its place, with its clear part, by its key; anywhere else it is empty", async () => {
  const device = await Device.begin();
  const [before] = device.positions;
  const op: Op = { op: "mkdir", node: idOf(1), parent: null, name: "d" };
  await device.append([op]);
  const record = decodeRecord(device.records[1]!) as EntryRecord;
  const open = (at = before!, sealed = record) => openEntry(provider, device.keys.log, at, sealed);
  expect(await open()).toMatchObject({ state: "read", entry: { ops: [op] } });
  const empty = { state: "empty", reason: "tag" };
  expect(await open({ ...before!, seq: 1 })).toEqual(empty);
  expect(await open({ ...before!, epoch: 1 })).toEqual(empty);
  expect(await open({ ...before!, head: new Uint8Array(32) })).toEqual(empty);
  expect(await open({ ...before!, folderId: "0".repeat(32) })).toEqual(empty);
  expect(await open(before, { ...record, clear: new Uint8Array(12).fill(1) })).toEqual(empty);
  expect(await open(before, { ...record, sealed: record.sealed.slice(0, 20) })).toEqual(empty);
  expect(await openEntry(provider, (await Device.begin()).keys.log, before!, record)).toEqual(empty);
});

test("two entries of the same ops share no byte of nonce or ciphertext", async () => {
  const { keys, position } = await Device.begin();
  const seal = () => sealEntry(provider, keys, position, { id, device: id, at: 0, ops: [] }, noLists);
  const [a, b] = [await seal(), await seal()];
  expect(a.record.sealed.subarray(0, 12)).not.toEqual(b.record.sealed.subarray(0, 12));
  expect(a.record.sealed.subarray(12, 40)).not.toEqual(b.record.sealed.subarray(12, 40));
});

test.each([
  ["null", null],
  ["an array", []],
  ["no version", { id, device: id, at: 0, ops: [] }],
  ["a version that is a text", { v: "1", id, device: id, at: 0, ops: [] }],
  ["half a version", { v: 1.5, id, device: id, at: 0, ops: [] }],
  ["an id that is none", { v: 1, id: "A".repeat(32), device: id, at: 0, ops: [] }],
  ["a time that is none", { v: 1, id, device: id, at: "0", ops: [] }],
  ["ops that are no list", { v: 1, id, device: id, at: 0, ops: {} }],
])("an entry's JSON that is %s is empty", (_, value) => {
  expect(readEntry(value)).toEqual({ state: "empty", reason: "json-shape" });
});

test("an entry of a newer version is told apart whatever else is in it", () => {
  expect(readEntry({ v: 2 })).toEqual({ state: "newer", version: 2 });
});

test("5,000 files with thumbnails make entries that each fit, and all are in them", async () => {
  const device = await Device.begin();
  const random = (length: number) => Array.from(provider.randomBytes(length), (byte) => byte.toString(36)).join("");
  const ops: Op[] = Array.from({ length: 5000 }, (_, n) => {
    const thumbnail = versionOf(100_000 + n);
    return { op: "add", node: idOf(n), parent: null, name: random(40), version: { ...versionOf(n), thumbnail, type: random(100) } };
  });
  const entries = await device.append(ops);
  expect(device.tree.nodeCount).toBe(5000);
  const decoded = device.records.slice(1).map((record) => decodeRecord(record) as EntryRecord);
  expect(decoded).toHaveLength(entries);
  for (const { clear, sealed } of decoded) {
    expect(decodeClear(clear).added.length).toBeLessThanOrEqual(1000);
    expect(sealed.length).toBeLessThanOrEqual(256 * 1024);
  }
  expect(new Set(decoded.flatMap(({ clear }) => decodeClear(clear).added)).size).toBe(10_000);
});

test("ops that make more than 256 KiB are cut to what fits", () => {
  const tree = new Tree();
  const random = () => Array.from(provider.randomBytes(800), (byte) => String.fromCharCode(97 + (byte % 26))).join("");
  const ops: Op[] = Array.from({ length: 1000 }, (_, n) => ({
    op: "add",
    node: idOf(n),
    parent: null,
    name: `${n}`,
    version: { ...versionOf(n), type: random() },
  }));
  const draft = draftEntry(tree, ops);
  expect(draft.taken).toBeGreaterThan(300);
  expect(draft.taken).toBeLessThan(700);
  expect(sealedSizeOfOps(draft.ops)).toBeLessThanOrEqual(256 * 1024);
  expect(draft.lists.added).toHaveLength(draft.taken);
  expect(tree.nodeCount).toBe(draft.taken);
});

test("a draft has no op without effect, and one that alone is too large changes nothing", () => {
  const tree = new Tree();
  const make: Op = { op: "mkdir", node: idOf(1), parent: null, name: "d" };
  expect(draftEntry(tree, [make, make, { op: "trash", node: idOf(7) }])).toEqual({
    ops: [make],
    lists: noLists,
    resealed: new Set(),
    taken: 3,
  });
  expect(draftEntry(tree, [make])).toEqual({ ops: [], lists: noLists, resealed: new Set(), taken: 1 });
  const nodes = Array.from({ length: 1001 }, (_, n) => idOf(100 + n));
  for (const [n, node] of nodes.entries()) draftEntry(tree, [{ op: "add", node, parent: null, name: "f", version: versionOf(n) }]);
  expect(() => draftEntry(tree, [{ op: "purge", nodes }])).toThrow(expect.objectContaining({ code: "too-large" }));
  expect([tree.nodeCount, tree.isStanding(blobOf(0))]).toEqual([1002, true]);
});

test("a checkpoint is 44 bytes and comes back", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (epoch, seq, head) => {
      const encoded = encodeCheckpoint({ epoch, seq, head: new Uint8Array(head) });
      expect(encoded).toHaveLength(44);
      expect(decodeCheckpoint(encoded)).toEqual({ epoch, seq, head: new Uint8Array(head) });
    }),
  );
  expect(() => decodeCheckpoint(new Uint8Array(43))).toThrow(expect.objectContaining({ code: "malformed" }));
});

test("a draft tells which dropped blobs were sealed anew, thumbnails with them, and no others", () => {
  const tree = new Tree();
  const add: Op[] = [
    { op: "add", node: idOf(1), parent: null, name: "a", version: versionOf(1, 2) },
    { op: "add", node: idOf(2), parent: null, name: "b", version: versionOf(3) },
  ];
  expect(draftEntry(tree, add).resealed).toEqual(new Set());
  const draft = draftEntry(tree, [
    { op: "reseal", node: idOf(1), from: versionOf(1).blob, to: versionOf(4, 5) },
    { op: "reseal", node: idOf(2), from: versionOf(1).blob, to: versionOf(6) }, // not a version of it
    { op: "purge", nodes: [idOf(2)] },
  ]);
  expect(draft.lists.dropped).toEqual([versionOf(1).blob, versionOf(2).blob, versionOf(3).blob]);
  expect(draft.resealed).toEqual(new Set([versionOf(1).blob, versionOf(2).blob]));
});
