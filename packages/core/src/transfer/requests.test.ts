import { describe, expect, test } from "vitest";
import { Permits } from "./permits.ts";
import { Requests } from "./requests.ts";

const part = 4 * 2 ** 20;
const forever = new AbortController().signal;

/** Requests that end when they are told to, at a time that is told. */
function line() {
  let time = 0;
  const requests = new Requests(() => time);
  const open: (() => void)[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    underWay: () => open.length,
    send: async (count: number, bytes = part): Promise<void> => {
      for (let i = 0; i < count; i++) void requests.run(bytes, () => new Promise<void>((resolve) => open.push(resolve)), forever);
      await settle();
    },
    /** The oldest one ends, so many milliseconds later. */
    end: async (after: number): Promise<void> => {
      time += after;
      open.shift()?.();
      await settle();
    },
    requests,
  };
}

describe("requests with parts", () => {
  test("four at a time until it is known how long one takes, six while it is a moment", async () => {
    const { send, end, underWay } = line();
    await send(20);
    expect(underWay()).toBe(4);
    await end(50);
    expect(underWay()).toBe(6);
    await end(5);
    expect(underWay()).toBe(6);
  });

  test("four again as soon as one was slow, without ending any", async () => {
    const { send, end, underWay } = line();
    await send(20);
    await end(50);
    await end(2_000);
    expect(underWay()).toBe(5); // the six that were under way, less the one that ended
    await end(0);
    expect(underWay()).toBe(4);
    await end(0);
    expect(underWay()).toBe(4);
  });

  test("small ones tell nothing of the line", async () => {
    const { send, end, underWay } = line();
    await send(20, 10_000);
    await end(20);
    expect(underWay()).toBe(4);
  });

  test("what is called off while it waits is never sent, and one that fails gives its place back", async () => {
    const { send, end, underWay, requests } = line();
    await send(4);
    const off = new AbortController();
    let sent = false;
    const waiting = requests.run(part, async () => void (sent = true), off.signal);
    off.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    await end(1_000);
    expect([sent, underWay()]).toEqual([false, 3]);
    await expect(requests.run(part, () => Promise.reject(new Error("no")), forever)).rejects.toThrow("no");
    await send(4);
    expect(underWay()).toBe(4);
  });
});

test("permits that are taken away come back into nobody's hands", async () => {
  const permits = new Permits(3);
  const held = [await permits.take(), await permits.take(), await permits.take()];
  permits.resize(1);
  let given = 0;
  const waiting = [permits.take(), permits.take()].map((turn) => turn.then((release) => (given++, release)));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  held[0]!();
  held[1]!();
  await turn();
  expect(given).toBe(0);
  held[2]!();
  await turn();
  expect(given).toBe(1);
  permits.resize(2);
  await turn();
  expect(given).toBe(2);
  for (const one of waiting) (await one)();
});
