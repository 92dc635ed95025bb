/** Many clients at once that send small files, beside bare durable PUTs of the same bytes by as many; and what an idle server holds. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Folder } from "@keyfold/core";
import { newFolder } from "./clients.ts";
import { median, MiB, report, residentBytes } from "./measure.ts";
import { startServer, type RunningServer } from "./servers.ts";

const clients = 200;
const fileSize = 20_000;

interface Times {
  /** Milliseconds of each file, from its pick to the answer that it is in the folder. */
  readonly each: readonly number[];
  readonly failed: number;
  /** Files a second, all clients together. */
  readonly rate: number;
}

function content(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(fileSize));
}

/** Each client sends its files one after another, all clients at once. */
async function load(filesEach: number, send: (client: number, file: number) => Promise<void>): Promise<Times> {
  const each: number[] = [];
  let failed = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let file = 0; file < filesEach; file++) {
        const begun = performance.now();
        await send(client, file).then(
          () => each.push(performance.now() - begun),
          () => failed++,
        );
      }
    }),
  );
  return { each, failed, rate: each.length / ((performance.now() - started) / 1000) };
}

function words({ each, failed, rate }: Times): string {
  const sorted = each.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  return `${rate.toFixed(0)} files/s, p50 ${median(each).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${failed} errors`;
}

async function withServer<T>(kind: "keyfold" | "bare", folder: string, use: (server: RunningServer) => Promise<T>): Promise<T> {
  const place = join(folder, `load-${kind}`);
  const server = await startServer(kind, place);
  try {
    return await use(server);
  } finally {
    await server.stop();
    await rm(place, { recursive: true, force: true });
  }
}

export async function loadTimes(folder: string, quick: boolean): Promise<void> {
  const filesEach = quick ? 3 : 20;
  const bare = await withServer("bare", folder, ({ url }) =>
    load(filesEach, async (client, file) => {
      const { ok } = await fetch(`${url}/${client}-${file}`, { method: "PUT", body: content() });
      if (!ok) throw new Error("refused");
    }),
  );
  const { idle, after, keyfold } = await withServer("keyfold", folder, async ({ url, process }) => {
    const idle = residentBytes(process.pid ?? 0);
    const folders: Folder[] = [];
    for (let client = 0; client < clients; client++) folders.push(await newFolder(url));
    const keyfold = await load(filesEach, async (client, file) => {
      await folders[client]!.upload([{ file: new Blob([content()]), name: `${file}.bin` }]);
    });
    const after = residentBytes(process.pid ?? 0);
    for (const opened of folders) await opened.close();
    return { idle, after, keyfold };
  });
  report(`${clients} clients: small files against bare PUTs`, keyfold.rate / bare.rate, "", `${words(keyfold)}; bare: ${words(bare)}`);
  report(`${clients} clients: errors`, keyfold.failed, "aim 0", `of ${clients * filesEach} files`);
  report(
    "Server: memory after that, of its idle memory",
    after / idle,
    "",
    `${(after / MiB).toFixed(0)} of ${(idle / MiB).toFixed(0)} MiB`,
  );
}
