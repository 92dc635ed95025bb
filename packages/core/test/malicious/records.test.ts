/** The history is changed: records flipped, reordered, repeated, dropped, moved, forged by somebody who may only read. */
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { generateKey, memoryStore } from "../../src/index.ts";
import type { Bytes } from "../../src/crypto/provider.ts";
import { sealEntry } from "../../src/log/entry.ts";
import { LogFollower } from "../../src/log/chain.ts";
import { deriveOwnerKeys } from "../../src/key/schedule.ts";
import type { Descriptor } from "../../src/seal/blob.ts";
import { readBlob } from "../../src/sync/blob-io.ts";
import { encodeRecord, joinPage, type Position } from "../../src/protocol/record.ts";
import { spineOf } from "../../src/protocol/step.ts";
import { decodeRecord } from "../../src/protocol/record.ts";
import { namesIn, outline } from "../devices.ts";
import { until } from "../transfer-folder.ts";
import { flipped, records } from "./server.ts";
import { codeOf, content, letters, type LockedFolder, logOf, outcome, provider, readerOf, Stage } from "./stage.ts";

let stage: Stage;
/** A folder in its second epoch: genesis, spine, rekey, its entry, and more entries. */
let victim: LockedFolder;
let log: Bytes[];
let places: Position[];
let snapshot: Blob;
beforeAll(async () => {
  stage = await Stage.set();
  const { folder } = await stage.locked();
  const key = generateKey();
  stage.server.secret("second key", key);
  await folder.lock(key);
  victim = { folder, key, owner: await deriveOwnerKeys(provider, key) };
  for (const change of [() => folder.rename("/letters/one.txt", "first.txt"), () => folder.trash(["/letters/two.txt"])]) {
    await change();
    await folder.settled();
  }
  await until(folder, () => folder.state.exposed.remaining === 0);
  await folder.settled();
  ({ records: log, places } = await logOf(apiOf()));
  const reading = async (descriptor: Descriptor): Promise<ReadableStream<Uint8Array>> => {
    const parts: Bytes[] = [];
    for await (const part of readBlob({ provider, api: apiOf() }, descriptor)) parts.push(part);
    snapshot = new Blob(parts);
    return snapshot.stream();
  };
  await new LogFollower({ ...following(), snapshot: reading }).page(joinPage(log));
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

const open = (options = {}) => stage.using(stage.client(options).open(victim.key));

const apiOf = () => stage.api(victim.folder.id, victim.owner, undefined, 1);
const following = () => ({ provider, keys: [victim.owner], folderId: victim.folder.id, snapshot: () => snapshot.stream() });

/** What following these records comes to, without a server around it. */
function follow(all: readonly Bytes[]): Promise<unknown> {
  const follower = new LogFollower(following());
  return follower.page(joinPage(all)).then(() => follower.finish());
}

describe("a bit flipped", () => {
  test("anywhere in any stored record is noticed", async () => {
    expect(await follow(log)).toEqual({ status: "current" });
    const lengths = log.map(({ length }) => 8 * length);
    const anyBit = fc.nat({ max: log.length - 1 }).chain((record) => fc.tuple(fc.constant(record), fc.nat({ max: lengths[record]! - 1 })));
    await fc.assert(
      fc.asyncProperty(anyBit, async ([record, bit]) => {
        const code = await codeOf(follow(log.map((bytes, i) => (i === record ? flipped(bytes, bit) : bytes))));
        expect(["tampered", "malformed", "wrong-folder"]).toContain(code);
      }),
      { numRuns: 400 },
    );
  });

  test("on the wire: what was verified before it is shown, nothing can be changed, and the true record heals it", async () => {
    for (const [at, shown] of [
      [places.findIndex(({ epoch }) => epoch === 1) + 1, places.findIndex(({ epoch }) => epoch === 1)],
      [log.length - 1, log.length - 2],
    ] as const) {
      stage.server.rewrite(
        "GET /log",
        records((all, from) => all.map((bytes, i) => (from + i === at ? flipped(bytes, 8 * bytes.length - 20) : bytes))),
      );
      const folder = await open();
      expect(folder.state).toMatchObject({ problem: { code: "tampered" }, seq: shown });
      expect(await codeOf(folder.createDirectory("/new"))).toBe("tampered");
      stage.server.repent();
      await folder.refresh();
      expect(folder.state.problem).toBeNull();
      expect(outline(folder)).toEqual(outline(victim.folder));
    }
  });
});

describe("records", () => {
  const wrong: [string, (all: Bytes[]) => Bytes[]][] = [
    ["dropped from the middle", (all) => all.toSpliced(2, 1)],
    ["repeated", (all) => all.toSpliced(2, 0, all[1]!)],
    ["in another order", (all) => all.with(1, all[2]!).with(2, all[1]!)],
    ["without the genesis", (all) => all.slice(1)],
    ["with the genesis twice", (all) => [all[0]!, ...all]],
    ["with one of another folder in place of theirs", (all) => all.with(2, other[2]!)],
    ["continued by another folder's", (all) => [...all, other.at(-1)!]],
  ];
  let other: Bytes[];
  beforeAll(async () => {
    const stranger = await stage.locked();
    ({ records: other } = await logOf(stage.api(stranger.folder.id, stranger.owner)));
  });

  test.for(wrong)("%s are noticed, and nothing of them is folded", async ([, change]) => {
    stage.server.rewrite(
      "GET /log",
      records((all, from) => (from === 0 ? change(all) : all)),
    );
    const code = await outcome(open());
    expect(["tampered", "malformed", "server-failed"]).toContain(code);
    const folder = await open().catch(() => null);
    const shown = folder === null ? [] : namesIn(folder);
    expect([[], ["letters"]]).toContainEqual(shown);
  });

  test("as bare spine, with their bodies withheld, do not pass for an empty history", async () => {
    const spine = await Promise.all(
      log.map(async (bytes) => {
        const record = decodeRecord(bytes);
        return record.kind === "entry" ? encodeRecord(await spineOf(provider, record)) : bytes;
      }),
    );
    stage.server.rewrite(
      "GET /log",
      records(() => spine),
    );
    const folder = await open();
    expect(folder.state).toMatchObject({ problem: { code: "tampered" }, tree: expect.anything() as object });
    expect(folder.state.problem?.error.reason).toBe("entry-missing");
    expect(namesIn(folder)).toEqual([]);
  });

  test("of another epoch or another folder do not verify at their place here", async () => {
    const last = places.at(-1)!;
    const entry = {
      id: "a".repeat(32),
      device: "d".repeat(32),
      at: 0,
      ops: [{ op: "mkdir", node: "b".repeat(32), parent: null, name: "x" }],
    } as const;
    const lists = { added: [], dropped: [], consumed: [] };
    for (const elsewhere of [
      { ...last, epoch: 0 },
      { ...last, epoch: 2 },
      { ...last, folderId: "0".repeat(32) },
      { ...last, seq: last.seq + 1 },
      places.at(-2)!,
    ]) {
      // Sealed by the true key, for another place.
      const { bytes } = await sealEntry(provider, victim.owner, elsewhere, entry, lists);
      expect(await codeOf(follow([...log, bytes]))).toBe("tampered");
    }
  });

  test("forged by a reader, who can open and seal entries, are signed by nobody; in an append's conflict as in a page", async () => {
    const reader = await readerOf(victim.key);
    const stranger = (await stage.locked(() => Promise.resolve())).owner;
    const entry = { id: "a".repeat(32), device: "d".repeat(32), at: 0, ops: [{ op: "trash", node: "b".repeat(32) }] } as const;
    const lists = { added: [], dropped: [], consumed: [] };
    const forged = await sealEntry(provider, { log: reader.log, sign: stranger.sign }, places.at(-1)!, entry, lists);
    const bySession = await sealEntry(provider, { log: reader.log, sign: reader.readAuth }, places.at(-1)!, entry, lists);
    for (const { bytes } of [forged, bySession]) {
      expect(await codeOf(follow([...log, bytes]))).toBe("tampered");
      const folder = await open();
      stage.server.answer("POST /log", () => {
        const headers = { "keyfold-code": "conflict", "keyfold-count": "1", "keyfold-epoch": "1", "keyfold-seq": String(log.length) };
        return new Response(joinPage([bytes]), { status: 409, headers });
      });
      await folder.createDirectory("/mine");
      await expect.poll(() => folder.state.problem?.code).toBe("tampered");
      expect(folder.state.pending).toHaveLength(1);
      stage.server.repent();
      await folder.refresh();
      await folder.settled();
      expect(folder.state.problem).toBeNull();
      ({ records: log, places } = await logOf(apiOf()));
    }
  });
});

test("a reader's session cannot write, whatever the client in front of it claims", async () => {
  const api = stage.api(victim.folder.id, null, await readerOf(victim.key), 1);
  expect((await api.log(0)).count).toBe(log.length);
  expect(await codeOf(api.append(log.length, joinPage([log.at(-1)!]), null))).toBe("read-only");
  expect(await codeOf(api.createBlobs([{ blob: "a".repeat(32), sealedSize: 1080 }]))).toBe("read-only");
  expect(await codeOf(api.rekey(log.length, joinPage([log.at(-1)!, log.at(-1)!]), null))).toBe("read-only");
});

test("an entry that its own writer sealed badly is empty and told, and those after it are folded", async () => {
  const { folder, owner, key } = await stage.locked(letters);
  const { places: own } = await logOf(stage.api(folder.id, owner));
  // Signed by the true key over bytes that do not open.
  const junk = await sealEntry(
    provider,
    { log: (await readerOf(generateKey())).log, sign: owner.sign },
    own.at(-1)!,
    { id: "a".repeat(32), device: "d".repeat(32), at: 0, ops: [] },
    { added: [], dropped: [], consumed: [] },
  );
  const api = stage.api(folder.id, owner);
  expect((await api.append(own.length, joinPage([junk.bytes]), null)).state).toBe("taken");
  await folder.createDirectory("/after");
  await folder.settled();
  const store = memoryStore();
  const opened = await stage.using(stage.client({ store }).open(key));
  expect(opened.state.problem).toBeNull();
  expect(namesIn(opened)).toEqual(["letters", "after"]);
  expect(await (await opened.download("/letters/one.txt")).text()).toBe(content("one"));
});
