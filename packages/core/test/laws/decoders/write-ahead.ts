/** Laws of SQLite's write-ahead log, which browsers put into the database themselves. */
import { ok } from "node:assert/strict";
import * as fc from "fast-check";
import type { Bytes } from "../../../src/crypto/provider.ts";
import { withWriteAhead } from "../../../src/recover/write-ahead.ts";
import { walOf } from "../../write-ahead-log.ts";
import { law, type Law } from "../law.ts";
import { damage, damaged } from "../mutation.ts";
import { judged, ofBytes } from "./judged.ts";

const database = new Uint8Array(4096).fill(1);

const good = walOf(512, [
  { page: 1, commits: 0 },
  { page: 9, commits: 9 },
]);
const number = fc.constantFrom(0, 1, 2, 3, 8, 9, 100, 0x7fffffff, 0xffffffff);

/** What comes out is a database of a size that what went in explains. */
function check(log: Bytes): void {
  const result = withWriteAhead(database, log);
  ok(result.length <= 4 * (database.length + log.length) + 2 ** 25);
}

export const writeAheadLaws: readonly Law[] = [
  ofBytes("write-ahead logs", 150, async () => [good], check),
  law(
    "write-ahead logs whose checksums fit",
    150,
    [
      fc.oneof(fc.constantFrom(512, 4096), fc.constantFrom(0, 1, 5, 8, 511, 513, 65_536, 131_072, 2 ** 31)),
      fc.array(fc.record({ page: number, commits: number }), { maxLength: 4 }),
      damage,
    ],
    async (pageSize, frames, how) => {
      await judged(() => check(damaged(walOf(pageSize, frames), how.slice(0, 1))));
      await judged(() => check(walOf(pageSize, frames)));
    },
  ),
];
