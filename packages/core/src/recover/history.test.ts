import { describe, expect, it } from "vitest";
import { toBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { KeyCheckpoint } from "../key/file.ts";
import { decodeRecord, encodeRecord, joinPage } from "../protocol/record.ts";
import { spineOf } from "../protocol/step.ts";
import { Device, packed, provider } from "../../test/device.ts";
import { versionOf } from "../../test/ops.ts";
import { readHistory, type History } from "./history.ts";
import type { FolderSource, RecordRun } from "./source.ts";

const id = (n: number): string => n.toString(16).padStart(32, "0");

/** Appends a file in an entry of its own. */
async function add(device: Device, n: number): Promise<void> {
  await device.append([{ op: "add", node: id(n), parent: null, name: `file ${n}`, version: versionOf(n) }]);
}

/** The device's records as a source; `undefined` ones are missing. */
function sourceOf(device: Device, records: readonly (Bytes | undefined)[] = device.records): FolderSource {
  async function* runs(): AsyncGenerator<RecordRun> {
    for (const [first, record] of records.entries()) if (record !== undefined) yield { first, records: joinPage([record]) };
  }
  return {
    folder: device.position.folderId,
    seq: device.records.length - 1,
    records: runs,
    hashes: () => Promise.resolve(null),
    part: () => Promise.resolve(null),
  };
}

function read(device: Device, records?: readonly (Bytes | undefined)[], checkpoint?: KeyCheckpoint): Promise<History> {
  return readHistory({
    provider,
    keys: device.keys,
    source: sourceOf(device, records),
    checkpoint,
    content({ blob }) {
      const bytes = device.shelf.get(blob);
      if (bytes === undefined) throw new KeyfoldError("not-found", "Not on the shelf.", { reason: "part-missing" });
      return new Blob([bytes]).stream();
    },
  });
}

function names({ tree }: History): string[] {
  return tree.nodes().map(({ name }) => name);
}

/** What is left of a record whose body is gone. */
async function spine(record: Bytes): Promise<Bytes> {
  const decoded = decodeRecord(record);
  if (decoded.kind !== "entry") throw new Error("Only an entry has a spine.");
  return encodeRecord(await spineOf(provider, decoded));
}

async function withSpine(device: Device, seq: number): Promise<Bytes[]> {
  const spun = await spine(device.records[seq]!);
  return device.records.map((record, at) => (at === seq ? spun : record));
}

/** Puts a snapshot of the device's tree into the log. */
async function appendSnapshot(device: Device, n: number): Promise<void> {
  const { content, state } = await packed(device.tree);
  const descriptor = versionOf(n);
  device.shelf.set(descriptor.blob, content);
  await device.append([{ op: "snapshot", descriptor, covers: device.position.seq, state: toBase64url(state) }]);
}

describe("a history", () => {
  it("that is whole is folded to its end", async () => {
    const device = await Device.begin();
    await add(device, 1);
    await device.rekey();
    await add(device, 2);
    const history = await read(device);
    expect(names(history)).toEqual(["file 1", "file 2"]);
    expect(history.faults).toEqual([]);
    expect(history.position?.seq).toBe(device.position.seq);
  });

  it("goes on behind an entry whose body is lost, and names it", async () => {
    const device = await Device.begin(1);
    for (const n of [1, 2, 3]) await add(device, n);
    const history = await read(device, await withSpine(device, 2));
    expect(names(history)).toEqual(["file 1", "file 3"]);
    expect(history.faults).toEqual([{ what: "entry", seq: 2, reason: "missing", healed: false }]);
  });

  it("finds a place again for what a lost entry made, in a later snapshot", async () => {
    const device = await Device.begin(1);
    for (const n of [1, 2, 3]) await add(device, n);
    await appendSnapshot(device, 900);
    await add(device, 4);
    const history = await read(device, await withSpine(device, 2));
    expect(names(history)).toEqual(["file 1", "file 2", "file 3", "file 4"]);
    expect(history.faults).toEqual([{ what: "entry", seq: 2, reason: "missing", healed: true }]);
    expect(history.strays).toEqual([]);
  });

  it("is not made whole by a snapshot that cannot be read, nor by one from before the loss", async () => {
    const device = await Device.begin(1);
    await add(device, 1);
    await appendSnapshot(device, 900);
    for (const n of [2, 3]) await add(device, n);
    const early = await read(device, await withSpine(device, 3));
    expect(early.faults).toEqual([{ what: "entry", seq: 3, reason: "missing", healed: false }]);
    await appendSnapshot(device, 901);
    device.shelf.delete(versionOf(901).blob);
    const unread = await read(device, await withSpine(device, 3));
    expect(unread.faults).toEqual([{ what: "entry", seq: 3, reason: "missing", healed: false }]);
    expect(names(unread)).toEqual(["file 1", "file 3"]);
  });

  it("keeps a file whose directory is lost, without a place", async () => {
    const device = await Device.begin(1);
    await device.append([{ op: "mkdir", node: id(50), parent: null, name: "directory" }]);
    await device.append([{ op: "add", node: id(51), parent: id(50), name: "inside", version: versionOf(51) }]);
    const history = await read(device, await withSpine(device, 1));
    expect(names(history)).toEqual([]);
    expect(history.strays).toEqual([{ node: id(51), name: "inside", version: versionOf(51) }]);
  });

  it("does not bring back what was deleted for ever behind the loss", async () => {
    const device = await Device.begin(1);
    await device.append([{ op: "mkdir", node: id(50), parent: null, name: "directory" }]);
    await device.append([{ op: "add", node: id(51), parent: id(50), name: "inside", version: versionOf(51) }]);
    await device.append([{ op: "purge", nodes: [id(50), id(51)] }]);
    expect((await read(device, await withSpine(device, 1))).strays).toEqual([]);
  });

  it("loses names, and not more, with the snapshot that a change of keys stands on", async () => {
    const device = await Device.begin();
    await add(device, 1);
    await device.rekey();
    await device.append([
      {
        op: "reseal",
        node: id(1),
        from: versionOf(1).blob,
        to: { ...versionOf(2), size: versionOf(1).size, sealedSize: versionOf(1).sealedSize },
      },
    ]);
    await add(device, 3);
    device.shelf.clear();
    const history = await read(device);
    expect(history.faults).toMatchObject([{ what: "snapshot", seq: 3, healed: false }]);
    expect(names(history)).toEqual(["file 3"]);
    expect(history.strays.map(({ node, name, version }) => [node, name, version.blob])).toEqual([[id(1), null, versionOf(2).blob]]);
  });

  it("ends where a record is missing, is forged, or stands in another's place", async () => {
    const device = await Device.begin(1);
    for (const n of [1, 2, 3]) await add(device, n);
    const { records } = device;
    const forged = records[2]!.slice();
    forged[forged.length - 1]! ^= 1;
    const cases: [readonly (Bytes | undefined)[], string][] = [
      [records.map((record, seq) => (seq === 2 ? undefined : record)), "missing"],
      [records.map((record, seq) => (seq === 2 ? forged : record)), "bad-signature"],
      [[records[0], records[1], records[3], records[2]], "bad-signature"],
      [records.map((record, seq) => (seq === 2 ? record.subarray(0, 40) : record)), "malformed"],
      [records.slice(0, 2), "missing"],
    ];
    for (const [given, reason] of cases) {
      const history = await read(device, given);
      expect(history.faults).toEqual([{ what: "broken", seq: 2, last: 3, reason }]);
      expect(names(history)).toEqual(["file 1"]);
    }
  });

  it("without a beginning has nothing in it", async () => {
    const device = await Device.begin(1);
    await add(device, 1);
    const history = await read(device, [undefined, device.records[1]]);
    expect(history).toMatchObject({ position: null, mode: null, faults: [{ what: "broken", seq: 0, reason: "missing" }] });
  });

  it("in the middle of a change of keys is not complete", async () => {
    const device = await Device.begin();
    await add(device, 1);
    const before = device.keys;
    await device.rekey();
    const source = { ...sourceOf(device, device.records.slice(0, 3)), seq: 2 };
    const content = (): never => {
      throw new Error("No snapshot is asked for.");
    };
    const history = await readHistory({ provider, keys: before, source, content });
    expect(history.faults).toMatchObject([{ what: "broken", seq: 3, reason: "rekey-incomplete" }]);
    expect(names(history)).toEqual(["file 1"]);
  });

  it("of another key's is told from that of a newer key", async () => {
    const device = await Device.begin();
    const before = device.keys;
    await device.rekey();
    const content = (): never => {
      throw new Error("No snapshot is asked for.");
    };
    const old = readHistory({ provider, keys: before, source: sourceOf(device), content });
    await expect(old).rejects.toMatchObject({ code: "old-key" });
    const { keys: strange } = await Device.begin();
    const none = readHistory({ provider, keys: strange, source: sourceOf(device), content });
    await expect(none).rejects.toMatchObject({ code: "wrong-key" });
  });

  it("is compared with a checkpoint of an earlier epoch, whose entries are gone", async () => {
    const device = await Device.begin();
    await add(device, 1);
    const { epoch, seq, head } = device.position;
    await device.rekey();
    const records = await withSpine(device, 1);
    expect((await read(device, records, { epoch, seq, head: toHex(head) })).faults).toEqual([]);
    const other = await read(device, records, { epoch, seq, head: "ab".repeat(32) });
    expect(other.faults).toEqual([{ what: "forked", seq: 1 }]);
    expect(names(other)).toEqual(["file 1"]);
    const older = await read(device, records, { epoch: 1, seq: 9, head: toHex(head) });
    expect(older.faults).toEqual([{ what: "rolled-back", seq: 3, seen: 9 }]);
  });

  it("passes over a malformed op, as every reader does", async () => {
    const device = await Device.begin(1);
    await add(device, 1);
    await device.appendRaw([{ op: "add", node: id(2), parent: null, name: 5, version: {} }]);
    await add(device, 3);
    const history = await read(device);
    expect(names(history)).toEqual(["file 1", "file 3"]);
    expect(history.faults).toEqual([]);
  });
});
