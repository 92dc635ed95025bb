/** A chronicle that lies in a device's store, for tests: its seal is right, whatever is in it. */
import { deriveOwnerKeys } from "../src/key/schedule.ts";
import { processLocks } from "../src/store/liveness.ts";
import { memoryStore } from "../src/store/memory.ts";
import type { Access } from "../src/sync/access.ts";
import type { Told } from "../src/sync/chronicle.ts";
import { keepChronicle, keptChronicle } from "../src/sync/kept-chronicle.ts";
import { RecordCache } from "../src/sync/record-cache.ts";
import { provider } from "./device.ts";
import { blobOf, idOf } from "./ops.ts";

export const someTold: Told = {
  seq: 3,
  added: [[1000, idOf(5), [idOf(1), idOf(2)]]],
  came: [[2000, idOf(5), [blobOf(1)]]],
  trashed: [
    [idOf(6), 3000, idOf(5), idOf(1)],
    [idOf(7), 4000, null, idOf(2)],
  ],
  shared: [idOf(8)],
  exposed: { epoch: 1, total: 2 },
  wrote: [
    [
      idOf(5),
      [
        [1, 1000],
        [2, 2000],
      ],
    ],
  ],
};

const keys = deriveOwnerKeys(provider, new Uint8Array(64).fill(1));

/** What is read of it. */
export async function keptAs(told: unknown): ReturnType<typeof keptChronicle> {
  const folder = idOf(9);
  const access: Access = { scope: "owner", epoch: 0, held: { epoch: 0, keys: await keys, inboxAndDrop: new Uint8Array(92) } };
  const cache = new RecordCache({ store: memoryStore(), live: processLocks(), device: idOf(4), folder });
  const port = { provider, cache, folder, access };
  await keepChronicle(port, told as Told);
  return keptChronicle(port);
}
