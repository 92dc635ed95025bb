/**
 * How much memory a large file takes: the same, whatever its size.
 *
 * @module
 */
import { fork } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { openAsBlob } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Transferring } from "../src/transfer/transferring.ts";
import { TestFolder } from "./transfer-folder.ts";

vi.setConfig({ testTimeout: 120_000 });

const MiB = 2 ** 20;
const size = 256 * MiB;

let folder: string;
let stop: () => void;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyfold-memory-"));
  const child = fork(fileURLToPath(new URL("server-process.ts", import.meta.url)), [join(folder, "server")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: [],
  });
  stop = () => child.kill();
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", resolve as (port: unknown) => void);
    child.once("exit", () => reject(new Error("The server did not start.")));
  });
  address = `http://127.0.0.1:${port}/keyfold`;
});
afterAll(async () => {
  stop();
  await rm(folder, { recursive: true, force: true });
});

/** Growth of the process at its highest, while the work goes on. */
async function growth(work: () => Promise<unknown>): Promise<{ mebibytes: number; seconds: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  const start = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { mebibytes: Math.round((peak - before) / MiB), seconds: (performance.now() - start) / 1000 };
}

test("256 MiB up and down in a memory that does not depend on the size", async () => {
  const path = join(folder, "large.bin");
  const file = await open(path, "w");
  for (let i = 0; i < size / MiB; i++) await file.write(Buffer.alloc(MiB, i));
  await file.close();
  const test = await TestFolder.create({ url: address });
  const transferring = new Transferring(await test.page());

  // What is loaded and compiled once is not the file's.
  const [warm] = transferring.uploads.add([{ file: await openAsBlob(path).then((blob) => blob.slice(0, 24 * MiB)), name: "warm.bin" }]);
  await transferring.uploads.finished(warm!);

  const { uploads, downloads } = transferring;
  const blob = await openAsBlob(path);
  let node = "";
  const up = await growth(async () => {
    const [id] = uploads.add([{ file: blob, name: "large.bin" }]);
    node = await uploads.finished(id!);
  });
  let received = 0;
  const down = await growth(async () => {
    for await (const piece of downloads.stream(node)) received += piece.length;
  });
  expect(received).toBe(size);
  const rate = (seconds: number): number => Math.round(size / MiB / seconds);
  process.stdout.write(
    `256 MiB up: +${up.mebibytes} MiB, ${rate(up.seconds)} MiB/s; down: +${down.mebibytes} MiB, ${rate(down.seconds)} MiB/s\n`,
  );
  expect(up.mebibytes).toBeLessThan(96);
  expect(down.mebibytes).toBeLessThan(96);
  await transferring.close();
});
