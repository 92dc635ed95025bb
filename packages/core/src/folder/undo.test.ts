import { describe, expect, test } from "vitest";
import { meddler, namesIn, outline, passedOn, until } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore, type Folder, type KeyfoldError, type NodeId } from "../index.ts";

const { devices } = devicesOnServer();

async function pair() {
  const wire = meddler();
  const [a, b] = (await devices.locked(2, [{ fetch: wire.fetch }])).folders;
  return { a, b, wire };
}

const idOf = (folder: Folder, path: string): NodeId => folder.state.tree.resolve(path)!.id;
const since = (reason: string) => expect.objectContaining({ code: "changed-since", reason });

describe("undo", () => {
  test("takes back each kind of change, the last first, and redo does it again", async () => {
    const { a } = await pair();
    await a.createDirectory("/d/e");
    await a.upload([new File(["x"], "f.txt")]);
    const start = outline(a);
    const file = idOf(a, "/f.txt");
    await a.rename("/f.txt", "g.txt");
    await a.move(["/g.txt"], "/d/e");
    await a.trash(["/d"]);
    await a.restore([{ node: a.state.tree.trash()[0]!.id }]);
    const end = outline(a);
    expect(a.undoable.value).toMatchObject({ kind: "restore" });

    const undone = [];
    for (let i = 0; i < 4; i++) undone.push((await a.undo())?.kind);
    expect(undone).toEqual(["restore", "trash", "move", "rename"]);
    expect(outline(a)).toEqual(start);
    expect(a.redoable.value).toMatchObject({ kind: "rename", nodes: [file] });

    for (let i = 0; i < 4; i++) await a.redo();
    expect(outline(a)).toEqual(end);
    expect(a.redoable.value).toBeNull();
    await a.settled();
    expect(outline(a)).toEqual(end);
  });

  test("tells what it would take back by kind and ids, the same object until that changes", async () => {
    const { a } = await pair();
    expect(a.undoable.value).toBeNull();
    expect(await a.undo()).toBeNull();
    expect(await a.redo()).toBeNull();
    const directory = await a.createDirectory("/d");
    const made = a.undoable.value;
    expect(made).toEqual({ kind: "mkdir", nodes: [directory.id], to: null });
    let changes = 0;
    const stop = a.undoable.subscribe(() => changes++);
    await a.setMeta("/d", { colour: "red" });
    await a.rename("/d", "d");
    await a.settled();
    expect([a.undoable.value === made, changes]).toEqual([true, 0]);
    await a.rename("/d", "D");
    expect(a.undoable.value).toEqual({ kind: "rename", nodes: [directory.id] });
    stop();
  });

  test("takes back a change of many nodes as one, each to where it was", async () => {
    const { a, b } = await pair();
    for (const path of ["/one", "/two", "/to"]) await a.createDirectory(path);
    await a.upload(
      Array.from({ length: 30 }, (_, i) => new File([String(i)], `${i}.txt`)),
      { to: "/one" },
    );
    await a.upload(
      Array.from({ length: 30 }, (_, i) => new File([String(i)], `${i}.txt`)),
      { to: "/two" },
    );
    const start = outline(a);
    const all = ["/one", "/two"].flatMap((path) => a.state.tree.children(idOf(a, path)));
    await a.move(
      all.map(({ id }) => ({ node: id })),
      "/to",
    );
    expect(namesIn(a, "/to")).toHaveLength(60);
    expect(a.undoable.value?.nodes).toHaveLength(60);
    await a.undo();
    expect(outline(a)).toEqual(start);
    await passedOn(a, b);
    expect(outline(b)).toEqual(start);
  });

  test("puts back into the trash all that was restored together, a directory and what had a mark of its own in it", async () => {
    const { a } = await pair();
    await a.createDirectory("/d");
    await a.upload([new File(["x"], "f.txt")], { to: "/d" });
    await a.trash(["/d/f.txt"]);
    await a.trash(["/d"]);
    await a.restore(a.state.tree.trash().map(({ id }) => ({ node: id })));
    expect(namesIn(a, "/d")).toEqual(["f.txt"]);
    await a.undo();
    expect(namesIn(a)).toEqual([]);
    await a.redo();
    expect(namesIn(a, "/d")).toEqual(["f.txt"]);
  });

  test("makes a path of directories at once and takes it back at once, into the trash", async () => {
    const { a } = await pair();
    await a.createDirectory("/kept");
    await a.createDirectory("/kept/2026/taxes/old");
    expect(a.undoable.value).toMatchObject({ kind: "mkdir", to: idOf(a, "/kept") });
    await a.undo();
    expect(namesIn(a, "/kept")).toEqual([]);
    expect(a.state.tree.trash().map(({ name }) => name)).toEqual(["2026"]);
    await a.redo();
    expect(a.state.tree.resolve("/kept/2026/taxes/old")).toBeDefined();
    await a.undo();
    await a.undo();
    expect(namesIn(a)).toEqual([]);
  });

  test("is forgotten by another change for redo, by purging for what is gone, by signing out for all", async () => {
    const { a } = await pair();
    await a.createDirectory("/a");
    await a.createDirectory("/b");
    await a.undo();
    await a.rename("/a", "A");
    expect(a.redoable.value).toBeNull();
    await a.purge(["/A"]);
    expect(a.undoable.value).toBeNull();
    await a.createDirectory("/c");
    await a.signOut();
    expect(a.undoable.value).toBeNull();
  });

  test("goes 50 changes back", async () => {
    const { a } = await pair();
    await a.createDirectory("/0");
    for (let i = 0; i < 51; i++) await a.rename(`/${i}`, String(i + 1));
    let back = 0;
    while ((await a.undo()) !== null) back++;
    expect([back, namesIn(a)]).toEqual([50, ["1"]]);
  });
});

describe("undo is refused with its reason, and changes nothing, after another device", () => {
  interface Case {
    readonly what: string;
    readonly mine: (a: Folder) => Promise<unknown>;
    readonly theirs: (b: Folder) => Promise<unknown>;
    readonly reason: string;
  }
  const renamed = (a: Folder) => a.rename("/f.txt", "g.txt");
  const moved = (a: Folder) => a.move(["/f.txt"], "/d");
  const trashed = (a: Folder) => a.trash(["/f.txt"]);
  const inTrash = (folder: Folder) => ({ node: folder.state.tree.trash()[0]!.id });
  const cases: readonly Case[] = [
    { what: "renamed what was renamed", mine: renamed, theirs: (b) => b.rename("/g.txt", "h.txt"), reason: "renamed" },
    { what: "moved what was renamed", mine: renamed, theirs: (b) => b.move(["/g.txt"], "/d"), reason: "moved" },
    { what: "trashed what was renamed", mine: renamed, theirs: (b) => b.trash(["/g.txt"]), reason: "trashed" },
    { what: "deleted what was renamed", mine: renamed, theirs: (b) => b.purge(["/g.txt"]), reason: "deleted" },
    {
      what: "replaced what was renamed",
      mine: renamed,
      theirs: (b) => b.upload([new File(["newer"], "g.txt")], { conflict: "replace" }),
      reason: "replaced",
    },
    { what: "renamed what was moved", mine: moved, theirs: (b) => b.rename("/d/f.txt", "h.txt"), reason: "renamed" },
    { what: "moved what was moved", mine: moved, theirs: (b) => b.move(["/d/f.txt"], "/e"), reason: "moved" },
    { what: "trashed the directory it was moved to", mine: moved, theirs: (b) => b.trash(["/d"]), reason: "trashed" },
    { what: "restored what was trashed", mine: trashed, theirs: (b) => b.restore([inTrash(b)]), reason: "restored" },
    { what: "deleted what was trashed", mine: trashed, theirs: (b) => b.emptyTrash(), reason: "deleted" },
    {
      what: "replaced what was restored",
      mine: async (a) => {
        await a.trash(["/f.txt"]);
        await a.restore([inTrash(a)]);
      },
      theirs: (b) => b.upload([new File(["newer"], "f.txt")], { conflict: "replace" }),
      reason: "replaced",
    },
    {
      what: "put something into the directory that was made",
      mine: (a) => a.createDirectory("/new/inner"),
      theirs: (b) => b.createDirectory("/new/inner/theirs"),
      reason: "filled",
    },
    {
      what: "renamed the directory that was made",
      mine: (a) => a.createDirectory("/new"),
      theirs: (b) => b.rename("/new", "x"),
      reason: "renamed",
    },
    {
      what: "trashed the directory it came from",
      mine: (a) => a.move(["/d/inner"], "/e"),
      theirs: (b) => b.trash(["/d"]),
      reason: "trashed",
    },
    {
      what: "deleted the directory it came from",
      mine: (a) => a.move(["/d/inner"], "/e"),
      theirs: (b) => b.purge(["/d"]),
      reason: "deleted",
    },
    {
      what: "moved the directory it came from into it",
      mine: (a) => a.move(["/d/inner"], "/e"),
      theirs: (b) => b.move(["/d"], "/e/inner"),
      reason: "moved",
    },
  ];

  async function prepared(mine: Case["mine"]) {
    const both = await pair();
    const { a, b } = both;
    await a.createDirectory("/d/inner");
    await a.createDirectory("/e");
    await a.upload([new File(["x"], "f.txt")]);
    await mine(a);
    await passedOn(a, b);
    return both;
  }

  test.each(cases)("$what: $reason", async ({ mine, theirs, reason }) => {
    const { a, b } = await prepared(mine);
    await theirs(b);
    await passedOn(b, a);
    const [before, { seq }] = [outline(a), a.state];
    const offered = a.undoable.value;
    await expect(a.undo()).rejects.toEqual(since(reason));
    expect(outline(a)).toEqual(before);
    expect(a.undoable.value).not.toBe(offered);
    await a.settled();
    expect(a.state.seq).toBe(seq);
  });

  test.each(cases.filter(({ reason, what }) => !what.includes("came from") && reason !== "replaced"))(
    "$what, which this one did not know yet: $reason",
    async ({ mine, theirs, reason }) => {
      const { a, b } = await prepared(mine);
      await theirs(b);
      await b.settled();
      const heard: KeyfoldError[] = [];
      a.onProblem((error) => heard.push(error));
      await a.undo();
      await passedOn(a, b);
      expect(heard).toEqual([since(reason)]);
      expect(outline(a)).toEqual(outline(b));
      expect(a.state).toMatchObject({ pending: [], problem: null });
    },
  );

  test("not what this one did itself: a new version, another page's lock and all versions sealed anew", async () => {
    const { a } = await pair();
    await a.upload([new File(["one"], "f.txt")]);
    await a.rename("/f.txt", "g.txt");
    await a.upload([new File(["two, longer"], "g.txt")], { conflict: "replace" });
    await a.lock(generateKey());
    await until(a, () => a.state.exposed.remaining === 0);
    await a.settled();
    await a.undo();
    expect(namesIn(a)).toEqual(["f.txt"]);
    expect(a.versions("/f.txt")).toHaveLength(2);
  });
});

describe("undo offline", () => {
  test("is a change that waits: shown at once, sent when the server is back, kept over a reload", async () => {
    const key = generateKey();
    const store = memoryStore();
    const wire = meddler();
    const a = await devices.client({ fetch: wire.fetch, store }).create({ key });
    const b = await devices.using(devices.client().open(key));
    await a.upload([new File(["x"], "f.txt")]);
    await a.rename("/f.txt", "g.txt");
    await passedOn(a, b);
    wire.cut();
    await a.undo();
    await a.trash(["/f.txt"]);
    await a.undo();
    await a.refresh().catch(() => undefined);
    expect(a.state.connection).toBe("offline");
    expect(a.state.tree.resolve("/f.txt")).toMatchObject({ pending: true });
    await a.close();

    const again = await devices.using(devices.client({ store }).open(key));
    await passedOn(again, b);
    expect(namesIn(b)).toEqual(["f.txt"]);
    expect(outline(b)).toEqual(outline(again));
  });

  test("gives way to what another device did meanwhile, and says so", async () => {
    const { a, b, wire } = await pair();
    await a.createDirectory("/d");
    await passedOn(a, b);
    wire.cut();
    await a.undo();
    expect(namesIn(a)).toEqual([]);
    await b.upload([new File(["x"], "theirs.txt")], { to: "/d" });
    wire.mend();
    const heard: KeyfoldError[] = [];
    a.onProblem((error) => heard.push(error));
    await a.refresh();
    await passedOn(a, b);
    expect(heard.filter(({ code }) => code !== "offline")).toEqual([since("filled")]);
    expect(namesIn(a, "/d")).toEqual(["theirs.txt"]);
    expect(outline(a)).toEqual(outline(b));
  });

  test("stays offered where it cannot be made at all for now", async () => {
    const { a, b } = await pair();
    await a.createDirectory("/d");
    await passedOn(a, b);
    await b.lock(generateKey());
    await a.refresh().catch(() => undefined);
    await expect(a.undo()).rejects.toMatchObject({ code: "key-needed" });
    expect(a.undoable.value).toMatchObject({ kind: "mkdir" });
  });
});
