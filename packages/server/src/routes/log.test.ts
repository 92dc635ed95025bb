import { joinPage, splitPage, toBase64url, toHex } from "@keyfold/core/protocol";
import { describe, expect, test } from "vitest";
import { base, codeOf, mount, statusesOf } from "../../test/mount.ts";
import { bytesOf, newId, newOwner, Owner } from "../../test/owner.ts";

async function pageOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

/** Another device of the same owner, standing where he stands. */
function deviceOf(owner: Owner, send: ConstructorParameters<typeof Owner>[0]): Owner {
  const device = new Owner(send, base, owner.keyring);
  device.position = owner.position;
  device.token = owner.token;
  return device;
}

describe("reading", () => {
  test("an entry is appended, read back byte for byte, and counted", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const { wire, next } = await owner.entry({ sealed: bytesOf(5000) });
    const appended = await owner.call("POST", "/log", { headers: { "keyfold-at": "1" }, body: joinPage([wire]) });
    expect(await appended.json()).toEqual({ seq: 1, head: toBase64url(next.head) });
    expect(appended.headers.get("keyfold-seq")).toBe("1");
    const after = await owner.call("GET", "/log?from=2");
    expect([after.headers.get("keyfold-count"), after.headers.get("keyfold-head")]).toEqual(["0", toBase64url(next.head)]);
    const page = await owner.call("GET", "/log?from=0");
    expect(page.headers.get("keyfold-count")).toBe("2");
    const records = [...splitPage(await pageOf(page))];
    expect(records.map((record) => record[0])).toEqual([0, 1]);
    expect(toHex(records[1]!)).toBe(toHex(wire));
  });

  test("pages hold whole records, at most 4 MiB, and lead to the end", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    for (let i = 0; i < 20; i++) await owner.append({ sealed: bytesOf(i % 2 === 0 ? 262_144 : 200_000) });
    await owner.append();
    let from = 0;
    const counts: number[] = [];
    for (;;) {
      const page = await owner.call("GET", `/log?from=${from}`);
      const bytes = await pageOf(page);
      expect(bytes.length).toBeLessThanOrEqual(4 * 2 ** 20);
      const count = Number(page.headers.get("keyfold-count"));
      expect([...splitPage(bytes)]).toHaveLength(count);
      if (count === 0) break;
      counts.push(count);
      from += count;
    }
    expect(from).toBe(22);
    expect(counts.length).toBe(2);
  });

  test("after the last record there is an empty page; a place that is no number is malformed", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const page = await owner.call("GET", "/log?from=1");
    expect([page.status, page.headers.get("keyfold-count"), (await pageOf(page)).length]).toEqual([200, "0", 0]);
    for (const from of ["", "-1", "x", "1.5", "99999999999999999"])
      expect(await codeOf(await owner.call("GET", `/log?from=${from}`))).toBe("malformed");
  });
});

describe("appending", () => {
  test("at another place than the next is a conflict that brings what is missing", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const slow = deviceOf(owner, send);
    const [a, b] = [bytesOf(1052), bytesOf(1052)];
    await owner.append({ sealed: a });
    await owner.append({ sealed: b });
    const conflict = await slow.append();
    expect(conflict.status).toBe(409);
    expect(conflict.headers.get("keyfold-code")).toBe("conflict");
    expect(conflict.headers.get("keyfold-count")).toBe("2");
    expect(conflict.headers.get("keyfold-seq")).toBe("2");
    await slow.follow(await pageOf(conflict));
    expect(slow.position.seq).toBe(2);
    expect((await slow.append({}, { "keyfold-turn": conflict.headers.get("keyfold-turn")! })).status).toBe(200);

    const ahead = await owner.call("POST", "/log", { headers: { "keyfold-at": "9" }, body: joinPage([(await slow.entry()).wire]) });
    expect([ahead.status, ahead.headers.get("keyfold-count"), ahead.headers.get("keyfold-seq")]).toEqual([409, "0", "3"]);
  });

  test("the conflict's page is at most 1 MiB", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const slow = deviceOf(owner, send);
    for (let i = 0; i < 7; i++) await owner.append({ sealed: bytesOf(200_000) });
    const conflict = await slow.append();
    expect(Number(conflict.headers.get("keyfold-count"))).toBe(5);
    expect((await pageOf(conflict)).length).toBeLessThanOrEqual(2 ** 20);
  });

  test("of many at once exactly one takes each place, and with turns nobody starves", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const devices = Array.from({ length: 8 }, () => deviceOf(owner, send));
    const wins: number[] = [];
    await Promise.all(
      devices.map(async (device, number) => {
        // Fast ones and slow ones: who comes late is told so by conflict, and has a turn.
        for (let entry = 0; entry < 5;) {
          let turn: string | undefined;
          for (;;) {
            const answer = await device.append({}, turn === undefined ? {} : { "keyfold-turn": turn });
            turn = answer.headers.get("keyfold-turn") ?? turn;
            if (answer.status === 200) {
              wins.push(number);
              entry++;
              break;
            }
            expect(answer.status).toBe(409);
            if (answer.headers.get("keyfold-code") === "conflict") await device.follow(await pageOf(answer));
            else expect(await codeOf(answer)).toBe("turn");
          }
        }
      }),
    );
    expect(wins).toHaveLength(40);
    const page = await owner.call("GET", "/log?from=1");
    await owner.follow(await pageOf(page));
    expect(owner.position.seq).toBe(40);
  });

  test("while one device has its turn, another's append waits; when the turn is over it is taken", async () => {
    const { send, wait } = await mount();
    const owner = await newOwner(send, base);
    const slow = deviceOf(owner, send);
    await owner.append();
    const conflict = await slow.append();
    const turn = conflict.headers.get("keyfold-turn")!;
    const refused = await owner.append();
    expect(refused.status).toBe(409);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get("keyfold-turn")).toMatch(/^[0-9a-f]{32}$/);
    expect(await codeOf(refused)).toBe("turn");
    await slow.follow(await pageOf(conflict));
    expect((await slow.append({}, { "keyfold-turn": turn })).status).toBe(200);
    // It has had its turn; now the one that waited is first, and the ticket is worth nothing to anyone else.
    expect(await codeOf(await slow.append({}, { "keyfold-turn": turn }))).toBe("turn");
    wait(2_001);
    wait(2_001);
    expect((await slow.append()).status).toBe(200);
  });

  test("sixteen wait; the seventeenth is told of the conflict without a turn", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const stale = deviceOf(owner, send);
    await owner.append();
    const turns: (string | null)[] = [];
    for (let i = 0; i < 17; i++) turns.push((await stale.append()).headers.get("keyfold-turn"));
    expect(new Set(turns.slice(0, 16)).size).toBe(16);
    expect(turns[16]).toBeNull();
  });

  test("a proposed ticket is one place in the line, however often the request comes: after a conflict, and in somebody else's turn", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const slow = deviceOf(owner, send);
    await owner.append();
    const [mine, others] = ["a".repeat(32), "b".repeat(32)];
    // The answers to the first two are lost.
    for (let i = 0; i < 3; i++) expect((await slow.append({}, { "keyfold-turn": mine })).headers.get("keyfold-turn")).toBe(mine);
    for (let i = 0; i < 3; i++) {
      const refused = await owner.append({}, { "keyfold-turn": others });
      expect(await codeOf(refused)).toBe("turn");
      expect(refused.headers.get("keyfold-turn")).toBe(others);
    }
    await slow.follow(await pageOf(await slow.append({}, { "keyfold-turn": mine })));
    expect((await slow.append({}, { "keyfold-turn": mine })).status).toBe(200);
    // Nobody is between the two: the other one's turn began, and ends with its own append.
    await owner.follow(await pageOf(await owner.append({}, { "keyfold-turn": others })));
    expect((await owner.append({}, { "keyfold-turn": others })).status).toBe(200);
    expect((await owner.append()).status).toBe(200);
  });

  test("an entry that comes again after it was taken gets no place in the line", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const other = deviceOf(owner, send);
    const { wire } = await owner.entry();
    const post = () =>
      owner.call("POST", "/log", { headers: { "keyfold-at": "1", "keyfold-turn": "a".repeat(32) }, body: joinPage([wire]) });
    expect((await post()).status).toBe(200);
    const again = await post();
    expect([again.status, again.headers.get("keyfold-code"), again.headers.get("keyfold-turn")]).toEqual([409, "conflict", null]);
    await other.follow(await pageOf(again));
    expect((await other.append()).status).toBe(200);
  });

  test("a stranger to a ticket gets a place behind it, whatever it proposes", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const slow = deviceOf(owner, send);
    const stranger = deviceOf(owner, send);
    await owner.append();
    const mine = "a".repeat(32);
    const conflict = await slow.append({}, { "keyfold-turn": mine });
    await stranger.follow(await pageOf(conflict.clone()));
    const places = new Set<string | null>();
    for (const ticket of [undefined, "", "x", mine.slice(1), mine.toUpperCase(), `${mine}a`, "%", "b".repeat(32)]) {
      const refused = await stranger.append({}, ticket === undefined ? {} : { "keyfold-turn": ticket });
      expect(await codeOf(refused)).toBe("turn");
      expect(refused.headers.get("keyfold-turn")).toMatch(/^[0-9a-f]{32}$/);
      places.add(refused.headers.get("keyfold-turn"));
    }
    expect(places.size).toBe(8);
    expect(places.has(mine)).toBe(false);
    expect(places.has("b".repeat(32))).toBe(true);
    await slow.follow(await pageOf(conflict));
    expect((await slow.append({}, { "keyfold-turn": mine })).status).toBe(200);
  });

  test("what is no entry, a forged entry and one above its limits are refused", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const post = (body: Uint8Array, at = "1") => owner.call("POST", "/log", { headers: { "keyfold-at": at }, body });
    const { wire } = await owner.entry();
    expect(await codeOf(await post(joinPage([await owner.genesis()])))).toBe("malformed");
    expect(await codeOf(await post(joinPage([wire, wire])))).toBe("malformed");
    expect(await codeOf(await post(wire))).toBe("malformed");
    expect(await codeOf(await post(new Uint8Array()))).toBe("malformed");
    expect(await codeOf(await owner.call("POST", "/log", { body: joinPage([wire]) }))).toBe("malformed");
    const forged = joinPage([wire]);
    forged[forged.length - 70]! ^= 1;
    expect(await codeOf(await post(forged))).toBe("bad-signature");
    expect(await codeOf(await post(bytesOf(300_000)))).toBe("too-large");
    expect((await owner.call("GET", "/log?from=1")).headers.get("keyfold-count")).toBe("0");
  });

  test("moves what it adds and drops, and fails as a whole", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const [a, b] = [await owner.upload(), await owner.upload()];
    const unsent = newId();
    await owner.createBlobs({ blob: unsent, sealedSize: 1080 });
    const missing = await owner.append({ added: [a, unsent, b] });
    expect(missing.status).toBe(422);
    expect(await missing.json()).toMatchObject({ code: "blob-missing", blobs: [unsent] });
    expect([await owner.stateOf(a), await owner.stateOf(b)]).toEqual(["open", "open"]);

    expect((await owner.append({ added: [a, b] })).status).toBe(200);
    expect([await owner.stateOf(a), await owner.stateOf(b)]).toEqual(["live", "live"]);
    const spent = await owner.append({ added: [a] });
    expect(await spent.json()).toMatchObject({ code: "blob-spent", blobs: [a] });

    const before = await owner.used();
    expect((await owner.append({ dropped: [a] })).status).toBe(200);
    expect(await owner.stateOf(a)).toBe("dropped");
    expect(await owner.used()).toBe(before - 1080);
    expect(await (await owner.append({ added: [a] })).json()).toMatchObject({ code: "blob-spent" });
    expect((await owner.append({ dropped: [a, newId()] })).status).toBe(200); // nothing of it stands: no harm

    const stranger = await newOwner(send, base);
    expect(await (await owner.append({ added: [await stranger.upload()] })).json()).toMatchObject({ code: "blob-missing" });
  });

  test("hundreds of blobs in one entry", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const blobs: string[] = [];
    for (let i = 0; i < 500; i++) blobs.push(await owner.upload(56));
    expect((await owner.append({ added: blobs.slice(0, 250) })).status).toBe(200);
    expect((await owner.append({ added: blobs.slice(250), dropped: blobs.slice(0, 250) })).status).toBe(200);
    expect(await owner.used()).toBe(250 * 56);
  });
});

describe("rekey", () => {
  test("keeps the spine, ends the old token, and goes on under the new key", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const first = owner.position;
    for (let i = 0; i < 3; i++) await owner.append({ sealed: bytesOf(3000) });
    const snapshot = await owner.upload();
    const answer = await owner.rekey({ added: [snapshot] });
    expect(await answer.json()).toEqual({ epoch: 1, seq: 5, head: toBase64url(owner.position.head) });
    expect([answer.headers.get("keyfold-epoch"), answer.headers.get("keyfold-seq")]).toEqual(["1", "5"]);
    expect(await codeOf(await owner.call("GET", "/log?from=0"))).toBe("epoch-over");

    await owner.signIn();
    const page = await pageOf(await owner.call("GET", "/log?from=0"));
    expect([...splitPage(page)].map((record) => record[0])).toEqual([0, 3, 3, 3, 2, 1]);
    // A device that was offline extends its head over the spine.
    const device = deviceOf(owner, send);
    device.position = first;
    await device.follow(await pageOf(await owner.call("GET", "/log?from=1")));
    expect(toHex(device.position.head)).toBe(toHex(owner.position.head));
    expect((await owner.append()).status).toBe(200);
  });

  test("of two devices that lock at once one wins, and the other is told", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    await owner.append();
    const other = deviceOf(owner, send);
    const answers = await Promise.all([owner.rekey(), other.rekey()]);
    expect(statusesOf(answers)).toEqual([200, 409]);
    const loser = answers.find(({ status }) => status === 409)!;
    expect(await loser.json()).toMatchObject({ code: "locked-elsewhere", epoch: 1 });
    // Also much later, with the token of the epoch that is over.
    const late = deviceOf(owner, send);
    expect(await codeOf(await late.rekey())).toBe("locked-elsewhere");
  });

  test("at a place that was taken is a conflict, and takes no notice of turns", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const busy = deviceOf(owner, send);
    await busy.append();
    const conflict = await owner.rekey();
    expect([conflict.status, conflict.headers.get("keyfold-code")]).toEqual([409, "conflict"]);
    await owner.follow(await pageOf(conflict));
    expect((await owner.rekey()).status).toBe(200);
  });

  test("to a key that named a folder before, signed by one key alone, or without its entry is refused", async () => {
    const { send } = await mount();
    const owner = await newOwner(send, base);
    const post = (body: Uint8Array) => owner.call("POST", "/rekey", { headers: { "keyfold-at": "1" }, body });
    expect(await codeOf(await post((await owner.rekeyBody({}, owner.keyring)).body))).toBe("malformed");
    const { body } = await owner.rekeyBody();
    const [record] = [...splitPage(body)];
    expect(await codeOf(await post(joinPage([record!])))).toBe("malformed");
    for (const at of [4 + 1 + 128 + 3, 4 + 1 + 128 + 64 + 3]) {
      const forged = body.slice();
      forged[at]! ^= 1;
      expect(await codeOf(await post(forged))).toBe("bad-signature");
    }
    expect(await codeOf(await post((await owner.rekeyBody({ added: [newId()] })).body))).toBe("blob-missing");
    expect((await owner.append()).status).toBe(200);
  });

  test("what was added before it is deleted at once when it is dropped, what came after is kept", async () => {
    const { send, app } = await mount();
    const owner = await newOwner(send, base);
    const [snapshot, exposed] = [await owner.upload(), await owner.upload()];
    await owner.append({ added: [snapshot, exposed] });
    const next = await owner.upload();
    expect((await owner.rekey({ added: [next], dropped: [snapshot] })).status).toBe(200);
    await owner.signIn();
    expect(await owner.stateOf(snapshot)).toBe("410");
    const resealed = await owner.upload();
    await owner.append({ added: [resealed], dropped: [exposed] });
    expect(await owner.stateOf(exposed)).toBe("410");
    await owner.append({ dropped: [resealed] });
    expect(await owner.stateOf(resealed)).toBe("dropped");
    await app.maintain();
    expect(await owner.stateOf(next)).toBe("live");
  });
});
