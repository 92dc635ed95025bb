import { describe, expect, test } from "vitest";
import { blobsInMemory } from "../test/blobs-in-memory.ts";
import { namesIn } from "../test/devices.ts";
import { devicesOnServer } from "../test/devices-on-server.ts";
import { generateKey, memoryStore, parseKeyFile, readKey, type Folder } from "./index.ts";

const { devices } = devicesOnServer({ blobs: blobsInMemory() });

const PAGE = "https://example.com/";

function made(): Promise<Folder> {
  return devices.using(devices.client().create());
}

describe("a new folder", () => {
  test("is open, holds what is put into it, and is seen by whoever has its link", async () => {
    const folder = await made();
    expect(folder.state).toMatchObject({ status: "open", access: "write", connection: "online", epoch: 0, problem: null });

    await folder.createDirectory("/2026/taxes");
    expect(namesIn(folder, "/2026")).toEqual(["taxes"]);
    expect(folder.state.pending.length).toBeGreaterThan(0);
    await folder.settled();
    expect(folder.state.pending).toEqual([]);

    const bytes = crypto.getRandomValues(new Uint8Array(5000));
    const [file] = await folder.upload([new File([bytes], "return.pdf")], { to: "/2026/taxes" });
    expect(file).toMatchObject({ name: "return.pdf", kind: "file" });

    const reader = await devices.using(devices.client().openLink(folder.link(PAGE)));
    expect(reader.state).toMatchObject({ status: "open", access: "read" });
    expect(namesIn(reader, "/2026/taxes")).toEqual(["return.pdf"]);
    const blob = await reader.download("/2026/taxes/return.pdf");
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytes);
    await expect(reader.createDirectory("/x")).rejects.toMatchObject({ code: "read-only" });
    await expect(reader.lock(generateKey())).rejects.toMatchObject({ code: "read-only" });
  });

  test("is locked with a key, which opens it elsewhere, and nothing else does", async () => {
    const folder = await made();
    await folder.upload([new File(["secret"], "a.txt")], { to: "/letters" });
    const link = folder.link(PAGE);
    const key = generateKey();
    await folder.lock(key);
    expect(folder.state).toMatchObject({ status: "signed-in", access: "write", epoch: 1 });

    const other = await devices.using(devices.client().open(key));
    expect(other.id).toBe(folder.id);
    expect(await (await other.download("/letters/a.txt")).text()).toBe("secret");

    const reader = await devices.using(devices.client().openLink(link));
    expect(reader.state).toMatchObject({ status: "locked", access: "none" });
    expect(namesIn(reader, "/")).toEqual([]);
    await expect(devices.client().open(generateKey())).rejects.toMatchObject({ code: "wrong-key" });
  });

  test("that was made with a key is locked from the start", async () => {
    const key = generateKey();
    const folder = await devices.using(devices.client().create({ key }));
    expect(folder.state).toMatchObject({ status: "signed-in", epoch: 0, access: "write" });
    const stranger = await devices.using(devices.client().openLink(folder.link(PAGE)));
    expect(stranger.state.status).toBe("locked");
    await stranger.signIn(key);
    expect(stranger.state.status).toBe("signed-in");
  });

  test("goes through the key's steps to its lock", async () => {
    const folder = await made();
    await folder.createDirectory("/d");
    await folder.ceremony.generate();
    expect(folder.state.keyStep).toBe("made");
    const { text } = folder.ceremony.file();
    folder.ceremony.kept("file");
    folder.ceremony.confirmSaved();
    expect(folder.state.keyStep).toBe("saved");
    await folder.ceremony.sign();
    expect(folder.state).toMatchObject({ keyStep: "done", status: "signed-in" });

    const found = parseKeyFile(text);
    const reading = readKey(found.rows);
    expect(found.keyId).toBe(folder.state.keyId);
    if (reading.state === "unreadable") throw new Error("the file's rows do not read");
    expect(namesIn(await devices.using(devices.client().open(reading.root)))).toEqual(["d"]);
  });
});

describe("staying signed in otherwise than the client was made for", () => {
  test("moves the keys of a locked folder, over reloads and a change of its key", async () => {
    const store = memoryStore();
    const key = generateKey();
    const reopened = (id: string) => devices.using(devices.client({ store }).openFolder(id));
    const folder = await devices.using(devices.client({ store }).create({ key }));
    await folder.createDirectory("/d");
    await folder.settled();
    expect(folder.remember).toBe("none");
    expect((await reopened(folder.id)).state.status).toBe("locked");

    await folder.setRemember("device");
    expect(folder.remember).toBe("device");
    for (let page = 0; page < 2; page++) {
      const again = await reopened(folder.id);
      expect(again.state.status).toBe("signed-in");
      expect(again.remember).toBe("device");
      expect(namesIn(again)).toEqual(["d"]);
    }
    const rotating = await reopened(folder.id);
    await rotating.lock(generateKey());
    const last = await reopened(folder.id);
    expect(last.state).toMatchObject({ status: "signed-in", epoch: 1 });

    await last.setRemember("none");
    expect((await store.keys("")).filter((name) => name.endsWith("/keys"))).toEqual([]);
    await last.createDirectory("/still signed in");
    await last.settled();
    expect((await reopened(folder.id)).state.status).toBe("locked");
  });

  test("never costs an open folder its root, and takes effect when it is locked", async () => {
    const store = memoryStore();
    const reopened = (id: string) => devices.using(devices.client({ store }).openFolder(id));
    const folder = await devices.using(devices.client({ store }).create());
    await folder.setRemember("none");
    expect((await reopened(folder.id)).state).toMatchObject({ status: "open", access: "write" });
    await folder.setRemember("device");
    expect((await reopened(folder.id)).state).toMatchObject({ status: "open", access: "write" });
    await folder.lock(generateKey());
    expect((await store.keys("")).filter((name) => name.endsWith("/root"))).toEqual([]);
    expect((await reopened(folder.id)).state.status).toBe("signed-in");
    await folder.close();
    await expect(folder.setRemember("none")).rejects.toMatchObject({ code: "cancelled" });
    expect((await reopened(folder.id)).state.status).toBe("signed-in");
  });
});

describe("changes by path and by node", () => {
  test("are seen at once, and by others once they are confirmed", async () => {
    const folder = await made();
    const directory = await folder.createDirectory("/a");
    expect(directory).toMatchObject({ name: "a", kind: "directory", pending: true, added: null });
    await folder.createDirectory("/a/b/c");
    expect(namesIn(folder, "/a")).toEqual(["b"]);
    await folder.rename("/a/b", "B");
    await folder.move(["/a/B/c"], "/");
    await folder.setMeta("/c", { colour: "red" });
    await folder.trash(["/a/B"]);
    expect(namesIn(folder)).toEqual(["a", "c"]);
    await folder.settled();
    const other = await devices.using(devices.client().openFolder(folder.id));
    expect(namesIn(other)).toEqual(["a", "c"]);
    expect(other.state.tree.resolve("/c")).toMatchObject({ meta: { colour: "red" }, pending: false });
    expect(other.state.tree.resolve("/c")?.added).toMatchObject({ here: false });
    expect(folder.state.tree.resolve("/c")?.added).toMatchObject({ here: true });
    expect(other.state.tree.trash().map(({ name }) => name)).toEqual(["B"]);

    await folder.restore([{ node: folder.state.tree.trash()[0]!.id }]);
    expect(namesIn(folder, "/a")).toEqual(["B"]);
    await folder.trash(["/a", "/a/B"]);
    await folder.emptyTrash();
    await folder.purge(["/c"]);
    expect(folder.state.tree.count).toEqual({ files: 0, directories: 0 });
    await folder.settled();
    await other.refresh();
    expect(other.state.tree.count).toEqual({ files: 0, directories: 0 });
  });

  test("say why they are not possible, and change nothing then", async () => {
    const folder = await made();
    await folder.upload([new File(["x"], "file")]);
    await folder.createDirectory("/d/e");
    const before = namesIn(folder);
    await expect(folder.createDirectory("/file/x")).rejects.toMatchObject({ code: "invalid-move" });
    await expect(folder.createDirectory("/")).rejects.toMatchObject({ code: "invalid-name" });
    await expect(folder.createDirectory("/a//b")).rejects.toMatchObject({ code: "invalid-name" });
    await expect(folder.rename("/nothing", "x")).rejects.toMatchObject({ code: "not-found" });
    await expect(folder.rename("/", "x")).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(folder.move(["/d"], "/d/e")).rejects.toMatchObject({ code: "invalid-move" });
    await expect(folder.move(["/d"], "/file")).rejects.toMatchObject({ code: "invalid-move" });
    await expect(folder.revert("/file", "0".repeat(32))).rejects.toMatchObject({ code: "not-found" });
    await expect(folder.download("/d")).rejects.toMatchObject({ code: "invalid-argument" });
    expect(namesIn(folder)).toEqual(before);
  });

  test("bring an earlier version back", async () => {
    const folder = await made();
    await folder.upload([new File(["one"], "a.txt")]);
    await folder.upload([new File(["two"], "a.txt")], { conflict: "replace" });
    const [one] = folder.state.tree.resolve("/a.txt")!.versions;
    await folder.revert("/a.txt", one!.blob);
    expect(await (await folder.download("/a.txt")).text()).toBe("one");
  });
});

describe("the state", () => {
  test("is one value that cannot be changed, told of once for what happened together", async () => {
    const folder = await made();
    await folder.settled();
    let told = 0;
    const stop = folder.subscribe(() => told++);
    const before = folder.state;
    expect(folder.state).toBe(before);
    expect(() => Object.assign(before, { status: "none" })).toThrow(TypeError);
    const changes = ["/a", "/b", "/c"].map((path) => folder.createDirectory(path));
    expect(told).toBe(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toBe(1);
    expect(folder.state).not.toBe(before);
    expect(before.pending).toEqual([]);
    await Promise.all(changes);
    await folder.settled();
    stop();
    const after = told;
    await folder.createDirectory("/d");
    await folder.settled();
    expect(told).toBe(after);
  });

  test("shares what did not change", async () => {
    const folder = await made();
    await folder.createDirectory("/a");
    await folder.settled();
    const { tree, exposed, usage } = folder.state;
    await folder.refresh();
    expect(folder.state.tree).toBe(tree);
    expect(folder.state.exposed).toBe(exposed);
    expect(folder.state.usage).toBe(usage);
  });

  test("ends with the folder, whose changes are refused from then on", async () => {
    const folder = await devices.client().create();
    await folder.close();
    await expect(folder.createDirectory("/a")).rejects.toMatchObject({ code: "cancelled" });
    await folder.settled();
  });
});

describe("a listing", () => {
  test("sorts, filters, searches, and is told of changes", async () => {
    const folder = await made();
    await folder.upload([
      new File(["12345"], "b10.txt", { type: "text/plain", lastModified: 3 }),
      new File(["1"], "b9.png", { type: "image/png", lastModified: 1 }),
      new File(["123"], "Áb.txt", { type: "text/plain", lastModified: 2 }),
    ]);
    await folder.createDirectory("/z");
    await folder.upload([new File(["x"], "deep ab.txt", { type: "text/plain" })], { to: "/z" });
    const listed = (query: Parameters<Folder["listing"]>[0]): string[] => folder.listing(query).value.nodes.map(({ name }) => name);
    expect(listed({ root: null })).toEqual(["z", "Áb.txt", "b9.png", "b10.txt"]);
    expect(listed({ root: null, sort: "size", directoriesFirst: false })).toEqual(["b9.png", "z", "Áb.txt", "b10.txt"]);
    expect(listed({ root: null, sort: "modified", descending: true })).toEqual(["z", "b10.txt", "Áb.txt", "b9.png"]);
    expect(listed({ root: null, sort: "kind" })).toEqual(["z", "b9.png", "Áb.txt", "b10.txt"]);
    expect(listed({ root: null, filter: { text: "AB txt" } })).toEqual(["Áb.txt", "deep ab.txt"]);
    expect(listed({ root: null, filter: { kinds: ["image", "directory"] } })).toEqual(["z", "b9.png"]);

    const listing = folder.listing({ root: null });
    let told = 0;
    listing.subscribe(() => told++);
    const value = listing.value;
    expect(listing.value).toBe(value);
    await folder.trash(["/z"]);
    expect(told).toBe(1);
    expect(listing.value.nodes).toHaveLength(3);
    expect(listed({ root: null, filter: { trashed: true } })).toEqual(["z"]);
  });
});

describe("a link", () => {
  test("opens the folder from any page of the site, and holds nothing but its id", async () => {
    const folder = await made();
    const expected = `https://example.com/app/f/${folder.id}`;
    for (const page of [
      "https://example.com/app/",
      `https://example.com/app/f/${"0".repeat(32)}?x=1#n=2`,
      "https://example.com/app/index.html",
    ]) {
      expect(folder.link(page)).toBe(expected);
    }
    const opened = await devices.using(devices.client().openLink(`${expected}#n=${"1".repeat(32)}`));
    expect(opened.id).toBe(folder.id);
  });
});

describe("a folder of 10,000 files", () => {
  test("opens on a new device in a moment", async () => {
    const key = generateKey();
    const folder = await devices.using(devices.client().create({ key }));
    const files = Array.from({ length: 10_000 }, (_, i) => {
      return { file: new Blob([`text ${i}`]), name: `file number ${i}.txt`, path: [`directory ${i % 100}`] };
    });
    await folder.upload(files);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      const other = await devices.using(devices.client().open(key));
      expect(other.state.tree.count).toEqual({ files: 10_000, directories: 100 });
      times.push(performance.now() - began);
    }
    process.stdout.write(`opening 10,000 files: ${times.map((time) => `${Math.round(time)} ms`).join(", ")}\n`);
    expect(Math.min(...times)).toBeLessThan(2_000);
  }, 120_000);
});
