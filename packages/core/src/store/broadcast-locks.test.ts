import { afterEach, describe, expect, test } from "vitest";
import { broadcastLocks } from "./broadcast-locks.ts";
import type { Liveness } from "./liveness.ts";

const channels: BroadcastChannel[] = [];
let origin = 0;

afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
  origin++;
});

/** A page of the test's origin; `die` ends it as a crash does: nothing is said. */
function page(): Liveness & { die(): void } {
  const channel = new BroadcastChannel(`keyfold-test-${origin}`);
  channels.push(channel);
  return { ...broadcastLocks(channel), die: () => channel.close() };
}

describe("names among pages without Web Locks", () => {
  test("are held by one at a time, and free once let go", async () => {
    const [a, b] = [page(), page()];
    const release = await a.hold("name");
    expect(release).not.toBeNull();
    expect(await b.hold("name")).toBeNull();
    expect(await a.hold("name")).toBeNull();
    expect(await b.hold("another")).not.toBeNull();
    release?.();
    expect(await b.hold("name")).not.toBeNull();
  });

  test("go to exactly one of many that ask at the same moment", async () => {
    const pages = Array.from({ length: 6 }, page);
    const got = await Promise.all(pages.map((each) => each.hold("name")));
    expect(got.filter((release) => release !== null)).toHaveLength(1);
  });

  test("are free once their page is dead", async () => {
    const [a, b] = [page(), page()];
    expect(await a.hold("name")).not.toBeNull();
    expect(await b.hold("name")).toBeNull();
    a.die();
    expect(await b.hold("name")).not.toBeNull();
  });

  test("are waited for with patience, by one page and among pages", async () => {
    const [a, b] = [page(), page()];
    const release = await a.hold("name");
    const waiting = b.hold("name", 10_000);
    release?.();
    const second = await waiting;
    expect(second).not.toBeNull();
    const again = b.hold("name", 10_000);
    second?.();
    expect(await again).not.toBeNull();
  });

  test("keep work under one name apart, and let go when it fails", async () => {
    const pages = [page(), page(), page()];
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(pages.flatMap((each) => [each.during("name", work), each.during("name", work)]));
    expect(most).toBe(1);
    await expect(pages[0]!.during("name", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await pages[1]!.hold("name")).not.toBeNull();
  });

  test("cost a page that is alone nothing but its first look around", async () => {
    const alone = page();
    await alone.hold("first");
    const started = performance.now();
    for (let i = 0; i < 40; i++) await alone.hold(`name ${i}`);
    expect(performance.now() - started).toBeLessThan(5_000); // 40 answers waited for would take ten seconds
  });
});
