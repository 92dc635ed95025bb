import { describe, expect, test } from "vitest";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import type { Remember } from "../interface/folder.ts";
import type { LocalStore } from "../interface/store.ts";
import { exportOldInboxAndDrop, generateRoot } from "../key/schedule.ts";
import { openDevice } from "../store/device.ts";
import { processLocks } from "../store/liveness.ts";
import { memoryStore } from "../store/memory.ts";
import { Keyring } from "./keyring.ts";

const provider = webCryptoProvider();
const folder = "f".repeat(32);

async function keyring(store: LocalStore, remember: Remember, tab = "1".repeat(32)) {
  const device = await openDevice(provider, store, processLocks());
  return new Keyring({ provider, store, device, folder, remember, tab });
}

/** Whether these bytes occur anywhere in what the store holds. */
async function occurs(store: LocalStore, secret: Uint8Array): Promise<boolean> {
  const needle = Buffer.from(secret).toString("hex");
  const within = (value: unknown): boolean => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("hex").includes(needle);
    if (typeof value === "string") return value.includes(needle);
    return typeof value === "object" && value !== null && Object.values(value).some(within);
  };
  for (const key of await store.keys("")) if (within(await store.get(key))) return true;
  return false;
}

describe("a keyring", () => {
  test("keeps an open folder's root sealed, whatever is remembered, until the folder's lock is seen", async () => {
    const store = memoryStore();
    const root = generateRoot(provider);
    const ring = await keyring(store, "none");
    await ring.keepRoot(root);
    const kept = await (await keyring(store, "none")).kept();
    expect(kept?.epoch).toBe(0);
    expect(kept?.keys.keyId).toBe((await ring.derive(root, 0)).keys.keyId);
    expect(await occurs(store, root)).toBe(false);
    expect(await occurs(store, root.subarray(0, 16))).toBe(false);

    await ring.keep(await ring.derive(generateRoot(provider), 1));
    expect(await ring.holdsRoot()).toBe(false);
    expect(await ring.kept()).toBeNull();
  });

  test.each([
    ["none", false, false],
    ["tab", true, false],
    ["device", true, true],
  ] as const)("remembers a locked folder's keys for: %s", async (remember, sameTab, otherTab) => {
    const store = memoryStore();
    const ring = await keyring(store, remember);
    const held = await ring.derive(generateRoot(provider), 3);
    await ring.keep(held);
    expect((await (await keyring(store, remember)).kept())?.keys.keyId).toBe(sameTab ? held.keys.keyId : undefined);
    expect((await (await keyring(store, remember, "2".repeat(32))).kept())?.keys.keyId).toBe(otherTab ? held.keys.keyId : undefined);
  });

  test("keeps handles that no export reaches, and no raw key", async () => {
    const store = memoryStore();
    const ring = await keyring(store, "device");
    const root = generateRoot(provider);
    await ring.keep(await ring.derive(root, 1));
    const kept = (await ring.kept())!;
    for (const key of Object.values(kept.keys)) if (key instanceof CryptoKey) expect(key.extractable).toBe(false);
    const raw = await exportOldInboxAndDrop(provider, root);
    expect(await occurs(store, root.subarray(0, 16))).toBe(false);
    expect(await occurs(store, raw.subarray(0, 16))).toBe(false);
    expect(await ring.openInboxAndDrop(kept)).toEqual(raw);
  });

  test("keeps a pending key until a lock is seen or it is forgotten, and erases everything at sign-out", async () => {
    const store = memoryStore();
    const ring = await keyring(store, "tab");
    const next = await ring.derive(generateRoot(provider), 1);
    await ring.keepPending(next);
    expect((await ring.pending())?.keys.keyId).toBe(next.keys.keyId);
    await ring.keep(next);
    expect(await ring.pending()).toBeNull();
    await ring.erase();
    expect(await ring.kept()).toBeNull();
    expect(await store.keys("")).toEqual(["device"]);
  });
});
