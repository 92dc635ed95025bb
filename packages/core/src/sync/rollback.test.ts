import { describe, expect, test, vi } from "vitest";
import { backupsOf } from "../../test/backup.ts";
import { make, meddler, namesIn, outline, textFile } from "../../test/devices.ts";
import { devicesOnEmptyServer } from "../../test/devices-on-server.ts";
import { generateKey, KeyfoldError, memoryStore, type LocalStore } from "../index.ts";

// Servers are stopped and started, and devices wait for their turn.
vi.setConfig({ testTimeout: 60_000 });

const { devices, server } = devicesOnEmptyServer();
const { backUp, restore } = backupsOf(server);

describe("a server that was set back", () => {
  test("is given back the very same records, and everybody is in step again", async () => {
    const { folders, key } = await devices.locked(2);
    const [a, b] = folders;
    await make(a, "one");
    const backup = await backUp();
    await make(a, "two", "three");
    await b.refresh();
    const before = a.state.seq;
    await restore(backup);
    const problems: string[] = [];
    a.onProblem(({ code }) => problems.push(code));
    await a.refresh();
    expect(a.state).toMatchObject({ problem: null, seq: before });
    expect(problems).toEqual(["rolled-back"]);
    await b.refresh();
    const witness = await devices.using(devices.client().open(key));
    for (const folder of [b, witness]) expect(outline(folder)).toEqual(outline(a));
    await make(witness, "four");
    await a.refresh();
    expect(namesIn(a)).toEqual(["one", "two", "three", "four"]);
  });

  test("tells, while it is being given back, what the person is to know: both places, and that nothing is to be done", async () => {
    const [folder] = (await devices.locked(1)).folders;
    await make(folder, "one");
    const backup = await backUp();
    await make(folder, "two", "three");
    const shown: unknown[] = [];
    folder.subscribe(() => {
      if (folder.state.problem?.code === "rolled-back") shown.push(folder.state.problem, namesIn(folder));
    });
    await restore(backup);
    await folder.refresh();
    await folder.settled();
    const numbers = { server: 1, device: 3, changes: 2, serverAt: expect.any(Number), deviceAt: expect.any(Number) };
    expect(shown.slice(0, 2)).toEqual([
      expect.objectContaining({ code: "rolled-back", remedy: "give-back", numbers: expect.objectContaining(numbers) }),
      ["one", "two", "three"],
    ]);
  });

  test("is given back by several devices at once, one of them behind, one of them opened anew", async () => {
    const store = memoryStore();
    const { folders, key } = await devices.locked(3, [{}, {}, { store }]);
    const [a, behind, closed] = folders;
    await make(a, "one");
    const backup = await backUp();
    await make(a, "two");
    await behind.refresh();
    await make(a, "three", "four", "five");
    await closed.refresh();
    await closed.close();
    await restore(backup);
    const again = devices.client({ store }).open(key);
    await Promise.all([a.refresh(), behind.refresh(), devices.using(again)]);
    const opened = await again;
    await behind.refresh();
    for (const folder of [a, behind, opened]) {
      expect(folder.state).toMatchObject({ problem: null, seq: 5 });
      expect(outline(folder)).toEqual(outline(a));
    }
    await make(behind, "six");
    await Promise.all([a.refresh(), opened.refresh()]);
    expect(outline(opened)).toEqual(outline(a));
    expect(namesIn(a)).toEqual(["one", "two", "three", "four", "five", "six"]);
  });

  test("that another device gives everything back while this one looks is no contradiction", async () => {
    const wire = meddler();
    const store = memoryStore();
    const { folders, key } = await devices.locked(2, [{ fetch: wire.fetch }, { store }]);
    const [a, b] = folders;
    await make(a, "one");
    const backup = await backUp();
    await make(a, "two");
    await b.refresh();
    wire.cut();
    await b.close();
    await restore(backup);
    const problems: string[] = [];
    a.onProblem(({ code }) => problems.push(code));
    let looked = false;
    wire.after = async (request) => {
      if (!looked && request.startsWith("GET") && request.endsWith("/log")) {
        looked = true;
        await devices.using(devices.client({ store }).open(key));
      }
      return undefined;
    };
    wire.mend();
    await a.refresh();
    expect(looked).toBe(true);
    expect([a.state.problem, problems.filter((code) => code !== "offline")]).toEqual([null, []]);
    expect(namesIn(a)).toEqual(["one", "two"]);
  });

  test("gets what was given back once, also where the answers are lost", async () => {
    const wire = meddler();
    const { folders, key } = await devices.locked(1, [{ fetch: wire.fetch }]);
    const [folder] = folders;
    await make(folder, "one");
    const backup = await backUp();
    await make(folder, "two", "three");
    wire.cut();
    await restore(backup);
    let losing = true;
    wire.after = (request) => {
      if (!losing || !request.startsWith("POST") || !request.endsWith("/log")) return undefined;
      losing = false;
      throw new TypeError("lost");
    };
    wire.mend();
    await expect(folder.refresh()).rejects.toMatchObject({ code: "offline" });
    await folder.refresh();
    expect(folder.state).toMatchObject({ problem: null, seq: 3 });
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(folder));
  });

  test("keeps files where only its database is older: what its store still has is found again", async () => {
    const { folders, key } = await devices.locked(1);
    const [folder] = folders;
    await folder.upload([textFile("before.txt")]);
    const backup = await backUp();
    await folder.upload([textFile("after.txt", "x".repeat(5 * 2 ** 20)), textFile("small.txt")]);
    await restore(backup, "database");
    await folder.refresh();
    expect(folder.state.problem).toBeNull();
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(folder));
    expect(await (await witness.download("/after.txt")).text()).toBe("x".repeat(5 * 2 ** 20));
    expect(await (await witness.download("/small.txt")).text()).toBe("small.txt");
  });

  test("that lost a file's content stops there, says which, and goes on once the person adopts its history", async () => {
    const stores = [memoryStore(), memoryStore()];
    const options = stores.map((store) => ({ store }));
    const { folders, key } = await devices.locked(2, options);
    const [folder, other] = folders;
    await make(folder, "one");
    const backup = await backUp();
    await make(folder, "two");
    await folder.upload([textFile("lost.txt"), textFile("lost too.txt")], { to: "/one" });
    await folder.upload([textFile("deleted since.txt")]);
    await folder.trash(["/deleted since.txt"]);
    await folder.settled();
    await folder.emptyTrash();
    await make(folder, "three");
    await folder.rename("/one", "uno");
    await folder.settled();
    await other.refresh();
    const mine = folder.state.seq;
    await restore(backup);
    await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    const { tree, problem } = folder.state;
    const lost = ["/uno/lost.txt", "/uno/lost too.txt"].map((path) => tree.resolve(path)!.id);
    // The first directory went back; the files' entry could not, nor what came after it.
    expect(problem).toMatchObject({
      code: "rolled-back",
      remedy: "adopt",
      numbers: { server: 2, device: mine, changes: mine - 2, files: 2 },
    });
    expect([...problem!.nodes!].toSorted()).toEqual(lost.toSorted());
    expect(namesIn(folder)).toEqual(["uno", "two", "three"]);
    await expect(folder.createDirectory("/four")).rejects.toMatchObject({ code: "rolled-back" });

    const { carried, lost: told } = await folder.adopt();
    expect(carried).toBeGreaterThan(0);
    expect(new Set(told.map(({ name, reason }) => `${name} ${reason}`))).toEqual(
      new Set(["lost.txt content-lost", "lost too.txt content-lost"]),
    );
    expect(told).toHaveLength(2);
    await folder.settled();
    expect(folder.state).toMatchObject({ problem: null, pending: [] });
    expect(namesIn(folder)).toEqual(["uno", "two", "three"]);
    expect(namesIn(folder, "/uno")).toEqual([]);
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(folder));

    // The other device sees another history now; it has nothing of its own to lose.
    await expect(other.refresh()).rejects.toMatchObject({ code: "forked" });
    expect(other.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(other)).toEqual([]);
    await other.adopt();
    await other.settled();
    expect(other.state.problem).toBeNull();
    await Promise.all([folder.refresh(), witness.refresh()]);
    expect(outline(other)).toEqual(outline(folder));
    // Nor is that forgotten by a reload.
    for (const [i, store] of stores.entries()) {
      await folders[i]!.close();
      const again = await devices.using(devices.client({ store }).open(key));
      expect(again.state.problem).toBeNull();
      expect(outline(again)).toEqual(outline(witness));
    }
  }, 30_000);

  test("is noticed by who kept nothing to give back; nothing is lost here, and all is good once the server has everything", async () => {
    const memory = memoryStore();
    const refuse = (): Promise<never> => Promise.reject(new KeyfoldError("local-storage", "Full.", { reason: "full" }));
    const store: LocalStore = {
      ...memory,
      set: (at, value) => (at.includes("/cache/") ? refuse() : memory.set(at, value)),
      batch: (writes) => (writes.some(([at, value]) => at.includes("/cache/") && value !== undefined) ? refuse() : memory.batch(writes)),
    };
    const { folders, key } = await devices.locked(1, [{ store }]);
    const [folder] = folders;
    await make(folder, "one");
    const early = await backUp();
    await make(folder, "two");
    const late = await backUp();
    await restore(early);
    await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    expect(folder.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt", numbers: { server: 1, device: 2, changes: 1 } });
    expect(namesIn(folder)).toEqual(["one", "two"]);
    await expect(folder.createDirectory("/three")).rejects.toMatchObject({ code: "rolled-back" });
    // Another page on this device, which has only the remembered place to go by.
    const again = await devices.using(devices.client({ store }).open(key));
    expect(again.state.problem?.code).toBe("rolled-back");
    expect(namesIn(again)).toEqual(["one"]);
    await expect(again.createDirectory("/three")).rejects.toMatchObject({ code: "rolled-back" });
    await restore(late);
    await Promise.all([folder.refresh(), again.refresh()]);
    expect([folder.state.problem, again.state.problem]).toEqual([null, null]);
    await make(folder, "three");

    // What is not kept as records stands in the tree: that is carried over too.
    await restore(early);
    await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    expect((await folder.adopt()).lost).toEqual([]);
    await folder.settled();
    expect(namesIn(folder)).toEqual(["one", "two", "three"]);
    // The other page hears of it.
    await again.refresh();
    expect(again.state.problem).toBeNull();
    expect(outline(again)).toEqual(outline(folder));
  }, 30_000);

  test("to before a lock or a change of keys is given the change back, by the device that made it", async () => {
    const store = memoryStore();
    const folder = await devices.using(devices.client({ store, remember: "device" }).create());
    await make(folder, "d");
    await folder.upload([textFile("a.txt")]);
    const open = await backUp();
    const key = generateKey();
    await folder.lock(key);
    await folder.settled();
    await make(folder, "e");
    await folder.refresh();
    await folder.close();
    await restore(open, "database");
    const again = await devices.using(devices.client({ store, remember: "device" }).openFolder(folder.id));
    expect(again.state).toMatchObject({ status: "signed-in", access: "write", problem: null });
    expect(namesIn(again)).toEqual(["d", "a.txt", "e"]);
    expect(await (await again.download("/a.txt")).text()).toBe("a.txt");
    const published = (await (await fetch(`${server.url}/v1/folders/${folder.id}`)).json()) as { open: boolean; readKey?: string };
    expect(published).toMatchObject({ open: false, epoch: 1 });
    expect(published.readKey).toBeUndefined();
    await expect.poll(() => again.state.exposed.remaining).toBe(0);
    await again.settled();
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(again));
  });

  test("to an epoch whose key is not here is never adopted, nor one in which a locked folder would be open", async () => {
    const store = memoryStore();
    const maker = await devices.using(devices.client({ store }).create());
    await make(maker, "d");
    const open = await backUp();
    await make(maker, "after");
    const first = generateKey();
    await maker.lock(first);
    await maker.settled();
    const locked = await backUp();
    await make(maker, "lost");
    const second = generateKey();
    await maker.lock(second);
    await maker.settled();
    await restore(locked);
    await expect(maker.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    expect(maker.state.problem).toMatchObject({ code: "rolled-back" });
    await expect(maker.adopt()).rejects.toMatchObject({ code: "key-needed" });
    // Whoever holds the key of that epoch may.
    await maker.signIn(first);
    expect(maker.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt" });
    await maker.adopt();
    await maker.settled();
    expect(maker.state).toMatchObject({ problem: null, epoch: 1 });
    expect(namesIn(maker)).toEqual(expect.arrayContaining(["d", "after"]));

    await restore(open);
    const reader = await devices.using(devices.client({ store }).openFolder(maker.id));
    expect(reader.state).toMatchObject({ access: "none", problem: { code: "rolled-back" } });
    await expect(reader.adopt()).rejects.toMatchObject({ code: "key-needed" });
    await expect(maker.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    await expect(maker.adopt()).rejects.toMatchObject({ code: "key-needed" });
  });
});
