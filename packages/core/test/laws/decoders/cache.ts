/** Laws of what a device keeps of a folder's history in its local store. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { toHex } from "../../../src/crypto/encoding.ts";
import { KeyfoldError } from "../../../src/error.ts";
import { freeze, stateHash } from "../../../src/log/snapshot.ts";
import { createSealer, drawBlob } from "../../../src/seal/sealer.ts";
import { processLocks } from "../../../src/store/liveness.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import type { Access } from "../../../src/sync/access.ts";
import { Chronicle } from "../../../src/sync/chronicle.ts";
import { fromCache } from "../../../src/sync/from-cache.ts";
import { keepChronicle, keptChronicle } from "../../../src/sync/kept-chronicle.ts";
import { headsOf, keptRecords } from "../../../src/sync/kept-records.ts";
import { RecordCache } from "../../../src/sync/record-cache.ts";
import { Replica } from "../../../src/sync/replica.ts";
import { Device, packed, provider } from "../../device.ts";
import { idOf, versionOf } from "../../ops.ts";
import { sealAll } from "../../sealing.ts";
import { law, type Law } from "../law.ts";
import { damagedValue, valueDamage } from "../value-mutation.ts";
import { judged, once } from "./judged.ts";

const away = (): Promise<never> => Promise.reject(new KeyfoldError("offline", "The server was not reached."));

function cacheOver(store: ReturnType<typeof memoryStore>, folder: string): RecordCache {
  return new RecordCache({ store, live: processLocks(), device: idOf(3), folder });
}

/** A device's store, with the history of a folder in it: as far as a snapshot, the snapshot, and what came after. */
const kept = once(async () => {
  const device = await Device.begin();
  await device.append([{ op: "mkdir", node: idOf(1), parent: null, name: "d" }]);
  await device.append([{ op: "add", node: idOf(2), parent: idOf(1), name: "f", version: versionOf(1) }]);
  const { content, state } = await packed(device.tree);
  const sealer = await createSealer(provider, { ...drawBlob(provider), size: content.length, padded: true });
  const parts = await sealAll(sealer, content);
  const descriptor = await sealer.describe(parts.map(({ hash }) => hash));
  const covers = device.position.seq;
  await device.append([{ op: "snapshot", descriptor, covers, state: Buffer.from(state).toString("base64url") }]);
  await device.append([{ op: "rename", node: idOf(1), name: "e" }]);

  const store = memoryStore();
  const { folderId } = device.position;
  const cache = cacheOver(store, folderId);
  const held = device.records.map((bytes, at) => ({ bytes, before: device.positions[at - 1] ?? null, after: device.positions[at]! }));
  cache.note(held, 0);
  cache.noteSnapshot({ seq: covers + 1, covers, blob: descriptor.blob });
  await cache.write();
  await cache.keepBlobPiece(descriptor.blob, 0, parts[0]!.bytes);
  await cache.keepBlobPiece(descriptor.blob, "hashes", parts[0]!.hash);
  const access: Access = { scope: "owner", epoch: 0, held: { epoch: 0, keys: device.keys, inboxAndDrop: new Uint8Array(92) } };
  const told = new Chronicle(idOf(3)).export(device.tree);
  await keepChronicle({ provider, cache, folder: folderId, access }, told);
  const values = new Map<string, unknown>();
  for (const key of await store.keys("")) values.set(key, await store.get(key));
  return { device, access, values, state: toHex(await stateHash(provider, freeze(device.tree))) };
});

export const cacheLaws: readonly Law[] = [
  law(
    "what a device keeps of a folder's history is used where it holds, and else is of no use",
    150,
    [fc.array(fc.tuple(fc.nat({ max: 15 }), valueDamage), { maxLength: 3 })],
    async (hits) => {
      const { device, access, values, state } = await kept();
      const { folderId: folder } = device.position;
      const store = memoryStore();
      await store.batch([...values]);
      for (const [which, how] of hits) {
        const [key, value] = [...values][which % values.size]!;
        await store.set(key, damagedValue(value, how));
      }
      const cache = cacheOver(store, folder);
      const records = await judged(() => keptRecords({ provider, cache, folder }));
      if ("value" in records) {
        for (const { after, bytes } of records.value) {
          deepStrictEqual(after, device.positions[after.seq]);
          deepStrictEqual(bytes, device.records[after.seq]);
        }
        headsOf(records.value);
      }
      const port = { provider, cache, folder, access, api: { hashes: away, getPart: away }, reached: -1 };
      const fresh = (from?: ConstructorParameters<typeof Replica>[0]["from"]): Replica =>
        new Replica({
          provider,
          folder,
          keys: [device.keys],
          ...(from === undefined ? {} : { from }),
          snapshot: away,
          knownHeads: new Map(),
          onEntry: () => undefined,
          onSettled: () => undefined,
        });
      const told = await judged(() => keptChronicle({ provider, cache, folder, access }));
      if ("value" in told && told.value !== null) new Chronicle(idOf(3)).restore(told.value);
      const judgement = await judged(() => fromCache({ ...port, fresh }));
      if ("error" in judgement) return strictEqual(judgement.error.reason === "unforeseen", false);
      const { position, tree } = judgement.value ?? {};
      if (hits.length === 0) deepStrictEqual(position, device.position);
      if (position === undefined || position === null || tree === undefined) return;
      deepStrictEqual(position, device.positions[position.seq]);
      if (position.seq === device.position.seq) strictEqual(toHex(await stateHash(provider, freeze(tree))), state);
    },
  ),
];
