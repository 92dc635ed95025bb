/** Processes that end in the middle, and disks without room: for real. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test, vi, type TestContext } from "vitest";
import { temporaryFolder } from "../../test/mount.ts";
import { bytesOf, newId } from "../../test/owner.ts";
import { s3Service } from "../../test/s3-service.ts";
import { smallDisk } from "../../test/small-disk.ts";
import { storeIn } from "../../test/store-in.ts";

vi.setConfig({ testTimeout: 60_000 });

const here = (name: string): string => fileURLToPath(new URL(`../../test/${name}`, import.meta.url));

/** Lets a process put until it has been told of so many, kills it in the middle of the next; gives what it was told. */
async function killedAfter(count: number, kind: string, place: string): Promise<Set<string>> {
  const child = spawn(process.execPath, ["--no-warnings", "--import", here("source.mjs"), here("put-forever.ts"), kind, place], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const told = new Set<string>();
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    told.add(line);
    if (++lines === count) child.kill("SIGKILL");
  }
  await exited;
  return told;
}

function isWhole(bytes: Uint8Array): boolean {
  const end = bytes.length - 32;
  return end > 0 && createHash("sha256").update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end));
}

const kinds: readonly (readonly [kind: string, place: () => Promise<string>])[] = [
  ["files", temporaryFolder],
  ["sqlite", async () => join(await temporaryFolder(), "parts.db")],
  [
    "redis",
    async () => {
      const base = `keyfold-test-${newId()}`;
      onTestFinished(async () => {
        const client = new Redis();
        const keys = await client.keys(`${base}:*`);
        if (keys.length > 0) await client.unlink(keys);
        client.disconnect();
      });
      return base;
    },
  ],
  [
    "s3",
    async () => {
      const service = await s3Service();
      onTestFinished(() => service.close());
      return JSON.stringify(service.options);
    },
  ],
];

test.each(kinds)(
  "kill -9 during a write (%s): what was confirmed is there, what was not is whole or absent",
  async (kind, place) => {
    const where = await place();
    const told = new Set<string>();
    for (const count of [1, 6, 11]) for (const key of await killedAfter(count, kind, where)) told.add(key);
    const store = await storeIn(kind, where);
    onTestFinished(() => store.close?.());
    for (const key of told) expect(isWhole((await store.get(key))!)).toBe(true);
    for (const key of ["same", ...Array.from({ length: 40 }, (_, i) => String(i))].map((name) => `kill:${name}`)) {
      const bytes = await store.get(key);
      expect(bytes === null || isWhole(bytes)).toBe(true);
    }
    // And it is not stuck.
    const bytes = bytesOf(1000);
    await store.put("kill:after", bytes);
    expect(await store.get("kill:after")).toEqual(bytes);
  },
  120_000,
);

/** A disk of so many bytes. Where none can be mounted the test is skipped, and says so; in CI that is a failure. */
async function disk(context: TestContext, bytes: number): Promise<string> {
  const mounted = await smallDisk(bytes);
  if (mounted !== undefined) return mounted;
  if (process.env["CI"] !== undefined) throw new Error("A full disk was not tested: CI must be allowed to mount a tmpfs.");
  return context.skip("NOT TESTED: a full disk needs the right to mount a tmpfs");
}

describe("a full disk", () => {
  test.for([
    ["files", (path: string) => join(path, "blobs")],
    ["sqlite", (path: string) => join(path, "parts.db")],
  ] as const)("(%s) is storage-full, leaves the old bytes whole, and is over when there is room", async ([kind, placeIn], context) => {
    const path = await disk(context, 8 * 2 ** 20);
    const ballast = join(path, "ballast");
    await writeFile(ballast, bytesOf(2 * 2 ** 20));
    const store = await storeIn(kind, placeIn(path));
    onTestFinished(() => store.close?.());
    const old = bytesOf(500_000);
    await store.put("full:old", old);
    const refused: unknown[] = [];
    for (let i = 0; i < 40 && refused.length === 0; i++) {
      await store.put(`full:${i}`, bytesOf(500_000)).catch((error: unknown) => refused.push(error));
    }
    expect(refused).toEqual([expect.objectContaining({ code: "storage-full" })]);
    await expect(store.put("full:old", bytesOf(3_000_000))).rejects.toMatchObject({ code: "storage-full" });
    expect(Buffer.compare((await store.get("full:old"))!, old)).toBe(0);
    await rm(ballast);
    const next = bytesOf(500_000);
    await store.put("full:old", next);
    expect(Buffer.compare((await store.get("full:old"))!, next)).toBe(0);
  });
});
