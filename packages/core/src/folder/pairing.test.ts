import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fromBase64url, toBase64url, toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import { generateKey, memoryStore, type Folder, type Pairing } from "../index.ts";
import { printKey } from "../key/rows.ts";
import { checkCharactersOf, deriveMeeting, parsePairingCode } from "../pair/code.ts";
import { pairingSeconds } from "../protocol/limits.ts";
import { Devices, meddler, namesIn, type Meddler } from "../../test/devices.ts";
import { localServer, type LocalServer } from "../../test/local-server.ts";

const provider = webCryptoProvider();

let server: LocalServer;
let devices: Devices;
let now = 0;
beforeAll(async () => {
  server = await localServer({ clock: () => now });
});
afterAll(() => server.remove());
beforeEach(() => {
  now = Date.now();
  devices = new Devices(server.url);
});
afterEach(() => devices.close());

/** A locked folder that holds something, signed in on one device, and its key. */
async function lockedFolder(between: Partial<Pick<Meddler, "fetch">> = {}) {
  const key = generateKey();
  const folder = await devices.using(devices.client(between).create({ key }));
  await folder.createDirectory("/2026");
  await folder.settled();
  return { folder, key };
}

/** As `lockedFolder`, with its pairing shown and scanned by another device. */
async function met(given: Partial<Pick<Meddler, "fetch">> = {}, taken: Partial<Pick<Meddler, "fetch">> = {}) {
  const { folder, key } = await lockedFolder(given);
  const old = await folder.pair({ key });
  const { text } = old;
  const newer = await devices.client(taken).joinByPairing(text);
  return { folder, key, old, newer, text };
}

/** Both look, in turn, as they would within a second or two of each other. */
async function look(old: Pairing, newer: Pairing<Folder>, times = 3): Promise<void> {
  for (let i = 0; i < times; i++) {
    await old.refresh();
    await newer.refresh();
  }
}

async function completed(old: Pairing, newer: Pairing<Folder>): Promise<Folder> {
  await look(old, newer);
  await Promise.all([old.confirm(), newer.confirm()]);
  await look(old, newer);
  await old.finished;
  return devices.using(newer.finished);
}

/** Rewrites what the server answers to one kind of request. */
function rewriting(pattern: RegExp, rewrite: (answer: Record<string, unknown>) => Record<string, unknown>): Meddler {
  const between = meddler();
  between.after = async (request, response) => {
    if (!pattern.test(request) || !response.ok) return response;
    return Response.json(rewrite((await response.json()) as Record<string, unknown>), { headers: response.headers });
  };
  return between;
}

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
    await server.stop();
    const backup = `${server.dataDir}-backup`;
    await cp(server.dataDir, backup, { recursive: true });
    await server.start();
    await folder.createDirectory("/after the backup");
    await folder.settled();
    await server.stop();
    await rm(server.dataDir, { recursive: true });
    await cp(backup, server.dataDir, { recursive: true });
    await rm(backup, { recursive: true });
    await server.start();
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

describe("a server in the middle", () => {
  const swapped = async (old: Pairing, newer: Pairing<Folder>): Promise<void> => {
    await look(old, newer);
    expect([old.state, newer.state]).toEqual(["scanned", "scanned"]);
    expect(old.checkCharacters).not.toBe(newer.checkCharacters);
  };

  it("that swaps P makes the characters differ, and gets nothing that opens even where they are confirmed", async () => {
    const scalar = provider.randomBytes(32);
    const mine = await provider.importAgreement(scalar);
    const between = rewriting(/^GET \/folders\/.*\/pairings\//, (answer) =>
      "key" in answer ? { ...answer, key: toBase64url(mine.publicKey) } : answer,
    );
    const { old, newer } = await met({ fetch: between.fetch });
    await swapped(old, newer);
    await Promise.all([old.confirm(), newer.confirm()]);
    await look(old, newer);
    expect(newer).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "sealed" } });
  });

  it("that swaps P later is found out by the key that was seen first", async () => {
    const other = toBase64url(provider.randomBytes(32));
    let swap = false;
    const between = rewriting(/^GET \/folders\/.*\/pairings\//, (answer) => (swap && "key" in answer ? { ...answer, key: other } : answer));
    const { old, newer } = await met({ fetch: between.fetch });
    await look(old, newer);
    swap = true;
    await old.confirm();
    expect(old).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "key" } });
    await newer.refresh();
    expect(newer).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "elsewhere" } });
  });

  it("that swaps N is found out by the code", async () => {
    const other = toBase64url(provider.randomBytes(32));
    const between = rewriting(/^GET \/pairings\//, (answer) => ("nonce" in answer ? { ...answer, nonce: other } : answer));
    const { old, newer } = await met({}, { fetch: between.fetch });
    await look(old, newer);
    expect(newer).toMatchObject({ state: "failed", checkCharacters: null, error: { code: "pairing-failed", reason: "commitment" } });
    await expect(newer.finished).rejects.toMatchObject({ code: "pairing-failed" });
    await old.refresh();
    expect(old).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "elsewhere" } });
  });

  it("that passes on another meeting's sealed bytes is found out", async () => {
    const first = await met();
    await look(first.old, first.newer);
    const taken: string[] = [];
    const between = rewriting(/^GET \/pairings\//, (answer) => {
      if (typeof answer["sealed"] === "string") taken.push(answer["sealed"]);
      return taken[0] !== undefined && "nonce" in answer ? { ...answer, state: "sealed", sealed: taken[0] } : answer;
    });
    const second = await met({}, { fetch: between.fetch });
    await look(second.old, second.newer);
    // The first meeting's bytes, as the server has them.
    const { keys, id } = await meetingOf(first.text);
    await Promise.all([first.old.confirm(), first.newer.confirm()]);
    await first.old.refresh();
    const answer = await fetch(`${server.url}/v1/pairings/${id}`, { headers: { "keyfold-token": toBase64url(keys.token) } });
    taken.push(((await answer.json()) as { sealed: string }).sealed);
    expect(fromBase64url(taken[0]!)).toHaveLength(156);
    await second.newer.confirm();
    await second.newer.refresh();
    expect(second.newer).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "sealed" } });
    await first.newer.refresh();
    await devices.using(first.newer.finished);
  });

  it("that says both have confirmed gets nothing before the person did", async () => {
    const between = rewriting(/^GET \/folders\/.*\/pairings\//, (answer) => ("key" in answer ? { ...answer, state: "confirmed" } : answer));
    const { old, newer } = await met({ fetch: between.fetch });
    await look(old, newer);
    expect(old.state).toBe("scanned");
    expect(between.seen.filter((request) => request.endsWith("/sealed"))).toEqual([]);
  });

  it("whose answers are lost delays it and no more", async () => {
    const losing = (): Meddler => {
      const between = meddler();
      const lost = new Set<string>();
      between.after = (request, response) => {
        if (!request.includes("/pairings/") || lost.has(request)) return response;
        lost.add(request);
        throw new TypeError("lost");
      };
      return between;
    };
    const { old, newer } = await met({ fetch: losing().fetch }, { fetch: losing().fetch });
    await look(old, newer, 5);
    expect([old.state, newer.state]).toEqual(["scanned", "scanned"]);
    await Promise.all([old.confirm(), newer.confirm()]);
    await look(old, newer, 5);
    expect([old.state, newer.state]).toEqual(["done", "done"]);
    await devices.using(newer.finished);
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
    now += pairingSeconds * 1000;
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

async function meetingOf(text: string) {
  const code = parsePairingCode(text);
  const keys = await deriveMeeting(provider, code.secret);
  return { code, keys, id: keys.pairId };
}

describe("somebody else who saw the code", () => {
  it("and comes second is refused, and so is whoever comes after the end", async () => {
    const { old, newer, text } = await met();
    const second = await devices.client().joinByPairing(text);
    expect(second).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "pairing-taken" } });
    expect(newer.state).toBe("waiting");
    const third = await devices.client().joinByPairing(text);
    expect(third.state).toBe("expired");
    // The one who came second has ended it: of two who know the code, nobody can say which is the person's.
    await look(old, newer, 1);
    expect([old.state, newer.state]).toEqual(["failed", "failed"]);
  });

  it("is not the same client, which may be told of one code twice", async () => {
    const { folder, key } = await lockedFolder();
    const old = await folder.pair({ key });
    const client = devices.client();
    const [newer, again] = await Promise.all([client.joinByPairing(old.text), client.joinByPairing(old.text)]);
    expect(again).toBe(newer);
    await completed(old, newer);
  });

  it("and comes first is seen by its characters; the person's own device says that another has answered", async () => {
    const { folder, key } = await lockedFolder();
    const old = await folder.pair({ key });
    const { code, keys, id } = await meetingOf(old.text);
    const thief = await provider.importAgreement(provider.randomBytes(32));
    const headers = { "keyfold-token": toBase64url(keys.token), "content-type": "application/json" };
    const body = JSON.stringify({ key: toBase64url(thief.publicKey) });
    expect((await fetch(`${server.url}/v1/pairings/${id}/key`, { method: "POST", headers, body })).status).toBe(204);
    await old.refresh();
    const { nonce } = (await (await fetch(`${server.url}/v1/pairings/${id}`, { headers })).json()) as { nonce: string };
    // The thief sees the characters too, but cannot make them another device's.
    expect(await checkCharactersOf(provider, code.secret, thief.publicKey, fromBase64url(nonce))).toBe(old.checkCharacters);
    const newer = await devices.client().joinByPairing(old.text);
    expect(newer).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "pairing-taken" } });
  });

  it("finds nothing in a meeting that is over", async () => {
    const { old, newer, text } = await met();
    await completed(old, newer);
    const replayed = await devices.client().joinByPairing(text);
    expect(replayed).toMatchObject({ state: "expired", error: { code: "pairing-expired" } });
    now += pairingSeconds * 1000;
    await expect((await devices.client().joinByPairing(text)).finished).rejects.toMatchObject({ code: "pairing-expired" });
  });
});

describe("it ends", () => {
  it("after two minutes by the server's clock, on both devices, and nothing is handed over then", async () => {
    const { old, newer } = await met();
    await look(old, newer);
    now += pairingSeconds * 1000;
    await Promise.all([old.confirm(), newer.confirm()]);
    for (const pairing of [old, newer]) {
      expect(pairing).toMatchObject({ state: "expired", text: "", checkCharacters: null, error: { code: "pairing-expired" } });
      await expect(pairing.finished).rejects.toMatchObject({ code: "pairing-expired" });
      await expect(pairing.confirm()).rejects.toMatchObject({ code: "invalid-argument" });
    }
  });

  it("after two minutes whatever a server says of its clock", async () => {
    const { old, newer } = await (async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const between = rewriting(/pairings/, (answer) => ("seconds" in answer ? { ...answer, seconds: 86_400 } : answer));
      return met({ fetch: between.fetch }, { fetch: between.fetch });
    })();
    try {
      vi.advanceTimersByTime(pairingSeconds * 1000 - 1);
      expect([old.state, newer.state]).not.toContain("expired");
      vi.advanceTimersByTime(1);
      expect([old.state, newer.state]).toEqual(["expired", "expired"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("after two minutes that the device slept through: nothing is asked or said any more", async () => {
    const between = meddler();
    const { old, newer } = await met({ fetch: between.fetch }, { fetch: between.fetch });
    await look(old, newer);
    const requests = between.seen.length;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + pairingSeconds * 1000 });
    try {
      await Promise.all([old.confirm(), newer.confirm()]);
    } finally {
      vi.useRealTimers();
    }
    expect([old.state, newer.state]).toEqual(["expired", "expired"]);
    expect(between.seen).toHaveLength(requests);
  });

  it("where either person cancels; the other device says so", async () => {
    for (const by of ["old", "newer"] as const) {
      const both = await met();
      await look(both.old, both.newer);
      await both[by].cancel();
      await both[by].cancel();
      const other = by === "old" ? both.newer : both.old;
      await other.confirm();
      expect(both[by]).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "here" } });
      expect(other).toMatchObject({ state: "failed", error: { code: "cancelled", reason: "elsewhere" } });
      await expect(both[by].finished).rejects.toMatchObject({ code: "cancelled" });
    }
  });

  it("where the folder is closed, or the device signs out", async () => {
    for (const end of ["close", "signOut"] as const) {
      const { folder, old, newer } = await met();
      await folder[end]();
      await newer.refresh();
      expect([old.state, newer.state]).toEqual(["failed", "failed"]);
      expect(newer.error).toMatchObject({ code: "cancelled", reason: "elsewhere" });
    }
  });

  it("where the folder is closed while the code is made", async () => {
    const { folder, key } = await lockedFolder();
    const making = folder.pair({ key });
    await folder.close();
    const outcome = await making.then(
      ({ state }) => state,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(["failed", "cancelled", "signed-out", "key-needed"]).toContain(outcome);
  });

  it("where the code names another key than comes", async () => {
    const { folder, key } = await lockedFolder();
    const old = await folder.pair({ key });
    const { code } = await meetingOf(old.text);
    const bytes = fromBase64url(old.text);
    bytes.set(provider.randomBytes(16), 48);
    const newer = await devices.client().joinByPairing(toBase64url(bytes));
    await look(old, newer);
    // Nothing of the key's id is in the characters: it is in what the sealed bytes are bound to.
    expect(newer.checkCharacters).toBe(old.checkCharacters);
    await Promise.all([old.confirm(), newer.confirm()]);
    await look(old, newer);
    expect(newer).toMatchObject({ state: "failed", error: { code: "pairing-failed", reason: "sealed" } });
    expect(code.keyId).toBe(folder.state.keyId);
  });

  it("at once where the text is no code: nothing is sent", async () => {
    const between = meddler();
    const client = devices.client({ fetch: between.fetch });
    for (const text of ["", "https://example.com", "x".repeat(86), "A".repeat(85)]) {
      await expect(client.joinByPairing(text)).rejects.toMatchObject({ code: "unreadable-code" });
    }
    expect(between.seen).toEqual([]);
  });

  it("at once with a code that this server does not know", async () => {
    const newer = await devices.client().joinByPairing(toBase64url(provider.randomBytes(64)));
    expect(newer).toMatchObject({ state: "expired", error: { code: "pairing-expired" } });
  });

  it("a ninth code in two minutes is refused, with the seconds to wait", async () => {
    const { folder, key } = await lockedFolder();
    const pairings = await Promise.all(Array.from({ length: 8 }, () => folder.pair({ key })));
    await expect(folder.pair({ key })).rejects.toMatchObject({ code: "rate-limited", retryAfter: pairingSeconds });
    await pairings[0]!.cancel();
    await folder.pair({ key });
  });
});

it("the server's files hold nothing of the key, the code, or what derives from it afterwards", async () => {
  const { folder, key } = await lockedFolder();
  const old = await folder.pair({ key });
  const { code, keys } = await meetingOf(old.text);
  const { text } = old;
  const joined = await completed(old, await devices.client().joinByPairing(text));
  await joined.close();
  await folder.close();
  const names = (await readdir(server.dataDir)).filter((name) => name.startsWith("keyfold.db"));
  const contents = await Promise.all(names.map((name) => readFile(join(server.dataDir, name))));
  const holds = (wanted: Uint8Array | string): boolean =>
    contents.some((bytes) => bytes.includes(typeof wanted === "string" ? wanted : Buffer.from(wanted)));
  for (const secret of [key, key.slice(0, 32), code.secret, keys.token, keys.psk]) {
    for (const form of [secret, toHex(secret), toBase64url(secret)]) expect(holds(form)).toBe(false);
  }
  expect(holds(text.slice(0, 40))).toBe(false);
  for (const row of printKey(key)) expect(holds(row)).toBe(false);
  // What is looked for would be found: the token's hash is there until the row is deleted.
  expect(holds(await provider.sha256(keys.token))).toBe(true);
});
