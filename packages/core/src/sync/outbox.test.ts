import { describe, expect, test } from "vitest";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import type { LocalStore } from "../interface/store.ts";
import { openDevice } from "../store/device.ts";
import { processLocks } from "../store/liveness.ts";
import { memoryStore } from "../store/memory.ts";
import { Outbox, type Change } from "./outbox.ts";

const provider = webCryptoProvider();
const live = processLocks();
const folder = "f".repeat(32);

async function open(store: LocalStore) {
  return Outbox.open({ provider, store, device: await openDevice(provider, store, live), live, folder });
}

function change(number: number): Change {
  const id = number.toString(16).padStart(32, "0");
  return { id, at: number, ops: [{ op: { op: "mkdir", node: id, parent: null, name: `directory ${number}` } }] };
}

describe("an outbox", () => {
  test("hands a dead page's changes to the next, in order, with what may have been sent", async () => {
    const store = memoryStore();
    const first = await open(store);
    expect(first.changes).toEqual([]);
    for (const number of [1, 2, 3]) await first.outbox.add(change(number));
    await first.outbox.keepSent({ seq: 7, record: Uint8Array.of(1, 2), changes: [change(1).id] });
    await first.outbox.close();

    const second = await open(store);
    expect(second.changes).toEqual([change(1), change(2), change(3)]);
    expect(second.sent).toEqual([{ seq: 7, record: Uint8Array.of(1, 2), changes: [change(1).id] }]);
    // Its own entry under way does not overwrite the one that is not resolved yet.
    await second.outbox.keepSent({ seq: 9, record: Uint8Array.of(3), changes: [change(2).id] });
    await second.outbox.close();
    const third = await open(store);
    expect(third.sent.map((sent) => sent.seq).toSorted((a, b) => a - b)).toEqual([7, 9]);
    await third.outbox.settle([change(1).id, change(2).id], true);
    await third.outbox.forgetAdopted();
    await third.outbox.close();
    const fourth = await open(store);
    expect(fourth.changes).toEqual([change(3)]);
    expect(fourth.sent).toEqual([]);
    await fourth.outbox.close();
  });

  test("leaves a living page's changes alone", async () => {
    const store = memoryStore();
    const alive = await open(store);
    await alive.outbox.add(change(1));
    const other = await open(store);
    expect(other.changes).toEqual([]);
    await alive.outbox.close();
    await other.outbox.close();
  });

  test("writes no name readably", async () => {
    const store = memoryStore();
    const { outbox } = await open(store);
    await outbox.add(change(1));
    const [key = ""] = await store.keys(`folder/${folder}/outbox/`);
    const bytes = await store.get<Uint8Array>(key);
    expect(Buffer.from(bytes!).includes("directory")).toBe(false);
    await outbox.close();
  });

  test("passes over a change that cannot be read any more", async () => {
    const store = memoryStore();
    const first = await open(store);
    await first.outbox.add(change(1));
    await first.outbox.add(change(2));
    const [key = ""] = await store.keys(`folder/${folder}/outbox/`);
    await store.set(key, Uint8Array.of(1, 2, 3));
    await first.outbox.close();
    const second = await open(store);
    expect(second.changes).toEqual([change(2)]);
    await second.outbox.close();
  });

  test("passes over what is no entry under way, and opens where nothing that was kept can be read", async () => {
    for (const value of [null, "x", {}, { seq: 7, record: "no bytes", changes: [] }, { seq: 7, record: Uint8Array.of(1), changes: [3] }]) {
      const store = memoryStore();
      const first = await open(store);
      await first.outbox.add(change(1));
      await first.outbox.keepSent({ seq: 7, record: Uint8Array.of(1), changes: [] });
      const sent = (await store.keys(`folder/${folder}/outbox/`)).find((key) => key.endsWith("/sent"));
      await store.set(sent!, value);
      await first.outbox.close();
      const second = await open(store);
      expect(second.sent).toEqual([]);
      expect(second.changes).toEqual([change(1)]);
      await second.outbox.close();
      // A device's record that is none: it is another device from now on.
      await store.set("device", value);
      const third = await open(store);
      expect(third.changes).toEqual([]);
      await third.outbox.close();
    }
  });
});
