/** Pairing where there is somebody else: the server, or whoever saw the code. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { meddler, type Meddler } from "../../test/devices.ts";
import { look, meetingOf, pairingOnServer, rewriting } from "../../test/pairing.ts";
import { fromBase64url, toBase64url, toHex } from "../crypto/encoding.ts";
import { webCryptoProvider } from "../crypto/webcrypto.ts";
import type { Folder, Pairing } from "../index.ts";
import { printKey } from "../key/rows.ts";
import { checkCharactersOf } from "../pair/code.ts";
import { pairingSeconds } from "../protocol/limits.ts";

const provider = webCryptoProvider();
const { devices, server, clock, lockedFolder, met, completed } = pairingOnServer();

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
    const { keys, id } = await meetingOf(provider, first.text);
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
    const { code, keys, id } = await meetingOf(provider, old.text);
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
    clock.now += pairingSeconds * 1000;
    await expect((await devices.client().joinByPairing(text)).finished).rejects.toMatchObject({ code: "pairing-expired" });
  });
});

it("the server's files hold nothing of the key, the code, or what derives from it afterwards", async () => {
  const { folder, key } = await lockedFolder();
  const old = await folder.pair({ key });
  const { code, keys } = await meetingOf(provider, old.text);
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
