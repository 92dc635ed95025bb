import { describe, expect, test, vi } from "vitest";
import { serverForThisTest } from "../../test/devices-on-server.ts";
import { bytesOf, fileOf, TestFolder, until, Wire } from "../../test/transfer-folder.ts";
import { KeyfoldError } from "../error.ts";
import { Outage } from "./outage.ts";
import type { Clock } from "./port.ts";
import { Transferring } from "./transferring.ts";

// Tens of megabytes, on machines that do other things meanwhile.
vi.setConfig({ testTimeout: 60_000 });

const MiB = 2 ** 20;

test("a server that is killed during 200 files and comes back: all of them arrive, without anybody's help", async () => {
  const server = await serverForThisTest();
  const folder = await TestFolder.create(server);
  const wire = new Wire();
  const transferring = new Transferring(await folder.page({ wire }));
  const { uploads } = transferring;
  const killed = Promise.withResolvers<void>();
  let requests = 0;
  wire.after = (_method, _path, response) => {
    if (++requests === 12) void server.stop(0).then(killed.resolve, killed.reject);
    return response;
  };
  const files = Array.from({ length: 200 }, (_, i) => fileOf(`${i}.bin`, i % 20 === 0 ? 5 * MiB : 40_000 + i));
  const ids = uploads.add(files, { to: "/many" });
  await killed.promise;
  await until(uploads, () => uploads.value.some(({ status }) => status === "stalled"));
  expect(uploads.value.find(({ status }) => status === "stalled")?.error?.code).toBe("offline");
  await server.start();
  const nodes = await Promise.all(ids.map((id) => uploads.finished(id)));
  expect(folder.tree.count).toEqual({ files: 200, directories: 1 });
  for (const i of [0, 1, 100, 199]) {
    expect(Buffer.compare(await bytesOf(transferring.downloads.stream(nodes[i]!)), new Uint8Array(await files[i]!.arrayBuffer()))).toBe(0);
  }
  await transferring.close();
});

test("no room: everybody waits, and goes on when there is some", async () => {
  const server = await serverForThisTest({ limits: { quota: 20 * MiB } });
  const folder = await TestFolder.create(server);
  const transferring = new Transferring(await folder.page());
  const { uploads } = transferring;
  const [first] = uploads.add([fileOf("first.bin", 12 * MiB)], { to: "/a" });
  await uploads.finished(first!);
  const [second, third] = uploads.add([fileOf("second.bin", 12 * MiB), fileOf("third.txt", 10)]);
  await until(uploads, () => uploads.get(second!)?.status === "stalled");
  expect(uploads.get(second!)?.error).toMatchObject({ code: "quota" });
  // Room is made: the person takes the large one back.
  uploads.cancel([second!]);
  uploads.retry([third!]);
  transferring.wake();
  await uploads.finished(third!);
  expect(folder.tree.count.files).toBe(2);
  await transferring.close();
});

test("a full disk of the server is told from a full folder, for small files too, and what waits goes on when there is room", async () => {
  const server = await serverForThisTest();
  const folder = await TestFolder.create(server);
  const wire = new Wire();
  const transferring = new Transferring(await folder.page({ wire }));
  const { uploads } = transferring;
  let full = true;
  wire.after = async (method, path, response) => {
    if (!full || method !== "POST" || path !== "/parts") return response;
    const { parts } = (await response.json()) as { parts: { blob: string; index: number }[] };
    return Response.json({ parts: parts.map(({ blob, index }) => ({ blob, index, status: 507, code: "storage-full" })) });
  };
  const [id] = uploads.add([fileOf("note.txt", 100)]);
  await until(uploads, () => uploads.get(id!)?.status === "stalled");
  expect(uploads.get(id!)?.error).toMatchObject({ code: "storage-full" });
  full = false;
  transferring.wake();
  await uploads.finished(id!);
  expect(folder.tree.count.files).toBe(1);
  await transferring.close();
});

describe("the outage itself", () => {
  /** Time that moves when the test says so. */
  function clockByHand(): Clock & { run(milliseconds: number): void; timers: number } {
    let now = 0;
    const timers = new Map<object, { at: number; callback: () => void }>();
    return {
      now: () => now,
      random: () => 0.5,
      after(milliseconds, callback) {
        const key = {};
        timers.set(key, { at: now + milliseconds, callback });
        return () => timers.delete(key);
      },
      get timers() {
        return timers.size;
      },
      run(milliseconds) {
        now += milliseconds;
        for (const [key, { at, callback }] of Array.from(timers)) if (at <= now && timers.delete(key)) callback();
      },
    };
  }

  const offline = () => new KeyfoldError("offline", "not reached");
  const never = new AbortController().signal;
  /** Lets everything run that waits for nothing but its turn. */
  const turns = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };

  test("one finds out, all wait, all go on together", async () => {
    const clock = clockByHand();
    const outage = new Outage(clock);
    let up = false;
    const tries = [0, 0, 0];
    const work = (who: number) => async () => {
      tries[who]!++;
      if (!up) throw offline();
      return who;
    };
    const all = [0, 1, 2].map((who) => outage.through(work(who), never));
    await turns();
    expect(tries).toEqual([1, 1, 1]);
    expect(outage.error?.code).toBe("offline");
    expect(clock.timers).toBe(1);
    clock.run(374);
    await turns();
    expect(tries).toEqual([1, 1, 1]);
    clock.run(1);
    await turns();
    expect(tries).toEqual([2, 2, 2]);
    up = true;
    clock.run(750);
    expect(await Promise.all(all)).toEqual([0, 1, 2]);
    expect(outage.error).toBeNull();
  });

  test("waits grow to a ceiling, and what a server asks for is heeded", async () => {
    const clock = clockByHand();
    const outage = new Outage(clock);
    let tries = 0;
    let error = offline();
    void outage.through(async () => {
      tries++;
      throw error;
    }, never);
    await turns();
    const waits: number[] = [];
    for (let waited = 125; waits.length < 8; waited += 125) {
      const before = tries;
      clock.run(125);
      await turns();
      if (tries === before) continue;
      waits.push(waited);
      waited = 0;
    }
    expect(waits).toEqual([375, 750, 1500, 3000, 6000, 11_250, 11_250, 11_250]);
    error = new KeyfoldError("rate-limited", "slow down", { retryAfter: 40 });
    clock.run(11_250);
    await turns();
    const before = tries;
    clock.run(39_999);
    await turns();
    expect(tries).toBe(before);
    clock.run(1);
    await turns();
    expect(tries).toBe(before + 1);
    outage.close();
  });

  test("a missing key is waited for without a timer, and an abort ends any wait", async () => {
    const clock = clockByHand();
    const outage = new Outage(clock);
    let key = false;
    const stop = new AbortController();
    const work = async () => {
      if (!key) throw new KeyfoldError("locked-elsewhere", "new key needed");
      return "sent";
    };
    const waiting = outage.through(work, never);
    const stopped = outage.through(work, stop.signal);
    await turns();
    expect(clock.timers).toBe(0);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
    key = true;
    outage.wake();
    expect(await waiting).toBe("sent");
  });

  test("what does not pass is thrown at once", async () => {
    const outage = new Outage(clockByHand());
    const refused = () => Promise.reject(new KeyfoldError("read-only", "no"));
    await expect(outage.through(refused, never)).rejects.toMatchObject({ code: "read-only" });
    expect(outage.error).toBeNull();
  });
});
