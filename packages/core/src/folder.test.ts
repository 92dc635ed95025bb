import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localServer, type LocalServer } from "../test/local-server.ts";
import { generateKey, Keyfold, memoryStore, type Folder, type KeyfoldOptions } from "./index.ts";

let server: LocalServer;
const opened: Folder[] = [];
beforeAll(async () => {
  server = await localServer();
});
afterAll(async () => {
  await Promise.all(opened.map((folder) => folder.close()));
  await server.remove();
});

/** A device of its own. Polls only when it is told to. */
function keyfold(options: Partial<KeyfoldOptions> = {}): Keyfold {
  return new Keyfold({ server: server.url, pollInterval: 3_600_000, store: memoryStore(), ...options });
}

async function using(folder: Promise<Folder>): Promise<Folder> {
  const open = await folder;
  opened.push(open);
  return open;
}

const names = (folder: Folder, path: string): string[] => {
  const directory = folder.state.tree.resolve(path);
  return directory === undefined ? [] : folder.state.tree.children(directory?.id ?? null).map((node) => node.displayName);
};

describe("a new folder", () => {
  test("is open, holds what is put into it, and is seen by whoever has its link", async () => {
    const folder = await using(keyfold().create());
    expect(folder.state).toMatchObject({ status: "open", access: "write", connection: "online", epoch: 0, problem: null });

    await folder.createDirectory("/2026/taxes");
    expect(names(folder, "/2026")).toEqual(["taxes"]);
    expect(folder.state.pending.length).toBeGreaterThan(0);
    await folder.settled();
    expect(folder.state.pending).toEqual([]);

    const bytes = crypto.getRandomValues(new Uint8Array(5000));
    const [file] = await folder.upload([new File([bytes], "return.pdf")], { to: "/2026/taxes" });
    expect(file).toMatchObject({ name: "return.pdf", kind: "file" });

    const reader = await using(keyfold().openLink(folder.link("https://example.com/")));
    expect(reader.state).toMatchObject({ status: "open", access: "read" });
    expect(names(reader, "/2026/taxes")).toEqual(["return.pdf"]);
    const blob = await reader.download("/2026/taxes/return.pdf");
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytes);
    await expect(reader.createDirectory("/x")).rejects.toMatchObject({ code: "read-only" });
  });

  test("is locked with a key, which opens it elsewhere, and nothing else does", async () => {
    const folder = await using(keyfold().create());
    await folder.upload([new File(["secret"], "a.txt")], { to: "/letters" });
    const link = folder.link("https://example.com/");
    const key = generateKey();
    await folder.lock(key);
    expect(folder.state).toMatchObject({ status: "signed-in", access: "write", epoch: 1 });
    expect(names(folder, "/letters")).toEqual(["a.txt"]);

    const other = await using(keyfold().open(key));
    expect(other.id).toBe(folder.id);
    expect(names(other, "/letters")).toEqual(["a.txt"]);
    expect(await (await other.download("/letters/a.txt")).text()).toBe("secret");

    const reader = await using(keyfold().openLink(link));
    expect(reader.state).toMatchObject({ status: "locked", access: "none" });
    expect(names(reader, "/")).toEqual([]);
    await expect(keyfold().open(generateKey())).rejects.toMatchObject({ code: "wrong-key" });
  });
});
