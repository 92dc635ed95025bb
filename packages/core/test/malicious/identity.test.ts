/** The server answers with another folder, other keys, another beginning. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { generateKey, memoryStore, type Folder } from "../../src/index.ts";
import { toBase64url } from "../../src/crypto/encoding.ts";
import { exportReadKey } from "../../src/key/schedule.ts";
import { decodeRecord, encodeRecord } from "../../src/protocol/record.ts";
import { namesIn } from "../devices.ts";
import { json, records } from "./server.ts";
import { letters, logOf, outcome, page, Stage, provider } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

const fillings: [string, (folder: Folder) => Promise<void>][] = [
  ["an empty folder", () => Promise.resolve()],
  ["a full folder", letters],
];

describe.each(fillings)("of %s", (_, fill) => {
  test("a key's answer names the attacker's folder: the session there is refused, and nothing is opened", async () => {
    const { key } = await stage.locked(fill);
    const trap = await stage.locked();
    stage.server.rewrite(
      "GET /keys/*",
      json((answer) => ({ ...answer, folder: trap.folder.id })),
    );
    expect(await outcome(stage.using(stage.client().open(key)))).toBe("session-refused");
  });

  test("and the attacker lets every key in: his folder's history does not begin with this one", async () => {
    const { key } = await stage.locked(fill);
    const trap = await stage.locked();
    const { records: theirs } = await logOf(stage.api(trap.folder.id, trap.owner));
    stage.server.rewrite(
      "GET /keys/*",
      json((answer) => ({ ...answer, folder: trap.folder.id })),
    );
    stage.server.answer("POST /session", () => Response.json({ token: "a.b.c", expires: 2_000_000_000 }));
    stage.server.answer("GET /log", () => pageOf(theirs));
    expect(await outcome(stage.using(stage.client().open(key)))).toBe("wrong-key");
  });

  test("the key's own folder has the attacker's history, or his genesis before the true rest", async () => {
    const { key } = await stage.locked(fill);
    const trap = await stage.locked();
    const { records: theirs } = await logOf(stage.api(trap.folder.id, trap.owner));
    for (const change of [() => theirs, (own: Uint8Array<ArrayBuffer>[]) => [theirs[0]!, ...own.slice(1)]]) {
      stage.server.rewrite("GET /log", records(change));
      const folder = await stage.using(stage.client().open(key)).catch((error: unknown) => error);
      expect(folder).toMatchObject({ code: "wrong-folder" });
      stage.server.repent();
    }
  });

  test("its genesis is changed: another mode, another inbox key, another signature; nothing is taken of what follows", async () => {
    const { key } = await stage.locked(fill);
    const changed = (change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
      records(([genesis, ...rest]) => [change(genesis!), ...rest]);
    const at = (place: number) => changed((bytes) => bytes.with(place, bytes[place]! ^ 1));
    for (const [rule, code] of [
      [at(1), "wrong-folder"],
      [at(2 + 64), "wrong-folder"],
      [at(2 + 128), "tampered"],
    ] as const) {
      stage.server.rewrite("GET /log", rule);
      const opening = stage.using(stage.client().open(key));
      expect(await outcome(opening)).toBe(code);
      const folder = await opening.catch(() => null);
      expect(folder === null ? [] : namesIn(folder)).toEqual([]);
      stage.server.repent();
    }
  });

  test("a visitor's folder is described with keys of the attacker's, an epoch ahead, or as another folder", async () => {
    const folder = await stage.open(fill);
    const strange = toBase64url(await exportReadKey(provider, generateKey()));
    const told: [change: Record<string, unknown>, code: string, status: string][] = [
      [{ readKey: strange }, "session-refused", "none"],
      [{ folder: "0".repeat(32) }, "server-failed", "opening"],
      [{ epoch: 1 }, "well", "locked"],
      [{ open: false, readKey: undefined }, "well", "locked"],
    ];
    for (const [change, code, status] of told) {
      stage.server.rewrite(
        "GET /",
        json((answer) => ({ ...answer, ...change })),
      );
      const opening = stage.using(stage.client().openLink(folder.link(page)));
      expect([change, await outcome(opening)]).toEqual([change, code]);
      const visited = await opening.catch(() => null);
      expect(visited?.state.status ?? "none").toBe(status);
      stage.server.repent();
    }
    // None of it stays: the next look at an honest server opens it.
    expect(await outcome(stage.using(stage.client().openLink(folder.link(page))))).toBe("well");
  });
});

test("the maker of an open folder is told lies about it: the root stays, and it is opened again afterwards", async () => {
  const store = memoryStore();
  const folder = await stage.open(letters, { store });
  for (const lie of [{ epoch: 1 }, { epoch: 4_294_967_295, keyId: "f".repeat(32) }, { open: false, readKey: undefined }]) {
    stage.server.rewrite(
      "GET /",
      json((answer) => ({ ...answer, ...lie })),
    );
    const lied = await stage.using(stage.client({ store }).openFolder(folder.id));
    expect(["locked", "open"]).toContain(lied.state.status);
    await lied.close();
    stage.server.repent();
    const again = await stage.using(stage.client({ store }).openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "open", access: "write", problem: null });
    await again.close();
  }
});

test("the answer to making a folder is another folder's: the folder that was made is the one that its keys name", async () => {
  stage.server.rewrite(
    "POST /folders",
    json((answer) => ({ ...answer, folder: "0".repeat(32), keyId: "1".repeat(32) })),
  );
  const { folder, owner } = await stage.locked();
  expect(folder.id).not.toBe("0".repeat(32));
  expect(folder.state.keyId).toBe(owner.keyId);
  expect(namesIn(folder)).toEqual(["letters"]);
});

test("a read key is published for a folder that was locked from the start, even its true one: it is not believed", async () => {
  const { folder, key } = await stage.locked();
  const readKey = toBase64url(await exportReadKey(provider, key));
  stage.server.rewrite(
    "GET /",
    json((answer) => ({ ...answer, open: true, readKey })),
  );
  expect(await outcome(stage.using(stage.client().openLink(folder.link(page))))).toBe("wrong-key");
});

test("a genesis that is signed for another mode does not make a locked folder open", async () => {
  const { folder, key, owner } = await stage.locked();
  const { records: own } = await logOf(stage.api(folder.id, owner));
  const genesis = decodeRecord(own[0]!);
  if (genesis.kind !== "genesis") throw new Error("The log begins with no genesis.");
  stage.server.rewrite(
    "GET /log",
    records(([, ...rest]) => [encodeRecord({ ...genesis, mode: 0 }), ...rest]),
  );
  expect(await outcome(stage.using(stage.client().open(key)))).toBe("wrong-folder");
});

function pageOf(all: readonly Uint8Array<ArrayBuffer>[]): Response {
  const body = Buffer.concat(all.flatMap((record) => [Buffer.from(new Uint32Array([record.length]).buffer).reverse(), record]));
  return new Response(body, {
    headers: { "keyfold-count": String(all.length), "keyfold-epoch": "0", "keyfold-seq": String(all.length - 1) },
  });
}
