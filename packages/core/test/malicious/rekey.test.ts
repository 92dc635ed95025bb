/** The lock is hidden, faked or replayed; an open folder is claimed open again; a snapshot is exchanged, or leaves a file out. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { generateKey, memoryStore } from "../../src/index.ts";
import { toBase64url } from "../../src/crypto/encoding.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { deriveOwnerKeys, exportReadKey } from "../../src/key/schedule.ts";
import { LogFollower } from "../../src/log/chain.ts";
import { sealRekey } from "../../src/log/rekey.ts";
import { decodeRecord, joinPage, splitPage } from "../../src/protocol/record.ts";
import { Device, packed } from "../device.ts";
import { namesIn } from "../devices.ts";
import { idOf, versionOf } from "../ops.ts";
import { flipped, json, records } from "./server.ts";
import { codeOf, content, logOf, outcome, page, provider, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

/** What the server says of an open folder, and its whole log then: what it can say again for ever. */
async function asItWasOpen() {
  const store = memoryStore();
  const folder = await stage.open(undefined, { store, remember: "device" });
  const told = await stage.unsigned.folder(folder.id);
  const reader = await stage.using(stage.client().openLink(folder.link(page)));
  expect(namesIn(reader, "/letters")).toEqual(["one.txt", "two.txt", "old"]);
  let log: Bytes = new Uint8Array();
  stage.server.rewrite("GET /log", (answer) => void (log = answer.body));
  await stage.using(stage.client().openLink(folder.link(page)));
  stage.server.repent();
  const lie = (): void => {
    const { readKey, ...rest } = told;
    stage.server.answer("GET /", () => Response.json({ ...rest, readKey: toBase64url(readKey!) }));
    stage.server.answer("POST /challenge", ({ body }) =>
      Response.json({
        ...(JSON.parse(new TextDecoder().decode(body)) as object),
        folder: folder.id,
        epoch: 0,
        nonce: "A".repeat(43),
        expires: 2_000_000_000,
      }),
    );
    stage.server.answer("POST /session", () => Response.json({ token: "a.b.c", expires: 2_000_000_000 }));
    stage.server.answer("GET /log", ({ url }) => {
      const from = Number(url.searchParams.get("from"));
      const all = [...splitPage(log)];
      const headers = {
        "keyfold-count": String(Math.max(0, all.length - from)),
        "keyfold-epoch": "0",
        "keyfold-seq": String(all.length - 1),
      };
      return new Response(joinPage(all.slice(from)), { headers });
    });
  };
  return { folder, store, reader, lie };
}

describe("an open folder claimed open again after it was locked", () => {
  test("is believed by nobody who saw it locked: neither its owner, nor after a reload, nor a reader who was told", async () => {
    const { folder, store, reader, lie } = await asItWasOpen();
    const key = generateKey();
    stage.server.secret("new key", key);
    await folder.lock(key);
    await reader.refresh().catch(() => undefined);
    expect(reader.state.status).toBe("locked");

    lie();
    expect(await codeOf(folder.refresh())).toBe("rolled-back");
    expect(await codeOf(folder.createDirectory("/after"))).toBe("rolled-back");
    const again = await stage.using(stage.client({ store, remember: "device" }).openFolder(folder.id));
    // What it verified before it may show, and nothing can be changed.
    expect(again.state).toMatchObject({ epoch: 1, problem: { code: "rolled-back" } });
    expect(await codeOf(again.createDirectory("/after"))).toBe("rolled-back");
    // The newer key is unknown to a server in the older state, and is not asked to sign for it.
    stage.server.answer("GET /keys/*", ({ ids }) => Response.json({ folder: folder.id, epoch: 0, current: 0, keyId: ids[0] }));
    expect(await outcome(stage.using(stage.client().open(key)))).toBe("wrong-key");
  });

  test("a read key is published for its later epochs: not believed, though it be the true one", async () => {
    const folder = await stage.open();
    const key = generateKey();
    stage.server.secret("new key", key);
    await folder.lock(key);
    const readKey = toBase64url(await exportReadKey(provider, key));
    stage.server.rewrite(
      "GET /",
      json((answer) => ({ ...answer, open: true, readKey })),
    );
    const visitor = await stage.using(stage.client().openLink(folder.link(page)));
    expect(visitor.state.status).toBe("locked");
    stage.server.repent();
    stage.server.rewrite(
      "GET /",
      json((answer) => ({ ...answer, open: true, readKey, epoch: 0 })),
    );
    const second = stage.using(stage.client().openLink(folder.link(page)));
    expect(await outcome(second)).toMatch(/locked-elsewhere|wrong-key/);
    expect(await second.then(namesIn, () => [])).toEqual([]);
  });
});

describe("a rekey", () => {
  test("that never happened, by the server's word: the key stays, and opens the folder once the server is honest", async () => {
    const { folder, key } = await stage.locked();
    stage.server.rewrite(
      "POST /challenge",
      json((answer) => ({ ...answer, epoch: 1 })),
    );
    stage.server.answer("GET /log", () =>
      Response.json({ code: "epoch-over", epoch: 1 }, { status: 401, headers: { "content-type": "application/problem+json" } }),
    );
    expect(await codeOf(folder.refresh())).toBe("locked-elsewhere");
    stage.server.repent();
    await folder.signIn(key);
    expect(folder.state).toMatchObject({ status: "signed-in", problem: null });
  });

  test("forged by the server, signed by its own key in place of the old one, of the new one, or of both", async () => {
    const { folder, key, owner } = await stage.locked();
    const { records: log, places } = await logOf(stage.api(folder.id, owner));
    const theirs = await deriveOwnerKeys(provider, generateKey());
    const whole = await sealRekey(provider, places.at(-1)!, owner.sign, theirs.keys, theirs.sign);
    const forged = await Promise.all([
      sealRekey(provider, places.at(-1)!, theirs.sign, theirs.keys, theirs.sign),
      sealRekey(provider, places.at(-1)!, theirs.sign, theirs.keys, owner.sign),
      sealRekey(provider, places.at(-1)!, owner.sign, theirs.keys, owner.sign),
    ]);
    for (const { bytes } of forged) {
      stage.server.rewrite(
        "GET /log",
        records((all, from) => (from + all.length === log.length ? [...all, bytes] : all)),
      );
      expect(await outcome(stage.using(stage.client().open(key)))).toBe("tampered");
      stage.server.repent();
    }
    // And one that the owner did sign, with what follows withheld: incomplete, so nothing is taken of it.
    stage.server.rewrite(
      "GET /log",
      records((all, from) => (from + all.length === log.length ? [...all, whole.bytes] : all)),
    );
    expect(await outcome(stage.using(stage.client().open(key)))).toMatch(/tampered|old-key/);
  });

  test("of an earlier time, or of another folder, is told again: it fits no other place", async () => {
    const { folder } = await stage.locked();
    const key = generateKey();
    stage.server.secret("new key", key);
    await folder.lock(key);
    const keys = await deriveOwnerKeys(provider, key);
    const { records: log } = await logOf(stage.api(folder.id, keys, undefined, 1));
    const at = log.findIndex((bytes) => decodeRecord(bytes).kind === "rekey");
    for (const again of [[log[at]!], [log[at]!, log[at + 1]!]]) {
      stage.server.rewrite(
        "GET /log",
        records((all, from) => (from === 0 ? [...all, ...again] : all)),
      );
      expect(await outcome(stage.using(stage.client().open(key)))).toBe("tampered");
      stage.server.repent();
    }
  });

  test("that the server only claims to have taken is not shown as done, and the old key is not lost", async () => {
    const store = memoryStore();
    const folder = await stage.open(undefined, { store });
    const key = generateKey();
    stage.server.secret("new key", key);
    stage.server.answer("POST /rekey", ({ headers }) =>
      Response.json({ epoch: 1, seq: Number(headers.get("keyfold-at")) + 1, head: "A".repeat(43) }),
    );
    await folder.lock(key).catch(() => undefined);
    expect(folder.state.problem?.code).toBe("rolled-back");
    expect(folder.state.epoch).toBe(0);
    expect(await codeOf(folder.createDirectory("/after"))).toBe("rolled-back");
    await folder.close();
    stage.server.repent();
    const again = await stage.using(stage.client({ store }).openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "open", access: "write", problem: null });
    await again.lock(key);
    expect(again.state).toMatchObject({ status: "signed-in", epoch: 1, problem: null });
  });
});

describe("a snapshot", () => {
  test("that is exchanged, changed or cut on the server does not open the new epoch", async () => {
    const { folder } = await stage.locked();
    const key = generateKey();
    stage.server.secret("new key", key);
    await folder.lock(key);
    for (const change of [(body: Bytes) => flipped(body, 8 * 300), (body: Bytes) => body.subarray(0, -1), () => new Uint8Array()]) {
      stage.server.rewrite("GET /blobs/*/parts/*", (answer) => void (answer.body = change(answer.body)));
      const opened = await stage.using(stage.client().open(key));
      expect(opened.state.problem?.code).toBe("tampered");
      expect(namesIn(opened)).toEqual([]);
      stage.server.repent();
    }
    const opened = await stage.using(stage.client().open(key));
    expect(await (await opened.download("/letters/one.txt")).text()).toBe(content("one"));
  });

  test("of a rekey that leaves a file out of the state it names is refused, by whoever holds the keys", async () => {
    const device = await Device.begin(1);
    await device.append([
      { op: "mkdir", node: idOf(1), parent: null, name: "d" },
      { op: "add", node: idOf(2), parent: idOf(1), name: "kept.txt", version: versionOf(1) },
      { op: "add", node: idOf(3), parent: idOf(1), name: "left out.txt", version: versionOf(2) },
    ]);
    await device.rekey();
    const poorer = await Device.begin(1);
    await poorer.append([{ op: "mkdir", node: idOf(1), parent: null, name: "d" }]);
    const [blob] = device.shelf.keys();
    device.shelf.set(blob!, (await packed(poorer.tree)).content);
    const follower = new LogFollower(device.following());
    expect(await codeOf(follower.page(joinPage(device.records)))).toBe("tampered");
    expect(follower.tree.get(idOf(3))).toBeUndefined();
    expect(await codeOf(Promise.resolve().then(() => follower.finish()))).toBe("tampered");
  });

  test("in the middle of an epoch that names a state without a file takes nothing from whoever folds the log", async () => {
    const device = await Device.begin(1);
    await device.append([{ op: "add", node: idOf(2), parent: null, name: "here.txt", version: versionOf(1) }]);
    const { state } = await packed((await Device.begin(1)).tree);
    const { seq } = device.position;
    await device.append([{ op: "snapshot", descriptor: versionOf(9), covers: seq, state: toBase64url(state) }]);
    const follower = new LogFollower(device.following());
    await follower.page(joinPage(device.records));
    expect(follower.finish()).toEqual({ status: "current" });
    expect(follower.tree.get(idOf(2))?.name).toBe("here.txt");
  });
});
