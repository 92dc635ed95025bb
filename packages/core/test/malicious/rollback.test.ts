/** The server shows less than it did, or another history than it did, or two at once. Healing is the client's own business; here it is told, and hidden. */
import { cp, rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Folder, type KeyCheckpoint, memoryStore, parseKeyFile, writeKeyFile } from "../../src/index.ts";
import { toHex } from "../../src/crypto/encoding.ts";
import { namesIn } from "../devices.ts";
import { problem, records, type Rule } from "./server.ts";
import { codeOf, content, type LockedFolder, logOf, Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

/** The log as it was when it had so many records, told as if there were no more. */
function backTo(count: number): Rule {
  return async (answer, asked) => {
    await records((all, from) => all.slice(0, Math.max(0, count - from)))(answer, asked);
    answer.headers.set("keyfold-seq", String(count - 1));
  };
}

/** A folder with ten entries, and the place after each. */
async function grown(): Promise<LockedFolder & { places: KeyCheckpoint[] }> {
  const made = await stage.locked(async (folder) => {
    for (let i = 1; i <= 9; i++) {
      await folder.createDirectory(`/${i}`);
      await folder.settled();
    }
  });
  const { places } = await logOf(stage.api(made.folder.id, made.owner));
  return { ...made, places: places.map(({ epoch, seq, head }) => ({ epoch, seq, head: toHex(head) })) };
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));

describe("rolled back", () => {
  test("for a device that saw more: told, what it verified is still shown, nothing can be changed, and the truth heals it", async () => {
    const { folder } = await grown();
    stage.server.rewrite("GET /log", backTo(5));
    expect(await codeOf(folder.refresh())).toBe("rolled-back");
    expect(namesIn(folder)).toEqual(names(9));
    expect(await codeOf(folder.createDirectory("/new"))).toBe("rolled-back");
    stage.server.repent();
    await folder.refresh();
    expect(folder.state.problem).toBeNull();
  });

  test("for a device that only remembers how far it was, after a reload", async () => {
    const store = memoryStore();
    const { key } = await grown();
    await (await stage.using(stage.client({ store }).open(key))).close();
    stage.server.rewrite("GET /log", backTo(5));
    const again = await stage.using(stage.client({ store }).open(key));
    expect(again.state.problem?.code).toBe("rolled-back");
    expect(await codeOf(again.createDirectory("/new"))).toBe("rolled-back");
  });

  test("for a new device that has the checkpoint of the key file; without one nothing can tell", async () => {
    const { key, owner, places } = await grown();
    const file = writeKeyFile({ root: key, keyId: owner.keyId, checkpoint: places[7]! });
    const { checkpoint } = parseKeyFile(file);
    expect(checkpoint).toEqual(places[7]);
    stage.server.rewrite("GET /log", backTo(5));

    const unaware = await stage.using(stage.client().open(key));
    expect([unaware.state.problem, namesIn(unaware)]).toEqual([null, names(4)]);

    const aware = await stage.using(stage.client().open(key, { checkpoint: checkpoint! }));
    expect(aware.state.problem?.code).toBe("rolled-back");
    expect(await codeOf(aware.createDirectory("/new"))).toBe("rolled-back");
    expect(await codeOf(aware.refresh())).toBe("rolled-back");
    stage.server.repent();
    await aware.refresh();
    expect([aware.state.problem, namesIn(aware)]).toEqual([null, names(9)]);
  });

  test("behind a checkpoint by one record, or not at all", async () => {
    const { key, places } = await grown();
    for (const [count, code] of [
      [8, "rolled-back"],
      [9, undefined],
      [10, undefined],
    ] as const) {
      stage.server.rewrite("GET /log", backTo(count));
      const folder = await stage.using(stage.client().open(key, { checkpoint: places[8]! }));
      expect([count, folder.state.problem?.code]).toEqual([count, code]);
      stage.server.repent();
    }
  });
});

test("what waits to be sent meanwhile does not make the warning go away", async () => {
  const { folder } = await grown();
  stage.server.answer("POST /log", () => problem(503, "unavailable"));
  await folder.createDirectory("/waiting");
  await expect.poll(() => folder.state.problem?.code).toBe("server-failed");
  stage.server.repent();
  stage.server.rewrite("GET /log", backTo(5));
  expect(await codeOf(folder.refresh())).toBe("rolled-back");
  const told: (string | undefined)[] = [];
  folder.subscribe(() => told.push(folder.state.problem?.code));
  const settled = folder.settled();
  // It tries to send in the next microtask; another look, asked for after that, waits behind it in the same line.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await codeOf(folder.refresh())).toBe("rolled-back");
  expect(new Set([...told, folder.state.problem?.code])).toEqual(new Set(["rolled-back"]));
  stage.server.repent();
  await folder.refresh();
  await settled;
  expect(namesIn(folder)).toContain("waiting");
});

describe("a fork", () => {
  /** The same folder on the server, gone on differently: the attacker kept a copy, and one of the owner's devices on each side. */
  async function forked(): Promise<{
    made: LockedFolder & { places: KeyCheckpoint[] };
    mine: Folder;
    other: Folder;
    swap: () => Promise<void>;
  }> {
    const made = await grown();
    const copy = `${stage.server.real.dataDir}-copy`;
    await stage.server.real.stop();
    await cp(stage.server.real.dataDir, copy, { recursive: true });
    await stage.server.real.start();
    const swap = async (): Promise<void> => {
      await stage.server.real.stop();
      const aside = `${copy}-aside`;
      await cp(stage.server.real.dataDir, aside, { recursive: true });
      await rm(stage.server.real.dataDir, { recursive: true });
      await cp(copy, stage.server.real.dataDir, { recursive: true });
      await rm(copy, { recursive: true });
      await cp(aside, copy, { recursive: true });
      await rm(aside, { recursive: true });
      await stage.server.real.start();
    };
    const mine = made.folder;
    await mine.createDirectory("/here");
    await mine.settled();
    await swap();
    const other = await stage.using(stage.client().open(made.key));
    await other.createDirectory("/there");
    await other.createDirectory("/further");
    await other.settled();
    return { made, mine, other, swap };
  }

  test("two devices that are shown two histories find out as soon as one of them sees the other's", async () => {
    const { made, mine, other, swap } = await forked();
    expect([namesIn(mine).at(-1), namesIn(other).slice(-2)]).toEqual(["here", ["there", "further"]]);
    expect(await codeOf(mine.refresh())).toBe("forked");
    expect(mine.state.problem?.code).toBe("forked");
    expect(namesIn(mine)).toEqual([]);
    expect(await codeOf(mine.createDirectory("/new"))).toBe("forked");
    await swap();
    expect(["forked", "rolled-back"]).toContain(await codeOf(other.refresh()));
    expect(await codeOf(other.createDirectory("/new"))).toMatch(/forked|rolled-back/);
    // Back on its own side, the first device is well again.
    await mine.refresh();
    expect([mine.state.problem, namesIn(mine).at(-1)]).toEqual([null, "here"]);

    // A new device with a checkpoint of the one side, shown the other.
    const { places } = await logOf(stage.api(made.folder.id, made.owner));
    const checkpoint = { epoch: 0, seq: places.at(-1)!.seq, head: toHex(places.at(-1)!.head) };
    await swap();
    const fresh = await stage.using(stage.client().open(made.key, { checkpoint }));
    expect(fresh.state.problem?.code).toBe("forked");
    expect(namesIn(fresh)).toEqual([]);
    expect(await codeOf(fresh.createDirectory("/new"))).toBe("forked");
    await rm(`${stage.server.real.dataDir}-copy`, { recursive: true, force: true });
  });

  test("a checkpoint that contradicts what a device shows already is told, and hides what is shown", async () => {
    const { folder, key, places } = await grown();
    const lie = { ...places[4]!, head: "ab".repeat(32) };
    await folder.signIn(key, { checkpoint: lie });
    expect([folder.state.problem?.code, namesIn(folder)]).toEqual(["forked", []]);
    expect(await codeOf(folder.createDirectory("/new"))).toBe("forked");
    const truth = await stage.using(stage.client().open(key));
    await truth.signIn(key, { checkpoint: places[4]! });
    expect([truth.state.problem, namesIn(truth)]).toEqual([null, names(9)]);
  });
});

test("a server that changes its mind between requests is told, round after round, and shows nothing but what was verified", async () => {
  const { folder, key } = await grown();
  const store = memoryStore();
  const watching = await stage.using(stage.client({ store }).open(key));
  let turn = 0;
  stage.server.rewrite("GET /log", (answer, asked) => backTo(turn++ % 2 === 0 ? 4 : 10)(answer, asked));
  for (let round = 0; round < 4; round++) {
    expect(["rolled-back", "server-failed", "well"]).toContain(await codeOf(watching.refresh()));
    expect(namesIn(watching)).toEqual(names(9));
  }
  stage.server.repent();
  await folder.upload([new File([content("late")], "late.txt")]);
  await watching.refresh();
  expect(namesIn(watching)).toContain("late.txt");
});

test("a restored backup whose blobs are gone: names are there, contents are told as missing, uploads go on", async () => {
  const { folder } = await stage.locked();
  stage.server.answer(
    "GET /blobs/*/parts/*",
    () => new Response('{"code":"not-found"}', { status: 404, headers: { "content-type": "application/problem+json" } }),
  );
  expect(await codeOf(folder.download("/letters/one.txt"))).toBe("not-found");
  const [added] = await folder.upload([new File([content("three")], "three.txt")]);
  expect(added?.name).toBe("three.txt");
  stage.server.repent();
  expect(await (await folder.download("/letters/one.txt")).text()).toBe(content("one"));
});
