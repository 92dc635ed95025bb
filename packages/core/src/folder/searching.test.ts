import { describe, expect, test } from "vitest";
import { blobsInMemory } from "../../test/blobs-in-memory.ts";
import { passedOn } from "../../test/devices.ts";
import { devicesOnServer } from "../../test/devices-on-server.ts";
import { generateKey, memoryStore, type Folder, type Search } from "../index.ts";

const { devices } = devicesOnServer({ blobs: blobsInMemory() });

/** Two devices with one folder. */
const pair = async () => (await devices.locked(2)).folders;

/** An open search, and its hits as paths. */
function open(folder: Folder, text: string, filter = {}): { search: Search; found: () => Promise<string[]>; told: () => number } {
  const search = folder.search({ text, filter });
  let told = 0;
  search.subscribe(() => told++);
  const found = async (): Promise<string[]> => {
    const { hits } = await search.settled();
    return hits.map(({ path, node }) => [...path, node.displayName].join("/"));
  };
  return { search, found, told: () => told };
}

describe("a search on one device", () => {
  test("follows what another device renames, moves, trashes, restores, adds and purges", async () => {
    const [one, other] = await pair();
    await one.upload([new File(["x"], "Return.pdf"), new File(["y"], "Letter.pdf")], { to: "/2026/Taxes" });
    await passedOn(one, other);
    const { found, told } = open(other, "taxes/return");
    expect(await found()).toEqual(["2026/Taxes/Return.pdf"]);

    await one.rename("/2026", "2027");
    await passedOn(one, other);
    expect(await found()).toEqual(["2027/Taxes/Return.pdf"]);
    await one.move(["/2027/Taxes"], "/");
    await passedOn(one, other);
    expect(await found()).toEqual(["Taxes/Return.pdf"]);
    const taxes = one.state.tree.resolve("/Taxes");
    await one.trash(["/Taxes"]);
    await passedOn(one, other);
    expect(await found()).toEqual([]);
    const inTrash = open(other, "return", { trashed: true });
    expect(await inTrash.found()).toEqual(["Taxes/Return.pdf"]);
    await one.restore([{ node: taxes!.id }]);
    await one.upload([new File(["z"], "Return 2.pdf")], { to: "/Taxes" });
    await passedOn(one, other);
    expect(await found()).toEqual(["Taxes/Return.pdf", "Taxes/Return 2.pdf"]);
    await one.purge(["/Taxes/Return.pdf"]);
    await passedOn(one, other);
    expect(await found()).toEqual(["Taxes/Return 2.pdf"]);
    expect(await inTrash.found()).toEqual([]);
    expect(told()).toBeGreaterThan(5);
  });

  test("finds what is changed here before the server has it, and shows when it does", async () => {
    const [one] = await pair();
    const { search, found } = open(one, "letters");
    await one.createDirectory("/Letters");
    expect(await found()).toEqual(["Letters"]);
    expect(search.value.hits[0]?.node.pending).toBe(true);
    await one.settled();
    expect(await found()).toEqual(["Letters"]);
    expect(search.value.hits[0]?.node.pending).toBe(false);
    await one.rename("/Letters", "Notes");
    expect(await found()).toEqual([]);
  });

  test("goes on over a lock and a new key", async () => {
    const one = await devices.using(devices.client().create());
    await one.upload([new File(["x"], "Return.pdf")]);
    const { found } = open(one, "return");
    expect(await found()).toEqual(["Return.pdf"]);
    await one.lock(generateKey());
    expect(await found()).toEqual(["Return.pdf"]);
    await one.rename("/Return.pdf", "Letter.pdf");
    expect(await found()).toEqual([]);
  });

  test("finds nothing in a folder that is locked, or was signed out of", async () => {
    const store = memoryStore();
    const key = generateKey();
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await folder.createDirectory("/secret");
    await folder.settled();
    const { found } = open(folder, "secret");
    expect(await found()).toEqual(["secret"]);
    await folder.signOut();
    expect(await found()).toEqual([]);
    const stranger = await devices.using(devices.client().openFolder(folder.id));
    const locked = open(stranger, "secret");
    expect(await locked.found()).toEqual([]);
    await stranger.signIn(key);
    expect(await locked.found()).toEqual(["secret"]);
  });

  test("narrows by when a node was added, and by what arrived", async () => {
    const [one] = await pair();
    const before = Date.now();
    await one.upload([new File(["x"], "a.png", { type: "image/png", lastModified: 1000 })]);
    await one.settled();
    const names = async (filter: object): Promise<number> => (await one.search({ filter }).settled()).total;
    expect(await names({ added: { from: before } })).toBe(1);
    expect(await names({ added: { to: before - 1 } })).toBe(0);
    expect(await names({ modified: { to: 1000 } })).toBe(1);
    expect(await names({ fromDrop: true })).toBe(0);
  });
});

describe("a search's value", () => {
  test("keeps what was found until there is something newer, and says so meanwhile", async () => {
    const [one] = await pair();
    await one.createDirectory("/alpha");
    await one.createDirectory("/beta");
    const search = one.search({ text: "alpha" });
    expect(search.value).toMatchObject({ hits: [], total: 0, searching: true });
    const first = await search.settled();
    expect(first).toMatchObject({ total: 1, searching: false });
    expect(search.value).toBe(first);
    search.ask({ text: "beta" });
    expect((await search.settled()).hits[0]?.node.name).toBe("beta");
  });

  test("asked many things at once answers the last, each listener told once a turn", async () => {
    const [one] = await pair();
    await one.createDirectory("/target");
    const search = one.search({});
    let told = 0;
    const stop = search.subscribe(() => told++);
    for (const text of ["t", "ta", "tar", "target"]) search.ask({ text });
    await search.settled();
    expect(search.value).toMatchObject({ query: { text: "target" }, total: 1, searching: false });
    const before = told;
    for (const text of ["x", "xy", "tar"]) search.ask({ text });
    await search.settled();
    await Promise.resolve();
    expect(told).toBe(before + 1);
    stop();
    await one.rename("/target", "other");
    await Promise.resolve();
    expect(search.value.total).toBe(1);
  });

  test("is of the present where somebody waits for it, or subscribes again", async () => {
    const [one] = await pair();
    await one.createDirectory("/before");
    const search = one.search({ text: "after" });
    expect((await search.settled()).total).toBe(0);
    await one.rename("/before", "after");
    expect((await search.settled()).total).toBe(1);
    await one.rename("/after", "before");
    search.subscribe(() => undefined)();
    expect((await search.settled()).total).toBe(0);
  });

  test("stays as it is when the folder is closed", async () => {
    const [one] = await pair();
    await one.createDirectory("/a");
    const search = one.search({ text: "a" });
    await search.settled();
    await one.close();
    search.ask({ text: "b" });
    expect(await search.settled()).toMatchObject({ total: 1, searching: false });
    expect(await one.search({ text: "a" }).settled()).toMatchObject({ total: 0, searching: false });
  });
});
