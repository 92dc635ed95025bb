import { describe, expect, test, vi } from "vitest";
import { serverForTests } from "../../test/devices-on-server.ts";
import { bytesOf, contentOf, Door, fileOf, TestFolder, until, Wire } from "../../test/transfer-folder.ts";
import type { TransferTotals } from "../interface/transfer.ts";
import { Transferring } from "./transferring.ts";

const server = serverForTests();

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;
const firstFill = 1_048_560 - 40;

async function opened(wire = new Wire()) {
  const folder = await TestFolder.create(server);
  const page = await folder.page({ wire });
  const transferring = new Transferring(page);
  return { folder, page, wire, transferring, uploads: transferring.uploads, downloads: transferring.downloads };
}

const isPart = /^\/blobs\/[0-9a-f]{32}\/parts\/\d+$/;

test.for([0, 1, firstFill, firstFill + 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 9 * MiB])("a file of %d bytes comes back", async (size) => {
  const { folder, uploads, downloads, transferring } = await opened();
  const [id] = uploads.add([fileOf("a.bin", size)], { to: "/2026/taxes" });
  const node = await uploads.finished(id!);
  expect(folder.tree.path(node).map(({ name }) => name)).toEqual(["2026", "taxes", "a.bin"]);
  expect(uploads.get(id!)).toMatchObject({ status: "done", processed: size, confirmed: size, error: null, file: null });
  expect(folder.tree.get(node)?.current).toMatchObject({ size, modified: 1_764_000_000_000 });
  const back = await bytesOf(downloads.stream(node));
  expect(Buffer.compare(back, contentOf(size))).toBe(0);
  await transferring.close();
});

test("300 small files take a handful of requests and entries", async () => {
  const { folder, wire, uploads, transferring } = await opened();
  const ids = uploads.add(
    Array.from({ length: 300 }, (_, i) => fileOf(`${i}.txt`, 2000 + i)),
    { to: "/dropped" },
  );
  const start = performance.now();
  await Promise.all(ids.map((id) => uploads.finished(id)));
  process.stdout.write(
    `300 small files: ${Math.round(performance.now() - start)} ms, ${wire.log.length} requests, ${folder.entries} entries\n`,
  );
  expect(folder.tree.count).toEqual({ files: 300, directories: 1 });
  expect(wire.log.length).toBeLessThan(16);
  await transferring.close();
});

test("a dropped tree keeps its structure, its empty directories, and finds directories that are there", async () => {
  const { folder, uploads, transferring } = await opened();
  const first = uploads.add([{ file: fileOf("a.txt", 5), path: ["photos", "2025"] }]);
  await uploads.finished(first[0]!);
  const ids = uploads.add(
    [
      { file: fileOf("b.txt", 5), path: ["photos", "2025"] },
      { file: fileOf("c.txt", 5), path: ["photos", "2026", "May"] },
      { file: fileOf("d.txt", 5), path: [] },
    ],
    {
      directories: [
        ["photos", "empty"],
        ["photos", "2026", "June"],
      ],
    },
  );
  await Promise.all(ids.map((id) => uploads.finished(id)));
  const paths = [...folder.tree.descend(null)].map(({ id }) =>
    folder.tree
      .path(id)
      .map(({ name }) => name)
      .join("/"),
  );
  expect(paths.toSorted()).toEqual(
    [
      "d.txt",
      "photos",
      "photos/2025",
      "photos/2025/a.txt",
      "photos/2025/b.txt",
      "photos/2026",
      "photos/2026/June",
      "photos/2026/May",
      "photos/2026/May/c.txt",
      "photos/empty",
    ].toSorted(),
  );
  await transferring.close();
});

test("a name that exists: both are kept, or it becomes a new version", async () => {
  const { folder, uploads, transferring } = await opened();
  const [first] = uploads.add([fileOf("report.pdf", 10)]);
  const node = await uploads.finished(first!);
  const [twin, next] = uploads.add([fileOf("report.pdf", 20), fileOf("report.pdf", 30)], { pick: true });
  expect(uploads.get(twin!)?.conflict).toBe("keep-both");
  uploads.setConflict([next!], "replace");
  expect(uploads.get(next!)?.conflict).toBe("replace");
  uploads.send();
  expect(await uploads.finished(next!)).toBe(node);
  await uploads.finished(twin!);
  expect(folder.tree.children(null).map(({ displayName }) => displayName)).toEqual(["report.pdf", "report (2).pdf"]);
  expect(folder.tree.get(node)?.versions.map(({ size }) => size)).toEqual([10, 30]);
  await transferring.close();
});

test("what is picked is not sent before it is looked over, and what was taken out not at all", async () => {
  const { folder, wire, uploads, transferring } = await opened();
  const [a, b, c] = uploads.add([fileOf("a.txt", 1), fileOf("b.txt", 2), fileOf("c.txt", 3)], { pick: true });
  expect(uploads.value.map(({ status, file }) => [status, file?.name])).toEqual([
    ["picked", "a.txt"],
    ["picked", "b.txt"],
    ["picked", "c.txt"],
  ]);
  expect(uploads.totals).toMatchObject({ files: 0, active: false });
  uploads.remove([b!]);
  uploads.send([a!]);
  await uploads.finished(a!);
  expect(folder.tree.children(null).map(({ name }) => name)).toEqual(["a.txt"]);
  expect(uploads.get(c!)?.status).toBe("picked");
  expect(uploads.get(b!)).toBeUndefined();
  expect(wire.count("POST", /^\/parts$/)).toBe(1);
  await transferring.close();
});

test("a name that no folder takes fails at once, and says so", async () => {
  const { uploads, transferring } = await opened();
  const [long, broken] = uploads.add([fileOf("é".repeat(128), 1), { file: fileOf("x", 1), name: "\ud800" }]);
  await expect(uploads.finished(long!)).rejects.toMatchObject({ code: "invalid-name" });
  expect(uploads.get(broken!)).toMatchObject({ status: "failed", error: { code: "invalid-name" } });
  await transferring.close();
});

describe("pause, resume, cancel", () => {
  test("a paused upload begins nothing new, and sends nothing twice when it goes on", async () => {
    const { folder, wire, uploads, downloads, transferring } = await opened();
    const door = new Door();
    wire.before = async (method, path) => {
      if (method === "PUT" && isPart.test(path)) await door.pass();
      return undefined;
    };
    const [id] = uploads.add([fileOf("big.bin", 36 * MiB)]);
    await door.arrived(4);
    uploads.pause([id!]);
    expect(uploads.get(id!)?.status).toBe("paused");
    expect(uploads.totals.paused).toBe(true);
    door.open();
    await until(uploads, () => (uploads.get(id!)?.confirmed ?? 0) >= 15 * MiB);
    expect(wire.count("PUT", isPart)).toBe(4);
    uploads.resume([id!]);
    const node = await uploads.finished(id!);
    expect(wire.count("PUT", isPart)).toBe(Math.ceil((folder.version(node)?.sealedSize ?? 0) / (4 * MiB)));
    expect(Buffer.compare(await bytesOf(downloads.stream(node)), contentOf(36 * MiB))).toBe(0);
    await transferring.close();
  });

  test("small files can be paused before they leave", async () => {
    const { folder, uploads, transferring } = await opened();
    const ids = uploads.add([fileOf("a.txt", 1), fileOf("b.txt", 2)]);
    uploads.pause([ids[0]!]);
    await uploads.finished(ids[1]!);
    expect(uploads.get(ids[0]!)?.status).toBe("paused");
    expect(folder.tree.count.files).toBe(1);
    uploads.resume();
    await uploads.finished(ids[0]!);
    expect(folder.tree.count.files).toBe(2);
    await transferring.close();
  });

  test("a cancelled upload leaves nothing: not in the folder, not on the server, not on the device", async () => {
    const { folder, page, wire, uploads, transferring } = await opened();
    const door = new Door();
    wire.before = async (method, path) => {
      if (method === "PUT" && isPart.test(path)) await door.pass();
      return undefined;
    };
    const [id] = uploads.add([fileOf("big.bin", 20 * MiB)]);
    await door.arrived(3);
    const discarded = new Promise<string[]>((resolve) => {
      let blobs: string[] = [];
      wire.before = (_method, path, init) => {
        if (path === "/blobs/discard") ({ blobs } = JSON.parse(init.body as string) as { blobs: string[] });
        return undefined;
      };
      wire.after = (_method, path, response) => {
        if (path === "/blobs/discard") resolve(blobs);
        return response;
      };
    });
    uploads.cancel([id!]);
    door.open();
    await expect(uploads.finished(id!)).rejects.toMatchObject({ code: "cancelled" });
    const [blob] = await discarded;
    await transferring.close();
    expect(folder.tree.count.files).toBe(0);
    expect(await page.store.keys(`folder/${folder.id}/upload/`)).toEqual([]);
    expect(await page.store.keys(`folder/${folder.id}/draft/`)).toEqual([]);
    await expect(page.blobs.blobState(blob!)).rejects.toMatchObject({ status: expect.any(Number) });
  });

  test("a signal cancels, and progress is told to the end", async () => {
    const { uploads, transferring } = await opened();
    const stop = new AbortController();
    const told: TransferTotals[] = [];
    const [kept] = uploads.add([fileOf("a.txt", 100)], { onProgress: (totals) => told.push(totals) });
    const [gone] = uploads.add([fileOf("b.txt", 100)], { signal: stop.signal });
    stop.abort();
    await uploads.finished(kept!);
    await until(uploads, () => told.at(-1)?.done === 1);
    expect(told.at(-1)).toMatchObject({ files: 1, done: 1, confirmed: 100, active: false });
    expect(uploads.get(gone!)?.status).toBe("cancelled");
    await transferring.close();
  });
});

/** What a browser gives for a file that is gone, or was edited: as large as it was, and not to be read. */
function unread(slice: Blob, why: string): Blob {
  return Object.assign(slice, { arrayBuffer: () => Promise.reject(new DOMException(why, "NotReadableError")) });
}

test("a file that cannot be read fails alone, and can be given again", async () => {
  const { folder, uploads, transferring } = await opened();
  class Unreadable extends File {
    override slice(start?: number, end?: number): Blob {
      return unread(super.slice(start, end), "gone");
    }
  }
  const [bad, good] = uploads.add([new Unreadable(["abc"], "bad.txt"), fileOf("good.txt", 3)]);
  await uploads.finished(good!);
  await expect(uploads.finished(bad!)).rejects.toMatchObject({ code: "file-unreadable" });
  const other = fileOf("other.txt", 4);
  expect(uploads.give([fileOf("bad.txt", 77), other])).toEqual([other]);
  await until(uploads, () => uploads.get(bad!)?.status === "done");
  expect(folder.tree.children(null).map(({ name, current }) => [name, current?.size])).toEqual([
    ["good.txt", 3],
    ["bad.txt", 77],
  ]);
  await transferring.close();
});

test("a file that is edited while it is being sent is told, and never mixed", async () => {
  const { folder, wire, uploads, transferring } = await opened();
  let edited = false;
  class Edited extends File {
    override slice(start?: number, end?: number): Blob {
      return edited ? unread(super.slice(start, end), "edited") : super.slice(start, end);
    }
  }
  wire.before = (method, path) => {
    if (method === "PUT" && isPart.test(path)) edited = true;
    return undefined;
  };
  const [id] = uploads.add([new Edited([contentOf(24 * MiB)], "movie.mp4")]);
  await expect(uploads.finished(id!)).rejects.toMatchObject({ code: "file-changed" });
  expect(folder.tree.count.files).toBe(0);
  expect(uploads.get(id!)).toMatchObject({ status: "failed", error: { code: "file-changed" } });
  await transferring.close();
});

test("the folder's list tells of progress at most 20 times a second, and its values are immutable", async () => {
  const { uploads, transferring } = await opened();
  let told = 0;
  transferring.transfers.subscribe(() => told++);
  const start = performance.now();
  const [id] = uploads.add([fileOf("a.bin", 24 * MiB)]);
  const before = uploads.value;
  await uploads.finished(id!);
  const seconds = (performance.now() - start) / 1000;
  expect(told).toBeLessThanOrEqual(20 * seconds + 2);
  expect(uploads.value).not.toBe(before);
  expect(Object.isFrozen(before)).toBe(true);
  expect(before[0]?.status).toBe("waiting");
  uploads.clear();
  expect(uploads.value).toEqual([]);
  await transferring.close();
});
