import { assert as holds, asyncProperty, constantFrom, nat, oneof } from "fast-check";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bytesOf, contentOf, fileOf, TestFolder, TestServer, until, Wire } from "../../test/transfer-folder.ts";
import type { FolderApi } from "../api/client.ts";
import type { KeyfoldError } from "../error.ts";
import type { SavedFile, Sink } from "./save.ts";
import { Transferring } from "./transferring.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.remove());

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;
const partOf = /^\/blobs\/([0-9a-f]{32})\/parts\/(\d+)$/;

/** A folder with files in it, and a wire that can be tampered with. */
async function withFiles(files: readonly File[], openSink?: (server: string, file: SavedFile) => Promise<Sink>) {
  const folder = await TestFolder.create(server);
  const wire = new Wire();
  const page = await folder.page({ wire });
  const transferring = new Transferring(page, openSink);
  const ids = transferring.uploads.add(files);
  const nodes = await Promise.all(ids.map((id) => transferring.uploads.finished(id)));
  wire.log.length = 0;
  return { folder, page, wire, nodes, transferring, downloads: transferring.downloads };
}

/** Reads until the end or the error; what was released before it. */
async function released(stream: ReadableStream<Uint8Array>): Promise<{ bytes: number; error: KeyfoldError | null }> {
  const reader = stream.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes, error: null };
      bytes += value.length;
    }
  } catch (error) {
    return { bytes, error: error as KeyfoldError };
  }
}

const changed = (response: Response, body: Uint8Array<ArrayBuffer>) =>
  new Response(body, { status: response.status, headers: response.headers });

describe("a server that tampers", () => {
  const size = 13 * MiB;
  /** Content that the parts before this one hold. */
  const before = (part: number): number => (part === 0 ? 0 : part * 4 * 1_048_560 - 40);

  test.for([0, 1, 2, 3])("one bit flipped in part %d: an error, and nothing from there on", async (part) => {
    const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", size)]);
    wire.after = async (method, path, response) => {
      if (method !== "GET" || partOf.exec(path)?.[2] !== String(part)) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[bytes.length >> 1]! ^= 4;
      return changed(response, bytes);
    };
    const { bytes, error } = await released(downloads.stream(nodes[0]!));
    expect(error).toMatchObject({ code: "tampered", reason: "part-hash" });
    expect(bytes).toBe(before(part));
    await transferring.close();
  });

  test("parts exchanged, cut short, repeated, lengthened", async () => {
    const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", size)]);
    const original = new Map<string, Uint8Array<ArrayBuffer>>();
    wire.after = async (_method, path, response) => {
      const part = partOf.exec(path)?.[2];
      if (part !== undefined) original.set(part, new Uint8Array(await response.clone().arrayBuffer()));
      return response;
    };
    expect((await released(downloads.stream(nodes[0]!))).error).toBeNull();
    const part = (index: number) => original.get(String(index))!;
    const attacks: Record<string, (index: number) => Uint8Array<ArrayBuffer>> = {
      exchanged: (index) => part(index === 1 ? 2 : index === 2 ? 1 : index),
      "cut short": (index) => (index === 2 ? part(2).slice(0, -1) : part(index)),
      "cut to nothing": (index) => (index === 2 ? new Uint8Array(0) : part(index)),
      "cut at a segment": (index) => (index === 2 ? part(2).slice(0, MiB) : part(index)),
      repeated: (index) => part(index === 2 ? 1 : index),
      lengthened: (index) => (index === 2 ? new Uint8Array([...part(2), 0]) : part(index)),
    };
    for (const [name, attack] of Object.entries(attacks)) {
      wire.after = async (_method, path, response) => {
        const index = partOf.exec(path)?.[2];
        if (index === undefined) return response;
        await response.arrayBuffer();
        return changed(response, attack(Number(index)));
      };
      const { bytes, error } = await released(downloads.stream(nodes[0]!));
      expect(error, name).toMatchObject({ code: "tampered" });
      expect(bytes, name).toBe(before(name === "exchanged" ? 1 : 2));
    }
    await transferring.close();
  });

  test("a list of hashes that fits the changed part does not help", async () => {
    const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", size)]);
    wire.after = async (_method, path, response) => {
      if (!path.endsWith("/hashes")) return response;
      const hashes = new Uint8Array(await response.arrayBuffer());
      return changed(response, hashes.with(3, hashes[3]! ^ 1));
    };
    const { bytes, error } = await released(downloads.stream(nodes[0]!));
    expect(error).toMatchObject({ code: "tampered", reason: "digest" });
    expect(bytes).toBe(0);
    await transferring.close();
  });

  test("two files' blobs exchanged: neither opens, large or small, and the others do", async () => {
    const { folder, wire, nodes, transferring, downloads } = await withFiles([
      fileOf("a.bin", size),
      fileOf("b.bin", contentOf(size).reverse()),
      fileOf("c.txt", 5000),
      fileOf("d.txt", contentOf(5000).reverse()),
      fileOf("e.txt", 5000),
    ]);
    const blobs = nodes.map((node) => folder.version(node)!.blob);
    const twin = new Map([
      [blobs[0]!, blobs[1]!],
      [blobs[1]!, blobs[0]!],
      [blobs[2]!, blobs[3]!],
      [blobs[3]!, blobs[2]!],
    ]);
    const page = await folder.page();
    wire.before = async (method, path) => {
      const [, blob, part] = partOf.exec(path) ?? [];
      const other = twin.get(blob ?? /^\/blobs\/([0-9a-f]{32})\/hashes$/.exec(path)?.[1] ?? "");
      if (method !== "GET" || other === undefined) return undefined;
      return new Response(part === undefined ? await page.blobs.hashes(other) : await page.blobs.getPart(other, Number(part)));
    };
    for (const node of nodes.slice(0, 4)) {
      expect(await released(downloads.stream(node))).toMatchObject({ bytes: 0, error: { code: "tampered" } });
    }
    expect(Buffer.compare(await bytesOf(downloads.stream(nodes[4]!)), contentOf(5000))).toBe(0);
    await transferring.close();
  });

  test("a part that the server lost is told as what it is", async () => {
    const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", size)]);
    wire.before = (_method, path) =>
      partOf.exec(path)?.[2] === "2"
        ? new Response(JSON.stringify({ code: "not-found" }), { status: 404, headers: { "content-type": "application/problem+json" } })
        : undefined;
    expect(await released(downloads.stream(nodes[0]!))).toMatchObject({ bytes: before(2), error: { code: "not-found" } });
    await transferring.close();
  });
});

test("a ranged stream is the slice of the whole, and fetches the parts it needs", async () => {
  const size = 13 * MiB;
  const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", size)]);
  const content = contentOf(size);
  const edges = [0, 1, 4 * 1_048_560 - 41, 4 * 1_048_560 - 40, 8 * 1_048_560 - 40, size - 1, size];
  const place = oneof(constantFrom(...edges), nat(size));
  await holds(
    asyncProperty(place, place, async (a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const piece = await bytesOf(downloads.stream(nodes[0]!, { start, end }));
      return Buffer.compare(piece, content.subarray(start, end)) === 0;
    }),
    { numRuns: 25 },
  );
  wire.log.length = 0;
  await bytesOf(downloads.stream(nodes[0]!, { start: 9 * MiB, end: 9 * MiB + 10 }));
  expect(wire.log.map(({ path }) => path.replace(/^.*\/(?=hashes|parts)/, "")).toSorted()).toEqual(["hashes", "parts/0", "parts/2"]);
  await transferring.close();
});

test("a reader that does not read keeps the server idle", async () => {
  const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 40 * MiB)]);
  const reader = downloads.stream(nodes[0]!).getReader();
  await reader.read();
  const asked = wire.count("GET", partOf);
  expect(asked).toBeLessThanOrEqual(6); // the one it has, and five ahead
  await reader.cancel();
  expect(wire.count("GET", partOf)).toBe(asked);
  await transferring.close();
});

test("a network that fails now and then delays a download and does not break it", async () => {
  const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 13 * MiB)]);
  let requests = 0;
  wire.before = (method) => {
    if (method === "GET" && requests++ % 2 === 0) throw new TypeError("network");
    return undefined;
  };
  expect(Buffer.compare(await bytesOf(downloads.stream(nodes[0]!)), contentOf(13 * MiB))).toBe(0);
  await transferring.close();
});

test("without a key to sign in with, a download says so at once", async () => {
  const { page, nodes, transferring, downloads } = await withFiles([fileOf("a.txt", 10)]);
  (page.blobs as FolderApi).session.use(null);
  await expect(bytesOf(downloads.stream(nodes[0]!))).rejects.toMatchObject({ code: "signed-out" });
  await transferring.close();
});

test("progress ends at the size; a signal ends a download with `cancelled`", async () => {
  const { nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 9 * MiB)]);
  const told: [number, number][] = [];
  const blob = await downloads.download(nodes[0]!, { onProgress: (received, size) => told.push([received, size]) });
  expect(blob.size).toBe(9 * MiB);
  expect(told.at(-1)).toEqual([9 * MiB, 9 * MiB]);
  const stop = new AbortController();
  const reader = downloads.stream(nodes[0]!, { signal: stop.signal }).getReader();
  await reader.read();
  stop.abort();
  await expect(
    (async () => {
      while (!(await reader.read()).done);
    })(),
  ).rejects.toMatchObject({ code: "cancelled" });
  await transferring.close();
});

describe("zip", () => {
  async function tree() {
    const folder = await TestFolder.create(server);
    const wire = new Wire();
    const transferring = new Transferring(await folder.page({ wire }));
    const names = ["../../etc/passwd", "CON.txt", "a:b?.txt", "Résumé 📄.pdf", "twin.txt", "TWIN.txt"];
    const ids = transferring.uploads.add(
      [
        ...names.map((name, i) => ({ file: fileOf(name, 100 + i), name, path: ["top", "odd"] })),
        ...Array.from({ length: 60 }, (_, i) => ({ file: fileOf(`${i}.txt`, 1000 + i), path: ["top", "many"] })),
        { file: fileOf("large.bin", 9 * MiB), path: ["top"] },
        { file: fileOf("none.txt", 0), path: ["top"] },
      ],
      { directories: [["top", "empty"]] },
    );
    await Promise.all(ids.map((id) => transferring.uploads.finished(id)));
    wire.log.length = 0;
    const top = folder.tree.resolve("/top")!;
    return { folder, wire, transferring, downloads: transferring.downloads, top: top.id };
  }

  test("structure, contents, times, safe names; small files travel together", async () => {
    const { wire, transferring, downloads, top } = await tree();
    const told: number[] = [];
    const zipped = await bytesOf(downloads.zip([top], { onProgress: (received) => told.push(received) }));
    const files = unzipSync(zipped);
    expect(Object.keys(files).toSorted()).toEqual(
      [
        "top/",
        "top/empty/",
        "top/large.bin",
        "top/many/",
        "top/none.txt",
        "top/odd/",
        "top/odd/.._.._etc_passwd",
        "top/odd/_CON.txt",
        "top/odd/a_b_.txt",
        "top/odd/Résumé 📄.pdf",
        "top/odd/twin.txt",
        "top/odd/TWIN (2).txt",
        ...Array.from({ length: 60 }, (_, i) => `top/many/${i}.txt`),
      ].toSorted(),
    );
    expect(Buffer.compare(files["top/large.bin"]!, contentOf(9 * MiB))).toBe(0);
    expect(Buffer.compare(files["top/many/7.txt"]!, contentOf(1007))).toBe(0);
    expect(files["top/none.txt"]).toHaveLength(0);
    expect(told.at(-1)).toBe(9 * MiB + 615 + 60 * 1000 + 1770);
    expect(wire.count("POST", /^\/parts\/read$/)).toBe(1);
    expect(wire.count("GET", partOf)).toBe(3);
    await transferring.close();
  });

  test.for(["small", "large"])("a %s file that was tampered with errors the whole zip", async (which) => {
    const { wire, transferring, downloads, top } = await tree();
    wire.after = async (method, path, response) => {
      const hit = which === "small" ? path === "/parts/read" : method === "GET" && path.endsWith("/parts/1");
      if (!hit) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[bytes.length - 5]! ^= 1;
      return changed(response, bytes);
    };
    await expect(bytesOf(downloads.zip([top]))).rejects.toMatchObject({ code: "tampered" });
    await transferring.close();
  });

  test("a zip that is not read to its end asks for nothing more", async () => {
    const { transferring, downloads, top } = await tree();
    const reader = downloads.zip([top]).getReader();
    await reader.read();
    await reader.cancel();
    await transferring.close();
  });
});

describe("save", () => {
  /** A browser's downloads, for tests: keeps what it gets. */
  function sinks(refuse = Number.POSITIVE_INFINITY) {
    const saved: { file: SavedFile; chunks: Uint8Array[]; state: "open" | "whole" | "failed" }[] = [];
    const stop = new AbortController();
    const open = async (_server: string, file: SavedFile): Promise<Sink> => {
      const one = { file, chunks: [] as Uint8Array[], state: "open" as "open" | "whole" | "failed" };
      saved.push(one);
      return {
        cancelled: stop.signal,
        async write(bytes) {
          one.chunks.push(bytes);
          if (one.chunks.length >= refuse) stop.abort();
        },
        async close() {
          one.state = "whole";
        },
        abort() {
          one.state = "failed";
        },
      };
    };
    return { open, saved };
  }

  test("a file, and a zip of exactly the size that was announced; both are listed", async () => {
    const { open, saved } = sinks();
    const { nodes, transferring, downloads } = await withFiles([fileOf("../a.bin", 9 * MiB), fileOf("b.txt", 40)], open);
    await downloads.save([nodes[0]!]);
    await downloads.save(nodes);
    expect(saved.map(({ file: { name }, state }) => [name, state])).toEqual([
      [".._a.bin", "whole"],
      ["files.zip", "whole"],
    ]);
    for (const { file, chunks } of saved) expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(file.size);
    expect(transferring.transfers.value.filter(({ direction }) => direction === "download")).toMatchObject([
      { name: "../a.bin", status: "done", size: 9 * MiB, confirmed: 9 * MiB },
      { name: "files.zip", status: "done", size: 9 * MiB + 40, confirmed: 9 * MiB + 40 },
    ]);
    expect(transferring.uploads.value).toHaveLength(2);
    await transferring.close();
  });

  test("a tampered file fails in the browser, and is told", async () => {
    const { open, saved } = sinks();
    const { wire, nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 9 * MiB)], open);
    wire.after = async (method, path, response) => {
      if (method !== "GET" || !path.endsWith("/parts/1")) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[9]! ^= 1;
      return changed(response, bytes);
    };
    await expect(downloads.save([nodes[0]!])).rejects.toMatchObject({ code: "tampered" });
    expect(saved[0]!.state).toBe("failed");
    expect(transferring.transfers.value.at(-1)).toMatchObject({ status: "failed", error: { code: "tampered" } });
    await transferring.close();
  });

  test("stopped in the browser, or here: nothing whole is left", async () => {
    const { open, saved } = sinks(2);
    const { nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 9 * MiB)], open);
    await expect(downloads.save([nodes[0]!])).rejects.toMatchObject({ code: "cancelled" });
    expect(saved[0]!.state).toBe("failed");
    const saving = downloads.save([nodes[0]!]);
    transferring.transfers.cancel();
    await expect(saving).rejects.toMatchObject({ code: "cancelled" });
    expect(transferring.transfers.value.map(({ status }) => status)).toEqual(["done", "cancelled", "cancelled"]);
    await transferring.close();
  });

  test("pause holds the bytes back until resume", async () => {
    const { open, saved } = sinks();
    const { nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 9 * MiB)], open);
    const saving = downloads.save([nodes[0]!]);
    const row = transferring.transfers.value.find(({ direction }) => direction === "download");
    transferring.transfers.pause([row!.id]);
    await until(transferring.transfers, () => transferring.transfers.get(row!.id)?.status === "paused");
    expect(saved[0]?.chunks.length ?? 0).toBeLessThanOrEqual(1);
    transferring.transfers.resume([row!.id]);
    await saving;
    expect(saved[0]!.state).toBe("whole");
    await transferring.close();
  });

  test("without a browser it says what to do instead", async () => {
    const { nodes, transferring, downloads } = await withFiles([fileOf("a.bin", 10)]);
    await expect(downloads.save([nodes[0]!])).rejects.toMatchObject({ code: "invalid-argument", reason: "no-browser" });
    await transferring.close();
  });
});
