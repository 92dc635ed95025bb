import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { counting, findRedis, from, redis, statuses, three } from "../../test/counting.ts";
import { smallDisk } from "../../test/small-disk.ts";

let hasRedis = false;
beforeAll(async () => {
  hasRedis = await findRedis();
});

describe("while Redis is away", () => {
  test("each process counts for itself, and nobody waits for it", async ({ skip }) => {
    if (!hasRedis) skip();
    const { client, prefix } = await redis();
    const site = await counting(three, { redis: client, prefix });
    expect(await statuses(2, () => from("192.0.2.1", site))).toEqual([200, 200]);
    client.disconnect();
    if (client.status !== "end") await once(client, "end");
    expect(await statuses(4, () => from("192.0.2.1", site))).toEqual([200, 200, 200, 429]);
    await client.connect();
    expect(await statuses(4, () => from("192.0.2.3", site))).toEqual([200, 200, 200, 429]);
  });

  test("and says nothing at all, a request is answered all the same", async ({ skip }) => {
    if (!hasRedis) skip();
    const { prefix } = await redis();
    // A way to Redis that can be cut without anybody being told.
    const sockets = new Set<Socket>();
    let cut = false;
    const way = createServer((socket) => {
      const there = connect(6379, "127.0.0.1");
      for (const end of [socket, there]) sockets.add(end.on("error", () => undefined));
      socket.on("data", (data) => void (cut || there.write(data)));
      there.on("data", (data) => void (cut || socket.write(data)));
    }).listen(0, "127.0.0.1");
    await once(way, "listening");
    const client = new Redis({ port: (way.address() as AddressInfo).port });
    client.on("error", () => undefined);
    onTestFinished(() => {
      client.disconnect();
      for (const socket of sockets) socket.destroy();
      way.close();
    });
    const site = await counting(three, { redis: client, prefix });
    if (client.status !== "ready") await once(client, "ready");
    expect(await statuses(2, () => from("192.0.2.1", site))).toEqual([200, 200]);
    cut = true;
    expect(await statuses(4, () => from("192.0.2.1", site))).toEqual([200, 200, 200, 429]);
  });
});

test("while the database's disk is full each process counts for itself, and what is there can be read", async (context) => {
  const disk = (await smallDisk(4 * 2 ** 20)) ?? context.skip("NOT TESTED: a full disk needs the right to mount a tmpfs");
  const site = await counting(three, "database", disk);
  expect((await from("192.0.2.1", site)).status).toBe(200);
  const ballast = writeFile(join(disk, "ballast"), new Uint8Array(8 * 2 ** 20));
  await expect(ballast).rejects.toMatchObject({ code: "ENOSPC" });
  const { database } = site.options;
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 2000; i++)
      await database.query
        .insertInto("used_nonce")
        .values({ nonce: `${i}`.padStart(60, "0"), expires_at: 0 })
        .execute();
  };
  expect(database.fault(await fill().catch((error: unknown) => error))).toBe("full");
  expect(await statuses(4, () => from("192.0.2.9", site))).toEqual([200, 200, 200, 429]);
  expect(await site.options.database.query.selectFrom("rate_count").select("requests").execute()).toHaveLength(1);
});
