import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Device, provider } from "../../test/device.ts";
import { anyOp, blobOf, idOf, ops, versionOf } from "../../test/ops.ts";
import { toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { deriveReaderKeys, exportReadKey } from "../key/schedule.ts";
import { decodeRecord, encodeRecord, joinPage, spineOf, type EntryRecord, type RekeyRecord } from "../protocol/record.ts";
import { applyOp } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import { rebase, seenBy } from "../tree/rebase.ts";
import { Tree, type Mark } from "../tree/tree.ts";
import { LogFollower, type FollowOptions } from "./chain.ts";
import { freeze, snapshotLines } from "./snapshot.ts";

const lines = (tree: Tree) => [...snapshotLines(freeze(tree))];
function folded(list: readonly Op[]): Tree {
  const tree = new Tree();
  for (const op of list) applyOp(tree, op);
  return tree;
}

const add = (n: number, blob = n): Op => ({ op: "add", node: idOf(n), parent: null, name: `${n}`, version: versionOf(blob) });

async function followed(options: FollowOptions, records: readonly Bytes[]): Promise<LogFollower> {
  const follower = new LogFollower(options);
  await follower.page(joinPage(records));
  return follower;
}

async function errorOf(promise: Promise<unknown>): Promise<KeyfoldError | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => {
      if (!isKeyfoldError(error)) throw error;
      return error;
    },
  );
}

/** The records with what a server keeps of past epochs. */
async function withSpine(device: Device): Promise<Bytes[]> {
  return Promise.all(
    device.records.map(async (bytes, i) => {
      const record = decodeRecord(bytes);
      const isPast = device.positions[i]!.epoch < device.position.epoch;
      return record.kind === "entry" && isPast ? encodeRecord(await spineOf(provider, record)) : bytes;
    }),
  );
}

test("what one device writes another folds to the same state, through two changes of keys, with nothing to report", async () => {
  await fc.assert(
    fc.asyncProperty(ops(30), ops(30), fc.array(anyOp, { maxLength: 5 }), async (first, second, since) => {
      const device = await Device.begin();
      const keys = [device.keys];
      await device.append(first);
      await device.rekey(since);
      keys.push(device.keys);
      await device.append(second);
      await device.rekey();
      keys.push(device.keys);
      const whole = await followed(device.following(...keys), device.records);
      expect(whole.finish()).toEqual({ status: "current" });
      expect(whole.reports).toEqual([]);
      expect(lines(whole.tree)).toEqual(lines(device.tree));
      const spine = await followed(device.following(), await withSpine(device));
      expect(spine.finish()).toEqual({ status: "current" });
      expect(spine.reports).toEqual([]);
      expect(lines(spine.tree)).toEqual(lines(device.tree));
      expect(toHex(spine.position!.head)).toBe(toHex(device.position.head));
    }),
    { numRuns: 15 },
  );
});

test("a log of which a record is left out, repeated, exchanged or changed is refused, with all before it folded", async () => {
  const device = await Device.begin();
  const at: string[][] = [lines(device.tree)];
  for (let n = 1; n < 8; n++) {
    await device.append([add(n)]);
    at.push(lines(device.tree));
  }
  const { records } = device;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("left out", "repeated", "exchanged", "flipped", "cut"),
      fc.nat({ max: records.length - 2 }),
      fc.nat(),
      async (harm, i, bit) => {
        const harmed = records.slice();
        if (harm === "left out") harmed.splice(i, 1);
        if (harm === "repeated") harmed.splice(i, 0, records[i]!);
        if (harm === "exchanged") [harmed[i], harmed[i + 1]] = [harmed[i + 1]!, harmed[i]!];
        if (harm === "flipped" || harm === "cut") {
          const bytes = (harmed[i] = records[i]!.slice());
          const where = bit % (8 * bytes.length);
          if (harm === "flipped") bytes[where >> 3]! ^= 1 << (where & 7);
          else harmed[i] = bytes.slice(0, where >> 3);
        }
        const follower = new LogFollower(device.following());
        const error = await errorOf(follower.page(joinPage(harmed)));
        const seq = harm === "repeated" ? i + 1 : i;
        expect(["tampered", "malformed", "wrong-folder"]).toContain(error?.code);
        expect(error?.seq).toBe(seq);
        expect(follower.position?.seq ?? -1).toBe(seq - 1);
        if (seq > 0) expect(lines(follower.tree)).toEqual(at[seq - 1]);
      },
    ),
  );
});

test("after a bad record following goes on where it stopped, once the server sends the true one", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  await device.append([add(2)]);
  const follower = new LogFollower(device.following());
  expect(await errorOf(follower.page(joinPage([device.records[0]!, device.records[2]!])))).toMatchObject({
    reason: "bad-signature",
    seq: 1,
  });
  await follower.page(joinPage(device.records.slice(1)));
  expect(follower.finish()).toEqual({ status: "current" });
  expect(lines(follower.tree)).toEqual(lines(device.tree));
});

test("following goes on from a verified place, and tells the owner of an old key that it was changed", async () => {
  const device = await Device.begin(1);
  await device.append([add(1)]);
  const old = device.keys;
  const first = await followed(device.following(), device.records);
  const from = () => ({ position: first.position!, mode: first.mode, tree: folded([add(1)]) });
  await device.append([add(2)]);
  const second = await followed({ ...device.following(), from: from() }, device.records.slice(2));
  expect([second.finish(), second.mode, lines(second.tree)]).toEqual([{ status: "current" }, 1, lines(device.tree)]);
  await device.rekey();
  await second.page(joinPage(device.records.slice(3)));
  expect(() => second.finish()).toThrow(expect.objectContaining({ code: "old-key" }));
  const third = await followed({ ...device.following(old, device.keys), from: from() }, device.records.slice(2));
  expect([third.finish(), third.reports, lines(third.tree)]).toEqual([{ status: "current" }, [], lines(device.tree)]);
  const stranger = await Device.begin();
  const fourth = await followed({ ...device.following(stranger.keys), from: from() }, device.records.slice(2));
  expect(() => fourth.finish()).toThrow(expect.objectContaining({ code: "wrong-key" }));
});

test("a read key reads, of its own epoch", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  const reader = await deriveReaderKeys(provider, await exportReadKey(provider, device.root));
  const open = await followed(device.following(reader), device.records);
  expect([open.finish(), lines(open.tree)]).toEqual([{ status: "current" }, lines(device.tree)]);
  await device.rekey();
  const locked = await followed(device.following(reader), device.records);
  expect(() => locked.finish()).toThrow(expect.objectContaining({ code: "old-key" }));
});

test("a new device may begin behind the rekey that its own key signed, and behind no other", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  await device.rekey();
  await device.append([add(2)]);
  const [before, rekey] = [device.positions[1]!, decodeRecord(device.records[2]!) as RekeyRecord & { kind: "rekey" }];
  const options = device.following();
  const follower = await LogFollower.behindRekey(options, before, rekey);
  expect(() => follower.finish()).toThrow(expect.objectContaining({ reason: "rekey-incomplete" }));
  await follower.page(joinPage(device.records.slice(3)));
  expect([follower.finish(), follower.mode, lines(follower.tree)]).toEqual([{ status: "current" }, null, lines(device.tree)]);
  const other = { ...before, head: provider.randomBytes(32) };
  expect(await errorOf(LogFollower.behindRekey(options, other, rekey))).toMatchObject({ reason: "bad-signature" });
  const stranger = await Device.begin();
  expect(await errorOf(LogFollower.behindRekey(stranger.following(), before, rekey))).toMatchObject({ code: "wrong-key" });
});

test("a server that sends only the spine of entries that can be read withholds them", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  await device.append([add(2)]);
  const spine = encodeRecord(await spineOf(provider, decodeRecord(device.records[1]!) as EntryRecord));
  const follower = await followed(device.following(), [device.records[0]!, spine, device.records[2]!]);
  expect(() => follower.finish()).toThrow(expect.objectContaining({ code: "tampered", reason: "entry-missing" }));
});

test("an older log than was seen is rolled back, another one is forked", async () => {
  const device = await Device.begin();
  for (let n = 1; n < 4; n++) await device.append([add(n)]);
  const knownHeads = new Map([[3, toHex(device.position.head)]]);
  const shorter = await followed({ ...device.following(), knownHeads }, device.records.slice(0, 3));
  expect(() => shorter.finish()).toThrow(expect.objectContaining({ code: "rolled-back", seq: 2 }));
  const forged = new Map([[2, "00".repeat(32)]]);
  expect(await errorOf(followed({ ...device.following(), knownHeads: forged }, device.records))).toMatchObject({ code: "forked", seq: 2 });
});

test("changes that are not confirmed are off while the log is folded, and on again after it", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  const mine: Op[] = [{ op: "replace", node: idOf(1), base: blobOf(1), version: versionOf(50) }, add(9)];
  let mark: Mark | undefined;
  let next = 800;
  const follower: LogFollower = new LogFollower({
    ...device.following(),
    folding: (fold) => {
      if (mark !== undefined) follower.tree.undo(mark);
      fold();
      if (follower.position!.seq === 0) return;
      mark = follower.tree.mark();
      const pending = mine.map((op) => ({ op, seen: seenBy(follower.tree, op)! }));
      rebase(follower.tree, pending, () => idOf(next++));
    },
  });
  await follower.page(joinPage(device.records));
  expect(follower.tree.get(idOf(1))?.versions).toHaveLength(2);
  const { length } = device.records;
  await device.append([{ op: "replace", node: idOf(1), base: blobOf(1), version: versionOf(60) }]);
  await follower.page(joinPage(device.records.slice(length)));
  expect(follower.tree.get(idOf(1))?.versions.at(-1)?.descriptor.blob).toBe(blobOf(60));
  expect(follower.tree.get(idOf(800))?.name).toBe("1 (conflict)");
  expect(follower.tree.get(idOf(9))).toBeDefined();
  follower.tree.undo(mark!);
  expect(lines(follower.tree)).toEqual(lines(device.tree));
});

test("what an entry says of itself falsely is reported, and folded", async () => {
  const device = await Device.begin();
  await device.appendRaw([add(1)]);
  await device.appendRaw([add(2), 7, { op: "nothing" }], { added: [blobOf(2)], dropped: [], consumed: [] });
  const follower = await followed(device.following(), device.records);
  expect(follower.reports).toEqual([{ seq: 1, notes: ["clear-differs"] }]);
  expect(follower.tree.nodeCount).toBe(2);
});

test("a snapshot that cannot be fetched stops the log before its entry, and is tried again", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  await device.rekey();
  const options = device.following();
  let isOnline = false;
  const follower = new LogFollower({
    ...options,
    snapshot: (descriptor) => {
      if (!isOnline) throw new KeyfoldError("offline", "No network.");
      return options.snapshot(descriptor);
    },
  });
  expect(await errorOf(follower.page(joinPage(device.records)))).toMatchObject({ code: "offline" });
  expect(follower.position?.seq).toBe(2);
  isOnline = true;
  await follower.page(joinPage(device.records.slice(3)));
  expect([follower.finish(), lines(follower.tree)]).toEqual([{ status: "current" }, lines(device.tree)]);
});

test("entries tell their id, device and effects, so that a device finds its own", async () => {
  const device = await Device.begin();
  await device.appendRaw([add(1), add(1)], { added: [blobOf(1)], dropped: [], consumed: [] });
  const told: unknown[] = [];
  await followed(
    { ...device.following(), onEntry: ({ seq, epoch, entry, effects }) => told.push([seq, epoch, entry.device, effects]) },
    device.records,
  );
  expect(told).toEqual([[1, 0, "d".repeat(32), [true, false]]]);
});

test("ops made since the snapshot of a rekey go into its entry", async () => {
  const device = await Device.begin();
  await device.append([add(1)]);
  const late = add(2);
  await device.rekey([late]);
  expect(device.tree.exposed.size).toBe(2);
  expect(applyOp(device.tree, late)).toBe(false);
});
