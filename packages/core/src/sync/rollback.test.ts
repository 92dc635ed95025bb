import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Devices, meddler, namesIn, outline } from "../../test/devices.ts";
import { localServer, type LocalServer } from "../../test/local-server.ts";
import { generateKey, KeyfoldError, memoryStore, parseKeyFile, type Folder, type LocalStore } from "../index.ts";
import { joinPage, splitPage } from "../protocol/record.ts";

// Servers are stopped and started, and devices wait for their turn.
vi.setConfig({ testTimeout: 60_000 });

let server: LocalServer;
let devices: Devices;
let backups: string[];
beforeEach(async () => {
  server = await localServer();
  devices = new Devices(server.url);
  backups = [];
});
afterEach(async () => {
  await devices.close();
  await server.remove();
  for (const backup of backups) await rm(backup, { recursive: true, force: true });
});

/** Copies the server's data folder: database and blobs. */
async function backUp(): Promise<string> {
  const backup = `${server.dataDir}-${backups.length}`;
  backups.push(backup);
  await server.stop();
  await cp(server.dataDir, backup, { recursive: true });
  await server.start();
  return backup;
}

/** Puts a copy in the place of the data folder; of the database alone, where only that is kept in backups. */
async function restore(backup: string, what: "all" | "database" = "all"): Promise<void> {
  await server.stop();
  const names = what === "all" ? [""] : ["keyfold.db", "keyfold.db-wal", "keyfold.db-shm"];
  for (const name of names) {
    await rm(join(server.dataDir, name), { recursive: true, force: true });
    await cp(join(backup, name), join(server.dataDir, name), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await server.start();
}

async function make(folder: Folder, ...names: string[]): Promise<void> {
  for (const name of names) {
    await folder.createDirectory(`/${name}`);
    await folder.settled();
  }
}

const text = (name: string, content = name): File => new File([content], name, { type: "text/plain" });

/** A locked folder on so many devices; the first one's line can be cut. */
async function shared(
  count: number,
  stores: LocalStore[] = [],
): Promise<{ folders: Folder[]; key: Uint8Array; cut: (yes: boolean) => void }> {
  const key = generateKey();
  const wire = meddler();
  const client = (i: number) => devices.client({ store: stores[i] ?? memoryStore(), ...(i === 0 ? { fetch: wire.fetch } : {}) });
  const folders = [await devices.using(client(0).create({ key }))];
  while (folders.length < count) folders.push(await devices.using(client(folders.length).open(key)));
  const cut = (yes: boolean): void => {
    wire.before = () => {
      if (yes) throw new TypeError("The line is cut.");
    };
  };
  return { folders, key, cut };
}

describe("a server that was set back", () => {
  test("is given back the very same records, and everybody is in step again", async () => {
    const { folders, key } = await shared(2);
    const [a, b] = folders as [Folder, Folder];
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
    const { folders } = await shared(1);
    const [folder] = folders as [Folder];
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
    const stores = [memoryStore(), memoryStore(), memoryStore()];
    const { folders, key } = await shared(3, stores);
    const [a, behind, closed] = folders as [Folder, Folder, Folder];
    await make(a, "one");
    const backup = await backUp();
    await make(a, "two");
    await behind.refresh();
    await make(a, "three", "four", "five");
    await closed.refresh();
    await closed.close();
    await restore(backup);
    const again = devices.client({ store: stores[2]! }).open(key);
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
    const key = generateKey();
    const wire = meddler();
    const a = await devices.using(devices.client({ fetch: wire.fetch }).create({ key }));
    const store = memoryStore();
    const b = await devices.using(devices.client({ store }).open(key));
    await make(a, "one");
    const backup = await backUp();
    await make(a, "two");
    await b.refresh();
    wire.before = () => {
      throw new TypeError("The line is cut.");
    };
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
    wire.before = () => undefined;
    await a.refresh();
    expect(looked).toBe(true);
    expect([a.state.problem, problems.filter((code) => code !== "offline")]).toEqual([null, []]);
    expect(namesIn(a)).toEqual(["one", "two"]);
  });

  test("gets what was given back once, also where the answers are lost", async () => {
    const key = generateKey();
    const wire = meddler();
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).create({ key }));
    await make(folder, "one");
    const backup = await backUp();
    await make(folder, "two", "three");
    wire.before = () => {
      throw new TypeError("The line is cut.");
    };
    await restore(backup);
    let losing = true;
    wire.after = (request) => {
      if (!losing || !request.startsWith("POST") || !request.endsWith("/log")) return undefined;
      losing = false;
      throw new TypeError("lost");
    };
    wire.before = () => undefined;
    await expect(folder.refresh()).rejects.toMatchObject({ code: "offline" });
    await folder.refresh();
    expect(folder.state).toMatchObject({ problem: null, seq: 3 });
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(folder));
  });

  test("keeps files where only its database is older: what its store still has is found again", async () => {
    const { folders, key } = await shared(1);
    const [folder] = folders as [Folder];
    await folder.upload([text("before.txt")]);
    const backup = await backUp();
    await folder.upload([text("after.txt", "x".repeat(5 * 2 ** 20)), text("small.txt")]);
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
    const { folders, key } = await shared(2, stores);
    const [folder, other] = folders as [Folder, Folder];
    await make(folder, "one");
    const backup = await backUp();
    await make(folder, "two");
    await folder.upload([text("lost.txt"), text("lost too.txt")], { to: "/one" });
    await folder.upload([text("deleted since.txt")]);
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
    const { folders, key } = await shared(1, [store]);
    const [folder] = folders as [Folder];
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
    await folder.upload([text("a.txt")]);
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

describe("a server that shows another history", () => {
  test("is adopted only when the person says so; what was made here is made again there, and what cannot be is listed", async () => {
    const { folders, key, cut } = await shared(2);
    const [a, b] = folders as [Folder, Folder];
    await make(a, "one", "shared");
    await a.upload([text("note.txt", "first")]);
    await b.refresh();
    const backup = await backUp();
    await make(a, "mine");
    await a.rename("/shared", "renamed here");
    await a.settled();
    await a.createDirectory("/mine/below");
    await a.move(["/note.txt"], "/mine");
    await a.settled();
    // Another device goes on from the backup before this one is back.
    cut(true);
    await restore(backup);
    await make(b, "theirs");
    await b.trash(["/one"]);
    await b.settled();
    cut(false);
    await expect(a.refresh()).rejects.toMatchObject({ code: "forked" });
    expect(a.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(a)).toEqual([]);
    await expect(a.createDirectory("/x")).rejects.toMatchObject({ code: "forked" });
    await a.refresh().catch(() => undefined);
    expect(a.state.problem?.code).toBe("forked");

    const { lost } = await a.adopt();
    expect(lost).toEqual([]);
    await a.settled();
    await b.refresh();
    expect(outline(a)).toEqual(outline(b));
    expect(namesIn(a)).toEqual(["renamed here", "theirs", "mine"]);
    expect(namesIn(a, "/mine").toSorted()).toEqual(["below", "note.txt"]);
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(a));
    await expect(a.adopt()).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("that is as long as this device's is noticed too", async () => {
    const { folders, key, cut } = await shared(2);
    const [a, b] = folders as [Folder, Folder];
    const backup = await backUp();
    await make(a, "one");
    cut(true);
    await restore(backup);
    await make(b, "other");
    cut(false);
    await expect(a.refresh()).rejects.toMatchObject({ code: "forked" });
    await a.adopt();
    await a.settled();
    await b.refresh();
    expect(namesIn(b)).toEqual(["other", "one"]);
    const witness = await devices.using(devices.client().open(key));
    expect(outline(witness)).toEqual(outline(a));
  });

  test("that is another server with the same key's folder is forked, and adopted with everything that was here", async () => {
    const second = await localServer();
    const elsewhere = new Devices(second.url);
    try {
      const key = generateKey();
      const theirs = await elsewhere.using(elsewhere.client().create({ key }));
      await make(theirs, "x", "y", "z", "w");
      let forking = false;
      const fetching: typeof fetch = (input, init) => {
        const url = input instanceof Request ? input.url : input.toString();
        return fetch(forking ? url.replace(server.url, second.url) : url, init);
      };
      const store = memoryStore();
      const folder = await devices.using(devices.client({ fetch: fetching, store }).create({ key }));
      expect(folder.id).toBe(theirs.id);
      await make(folder, "one", "two");
      await folder.upload([text("kept nowhere else.txt")]);
      await folder.refresh();
      forking = true;
      await expect(folder.refresh()).rejects.toMatchObject({ code: "forked" });
      expect(namesIn(folder)).toEqual([]);
      // Nothing is decided by a reload.
      await folder.close();
      const again = await devices.using(devices.client({ fetch: fetching, store }).open(key));
      expect(again.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
      expect(namesIn(again)).toEqual([]);
      const { lost } = await again.adopt();
      expect(lost.map(({ kind, name, reason }) => [kind, name, reason])).toEqual([["add", "kept nowhere else.txt", "content-lost"]]);
      await again.settled();
      await theirs.refresh();
      expect(namesIn(theirs)).toEqual(["x", "y", "z", "w", "one", "two"]);
      expect(outline(again)).toEqual(outline(theirs));
    } finally {
      await elsewhere.close();
      await second.remove();
    }
  });

  test("is not adopted where its records are broken, another folder's, or none at all", async () => {
    const key = generateKey();
    const store = memoryStore();
    let records: readonly Uint8Array[] | null = null;
    const seen: Uint8Array[] = [];
    const between: typeof fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const response = await fetch(input, init);
      if (!url.pathname.endsWith("/log") || (init?.method ?? "GET") !== "GET") return response;
      if (records === null) {
        seen.push(...splitPage(new Uint8Array(await response.clone().arrayBuffer())));
        return response;
      }
      const rest = records.slice(Number(url.searchParams.get("from")));
      const headers = {
        "keyfold-count": String(rest.length),
        "keyfold-epoch": "0",
        "keyfold-seq": String(Math.max(0, records.length - 1)),
      };
      return new Response(joinPage(rest), { headers });
    };
    const folder = await devices.using(devices.client({ fetch: between, store }).create({ key }));
    await make(folder, "one", "two", "three");
    seen.length = 0;
    await devices.using(devices.client({ fetch: between }).open(key));
    const [genesis, first] = seen as [Uint8Array, Uint8Array];
    const flipped = (record: Uint8Array, at: number): Uint8Array => record.map((byte, i) => (i === at ? byte ^ 1 : byte));
    records = [genesis];
    await expect(folder.refresh()).rejects.toMatchObject({ code: "rolled-back" });
    const place = await store.get(`folder/${folder.id}/place`);
    for (const wrong of [
      [flipped(genesis, 1)], // another mode: another folder
      [flipped(genesis, 40)],
      [genesis, flipped(first, first.length - 1)],
      [genesis, flipped(first, 40)],
      [first],
      [genesis, first.subarray(0, 30)],
      [],
    ]) {
      records = wrong;
      await expect(folder.adopt()).rejects.toMatchObject({ code: expect.stringMatching(/^(tampered|wrong-folder|malformed)$/) });
      expect(await store.get(`folder/${folder.id}/place`)).toEqual(place);
      expect(namesIn(folder)).toEqual(["one", "two", "three"]);
    }
    records = null;
    await folder.refresh();
    expect(folder.state.problem).toBeNull();
    await make(folder, "four");
  });
});

describe("a checkpoint", () => {
  test("of a key file tells a new device that the server shows less, or another history; and that outlives a reload", async () => {
    const key = generateKey();
    const maker = await devices.using(devices.client().create({ key }));
    await make(maker, "one");
    const backup = await backUp();
    await make(maker, "two");
    await maker.ceremony.generate();
    const { checkpoint } = parseKeyFile(maker.ceremony.file().text);
    expect(checkpoint).toMatchObject({ seq: 2 });
    const good = await devices.using(devices.client().open(key, { checkpoint: checkpoint! }));
    expect(good.state.problem).toBeNull();
    await maker.close();
    await good.close();
    await restore(backup);
    const store = memoryStore();
    const fresh = await devices.using(devices.client({ store }).open(key, { checkpoint: checkpoint! }));
    expect(fresh.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt", numbers: { server: 1, device: 2 } });
    expect(namesIn(fresh)).toEqual(["one"]);
    await expect(fresh.createDirectory("/x")).rejects.toMatchObject({ code: "rolled-back" });
    await fresh.close();
    const again = await devices.using(devices.client({ store }).open(key));
    expect(again.state.problem).toMatchObject({ code: "rolled-back" });

    const careless = await devices.using(devices.client().open(key));
    await make(careless, "three");
    const off = await devices.using(devices.client().open(key, { checkpoint: checkpoint! }));
    expect(off.state.problem).toMatchObject({ code: "forked", remedy: "adopt" });
    expect(namesIn(off)).toEqual([]);
    await off.adopt();
    expect(off.state.problem).toBeNull();
    expect(namesIn(off)).toEqual(["one", "three"]);
    // Given to a device that has verified past it.
    const late = await devices.using(devices.client().open(key));
    await late.signIn(key, { checkpoint: checkpoint! });
    expect(late.state.problem?.code).toBe("forked");
  });

  test("of a link does the same for an open folder's reader", async () => {
    const maker = await devices.using(devices.client().create());
    await make(maker, "one");
    const backup = await backUp();
    await make(maker, "two");
    const link = maker.link("https://example.com/", { checkpoint: true });
    expect(link).toMatch(/\/f\/[0-9a-f]{32}#at=[A-Za-z0-9_-]{59}$/);
    await maker.close();
    await restore(backup);
    const reader = await devices.using(devices.client().openLink(link));
    expect(reader.state.problem).toMatchObject({ code: "rolled-back", remedy: "adopt", numbers: { server: 1, device: 2 } });
    const other = await devices.using(devices.client().openLink(link.split("#")[0]!));
    expect(other.state.problem).toBeNull();
    await expect(devices.client().openLink(`${link}A`)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
