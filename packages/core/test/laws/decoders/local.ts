/** Laws of what else a device keeps of a folder in its local store: its keys, changes and uploads that are not sent. */
import { ok, strictEqual } from "node:assert/strict";
import * as fc from "fast-check";
import { toUtf8 } from "../../../src/crypto/encoding.ts";
import type { LocalStore } from "../../../src/interface/store.ts";
import { openDevice } from "../../../src/store/device.ts";
import { processLocks } from "../../../src/store/liveness.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { Keyring } from "../../../src/sync/keyring.ts";
import { Outbox } from "../../../src/sync/outbox.ts";
import type { TransferPort } from "../../../src/transfer/port.ts";
import { orphanedUploads } from "../../../src/transfer/upload-store.ts";
import { provider } from "../../device.ts";
import { idOf } from "../../ops.ts";
import { law, type Law } from "../law.ts";
import { damagedValue, valueDamage } from "../value-mutation.ts";
import { judged, once } from "./judged.ts";
import { written } from "./written.ts";

const folder = idOf(7);
const tab = idOf(6);
/** None holds anything when the next page comes. */
const live = { ...processLocks(), hold: () => Promise.resolve(() => undefined) };

async function page(store: LocalStore) {
  const device = await openDevice(provider, store, live);
  const keyring = new Keyring({ provider, store, device, folder, remember: "device", tab });
  const port = {
    folder,
    store,
    hold: live.hold,
    openSecret: (sealed: Uint8Array<ArrayBuffer>) => device.open("transfer", sealed),
  } as Partial<TransferPort> as TransferPort;
  return { device, keyring, port, outbox: () => Outbox.open({ provider, store, device, live, folder }) };
}

/** What a page left behind that died in the middle of everything. */
const left = once(async () => {
  const store = memoryStore();
  const { device, keyring, outbox: begin } = await page(store);
  const { outbox } = await begin();
  for (const at of [1, 2]) {
    await outbox.add({ id: idOf(at), at, ops: [{ op: { op: "mkdir", node: idOf(at), parent: null, name: `d${at}` } }] });
  }
  await outbox.keepSent({ seq: 7, record: new Uint8Array(50), changes: [idOf(1)], atOnce: new Uint8Array(1) });
  const { root } = (await written()).device;
  await keyring.keep(await keyring.derive(root, 1));
  await keyring.keepPending(await keyring.derive(root, 2));
  await keyring.keepRoot(root);
  const upload = { v: 1, id: idOf(5), node: idOf(4), name: "f", type: "", path: [], to: "/", size: 5, modified: null, conflict: "replace" };
  const sealed = await device.seal("transfer", toUtf8(JSON.stringify(upload)));
  await store.set(`folder/${folder}/upload/${idOf(5)}`, { owner: "dead", order: 0, sealed });
  const values = new Map<string, unknown>();
  for (const key of await store.keys("")) values.set(key, await store.get(key));
  return values;
});

export const localLaws: readonly Law[] = [
  law(
    "what a dead page left is taken up where it can be read, and else keeps no page from opening the folder",
    80,
    [fc.array(fc.tuple(fc.nat({ max: 30 }), valueDamage), { maxLength: 3 })],
    async (hits) => {
      const values = await left();
      const store = memoryStore();
      await store.batch([...values]);
      for (const [which, how] of hits) {
        const [key, value] = [...values][which % values.size]!;
        await store.set(key, damagedValue(value, how));
      }
      const opened = await judged(() => page(store));
      ok("value" in opened);
      const { keyring, port, outbox } = opened.value;
      for (const kept of [await judged(() => keyring.kept()), await judged(() => keyring.pending())]) {
        if ("error" in kept) strictEqual(kept.error.code, "local-storage");
        else if (kept.value !== null) ok(Number.isSafeInteger(kept.value.epoch) && provider.holds(kept.value.keys.sign));
      }
      const root = await judged(() => keyring.openRoot());
      if ("value" in root && root.value !== null) strictEqual(root.value.length, 64);
      const taken = await judged(outbox);
      ok("value" in taken);
      for (const { id, ops } of taken.value.changes) ok(typeof id === "string" && Array.isArray(ops));
      for (const { seq, record, changes } of taken.value.sent)
        ok(Number.isSafeInteger(seq) && record instanceof Uint8Array && Array.isArray(changes));
      if (hits.length === 0) strictEqual(taken.value.changes.length + taken.value.sent.length, 3);
      const uploads = await judged(() => orphanedUploads(port, "alive", []));
      ok("value" in uploads);
      if (hits.length === 0) strictEqual(uploads.value.length, 1);
      for (const { record } of uploads.value) strictEqual(record.id, idOf(5));
    },
  ),
];
