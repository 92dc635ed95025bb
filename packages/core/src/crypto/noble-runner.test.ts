import { fileURLToPath } from "node:url";
import { Worker as Thread } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, toHex } from "./encoding.ts";
import { inPlace, inWorker } from "./noble-runner.ts";
import { nobleProvider } from "./noble.ts";
import { primitives, type Run } from "./noble-primitives.ts";
import type { Bytes } from "./provider.ts";

/** What a browser's worker has and Node's has not. */
const browserScope = `
  const { parentPort } = require("node:worker_threads");
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

const MiB = 2 ** 20;
const filled = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte);

describe("primitives in a worker", () => {
  let thread: Thread;
  let run: Run;
  /** Jobs that the worker has and did not answer yet. */
  let inside = 0;
  let most = 0;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("noble-worker.ts", import.meta.url))],
      bundle: true,
      format: "iife",
      write: false,
    });
    thread = new Thread(`${browserScope}${outputFiles[0]!.text}`, { eval: true });
    await new Promise((resolve) => thread.once("message", resolve));
    const worker = {
      postMessage(message: unknown, transfer: ArrayBuffer[]) {
        most = Math.max(most, ++inside);
        thread.postMessage(message, transfer);
      },
      addEventListener(_type: string, listener: (event: MessageEvent) => void) {
        thread.on("message", (data) => {
          inside--;
          listener({ data } as MessageEvent);
        });
      },
    };
    run = inWorker(worker as unknown as Worker);
  });
  afterAll(async () => void (await thread.terminate()));

  it("give what they give in place, refusals too", async () => {
    const key = filled(32, 1);
    const nonce = filled(12, 2);
    const sealed = await run("aesSeal", key, nonce, filled(1000, 3), filled(5, 4));
    expect(sealed).toEqual(primitives.aesSeal(key, nonce, filled(1000, 3), filled(5, 4)));
    expect(await run("aesOpen", key, nonce, sealed, filled(5, 4))).toEqual(filled(1000, 3));
    expect(await run("aesOpen", key, nonce, sealed)).toBeNull();
    expect(await run("agree", key, filled(32, 0))).toBeNull();
    const signature = await run("sign", key, nonce);
    expect(await run("verify", await run("signingPublicKey", key), signature, nonce)).toBe(true);
    expect(await run("verify", await run("signingPublicKey", key), signature, key)).toBe(false);
  });

  it("leave the caller's buffers where they are, of which a view may be a part", async () => {
    const whole = filled(4 * MiB, 7);
    const views = [0, 1, 2, 3].map((i) => whole.subarray(i * MiB, (i + 1) * MiB));
    const hashes = await Promise.all(views.map((view) => run("sha256", view)));
    expect(new Set(hashes.map(toHex)).size).toBe(1);
    expect(whole).toHaveLength(4 * MiB);
    expect(whole.every((byte) => byte === 7)).toBe(true);
  });

  it("are handed over a few at a time, however many are asked for", async () => {
    most = 0;
    await Promise.all(Array.from({ length: 24 }, (_, i) => run("aesSeal", filled(32, i), filled(12, i), filled(MiB, i))));
    expect(most).toBe(2);
    expect(inside).toBe(0);
  });

  it("that are small overtake the large ones", async () => {
    const done: string[] = [];
    const large = Array.from({ length: 8 }, () => run("sha256", filled(MiB, 1)).then(() => done.push("large")));
    await run("sha256", filled(10, 1)).then(() => done.push("small"));
    expect(done.length).toBeLessThanOrEqual(4);
    await Promise.all(large);
    expect(done).toHaveLength(9);
  });

  it("that were given what they do not take reject, and the next ones go on", async () => {
    await expect(run("hkdf", "SHA-256", filled(1, 1), filled(1, 1), filled(1, 1), 1e9)).rejects.toMatchObject({ code: "invalid-argument" });
    expect(await run("sha256", filled(1, 1))).toEqual(primitives.sha256(filled(1, 1)));
  });

  it("make a provider", async () => {
    const provider = nobleProvider(run);
    const key = await provider.importAes(filled(32, 9));
    const sealed = await provider.aesSeal(key, filled(12, 0), filled(2 * MiB, 1));
    sealed[5]! ^= 1;
    await expect(provider.aesOpen(key, filled(12, 0), sealed)).rejects.toMatchObject({ code: "tampered", reason: "tag" });
    sealed[5]! ^= 1;
    expect(Buffer.from(await provider.aesOpen(key, filled(12, 0), sealed)).equals(filled(2 * MiB, 1))).toBe(true);
  });
});

describe("primitives in place", () => {
  it("let the page have its turn between large jobs, and do small ones at once", async () => {
    const run = await inPlace();
    let turns = 0;
    let on = true;
    const turn = (): void => {
      turns++;
      if (on) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all(Array.from({ length: 6 }, () => run("sha256", filled(128 * 1024, 1))));
    expect(turns).toBeGreaterThanOrEqual(5);
    on = false;
    const before = turns;
    await run("sha256", concat(filled(10, 1)));
    expect(turns).toBe(before);
  });

  it("reject what they do not take", async () => {
    const run = await inPlace();
    await expect(run("sign", filled(31, 1), filled(1, 1))).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
