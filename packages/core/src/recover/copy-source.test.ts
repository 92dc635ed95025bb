import { beforeAll, describe, expect, test } from "vitest";
import type { Bytes } from "../crypto/provider.ts";
import { joinPage } from "../protocol/record.ts";
import { Device, provider } from "../../test/device.ts";
import { copySource, type DataCopy, type Row } from "./copy-source.ts";
import { readHistory } from "./history.ts";
import type { Wanted } from "./source.ts";

let device: Device;
beforeAll(async () => {
  device = await Device.begin();
  await device.append([{ op: "mkdir", node: "1".repeat(32), parent: null, name: "d" }]);
});

/** A copy with the device's log in it, whose row of the folder says this of its end. */
function copyWith(seq: Row[string], query?: DataCopy["query"]): DataCopy & { asked: number } {
  const { folderId: id, epoch } = device.position;
  const copy: DataCopy & { asked: number } = {
    asked: 0,
    query(sql, values) {
      if (copy.asked++ > 1000) throw new Error("asked without end");
      if (sql.includes("from folder_key")) return [{ folder: id, epoch }];
      if (sql.includes("max(seq)")) return [{ seq: device.records.length - 1 }];
      if (sql.includes("from folder")) return [{ id, epoch, seq, keys: device.keys.keys }];
      if (!sql.includes("from log_record")) return [];
      const [, from, end] = values as [string, number, number];
      return device.records.slice(from, end).map((wire, at) => ({ seq: from + at, kind: 0, size: wire.length + 4, wire, body: null }));
    },
    file: () => Promise.resolve(null),
    close: () => undefined,
  };
  return query === undefined ? copy : { ...copy, query };
}

const wanted = (): Wanted => ({
  keyId: device.keys.keyId,
  readAuthPub: device.keys.readAuthPub,
  credential: () => ({ scope: "owner", epoch: 0, sign: () => Promise.resolve(new Uint8Array(64)) }),
});

async function recordsOf(copy: DataCopy): Promise<Bytes[]> {
  const folder = await copySource(copy).find(wanted());
  const found: Bytes[] = [];
  for await (const { records } of folder.records()) found.push(records);
  return found;
}

describe("a copy whose row of the folder is damaged", () => {
  test("gives every record that it has, whatever that row says of their number", async () => {
    for (const seq of [null, "x", new Uint8Array(3), -1, 0.5]) {
      expect(await recordsOf(copyWith(seq))).toEqual([joinPage(device.records)]);
    }
  });

  test("that says that there are records without end is not asked without end, and what is missing is told", async () => {
    const copy = copyWith(Number.MAX_SAFE_INTEGER);
    expect(await recordsOf(copy)).toEqual([joinPage(device.records)]);
    const source = await copySource(copyWith(Number.MAX_SAFE_INTEGER)).find(wanted());
    const history = await readHistory({ provider, keys: device.keys, source, content: () => new ReadableStream() });
    expect(history.position).toEqual(device.position);
    expect(history.faults).toMatchObject([{ what: "broken", seq: 2, reason: "missing" }]);
  });
});

test("a copy whose database fails in the middle says that it is damaged, whatever is asked", async () => {
  let asked = 0;
  const failing = (): never => {
    throw new Error("database disk image is malformed");
  };
  const source = copySource(copyWith(1, () => (asked++ === 0 ? [] : failing())));
  const { folderId } = device.position;
  await expect(source.find(wanted())).rejects.toMatchObject({ code: "malformed", reason: "database" });
  await expect(source.find({ ...wanted(), keyId: undefined })).rejects.toMatchObject({ code: "malformed", reason: "database" });
  await expect(source.publishedKey(folderId)).rejects.toMatchObject({ code: "malformed", reason: "database" });
});
