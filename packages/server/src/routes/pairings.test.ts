import {
  pairingsAtOnce,
  pairingSeconds,
  toBase64url,
  toHex,
  type Bytes,
  type PairingGiven,
  type PairingTaken,
} from "@keyfold/core/protocol";
import { describe, expect, it } from "vitest";
import { contentsOf } from "../../test/contents.ts";
import { base, codeOf, mount, statusesOf, type TestMount } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner, type Owner } from "../../test/owner.ts";

interface Meeting {
  readonly id: string;
  readonly owner: Owner;
  /** The owner's requests, and the new device's. */
  readonly give: (method: string, path?: string, body?: object) => Promise<Response>;
  readonly take: (method: string, path?: string, body?: object, token?: string) => Promise<Response>;
  readonly opening: () => Promise<Response>;
}

async function meeting({ send }: TestMount, owner: Owner, token: Bytes = bytesOf(32)): Promise<Meeting> {
  const id = newId();
  return {
    id,
    owner,
    give: (method, path = "", body) => owner.call(method, `/pairings/${id}${path}`, body === undefined ? {} : { body }),
    take: (method, path = "", body, as = toBase64url(token)) =>
      send(method, `/v1/pairings/${id}${path}`, { headers: { "keyfold-token": as }, ...(body === undefined ? {} : { body }) }),
    opening: () => owner.call("POST", "/pairings", { body: { pairing: id, tokenHash: toBase64url(hashOf(token)) } }),
  };
}

async function opened(at: TestMount, owner?: Owner): Promise<Meeting> {
  const met = await meeting(at, owner ?? (await newOwner(at.send, base)));
  expect((await met.opening()).status).toBe(201);
  return met;
}

/** A mount whose time stands still, and passes when it is told to. */
async function stopped(): Promise<TestMount> {
  let now = Date.now();
  const at = await mount({ clock: () => now });
  return { ...at, wait: (milliseconds) => void (now += milliseconds) };
}

const given = async (met: Meeting): Promise<PairingGiven> => (await (await met.give("GET")).json()) as PairingGiven;
const taken = async (met: Meeting): Promise<PairingTaken> => (await (await met.take("GET")).json()) as PairingTaken;
const some = (length: number): string => toBase64url(bytesOf(length));

describe("a meeting", () => {
  it("takes each side's steps in their order, and shows each what the other left", async () => {
    const met = await opened(await stopped());
    const [key, nonce, sealed] = [some(32), some(32), some(156)];
    expect(await given(met)).toEqual({ state: "waiting", seconds: pairingSeconds });
    expect((await met.take("POST", "/key", { key })).status).toBe(204);
    expect(await given(met)).toMatchObject({ state: "scanned", key });
    expect(await taken(met)).not.toHaveProperty("nonce");
    expect((await met.give("POST", "/nonce", { nonce })).status).toBe(204);
    expect(await taken(met)).toMatchObject({ state: "revealed", nonce });
    expect((await met.take("POST", "/confirm")).status).toBe(204);
    expect(await given(met)).toMatchObject({ state: "confirmed" });
    expect((await met.give("POST", "/sealed", { sealed })).status).toBe(204);
    expect(await taken(met)).toMatchObject({ state: "sealed", sealed });
    expect((await met.take("POST", "/done")).status).toBe(204);
    expect(await given(met)).toEqual({ state: "done", seconds: pairingSeconds });
    expect(await taken(met)).toEqual({ state: "done", seconds: pairingSeconds });
  });

  it("takes a step again whose answer was lost, and no other bytes in its place", async () => {
    const met = await opened(await mount());
    const [key, nonce, sealed] = [some(32), some(32), some(156)];
    const steps: (readonly [run: () => Promise<Response>, other: (() => Promise<Response>) | null, code: string])[] = [
      [() => met.take("POST", "/key", { key }), () => met.take("POST", "/key", { key: some(32) }), "pairing-taken"],
      [() => met.give("POST", "/nonce", { nonce }), () => met.give("POST", "/nonce", { nonce: some(32) }), "pairing-step"],
      [() => met.take("POST", "/confirm"), null, ""],
      [() => met.give("POST", "/sealed", { sealed }), () => met.give("POST", "/sealed", { sealed: some(156) }), "pairing-step"],
      [() => met.take("POST", "/done"), null, ""],
    ];
    expect((await met.opening()).status).toBe(201);
    for (const [run, other, code] of steps) {
      expect(statusesOf([await run(), await run()])).toEqual([204, 204]);
      if (other !== null) expect(await codeOf(await other())).toBe(code);
    }
    // Answers of earlier steps that come late change nothing.
    expect(await codeOf(await met.take("POST", "/key", { key }))).toBe("pairing-over");
    expect(await codeOf(await met.opening())).toBe("pairing-step");
  });

  it("takes one key, whoever is the first of many", async () => {
    const met = await opened(await mount());
    const answers = await Promise.all(Array.from({ length: 8 }, () => met.take("POST", "/key", { key: some(32) })));
    expect(statusesOf(answers)).toEqual([204, 409, 409, 409, 409, 409, 409, 409]);
  });

  it("takes no step before its turn", async () => {
    const met = await opened(await mount());
    const early = [
      () => met.give("POST", "/nonce", { nonce: some(32) }),
      () => met.take("POST", "/confirm"),
      () => met.give("POST", "/sealed", { sealed: some(156) }),
      () => met.take("POST", "/done"),
    ];
    for (const step of early) expect(await codeOf(await step())).toBe("pairing-step");
    await met.take("POST", "/key", { key: some(32) });
    for (const step of early.slice(1)) expect(await codeOf(await step())).toBe("pairing-step");
    expect(await given(met)).toMatchObject({ state: "scanned" });
  });

  it("is over after two minutes, to the second, for both sides", async () => {
    const at = await stopped();
    const met = await opened(at);
    await met.take("POST", "/key", { key: some(32) });
    at.wait(pairingSeconds * 1000 - 1000);
    expect(await taken(met)).toMatchObject({ state: "scanned" });
    at.wait(1000);
    for (const answer of [
      await met.give("GET"),
      await met.take("GET"),
      await met.give("POST", "/nonce", { nonce: some(32) }),
      await met.take("POST", "/key", { key: some(32) }),
    ]) {
      expect([answer.status, await codeOf(answer)]).toEqual([410, "pairing-over"]);
    }
  });

  it("that either side cancels is over for the other, and keeps nothing", async () => {
    const at = await mount();
    for (const by of ["give", "take"] as const) {
      const met = await opened(at);
      await met.take("POST", "/key", { key: some(32) });
      await met.give("POST", "/nonce", { nonce: some(32) });
      expect((await met[by]("POST", "/cancel")).status).toBe(204);
      expect(await given(met)).toEqual({ state: "cancelled", seconds: expect.any(Number) as number });
      expect(await taken(met)).toEqual({ state: "cancelled", seconds: expect.any(Number) as number });
      expect(await codeOf(await met.take("POST", "/confirm"))).toBe("pairing-over");
      expect(await codeOf(await met.opening())).toBe("pairing-step");
    }
  });

  it("once done stays done, whoever cancels it", async () => {
    const met = await opened(await mount());
    await met.take("POST", "/key", { key: some(32) });
    await met.give("POST", "/nonce", { nonce: some(32) });
    await met.take("POST", "/confirm");
    await met.give("POST", "/sealed", { sealed: some(156) });
    await met.take("POST", "/done");
    await met.take("POST", "/cancel");
    expect(await given(met)).toMatchObject({ state: "done" });
  });
});

describe("who may come to a meeting", () => {
  it("the token's holder alone; a wrong token and an unknown meeting are told apart by nobody", async () => {
    const at = await stopped();
    const met = await opened(at);
    const unknown = await meeting(at, met.owner);
    const answers = [
      await met.take("GET", "", undefined, some(32)),
      await met.take("GET", "", undefined, ""),
      await met.take("GET", "", undefined, "x".repeat(43)),
      await met.take("POST", "/key", { key: some(32) }, some(32)),
      await met.take("POST", "/cancel", undefined, some(32)),
      // The hash that the server keeps is no token.
      await met.take("GET", "", undefined, toBase64url(hashOf(bytesOf(32)))),
      await unknown.take("GET"),
    ];
    for (const answer of answers) expect([answer.status, await codeOf(answer)]).toEqual([404, "not-found"]);
    expect(await given(met)).toEqual({ state: "waiting", seconds: pairingSeconds });
  });

  it("a device that writes to the folder, and none of another folder, nor a reader", async () => {
    const at = await mount();
    const met = await opened(at);
    const stranger = await newOwner(at.send, base);
    expect(await codeOf(await stranger.call("GET", `/pairings/${met.id}`))).toBe("not-found");
    expect(await codeOf(await stranger.call("POST", `/pairings/${met.id}/cancel`))).toBe("not-found");
    await met.owner.signIn("read");
    expect(await codeOf(await met.give("GET"))).toBe("read-only");
    expect(await codeOf(await (await meeting(at, met.owner)).opening())).toBe("read-only");
    expect(await codeOf(await at.send("GET", `${met.owner.path}/pairings/${met.id}`))).toBe("token-refused");
  });

  it("nobody whom the host refuses, asked for writing and for signing in", async () => {
    const asked: string[] = [];
    let refusing = false;
    const at = await mount({
      authorize: (_, { action }) => {
        asked.push(action);
        return !refusing;
      },
    });
    const met = await opened(at);
    asked.length = 0;
    refusing = true;
    expect(await codeOf(await met.give("GET"))).toBe("refused");
    expect(await codeOf(await met.take("GET"))).toBe("refused");
    expect(asked).toEqual(["write", "sign-in"]);
  });
});

describe("limits", () => {
  it("a folder has eight meetings at a time; what ended makes room, and so does time", async () => {
    const at = await stopped();
    const owner = await newOwner(at.send, base);
    const met = await Promise.all(Array.from({ length: pairingsAtOnce }, () => opened(at, owner)));
    const refused = await (await meeting(at, owner)).opening();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, String(pairingSeconds)]);
    expect(await codeOf(refused)).toBe("rate-limited");
    await opened(at); // another folder
    await met[0]!.give("POST", "/cancel");
    await opened(at, owner);
    at.wait(pairingSeconds * 1000);
    await opened(at, owner);
  });

  it("bytes of other lengths, and what is no base64url, are malformed", async () => {
    const met = await opened(await mount());
    for (const key of [some(31), some(33), "", `${some(32)}=`, "é".repeat(43)]) {
      expect(await codeOf(await met.take("POST", "/key", { key }))).toBe("malformed");
    }
    await met.take("POST", "/key", { key: some(32) });
    expect(await codeOf(await met.give("POST", "/nonce", { nonce: some(33) }))).toBe("malformed");
    expect(await codeOf(await met.give("POST", "/sealed", { sealed: some(157) }))).toBe("malformed");
    const large = await met.take("POST", "/key", { key: "x".repeat(70_000) });
    expect(await codeOf(large)).toBe("too-large");
  });
});

describe("afterwards", () => {
  it("maintain() deletes the rows whose time is over, and the answer is that there is none", async () => {
    const at = await stopped();
    const [met, later] = [await opened(at), await opened(at)];
    await met.give("POST", "/cancel");
    at.wait(pairingSeconds * 1000 - 1);
    await at.app.maintain();
    expect(await given(later)).toMatchObject({ state: "waiting" });
    at.wait(1);
    await at.app.maintain();
    for (const { take } of [met, later]) expect(await codeOf(await take("GET"))).toBe("not-found");
    const { query } = at.options.database;
    expect(await query.selectFrom("pairing").selectAll().execute()).toEqual([]);
  });

  it("the database never held the token, and no more what was left in a meeting that ended", async () => {
    const at = await mount();
    const token = bytesOf(32);
    const met = await meeting(at, await newOwner(at.send, base), token);
    await met.opening();
    const [key, nonce, sealed] = [bytesOf(32), bytesOf(32), bytesOf(156)];
    await met.take("POST", "/key", { key: toBase64url(key) });
    await met.give("POST", "/nonce", { nonce: toBase64url(nonce) });
    await met.take("POST", "/confirm");
    await met.give("POST", "/sealed", { sealed: toBase64url(sealed) });
    await met.take("POST", "/done");
    await at.options.database.erase();
    const contents = await contentsOf(at);
    const holds = (wanted: Uint8Array | string): boolean => contents.includes(typeof wanted === "string" ? wanted : Buffer.from(wanted));
    expect(holds(hashOf(token))).toBe(true);
    for (const gone of [token, key, nonce, sealed]) {
      for (const form of [gone, toBase64url(gone), toHex(gone)]) expect(holds(form)).toBe(false);
    }
    expect(at.lines).toEqual([]);
  });
});
