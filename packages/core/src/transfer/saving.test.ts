import { unzipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { serverForTests } from "../../test/devices-on-server.ts";
import { changed, partOf, withFiles } from "../../test/downloading.ts";
import { bytesOf, contentOf, fileOf, TestFolder, until, Wire } from "../../test/transfer-folder.ts";
import type { SavedFile, Sink } from "./save.ts";
import { Transferring } from "./transferring.ts";

const server = serverForTests();

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;

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
    const { nodes, transferring, downloads } = await withFiles(server, [fileOf("../a.bin", 9 * MiB), fileOf("b.txt", 40)], open);
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
    const { wire, nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 9 * MiB)], open);
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
    const { nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 9 * MiB)], open);
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
    const { nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 9 * MiB)], open);
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
    const { nodes, transferring, downloads } = await withFiles(server, [fileOf("a.bin", 10)]);
    await expect(downloads.save([nodes[0]!])).rejects.toMatchObject({ code: "invalid-argument", reason: "no-browser" });
    await transferring.close();
  });
});
