import { describe, expect, test } from "vitest";
import { sharedFlush } from "./flush.ts";

function flushes() {
  const running: PromiseWithResolvers<void>[] = [];
  let idle = 0;
  const flush = sharedFlush(
    () => {
      const one = Promise.withResolvers<void>();
      running.push(one);
      return one.promise;
    },
    () => idle++,
  );
  return { running, flush, idle: () => idle };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a shared flush", () => {
  test("covers whoever asked before it began; who asks while it runs waits for the next, all of them for the same", async () => {
    const { running, flush } = flushes();
    const done: string[] = [];
    const first = flush().then(() => done.push("first"));
    const later = [flush(), flush(), flush()].map((one) => one.then(() => done.push("later")));
    expect(running.length).toBe(1);
    running[0]!.resolve();
    await first;
    await turn();
    expect(done).toEqual(["first"]);
    expect(running.length).toBe(2);
    running[1]!.resolve();
    await Promise.all(later);
    expect(running.length).toBe(2);
  });

  test("is one at a time, whoever asks in the moment between two", async () => {
    const { running, flush } = flushes();
    const asked: Promise<void>[] = [];
    // Hears of the end before the next one has begun.
    const first = flush().then(() => asked.push(flush()));
    asked.push(flush());
    running[0]!.resolve();
    await first;
    await turn();
    expect(running.length).toBe(2);
    running[1]!.resolve();
    await Promise.all(asked);
    expect(running.length).toBe(2);
  });

  test("that fails fails for those it was for, and the next one runs", async () => {
    const { running, flush } = flushes();
    const first = flush();
    const second = flush();
    running[0]!.reject(new Error("disk"));
    await expect(first).rejects.toThrow("disk");
    await turn();
    running[1]!.resolve();
    await expect(second).resolves.toBeUndefined();
  });

  test("tells when nobody waits any more", async () => {
    const { running, flush, idle } = flushes();
    const both = [flush(), flush()];
    running[0]!.resolve();
    await turn();
    expect(idle()).toBe(0);
    running[1]!.resolve();
    await Promise.all(both);
    await turn();
    expect(idle()).toBe(1);
  });
});
