/** Laws of the log's records and pages, and of the chain that they make. */
import { deepStrictEqual, fail, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { toUtf8 } from "../../../src/crypto/encoding.ts";
import { LogFollower } from "../../../src/log/chain.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../src/log/checkpoint.ts";
import { gunzip, gzip } from "../../../src/log/gzip.ts";
import { decodeClear, encodeClear } from "../../../src/protocol/clear.ts";
import { decodeRecord, encodeRecord, joinPage, splitPage } from "../../../src/protocol/record.ts";
import { verifyRecord } from "../../../src/protocol/step.ts";
import { frame, unframe } from "../../../src/seal/padding.ts";
import { provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged } from "../mutation.ts";
import { judged, ofBytes, once } from "./judged.ts";
import { recordSeeds, written } from "./written.ts";

export const logLaws: readonly Law[] = [
  ofBytes("records takes only what it would write", 400, recordSeeds, (bytes) => {
    deepStrictEqual(encodeRecord(decodeRecord(bytes)), bytes);
  }),
  ofBytes(
    "pages",
    200,
    async () => [joinPage(await recordSeeds())],
    (bytes) => {
      const records = [...splitPage(bytes)];
      deepStrictEqual(joinPage(records), bytes);
      for (const record of records) decodeRecord(record);
    },
  ),
  ofBytes(
    "clear parts takes only what it would write",
    300,
    async () => [
      encodeClear({ added: [idOf(1), idOf(9)], dropped: [idOf(2)], consumed: [] }),
      encodeClear({ added: [], dropped: [], consumed: [] }),
    ],
    (bytes) => {
      deepStrictEqual(encodeClear(decodeClear(bytes)), bytes);
    },
  ),
  ofBytes(
    "frames takes only what it would write",
    300,
    async () => [frame(new Uint8Array(7).fill(1)), frame(new Uint8Array(5000).fill(2))],
    (bytes) => {
      deepStrictEqual(frame(unframe(bytes)), bytes);
    },
  ),
  ofBytes(
    "gzip",
    300,
    once(async () => [
      gzip(toUtf8("hello ".repeat(200))),
      gzip(toUtf8("hello ".repeat(300))),
      gzip(new Uint8Array(5_000_000)),
      gzip(new Uint8Array(0)),
      gzip(provider.randomBytes(300)),
    ]),
    (bytes) => {
      ok(gunzip(bytes, 1500).length <= 1500);
    },
  ),
  law("signed records verifies nothing that was changed", 150, [fc.nat({ max: 15 }), damage], async (which, how) => {
    const { device } = await written();
    const at = 1 + (which % (device.records.length - 1));
    const bytes = damaged(device.records[at]!, how, device.records);
    if (Buffer.compare(bytes, device.records[at]!) === 0) return;
    await judged(async () => {
      await verifyRecord(provider, device.positions[at - 1]!, decodeRecord(bytes));
      fail("a changed record verified");
    });
  }),
  law("a whole log", 40, [damage], async (how) => {
    const { device, early } = await written();
    const page = joinPage(device.records);
    const follower = new LogFollower(device.following(early, device.keys));
    await judged(async () => {
      await follower.page(damaged(page, how));
      follower.finish();
    });
    const reached = follower.position?.seq ?? -1;
    if (reached >= 0) deepStrictEqual(follower.position, device.positions[reached]);
  }),
  ofBytes(
    "checkpoints takes only what it would write",
    200,
    async () => [encodeCheckpoint({ epoch: 1, seq: 12, head: new Uint8Array(32).fill(7) })],
    (bytes) => {
      deepStrictEqual(encodeCheckpoint(decodeCheckpoint(bytes)), bytes);
    },
  ),
];
