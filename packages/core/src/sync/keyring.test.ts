import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noble } from "../../test/providers.ts";
import { toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { KeyfoldError } from "../error.ts";
import type { Remember } from "../interface/folder.ts";
import type { LocalStore } from "../interface/store.ts";
import { deriveReaderKeys, exportOldInboxAndDrop, generateRoot } from "../key/schedule.ts";
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
    expect(await (await keyring(store, "none")).kept()).toBeNull();
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

  const places = ["none", "tab", "device"] as const;
  const other = "2".repeat(32);
  const moves = places.flatMap((from) => places.map((to) => [from, to] as const));

  test.each(moves)("moves a locked folder's keys: %s to %s", async (from, to) => {
    const store = memoryStore();
    const ring = await keyring(store, from);
    const held = await ring.derive(generateRoot(provider), 3);
    await ring.keep(held);
    await ring.setRemember(to);
    expect(ring.remember).toBe(to);
    expect((await ring.kept())?.keys.keyId).toBe(held.keys.keyId);
    const stored = (await store.keys("")).filter((key) => key !== "device");
    expect(stored).toEqual(to === "none" ? [] : [to === "tab" ? `tab/${"1".repeat(32)}/${folder}/keys` : `folder/${folder}/keys`]);

    // The client that opens it next remembers otherwise: what was chosen stays, with the keys and with what comes after them here.
    const next = await keyring(store, from);
    const kept = await next.kept();
    expect(kept?.keys.keyId).toBe(to === "none" ? undefined : held.keys.keyId);
    expect((await (await keyring(store, from, other)).kept())?.keys.keyId).toBe(to === "device" ? held.keys.keyId : undefined);
    if (kept === null) return;
    await next.keep(kept);
    expect(next.remember).toBe(to);
    expect((await store.keys("")).filter((key) => key !== "device")).toEqual(stored);

    // A key that is given anew is kept as the client says.
    const given = await keyring(store, from);
    await given.keep(await given.derive(generateRoot(provider), 3));
    expect(given.remember).toBe(from);
  });

  test("moves keys that were found here and never shown by a log, back and forth, and loses none", async () => {
    const store = memoryStore();
    const first = await keyring(store, "device");
    const held = await first.derive(generateRoot(provider), 2);
    await first.keep(held);
    const ring = await keyring(store, "device");
    for (const remember of ["none", "tab", "none", "device"] as const) {
      await ring.setRemember(remember);
      expect((await ring.kept())?.keys.keyId).toBe(held.keys.keyId);
    }
    expect((await (await keyring(store, "none", other)).kept())?.keys.keyId).toBe(held.keys.keyId);
  });

  test("moves them in one write, and leaves everything as it was where that fails", async () => {
    const store = memoryStore();
    const batches: number[] = [];
    let full = false;
    const failing: LocalStore = {
      ...store,
      set: () => Promise.reject(new Error("not in one write")),
      delete: () => Promise.reject(new Error("not in one write")),
      batch(writes) {
        batches.push(writes.length);
        return full ? Promise.reject(new KeyfoldError("local-storage", "Full.")) : store.batch(writes);
      },
    };
    const before = await keyring(store, "device");
    const held = await before.derive(generateRoot(provider), 1);
    await before.keep(held);
    const ring = await keyring(failing, "device");
    full = true;
    await expect(ring.setRemember("tab")).rejects.toMatchObject({ code: "local-storage" });
    expect(ring.remember).toBe("device");
    expect((await (await keyring(store, "device", other)).kept())?.keys.keyId).toBe(held.keys.keyId);
    full = false;
    await ring.setRemember("tab");
    expect(batches).toHaveLength(2);
    expect(await (await keyring(store, "device", other)).kept()).toBeNull();
  });

  test("leaves an open folder's root and a pending key where they are; the choice counts from the lock on, and after a crash in its middle", async () => {
    const store = memoryStore();
    const root = generateRoot(provider);
    const ring = await keyring(store, "none");
    await ring.keepRoot(root);
    for (const remember of ["device", "none", "tab", "device"] as const) {
      await ring.setRemember(remember);
      expect((await (await keyring(store, "none")).kept())?.epoch).toBe(0);
      expect((await store.keys("folder/")).filter((key) => key.endsWith("/keys"))).toEqual([]);
    }
    const next = await ring.derive(generateRoot(provider), 1);
    await ring.keepPending(next);
    await ring.setRemember("device");

    // The page dies here; the next one finds the pending key to be the folder's.
    const after = await keyring(store, "none");
    const pending = await after.pending();
    expect(pending?.keys.keyId).toBe(next.keys.keyId);
    await after.keep(pending!);
    expect(await after.holdsRoot()).toBe(false);
    expect((await (await keyring(store, "none", other)).kept())?.keys.keyId).toBe(next.keys.keyId);
  });

  test("a move that meets a lock, or a sign-out, ends as if one had come after the other", async () => {
    const store = memoryStore();
    const ring = await keyring(store, "device");
    await ring.keep(await ring.derive(generateRoot(provider), 1));
    const next = await ring.derive(generateRoot(provider), 2);
    await Promise.all([ring.setRemember("tab"), ring.keep(next), ring.setRemember("device"), ring.setRemember("tab")]);
    expect((await (await keyring(store, "none")).kept())?.keys.keyId).toBe(next.keys.keyId);
    expect(await (await keyring(store, "none", other)).kept()).toBeNull();
    await Promise.all([ring.erase(), ring.setRemember("device")]);
    expect(await store.keys("")).toEqual(["device"]);
  });
});

describe("a keyring of a page whose keys are bytes", () => {
  // Node has no sessionStorage: a stand-in for what a browser keeps for one tab.
  const tabs = new Map<string, string>();
  const inTab = (items: Map<string, string>): void =>
    void vi.stubGlobal("sessionStorage", {
      getItem: (name: string) => items.get(name) ?? null,
      setItem: (name: string, value: string) => void items.set(name, value),
    });
  beforeEach(() => {
    tabs.clear();
    inTab(tabs);
  });
  afterEach(() => vi.unstubAllGlobals());

  async function bare(store: LocalStore, remember: Remember, tab = "1".repeat(32)) {
    const device = await openDevice(noble, store, processLocks());
    return new Keyring({ provider: noble, store, device, folder, remember, tab });
  }

  /** Every derived key, and the root. */
  async function secrets(root: Bytes): Promise<Uint8Array[]> {
    const from = await noble.importHkdf(root);
    const labels = ["sign", "auth", "inbox", "drop", "share", "keep", "read"];
    const derived = await Promise.all(labels.map((label) => noble.hkdf("SHA-512", from, toUtf8("keyfold/1"), toUtf8(label), 32)));
    const { log, live } = await deriveReaderKeys(noble, derived[6]!);
    return [root.subarray(0, 16), ...derived, ...[log, live].map((key) => (key as unknown as { raw: Bytes }).raw)];
  }

  test.each([
    ["none", "none", false],
    ["tab", "tab", true],
    ["device", "tab", true],
  ] as const)("asked for: %s, keeps a locked folder's keys for: %s, and none of them bare", async (remember, kept, sameTab) => {
    const store = memoryStore();
    const root = generateRoot(noble);
    const ring = await bare(store, remember);
    expect(ring.remember).toBe(kept);
    const held = await ring.derive(root, 2);
    await ring.keepPending(held);
    for (const secret of await secrets(root)) expect(await occurs(store, secret)).toBe(false);
    await ring.keep(held);
    for (const secret of await secrets(root)) expect(await occurs(store, secret)).toBe(false);
    expect(await store.keys(`folder/${folder}/keys`)).toEqual([]);

    const again = await (await bare(store, remember)).kept();
    expect(again?.keys.keyId).toBe(sameTab ? held.keys.keyId : undefined);
    if (again !== null) {
      const message = Uint8Array.of(1, 2);
      expect(again).toEqual(held);
      expect(await noble.verify(again.keys.keys.subarray(0, 32), await noble.sign(again.keys.sign, message), message)).toBe(true);
    }
  });

  test("has nothing once the tab is gone, with everything that lay in the store", async () => {
    const store = memoryStore();
    const ring = await bare(store, "device");
    await ring.keep(await ring.derive(generateRoot(noble), 1));
    await ring.keepPending(await ring.derive(generateRoot(noble), 2));
    inTab(new Map());
    const later = await bare(store, "device");
    expect(await later.kept()).toBeNull();
    expect(await later.pending()).toBeNull();
  });

  test("keeps an open folder's root on the device, or nothing could ever write to the folder", async () => {
    const store = memoryStore();
    const root = generateRoot(noble);
    const ring = await bare(store, "tab");
    await ring.keepRoot(root);
    inTab(new Map());
    expect((await (await bare(store, "tab", "2".repeat(32))).kept())?.keys.keyId).toBe((await ring.derive(root, 0)).keys.keyId);
  });

  test("moves them when the person chooses otherwise, and erases them", async () => {
    const store = memoryStore();
    const ring = await bare(store, "none");
    const held = await ring.derive(generateRoot(noble), 1);
    await ring.keep(held);
    await ring.setRemember("device");
    expect(ring.remember).toBe("tab");
    expect((await (await bare(store, "none")).kept())?.keys.keyId).toBe(held.keys.keyId);
    await ring.setRemember("none");
    expect(await (await bare(store, "none")).kept()).toBeNull();
    await ring.setRemember("tab");
    await ring.erase();
    expect(await (await bare(store, "none")).kept()).toBeNull();
  });

  test("takes keys that another provider left for none, and asks for the key", async () => {
    const store = memoryStore();
    const web = await keyring(store, "device");
    await web.keep(await web.derive(generateRoot(provider), 1));
    expect(await (await bare(store, "device")).kept()).toBeNull();
    const other = memoryStore();
    const ring = await bare(other, "tab");
    await ring.keep(await ring.derive(generateRoot(noble), 1));
    expect(await (await keyring(other, "tab")).kept()).toBeNull();
  });
});
