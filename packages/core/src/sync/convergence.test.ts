import { describe, expect, test } from "vitest";
import { meddler, namesIn, outline } from "../../test/devices.ts";
import { devicesForThisTest, devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, isKeyfoldError, memoryStore, type Folder, type TreeNode } from "../index.ts";

const { devices } = devicesOnServer();

/** The same numbers for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** One change that somebody might make. */
async function change(folder: Folder, draw: (below: number) => number, name: string): Promise<void> {
  const { tree } = folder.state;
  const nodes = Array.from(tree.descend(null));
  const any = (): TreeNode | undefined => nodes[draw(Math.max(1, nodes.length))];
  const node = any();
  const directory = nodes.filter(({ kind }) => kind === "directory")[draw(20)];
  const kind = node === undefined ? 0 : draw(10);
  try {
    if (kind < 4) await folder.createDirectory({ parent: directory?.id ?? null, name });
    else if (kind < 6) await folder.rename({ node: node!.id }, `${name} renamed`);
    else if (kind < 8) await folder.move([{ node: node!.id }], { node: directory?.id ?? null });
    else if (kind < 9) await folder.trash([{ node: node!.id }]);
    else await folder.setMeta({ node: node!.id }, { note: name });
  } catch (error) {
    if (!isKeyfoldError(error, "invalid-move") && !isKeyfoldError(error, "not-found")) throw error;
  }
}

describe("several devices", () => {
  test("that make 200 changes each at the same time end with the same tree, and every directory that was made is in it", async () => {
    const { folders } = await devices.locked(3);
    const made: string[][] = await Promise.all(
      folders.map(async (folder, device) => {
        const draw = numbers(device + 1);
        const mine: string[] = [];
        for (let i = 0; i < 200; i++) {
          const before = new Set(folder.state.tree.descend(null));
          await change(folder, draw, `${device}-${i}`);
          for (const node of folder.state.tree.descend(null)) {
            if (!before.has(node) && node.pending && node.name === `${device}-${i}`) mine.push(node.id);
          }
          if (i % 20 === 19) await folder.settled();
        }
        await folder.settled();
        return mine;
      }),
    );
    await Promise.all(folders.map((folder) => folder.refresh()));
    const [first, ...others] = folders.map(outline);
    for (const other of others) expect(other).toEqual(first);
    for (const folder of folders) expect(folder.state).toMatchObject({ pending: [], problem: null });
    const { tree } = folders[0].state;
    const ids = made.flat();
    expect(ids.length).toBeGreaterThan(150);
    for (const id of ids) expect(tree.get(id)).toBeDefined();
  }, 60_000);

  test("that save the same file both keep their version: one in its place, one beside it", async () => {
    const [a, b] = (await devices.locked(2)).folders;
    await a.upload([new File(["one"], "report.txt")]);
    await b.refresh();
    await Promise.all([
      a.upload([new File(["by a"], "report.txt")], { conflict: "replace" }),
      b.upload([new File(["by b"], "report.txt")], { conflict: "replace" }),
    ]);
    await Promise.all([a.refresh(), b.refresh()]);
    expect(outline(a)).toEqual(outline(b));
    const texts = await Promise.all(namesIn(a).map(async (name) => (await a.download(`/${name}`)).text()));
    expect(namesIn(a)).toHaveLength(2);
    expect(namesIn(a)).toEqual(expect.arrayContaining(["report.txt", "report (conflict).txt"]));
    expect(texts.toSorted()).toEqual(["by a", "by b"]);
  });

  test("see what they rename while another one deletes it for ever come back", async () => {
    const [a, b] = (await devices.locked(2)).folders;
    await a.upload([new File(["x"], "kept.txt")], { to: "/d" });
    await b.refresh();
    await a.trash(["/d/kept.txt"]);
    await a.settled();
    await b.rename("/d/kept.txt", "renamed.txt");
    await b.settled();
    expect(namesIn(b, "/d")).toEqual(["renamed.txt"]);
    await a.refresh();
    expect(namesIn(a, "/d")).toEqual(["renamed.txt"]);
  });
});

describe("a change", () => {
  test("whose answer is lost is not made twice", async () => {
    const key = generateKey();
    const wire = meddler();
    const folder = await devices.using(devices.client({ fetch: wire.fetch }).create({ key }));
    let lost = 0;
    wire.after = (request) => {
      if (!/^POST .*\/log$/.test(request) || lost >= 1) return undefined;
      lost++;
      throw new TypeError("connection reset");
    };
    await folder.createDirectory("/once");
    const settled = folder.settled();
    // The folder tries again by itself; a person who looks makes it sooner.
    await folder.refresh().catch(() => undefined);
    await folder.refresh();
    await settled;
    expect(lost).toBe(1);
    expect(namesIn(folder)).toEqual(["once"]);
    expect(folder.state.seq).toBe(1);
    const other = await devices.using(devices.client().open(key));
    expect(namesIn(other)).toEqual(["once"]);
    expect(other.state.seq).toBe(1);
  });

  test("whose conflict is lost leaves no place in the line for others to wait behind", async () => {
    const wire = meddler();
    const [a, b] = (await devices.locked(2, [{ fetch: wire.fetch }, { fetch: wire.fetch }])).folders;
    await a.createDirectory("/a");
    await a.settled();
    const statuses: number[] = [];
    wire.after = (request, response) => {
      if (!/^POST .*\/log$/.test(request)) return undefined;
      statuses.push(response.status);
      if (statuses.length === 1) throw new TypeError("connection reset");
      return undefined;
    };
    await b.createDirectory("/b");
    const settled = b.settled();
    await b.refresh().catch(() => undefined);
    await b.refresh();
    await settled;
    await a.refresh();
    await a.createDirectory("/c");
    await a.settled();
    expect(statuses).toEqual([409, 200, 200]);
    expect(namesIn(a)).toEqual(["a", "b", "c"]);
  });

  test("is neither lost nor made twice on a network that loses requests and answers", async () => {
    const draw = numbers(7);
    const wires = [meddler(), meddler()];
    const options = wires.map(({ fetch }) => ({ fetch }));
    const { folders } = await devices.locked(2, options);
    for (const wire of wires) {
      const lose = (): void => {
        if (draw(8) === 0) throw new TypeError("lost");
      };
      wire.before = lose;
      wire.after = () => lose() as undefined;
    }
    await Promise.all(
      folders.map(async (folder, device) => {
        for (let i = 0; i < 12; i++) {
          await folder.createDirectory(`/${device}-${i}`);
          await folder.refresh().catch(() => undefined);
        }
      }),
    );
    for (const wire of wires) {
      wire.mend();
      wire.after = () => undefined;
    }
    await Promise.all(folders.map((folder) => folder.refresh().then(() => folder.settled())));
    const expected = [0, 1].flatMap((device) => Array.from({ length: 12 }, (_, i) => `${device}-${i}`));
    for (const folder of folders) {
      await folder.refresh();
      expect(namesIn(folder).toSorted()).toEqual(expected.toSorted());
    }
    expect(outline(folders[0])).toEqual(outline(folders[1]));
  }, 60_000);

  test("that was never sent is sent by the next page on the same device", async () => {
    const key = generateKey();
    const store = memoryStore();
    const wire = meddler();
    const first = await devices.client({ fetch: wire.fetch, store }).create({ key });
    wire.cut();
    await first.createDirectory("/a");
    await first.createDirectory("/b");
    await first.refresh().catch(() => undefined);
    expect(first.state.connection).toBe("offline");
    expect(first.state.problem?.code).toBe("offline");
    expect(namesIn(first)).toEqual(["a", "b"]);
    await first.close();

    const second = await devices.using(devices.client({ store }).open(key));
    await second.settled();
    expect(namesIn(second)).toEqual(["a", "b"]);
    expect(second.state.seq).toBeGreaterThan(0);
    expect((await devices.using(devices.client().open(key))).state.tree.count.directories).toBe(2);
  });

  test("that was sent by a page which died before the answer is not sent again by the next", async () => {
    const key = generateKey();
    const store = memoryStore();
    const wire = meddler();
    const first = await devices.client({ fetch: wire.fetch, store }).create({ key });
    let dead = false;
    wire.before = () => {
      if (dead) throw new TypeError("page gone");
    };
    wire.after = (request) => {
      if (!/^POST .*\/log$/.test(request)) return undefined;
      dead = true;
      throw new TypeError("page gone");
    };
    await first.createDirectory("/a");
    await first.rename("/a", "b");
    await first.refresh().catch(() => undefined);
    await first.close();

    // Meanwhile another device gives it another name: the old rename must not be made a second time.
    const other = await devices.using(devices.client().open(key));
    const [made] = other.state.tree.children(null);
    await other.rename({ node: made!.id }, "c");
    await other.settled();
    const second = await devices.using(devices.client({ store }).open(key));
    await second.settled();
    expect(namesIn(second)).toEqual(made!.name === "b" ? ["c"] : ["b"]);
  });

  test("waits for a server that went away, and is sent when it is back", async () => {
    const { devices, server } = await devicesForThisTest();
    const folder = await devices.using(devices.client().create({ key: generateKey() }));
    await server.stop();
    await folder.createDirectory("/while away");
    await folder.refresh().catch(() => undefined);
    expect(folder.state.connection).toBe("offline");
    expect(folder.state.pending).toHaveLength(1);
    expect(folder.state.tree.children(null)[0]).toMatchObject({ name: "while away", pending: true });
    await server.start();
    await folder.settled();
    expect(folder.state).toMatchObject({ connection: "online", problem: null, pending: [] });
    expect(folder.state.tree.children(null)[0]).toMatchObject({ name: "while away", pending: false });
  });

  test("of thousands of nodes goes in entries that the server takes", async () => {
    const [a, b] = (await devices.locked(2)).folders;
    await Promise.all(Array.from({ length: 2500 }, (_, i) => a.createDirectory({ parent: null, name: `directory number ${i}` })));
    await a.settled();
    await b.refresh();
    expect(b.state.tree.count.directories).toBe(2500);
    expect(a.state.seq).toBeLessThan(100);
    await a.trash(a.state.tree.children(null).map(({ id }) => ({ node: id })));
    await a.emptyTrash();
    await a.settled();
    await b.refresh();
    expect(b.state.tree.count.directories).toBe(0);
    expect(b.state.tree.trash()).toEqual([]);
  }, 30_000);
});
