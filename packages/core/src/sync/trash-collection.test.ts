import { beforeEach, describe, expect, test } from "vitest";
import { Device, provider } from "../../test/device.ts";
import { meddler, namesIn, outline, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { idOf, versionOf } from "../../test/ops.ts";
import { generateKey, memoryStore, type KeyfoldError, type LocalStore } from "../index.ts";
import { joinPage } from "../protocol/record.ts";
import type { Op } from "../tree/op.ts";
import { Chronicle } from "./chronicle.ts";
import { Replica } from "./replica.ts";
import { TRASH_KEPT, TrashCollection } from "./trash-collection.ts";

const DAY = 24 * 3_600_000;
const YEAR = 365 * DAY;
/** What the entries of the test's own device are dated. */
const WRITTEN = 1_764_000_000_000;

/** A log with one trashed directory of a few files, a device that follows it, and three clocks that can be set. */
class Bench {
  readonly writer: Device;
  readonly store: LocalStore = memoryStore();
  readonly clocks = { own: WRITTEN, server: WRITTEN };
  readonly proposed: Op[] = [];
  asked = 0;
  #taken = 0;
  #chronicle!: Chronicle;
  replica!: Replica;
  collection!: TrashCollection;

  private constructor(writer: Device) {
    this.writer = writer;
  }

  static async begin(): Promise<Bench> {
    const bench = new Bench(await Device.begin());
    bench.reload();
    await bench.write([
      { op: "mkdir", node: idOf(1), parent: null, name: "old" },
      { op: "add", node: idOf(2), parent: idOf(1), name: "a", version: versionOf(1) },
      { op: "add", node: idOf(3), parent: null, name: "b", version: versionOf(2) },
      { op: "trash", node: idOf(1) },
    ]);
    return bench;
  }

  /** Another page of the same device. */
  reload(): void {
    this.#taken = 0;
    this.#chronicle = new Chronicle("e".repeat(32));
    const following = this.writer.following();
    this.replica = new Replica({
      provider,
      folder: this.writer.position.folderId,
      snapshot: following.snapshot,
      knownHeads: new Map(),
      onEntry: (folded) => this.#chronicle.note(folded, this.replica.tree),
      onSettled: () => undefined,
    });
    this.collection = new TrashCollection({
      store: this.store,
      folder: this.writer.position.folderId,
      now: () => this.clocks.own,
      serverTime: async () => {
        this.asked++;
        return this.clocks.server;
      },
      mark: (node) => this.#chronicle.trashMark(node),
      propose: async (ops) => void this.proposed.push(...ops),
    });
  }

  async write(ops: readonly Op[]): Promise<void> {
    await this.writer.append(ops);
    await this.pull();
  }

  async pull(): Promise<void> {
    this.replica.addKeys(this.writer.keys);
    await this.replica.take(joinPage(this.writer.records.slice(this.#taken)));
    this.replica.finish();
    this.#taken = this.writer.records.length;
  }

  /** What is purged when it looks at these times. */
  async at(own: number, server = own): Promise<readonly string[]> {
    this.proposed.length = 0;
    Object.assign(this.clocks, { own, server });
    this.collection.forget();
    await this.collection.look(this.replica);
    return this.proposed.flatMap((op) => (op.op === "purge" ? (op.nodes ?? []) : []));
  }
}

const all = [idOf(2), idOf(1)];

describe("the trash of a device", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.begin();
  });

  test("is emptied at exactly 30 days, with everything below, and not a millisecond before", async () => {
    expect(await bench.at(WRITTEN)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT - 1)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT)).toEqual(all);
    expect(TRASH_KEPT).toBe(30 * DAY);
  });

  test("counts from when this device first saw the mark, over reloads", async () => {
    const seen = WRITTEN + 20 * DAY;
    expect(await bench.at(seen)).toEqual([]);
    expect(await bench.at(WRITTEN + 30 * DAY)).toEqual([]);
    bench.reload();
    await bench.pull();
    expect(await bench.at(seen + 30 * DAY - 1)).toEqual([]);
    expect(await bench.at(seen + 30 * DAY)).toEqual(all);
  });

  test("counts from what the entry says where that is later: one dated years ahead is never deleted early", async () => {
    const early = WRITTEN - 5 * YEAR;
    expect(await bench.at(early)).toEqual([]);
    expect(await bench.at(early + 31 * DAY)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT - 1)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT)).toEqual(all);
  });

  test("is not emptied by a device whose clock is ten years ahead, nor kept for ever by it once that is put right", async () => {
    expect(await bench.at(WRITTEN + 10 * YEAR, WRITTEN)).toEqual([]);
    expect(await bench.at(WRITTEN + 10 * YEAR + 40 * DAY, WRITTEN + 40 * DAY)).toEqual([]);
    const right = WRITTEN + 41 * DAY;
    expect(await bench.at(right)).toEqual([]);
    expect(await bench.at(right + TRASH_KEPT)).toEqual(all);
  });

  test("is not emptied by a device whose clock jumps ahead after it had seen the mark", async () => {
    expect(await bench.at(WRITTEN)).toEqual([]);
    expect(await bench.at(WRITTEN + 10 * YEAR, WRITTEN + DAY)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT)).toEqual(all);
  });

  test("is not emptied early by a device whose clock was far behind when it saw the mark", async () => {
    expect(await bench.at(0, WRITTEN + 10 * DAY)).toEqual([]);
    expect(await bench.at(WRITTEN + 39 * DAY)).toEqual([]);
    expect(await bench.at(WRITTEN + 40 * DAY)).toEqual(all);
  });

  test("is not emptied by a server that lies about the time, in either direction", async () => {
    expect(await bench.at(WRITTEN, WRITTEN - 9 * YEAR)).toEqual([]);
    expect(await bench.at(WRITTEN + DAY, WRITTEN + 9 * YEAR)).toEqual([]);
    expect(await bench.at(WRITTEN + 40 * DAY, WRITTEN)).toEqual([]);
    expect(await bench.at(WRITTEN + 40 * DAY)).toEqual(all);
  });

  test("stays as it is where the server does not tell the time", async () => {
    expect(await bench.at(WRITTEN)).toEqual([]);
    const { collection } = bench;
    Object.assign(bench.clocks, { own: WRITTEN + TRASH_KEPT });
    Object.defineProperty(bench.clocks, "server", {
      get: () => {
        throw new TypeError("no network");
      },
    });
    collection.forget();
    await collection.look(bench.replica);
    expect(bench.proposed).toEqual([]);
  });

  test("counts anew for what was restored and trashed again, also while this device was away", async () => {
    expect(await bench.at(WRITTEN)).toEqual([]);
    await bench.write([
      { op: "restore", node: idOf(1) },
      { op: "trash", node: idOf(1) },
    ]);
    const again = WRITTEN + 29 * DAY;
    expect(await bench.at(again)).toEqual([]);
    expect(await bench.at(WRITTEN + TRASH_KEPT)).toEqual([]);
    expect(await bench.at(again + TRASH_KEPT)).toEqual(all);
  });

  test("counts anew after a change of the key whose earlier entries this device never read", async () => {
    expect(await bench.at(WRITTEN)).toEqual([]);
    await bench.writer.append([
      { op: "restore", node: idOf(1) },
      { op: "trash", node: idOf(1) },
    ]);
    const { keys } = bench.writer;
    await bench.writer.rekey();
    bench.reload();
    // It has the new key alone: what came before is closed to it.
    expect(bench.writer.keys).not.toBe(keys);
    await bench.pull();
    expect(bench.replica.tree.get(idOf(1))?.trashed).toBe(true);
    expect(await bench.at(WRITTEN + 31 * DAY)).toEqual([]);
    expect(await bench.at(WRITTEN + 61 * DAY)).toEqual(all);
  });

  test("asks the server for the time when a mark is new or due, and not otherwise", async () => {
    await bench.at(WRITTEN);
    await bench.at(WRITTEN + DAY);
    await bench.at(WRITTEN + 2 * DAY);
    expect(bench.asked).toBe(1);
    await bench.write([{ op: "trash", node: idOf(3) }]);
    await bench.at(WRITTEN + 3 * DAY);
    expect(bench.asked).toBe(2);
    await bench.at(WRITTEN + TRASH_KEPT);
    expect(bench.asked).toBe(3);
  });

  test("leaves no record of what left it", async () => {
    await bench.at(WRITTEN);
    expect(await bench.store.keys("folder/")).toHaveLength(1);
    await bench.write([{ op: "restore", node: idOf(1) }]);
    await bench.at(WRITTEN);
    expect(await bench.store.keys("folder/")).toEqual([]);
  });
});

describe("devices over a server", () => {
  const clock = { now: WRITTEN };
  const { devices } = devicesOnServer({ clock: () => clock.now });
  beforeEach(() => {
    clock.now = WRITTEN;
  });

  /** A store that tells when the sights of the trash were written. */
  function watched(): { store: LocalStore; written: () => Promise<void> } {
    const store = memoryStore();
    let waiting = Promise.withResolvers<void>();
    return {
      store: {
        ...store,
        async set(key, value) {
          await store.set(key, value);
          if (!key.endsWith("/trash")) return;
          waiting.resolve();
          waiting = Promise.withResolvers();
        },
      },
      written: () => waiting.promise,
    };
  }

  async function pair(theirs: () => number = () => clock.now) {
    const key = generateKey();
    const wire = meddler();
    const [mine, other] = [watched(), watched()];
    const a = await devices.using(devices.client({ fetch: wire.fetch, store: mine.store, now: () => clock.now }).create({ key }));
    const b = await devices.using(devices.client({ store: other.store, now: theirs }).open(key));
    return { a, b, wire, mine, other };
  }

  test("empty it for everybody, in entries that the server takes", async () => {
    const { a, b, other } = await pair();
    await a.upload(
      Array.from({ length: 1100 }, (_, i) => ({ file: new Blob([String(i)]), name: `${i}.txt` })),
      { to: "/old" },
    );
    await a.upload([new File(["kept"], "kept.txt")]);
    await a.trash(["/old"]);
    await a.settled();
    expect(a.state.tree.trash()[0]?.trashedBy).toMatchObject({ at: WRITTEN, here: true });
    const seen = other.written();
    await b.refresh();
    await seen;
    expect(b.state.tree.trash()[0]?.trashedBy).toMatchObject({ at: WRITTEN, here: false });

    clock.now = WRITTEN + TRASH_KEPT;
    await b.refresh();
    await until(b, () => b.state.tree.trash().length === 0 && b.state.pending.length === 0);
    await a.refresh();
    expect(a.state.tree.trash()).toEqual([]);
    expect(namesIn(a)).toEqual(["kept.txt"]);
    expect(outline(a)).toEqual(outline(b));
  }, 60_000);

  test("do not delete what another one restores at the same moment, and say so", async () => {
    const { a, b, wire, mine } = await pair();
    await a.upload([new File(["precious"], "p.txt"), new File(["other"], "o.txt")]);
    const seen = mine.written();
    await a.trash(["/p.txt", "/o.txt"]);
    await a.settled();
    await seen;
    await b.refresh();
    clock.now = WRITTEN + TRASH_KEPT;
    // The purge is on its way to the server when the other device's restore gets there first.
    const arrived = Promise.withResolvers<void>();
    const mayGo = Promise.withResolvers<void>();
    wire.before = async (request) => {
      if (!/^POST .*\/log$/.test(request)) return;
      arrived.resolve();
      await mayGo.promise;
    };
    const heard: KeyfoldError[] = [];
    a.onProblem((error) => heard.push(error));
    await a.refresh();
    await arrived.promise;
    await b.restore([{ node: b.state.tree.trash().find(({ name }) => name === "p.txt")!.id }]);
    await b.settled();
    mayGo.resolve();
    await a.settled();
    await a.refresh();
    await b.refresh();
    expect(namesIn(a)).toEqual(["p.txt"]);
    expect(a.state.tree.trash()).toEqual([]);
    expect(outline(a)).toEqual(outline(b));
    expect(await (await a.download("/p.txt")).text()).toBe("precious");
    expect(heard).toEqual([expect.objectContaining({ code: "conflict", reason: "spared" })]);
  });

  test("with a clock ten years ahead delete nobody's trash", async () => {
    const { a, b, other } = await pair(() => clock.now + 10 * YEAR);
    await a.createDirectory("/old");
    await a.trash(["/old"]);
    await a.settled();
    for (const days of [0, 30, 60]) {
      clock.now = WRITTEN + days * DAY;
      const looked = other.written();
      // What changes is looked at, whatever the clock says.
      await b.createDirectory(`/${days}`);
      await b.trash([`/${days}`]);
      await b.settled();
      await b.refresh();
      await looked;
      await b.settled();
    }
    expect(b.state.tree.trash().map(({ name }) => name)).toEqual(["60", "30", "0", "old"]);
  });
});
