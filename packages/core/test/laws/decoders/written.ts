/** What the laws of several decoders begin with: a log, and what stands in it. */
import * as fc from "fast-check";
import { decodeRecord, encodeRecord, spineOf, type EntryRecord } from "../../../src/protocol/record.ts";
import { Device, provider } from "../../device.ts";
import { idOf, ops, versionOf } from "../../ops.ts";
import { once } from "./judged.ts";

/** A log with a genesis, entries, and a change of keys. */
export const written = once(async () => {
  const device = await Device.begin();
  const early = device.keys;
  await device.append([
    { op: "mkdir", node: idOf(1), parent: null, name: "d" },
    { op: "add", node: idOf(2), parent: idOf(1), name: "f", version: versionOf(1, 2) },
    { op: "replace", node: idOf(2), base: versionOf(1).blob, version: versionOf(3) },
    { op: "meta", node: idOf(2), meta: { colour: "red", nested: { deep: [1, 2, 3] } } },
    { op: "trash", node: idOf(2) },
  ]);
  await device.append([{ op: "restore", node: idOf(2) }]);
  await device.rekey();
  await device.append([{ op: "rename", node: idOf(1), name: "e" }]);
  const entry = decodeRecord(device.records[1]!) as EntryRecord;
  return { device, early, entry, spine: encodeRecord(await spineOf(provider, entry)) };
});

export const recordSeeds = once(async () => {
  const { device, spine } = await written();
  return [...device.records, spine];
});

export const opSeeds = once(async () => [
  { op: "add", node: idOf(1), parent: null, name: "f", version: { ...versionOf(5, 6), type: "text/plain", modified: 1 } },
  ...fc.sample(ops(40), { numRuns: 30, seed: 1 }).flat(),
]);
export const entrySeeds = once(async () => {
  const list = await opSeeds();
  return Array.from({ length: 8 }, (_, i) => ({ v: 1, id: idOf(7), device: idOf(8), at: 1, ops: list.slice(i * 10, i * 10 + 10) }));
});
