/**
 * What it costs to put a part: durable files against the bare loop that does the same, and, to know, S3 (a service in this process, behind a gate that
 * checks signatures) and Redis on this machine.
 */
import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { durableFs, type BlobStore } from "@keyfold/server";
import { s3Service } from "../packages/server/test/s3-service.ts";
import { storeIn } from "../packages/server/test/store-in.ts";
import { MiB, median, rate, report, seconds } from "./measure.ts";

const partSize = 4 * MiB;
const rounds = 5;
/** As many as clients send at once. */
const abreast = 6;

type Put = (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Write, fsync, rename, fsync of the directory: the least that durable can mean, with the hash that a server has to check. */
function barePut(folder: string): Put {
  return async (name, bytes) => {
    hashOf(bytes);
    const staged = join(folder, `${name}.new`);
    const file = await open(staged, "w");
    for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
    await file.sync();
    await file.close();
    await rename(staged, join(folder, name));
    const directory = await open(folder, "r");
    await directory.sync();
    await directory.close();
  };
}

function storePut(store: BlobStore): Put {
  return async (name, bytes) => {
    hashOf(bytes);
    await store.put(`bench:${name}`, bytes);
  };
}

/** Seconds for so many parts, six at a time. */
async function putAll(put: Put, parts: number, round: number): Promise<number> {
  const bytes = new Uint8Array(partSize);
  crypto.getRandomValues(bytes.subarray(0, 65_536));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < parts) await put(`${round}-${next++}`, bytes);
  };
  return seconds(() => Promise.all(Array.from({ length: abreast }, lane)));
}

/** Durable files and the bare loop take turns, so that a slow minute of the disk is both's. */
async function files(folder: string, parts: number): Promise<void> {
  const [barePlace, place] = [join(folder, "bare-parts"), join(folder, "durable-parts")];
  await mkdir(barePlace, { recursive: true });
  const bare = barePut(barePlace);
  const store = durableFs(place);
  const durable = storePut(store);
  await putAll(bare, abreast, -1);
  await putAll(durable, abreast, -1);
  const times: { bare: number; durable: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push({ bare: await putAll(bare, parts, round), durable: await putAll(durable, parts, round) });
  }
  await store.close?.();
  const [own, peer] = [median(times.map(({ durable }) => durable)), median(times.map(({ bare }) => bare))];
  const ratio = median(times.map(({ bare, durable }) => bare / durable));
  report(
    "Store: durable PUT against write, fsync, rename",
    ratio,
    "aim >= 0.8",
    `${rate(parts * partSize, own)} against ${rate(parts * partSize, peer)}`,
  );
  await Promise.all([barePlace, place].map((path) => rm(path, { recursive: true, force: true })));
}

/** Seconds for so many parts over a store that is not local; the line says how many times the durable files' time that is. */
async function overNetwork(what: string, store: BlobStore, parts: number): Promise<void> {
  const put = storePut(store);
  await putAll(put, abreast, -1);
  const time = await putAll(put, parts, 0);
  const read = await seconds(async () => {
    for (let index = 0; index < parts; index++) await store.get(`bench:0-${index}`);
  });
  const names = [-1, 0].flatMap((round) => Array.from({ length: Math.max(parts, abreast) }, (_, index) => `bench:${round}-${index}`));
  await store.remove(names);
  await store.close?.();
  report(
    `Store: PUT over ${what} against GET`,
    read / time,
    "",
    `${rate(parts * partSize, time)}, read one by one ${rate(parts * partSize, read)}`,
  );
}

/** `parts`: of 4 MiB, put in one round. */
export async function storeTimes(folder: string, parts: number): Promise<void> {
  await files(folder, parts);

  const service = await s3Service();
  await overNetwork("S3", await storeIn("s3", JSON.stringify(service.options)), parts);
  await service.close();
  await overNetwork("Redis", await storeIn("redis", `keyfold-bench-${process.pid}`), parts);
}
