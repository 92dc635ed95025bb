import { assert as holds, asyncProperty, constantFrom, nat, oneof } from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { serverForTests } from "../../test/devices-on-server.ts";
import { changed, partOf, withFiles } from "../../test/downloading.ts";
import { bytesOf, contentOf, fileOf } from "../../test/transfer-folder.ts";
import type { FolderApi } from "../api/client.ts";
import type { KeyfoldError } from "../error.ts";

const server = serverForTests();

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;

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

describe("a server that tampers", () => {
  const size = 13 * MiB;
  /** Content that the parts before this one hold. */
  const before = (part: number): number => (part === 0 ? 0 : part * 4 * 1_048_560 - 40);

  test.for([0, 1, 2, 3])("one bit flipped in part %d: an error, and nothing from there on", async (part) => {
    const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", size)]);
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
    const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", size)]);
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
    const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", size)]);
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
    const { folder, wire, nodes, transferring, downloads } = await withFiles(server, [
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
    const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", size)]);
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
  const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", size)]);
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
  const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 40 * MiB)]);
  const reader = downloads.stream(nodes[0]!).getReader();
  await reader.read();
  const asked = wire.count("GET", partOf);
  expect(asked).toBeLessThanOrEqual(6); // the one it has, and five ahead
  await reader.cancel();
  expect(wire.count("GET", partOf)).toBe(asked);
  await transferring.close();
});

test("a network that fails now and then delays a download and does not break it", async () => {
  const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 13 * MiB)]);
  let requests = 0;
  wire.before = (method) => {
    if (method === "GET" && requests++ % 2 === 0) throw new TypeError("network");
    return undefined;
  };
  expect(Buffer.compare(await bytesOf(downloads.stream(nodes[0]!)), contentOf(13 * MiB))).toBe(0);
  await transferring.close();
});

test("without a key to sign in with, a download says so at once", async () => {
  const { page, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.txt", 10)]);
  (page.blobs as FolderApi).session.use(null);
  await expect(bytesOf(downloads.stream(nodes[0]!))).rejects.toMatchObject({ code: "signed-out" });
  await transferring.close();
});

test("progress ends at the size; a signal ends a download with `cancelled`", async () => {
  const { nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 9 * MiB)]);
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
