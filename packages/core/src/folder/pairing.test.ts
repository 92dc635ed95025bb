import { describe, expect, it, vi } from "vitest";
import { backupsOf } from "../../test/backup.ts";
import { meddler, namesIn } from "../../test/devices.ts";
import { look, pairingOnServer } from "../../test/pairing.ts";
import { generateKey, memoryStore, type Pairing } from "../index.ts";
import { pairingSeconds } from "../protocol/limits.ts";

const { devices, server, clock, lockedFolder, met, completed } = pairingOnServer();
const { backUp, restore } = backupsOf(server);

describe("pairing", () => {
  it("opens a locked folder on the new device, signed in, with what was verified on the old one", async () => {
    const { folder, key } = await lockedFolder();
    const old = await folder.pair({ key });
    expect(old).toMatchObject({ state: "waiting", checkCharacters: null, error: null });
    expect(old.text).toMatch(/^[A-Za-z0-9_-]{86}$/);
    const newer = await devices.client().joinByPairing(` ${old.text}\n`);
    expect(newer.state).toBe("waiting");
    await look(old, newer);
    expect([old.state, newer.state]).toEqual(["scanned", "scanned"]);
    expect(old.checkCharacters).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(newer.checkCharacters).toBe(old.checkCharacters);
    await old.confirm();
    await look(old, newer);
    expect([old.state, newer.state]).toEqual(["confirmed", "scanned"]);
    await newer.confirm();
    await look(old, newer);
    expect([old.state, newer.state]).toEqual(["done", "done"]);
    expect([old.text, newer.text]).toEqual(["", ""]);
    await old.finished;
    const joined = await devices.using(newer.finished);
    expect(joined.id).toBe(folder.id);
    expect(joined.state).toMatchObject({ status: "signed-in", access: "write", seq: folder.state.seq, problem: null });
    expect(namesIn(joined)).toEqual(["2026"]);
    await joined.createDirectory("/from the new one");
    await joined.settled();
    await folder.refresh();
    expect(namesIn(folder)).toEqual(["2026", "from the new one"]);
  });

  it("gets there by itself, whoever confirms first, and tells each change", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 20 });
    try {
      const { folder, key } = await lockedFolder();
      const old = await folder.pair({ key });
      const newer = await devices.client().joinByPairing(old.text);
      const seen: string[] = [];
      newer.subscribe(() => seen.push(newer.state));
      const reached = (pairing: Pairing<unknown>, state: string) =>
        vi.waitFor(async () => {
          await vi.advanceTimersByTimeAsync(1_000);
          expect(pairing.state).toBe(state);
        });
      await reached(newer, "scanned");
      await newer.confirm();
      await reached(old, "scanned");
      await old.confirm();
      await reached(newer, "done");
      await reached(old, "done");
      await devices.using(newer.finished);
      expect(seen).toEqual(["scanned", "confirmed", "done"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("hands an open folder's root on, which this device keeps: the new one writes too, and may lock it", async () => {
    const folder = await devices.using(devices.client().create());
    await folder.createDirectory("/open");
    await folder.settled();
    const old = await folder.pair();
    const store = memoryStore();
    const client = devices.client({ store });
    const newer = await client.joinByPairing(old.text);
    const joined = await completed(old, newer);
    expect(joined.state).toMatchObject({ status: "open", access: "write" });
    await joined.close();
    // It keeps the root as the first one does.
    const again = await devices.using(client.openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "open", access: "write" });
    await again.lock(generateKey());
    expect(again.state.status).toBe("signed-in");
  });

  it("hands over the key that a ceremony has just made, given once more", async () => {
    const folder = await devices.using(devices.client().create());
    const key = generateKey();
    await folder.lock(key);
    const old = await folder.pair({ key });
    const joined = await completed(old, await devices.client().joinByPairing(old.text));
    expect(joined.state).toMatchObject({ status: "signed-in", epoch: 1 });
  });

  it("takes the checkpoint as a known place: a server that shows less is told to the new device at once", async () => {
    const { folder, key } = await lockedFolder();
    const backup = await backUp();
    await folder.createDirectory("/after the backup");
    await folder.settled();
    await restore(backup);
    const old = await folder.pair({ key });
    const joined = await completed(old, await devices.client().joinByPairing(old.text));
    expect(joined.state.problem?.code).toBe("rolled-back");
    await expect(joined.createDirectory("/on top of it")).rejects.toMatchObject({ code: "rolled-back" });
  });
});

describe("the key that is handed over", () => {
  it("is asked for where this device holds none, and the error says what to do", async () => {
    const { folder, key } = await lockedFolder();
    await expect(folder.pair()).rejects.toMatchObject({
      code: "key-needed",
      message: expect.stringContaining("folder.pair({ key })") as string,
    });
    const signedIn = await devices.using(devices.client().open(key));
    await expect(signedIn.pair()).rejects.toMatchObject({ code: "key-needed" });
    await expect(folder.pair({ key: new Uint8Array(63) })).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("must be the folder's present one", async () => {
    const { folder, key } = await lockedFolder();
    await expect(folder.pair({ key: generateKey() })).rejects.toMatchObject({ code: "wrong-key" });
    await folder.lock(generateKey());
    await expect(folder.pair({ key })).rejects.toMatchObject({ code: "wrong-key" });
  });

  it("is no reader's to give, nor of a folder that is locked to this device", async () => {
    const owner = await devices.using(devices.client().create());
    const reader = await devices.using(devices.client().openFolder(owner.id));
    await expect(reader.pair()).rejects.toMatchObject({ code: "read-only" });
    const { folder, key } = await lockedFolder();
    const locked = await devices.using(devices.client().openFolder(folder.id));
    await expect(locked.pair({ key })).rejects.toMatchObject({ code: "key-needed" });
  });

  it("stays the caller's: neither kept nor overwritten", async () => {
    const { folder, key } = await lockedFolder();
    const before = key.slice();
    const pairing = await folder.pair({ key });
    await pairing.cancel();
    expect(key).toEqual(before);
  });

  it("that was changed while the code was shown is not handed over", async () => {
    const { folder, old, newer } = await met();
    await look(old, newer);
    await folder.lock(generateKey());
    await newer.confirm();
    await old.confirm();
    await look(old, newer);
    expect(old).toMatchObject({ state: "failed", error: { code: "old-key" } });
    expect(newer).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "elsewhere" } });
  });
});

describe("a key that has arrived", () => {
  it("is signed in with once the server is back, though the two minutes are over by then", async () => {
    const between = meddler();
    let away = false;
    between.before = (request) => {
      if (away && request.includes("/keys/")) throw new TypeError("away");
    };
    const { old, newer } = await met({}, { fetch: between.fetch });
    await look(old, newer);
    away = true;
    await Promise.all([old.confirm(), newer.confirm()]);
    await look(old, newer, 1);
    await old.refresh();
    expect([old.state, newer.state]).toEqual(["done", "confirmed"]);
    clock.now += pairingSeconds * 1000;
    away = false;
    await newer.refresh();
    expect(newer.state).toBe("done");
    expect((await devices.using(newer.finished)).state).toMatchObject({ status: "signed-in", problem: null });
  });

  it("is not signed in with where the person cancels meanwhile", async () => {
    const between = meddler();
    const { old, newer } = await met({}, { fetch: between.fetch });
    await look(old, newer);
    await Promise.all([old.confirm(), newer.confirm()]);
    await old.refresh();
    between.before = async (request) => {
      if (request.includes("/keys/")) await newer.cancel();
    };
    await newer.refresh();
    expect(newer).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "here" } });
    // Nothing goes on syncing behind it.
    const requests = between.seen.length;
    await newer.refresh();
    expect(between.seen).toHaveLength(requests);
  });
});
