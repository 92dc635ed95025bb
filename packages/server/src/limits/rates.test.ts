import { joinPage, toBase64url } from "@keyfold/core/protocol";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clientAddress, counting, findRedis, from, minute, redis, standing, statuses, three, type Store } from "../../test/counting.ts";
import { base, mount, temporaryFolder } from "../../test/mount.ts";
import { newId, newOwner, Owner } from "../../test/owner.ts";
import { serve } from "../node.ts";
import type { KeyfoldOptions } from "../options.ts";
import { behindProxies } from "./client-address.ts";
import { defaultRates, ratesOf, type RateOptions } from "./rates.ts";

let hasRedis = false;
beforeAll(async () => {
  hasRedis = await findRedis();
});

describe("requests", () => {
  test.for(["database", "memory", "redis"] as const)(
    "are counted by address in %s: as many as may be, then they are told when to come back",
    async (kind, { skip }) => {
      if (kind === "redis" && !hasRedis) skip();
      const { client, prefix } = kind === "redis" ? await redis() : { client: undefined, prefix: "" };
      const site = await counting(three, client === undefined ? (kind as "memory") : { redis: client, prefix });
      expect(await statuses(3, () => from("192.0.2.1", site))).toEqual([200, 200, 200]);
      const refused = await from("192.0.2.1", site);
      expect(refused.status).toBe(429);
      const seconds = Number(refused.headers.get("retry-after"));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(refused.headers.get("ratelimit-policy")).toBe('"look-up-address";q=3;w=60');
      expect(refused.headers.get("ratelimit")).toBe(`"look-up-address";r=0;t=${seconds}`);
      const problem = (await refused.json()) as { code: string; retryAfter: number };
      expect(problem).toMatchObject({ code: "rate-limited", status: 429 });
      expect(Math.ceil(problem.retryAfter)).toBe(seconds);
      expect((await from("192.0.2.2", site)).status).toBe(200);
    },
  );

  test("say what remains", async () => {
    const site = await counting(three);
    const said = [];
    for (let i = 0; i < 3; i++) said.push((await from("192.0.2.1", site)).headers.get("ratelimit"));
    expect(said).toEqual([2, 1, 0].map((r) => `"look-up-address";r=${r};t=60`));
  });

  test("are let in again when the window is over, and its count is cleared away", async () => {
    const site = await counting(three);
    expect(await statuses(5, () => from("192.0.2.1", site))).toEqual([200, 200, 200, 429, 429]);
    site.wait(minute * 1000 - 2000);
    expect((await from("192.0.2.1", site)).status).toBe(429);
    site.wait(3000);
    await site.app.maintain();
    expect(await site.options.database.query.selectFrom("rate_count").selectAll().execute()).toEqual([]);
    expect(await statuses(4, () => from("192.0.2.1", site))).toEqual([200, 200, 200, 429]);
  });

  test.for(["database", "redis"] as const)("are counted for all processes together in %s", async (kind, { skip }) => {
    if (kind === "redis" && !hasRedis) skip();
    const directory = await temporaryFolder();
    const { client, prefix } = kind === "redis" ? await redis() : { client: undefined, prefix: "" };
    const store: Store = client === undefined ? "database" : { redis: client, prefix };
    const sites = await Promise.all(
      [1, 2, 3].map(() => counting({ "look-up": { address: { requests: 30, seconds: minute } } }, store, directory)),
    );
    const answers = await Promise.all(Array.from({ length: 90 }, (_, i) => from("192.0.2.1", sites[i % 3]!)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(60);
  });

  test("of a large limit are taken from the database in pieces, and never more than may be", async () => {
    const directory = await temporaryFolder();
    const limits = { "look-up": { address: { requests: 1280, seconds: minute } } };
    const sites = await Promise.all([counting(limits, "database", directory), counting(limits, "database", directory)]);
    let allowed = 0;
    for (let i = 0; i < 1400; i += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, j) => from("192.0.2.1", sites[(i + j) % 2]!)));
      allowed += answers.filter(({ status }) => status === 200).length;
    }
    expect(allowed).toBe(1280);
    const [row] = await sites[0].options.database.query.selectFrom("rate_count").select("requests").execute();
    // Whoever storms on is refused from memory.
    await Promise.all(Array.from({ length: 50 }, () => from("192.0.2.1", sites[0])));
    expect(await sites[0].options.database.query.selectFrom("rate_count").select("requests").execute()).toEqual([row]);
  });

  test("that come all at once are let in exactly as many as may be, from whatever pieces", async () => {
    for (const requests of [1, 7, 64, 129, 200]) {
      const site = await counting({ "look-up": { address: { requests, seconds: minute } } });
      const answers = await Promise.all(Array.from({ length: 300 }, () => from("192.0.2.1", site)));
      expect([requests, answers.filter(({ status }) => status === 200).length]).toEqual([requests, requests]);
    }
  });

  test("of an IPv6 network count as one", async () => {
    const site = await counting(three);
    const addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "[2001:DB8:1:2::3]"];
    for (const address of addresses) expect((await from(address, site)).status).toBe(200);
    expect((await from("2001:db8:1:2:a:b:c:d", site)).status).toBe(429);
    expect((await from("2001:db8:1:3::1", site)).status).toBe(200);
  });

  test("leave no address in the database", async () => {
    const site = await counting({}, "database");
    await from("192.0.2.77", site);
    const rows = await site.options.database.query.selectFrom("rate_count").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]!.id).toMatch(/^look-up-address:[A-Za-z0-9_-]{22}$/);
    expect(JSON.stringify(rows)).not.toContain("192.0.2");
  });

  test("are not counted where that is switched off, as a whole or one by one", async () => {
    const off = await mount({ clientAddress, rates: false });
    expect(new Set(await statuses(20, () => from("192.0.2.1", off)))).toEqual(new Set([200]));
    expect((await from("192.0.2.1", off)).headers.get("ratelimit")).toBeNull();
    const some = await counting({ "look-up": { address: false } });
    await from("192.0.2.1", some);
    expect(await some.options.database.query.selectFrom("rate_count").selectAll().execute()).toEqual([]);
  });

  test("from a proxy on this machine do not count as one client's", async () => {
    const server = await serve({
      port: 0,
      dataDir: await temporaryFolder(),
      assets: false,
      maintainEvery: false,
      rates: { limits: three },
    });
    onTestFinished(() => server.close({ graceMs: 0 }));
    expect(new Set(await statuses(8, () => fetch(`${server.addresses[0]}/v1`)))).toEqual(new Set([200]));
  });

  test("behind proxies count by what the nearest of the host's own says", () => {
    const told = (count: number, header?: string) =>
      behindProxies(count)(new Request("http://x", header === undefined ? {} : { headers: { "x-forwarded-for": header } }));
    expect(told(1, "203.0.113.9, 192.0.2.1")).toBe("192.0.2.1");
    expect(told(2, "203.0.113.9, 192.0.2.1,10.0.0.1")).toBe("192.0.2.1");
    expect(told(3, "192.0.2.1, 10.0.0.1")).toBeUndefined();
    expect(told(1)).toBeUndefined();
    expect(() => behindProxies(0)).toThrow(/proxies/);
  });

  test("that are refused are not shown to the host's own rule", async () => {
    let asked = 0;
    const site = await mount({ clientAddress, rates: { limits: three }, authorize: () => (asked++, true) });
    const path = `/v1/keys/${newId()}`;
    expect(await statuses(5, () => from("192.0.2.1", site, path))).toEqual([404, 404, 404, 429, 429]);
    expect(asked).toBe(3);
  });
});

describe("each class of requests", () => {
  const headers = { "x-address": "192.0.2.1" };
  const two = { requests: 2, seconds: minute };

  async function owned(limits: RateOptions["limits"], options: Partial<KeyfoldOptions> = {}) {
    const site = await mount({ clientAddress, clock: standing().clock, rates: { limits: limits ?? {} }, ...options });
    return { site, owner: await newOwner(site.send, base) };
  }

  test("sign-in: challenges and sessions together, by address, never by folder", async () => {
    const { site, owner } = await owned({ "sign-in": { address: two } });
    const challenge = (address: string) =>
      site.send("POST", `${owner.path}/challenge`, { headers: { "x-address": address }, body: { server: base, scope: "read" } });
    expect(await statuses(3, () => challenge("192.0.2.1"))).toEqual([200, 200, 429]);
    expect((await site.send("POST", `${owner.path}/session`, { headers, body: {} })).status).toBe(429);
    expect((await challenge("192.0.2.2")).status).toBe(200);
  });

  test("creation, by address and by the host's user", async () => {
    const authorize = (request: Request) => ({ subject: request.headers.get("x-user") ?? "nobody" });
    const site = await mount({
      clientAddress,
      authorize,
      rates: { limits: { create: { address: { requests: 4, seconds: 3600 }, subject: two } } },
    });
    const json = { "content-type": "application/json" };
    const create = async (address: string, user: string) => {
      const genesis = await new Owner(site.send, base).genesis(1);
      const body = JSON.stringify({ genesis: toBase64url(joinPage([genesis])) });
      return site.send("POST", "/v1/folders", { headers: { ...json, "x-address": address, "x-user": user }, body });
    };
    expect(await statuses(3, () => create("192.0.2.1", "anna"))).toEqual([201, 201, 429]);
    expect(await statuses(2, () => create("192.0.2.1", "ben"))).toEqual([201, 429]);
    expect((await create("192.0.2.9", "ben")).status).toBe(201);
  });

  test("reads and writes, by the folder that a good token opens; a bad one costs the folder nothing", async () => {
    const { site, owner } = await owned({ read: { folder: two }, write: { folder: two } });
    const other = await newOwner(site.send, base);
    const bad = await site.send("GET", `${owner.path}/usage`, { headers: { "keyfold-token": other.token } });
    expect(bad.status).toBe(401);
    expect(await statuses(3, () => owner.call("GET", "/usage"))).toEqual([200, 200, 429]);
    const refused = await owner.call("GET", "/usage");
    expect(refused.headers.get("ratelimit-policy")).toBe('"read-folder";q=2;w=60');
    const blobs = () => owner.createBlobs({ blob: newId(), sealedSize: 1080 });
    expect(await statuses(3, blobs)).toEqual([200, 200, 429]);
    expect((await other.call("GET", "/usage")).status).toBe(200);
  });

  test("an answer tells all that it was counted by", async () => {
    const { owner } = await owned({});
    const answer = await owner.call("GET", "/usage", { headers });
    expect(answer.headers.get("ratelimit-policy")).toBe('"read-address";q=240000;w=60, "read-folder";q=120000;w=60');
    expect(answer.headers.get("ratelimit")).toBe('"read-address";r=239999;t=60, "read-folder";r=119999;t=60');
  });

  test("knocks at shares, and what is read through them", async () => {
    const { site, owner } = await owned({ knock: { address: two }, "look-up": { address: two } });
    const share = newId();
    await owner.publish(share);
    expect(await statuses(3, () => from("192.0.2.1", site, `/v1/shares/${share}`))).toEqual([200, 200, 429]);
    expect(await statuses(3, () => from("192.0.2.1", site, `/v1/shares/${share}/manifest`))).toEqual([401, 401, 429]);
    expect((await from("192.0.2.2", site, `/v1/shares/${share}/manifest`)).status).toBe(401);
  });

  test("the new device's side of a pairing", async () => {
    const { site } = await owned({ pairing: { address: two } });
    expect(await statuses(3, () => from("192.0.2.1", site, `/v1/pairings/${newId()}`))).toEqual([404, 404, 429]);
  });
});

describe("rates that a host sets", () => {
  test("are whole numbers for what is known", () => {
    expect(ratesOf()).toEqual(defaultRates);
    const half = { requests: 1.5, seconds: 1 };
    const wrong: object[] = [
      { others: {} },
      { read: { planet: false } },
      { read: { address: half } },
      { read: { folder: { requests: 1, seconds: 1e6 } } },
      // Sixteen digits: no integer of a structured header.
      { read: { folder: { requests: 1e15, seconds: 60 } } },
    ];
    for (const limits of wrong) expect(() => ratesOf(limits), JSON.stringify(limits)).toThrow();
    expect(ratesOf({ read: { folder: false } }).read).toEqual({ ...defaultRates.read, folder: false });
  });

  test("hold 100,000 small files without being reached", () => {
    // Each file a request of its own, as fast as six connections with answers in 10 ms: 36,000 a minute.
    const { address, folder } = defaultRates.write;
    for (const rate of [address, folder]) expect(rate !== false && rate!.requests / rate!.seconds).toBeGreaterThan(600);
  });
});
