import { request } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { base, codeOf, mount, temporaryFolder } from "../../test/mount.ts";
import { newId, newOwner } from "../../test/owner.ts";
import type { BlobStore } from "../blobs/store.ts";
import { sqlite } from "../database/sqlite.ts";
import { logWriter, type LogLine } from "../log-line.ts";
import { serve, type ServeOptions } from "../node.ts";

vi.setConfig({ testTimeout: 60_000 });

const emptyStore: BlobStore = { put: async () => undefined, get: async () => null, remove: async () => undefined };

const failing = async (): Promise<never> => {
  throw new Error("no store");
};

describe("health", () => {
  test("is that the process answers, whatever its database does", async () => {
    const { send, options } = await mount();
    await options.database.close();
    const answer = await send("GET", "/health");
    expect([answer.status, await answer.json()]).toEqual([200, { alive: true }]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });
});

describe("readiness", () => {
  test("is that tables are made, and database and store answer", async () => {
    const { send, options } = await mount();
    const answer = await send("GET", "/ready");
    expect([answer.status, await answer.json()]).toEqual([200, { ready: true, database: "ok", store: "ok", ending: false }]);
    expect(await options.database.query.selectFrom("folder").selectAll().execute()).toEqual([]);
  });

  test("says which of them does not", async () => {
    const noStore = await mount({ blobs: { ...emptyStore, get: failing } });
    const answer = await noStore.send("GET", "/ready");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.json()).toMatchObject({ code: "unavailable", ready: false, database: "ok", store: "failed", ending: false });
    const noDatabase = await mount();
    await noDatabase.options.database.close();
    expect(await (await noDatabase.send("GET", "/ready")).json()).toMatchObject({ database: "failed", store: "ok" });
    // Nobody's fault is in the log each time a probe asks.
    expect(noStore.lines).toEqual([]);
  });

  test("counts a store that never answers as slow, and many probes ask it once", async () => {
    let asked = 0;
    const get = () => {
      asked++;
      return new Promise<null>(() => undefined);
    };
    const { send } = await mount({ blobs: { ...emptyStore, get } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("GET", "/ready")));
    for (const answer of answers) expect(await answer.json()).toMatchObject({ store: "slow", database: "ok" });
    expect(asked).toBe(1);
  });

  test("a database of a newer release is not ready", async () => {
    const { send, options } = await mount();
    await options.database.migrate();
    const { sql } = await import("kysely");
    await sql`insert into schema_version (version) values (100000)`.execute(options.database.query);
    expect(await (await send("GET", "/ready")).json()).toMatchObject({ database: "failed" });
  });

  test("ends with the server's end: requests are refused until it is over, and those under way are not", async () => {
    let arrived = (): void => undefined;
    let release = (): void => undefined;
    const inStore = new Promise<void>((resolve) => (arrived = resolve));
    const held = new Promise<void>((resolve) => (release = resolve));
    const put = async () => {
      arrived();
      await held;
    };
    const { app, send, lines } = await mount({ blobs: { ...emptyStore, put } });
    const owner = await newOwner(send, base);
    const upload = owner.upload();
    await inStore;
    app.drain();
    const refused = await send("GET", "/v1");
    expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("connection")]).toEqual([503, "1", "close"]);
    expect(await codeOf(refused)).toBe("unavailable");
    expect(await (await send("GET", "/ready")).json()).toMatchObject({ ready: false, ending: true });
    expect((await send("GET", "/health")).status).toBe(200);
    release();
    await expect(upload).resolves.toMatch(/^[0-9a-f]{32}$/);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("metrics", () => {
  async function served(options: ServeOptions = {}) {
    const server = await serve({
      dataDir: await temporaryFolder(),
      port: 0,
      assets: false,
      maintainEvery: false,
      metrics: true,
      ...options,
    });
    onTestFinished(() => server.close());
    return { server, url: `http://127.0.0.1:${server.port}/keyfold` };
  }
  const valueOf = (text: string, sample: string): number =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${sample} `))
        ?.slice(sample.length + 1),
    );

  test("are not there unless the host wants them", async () => {
    const { send } = await mount();
    expect((await send("GET", "/metrics")).status).toBe(404);
    const off = await mount({ metrics: false });
    expect((await off.send("GET", "/metrics")).status).toBe(404);
  });

  test("are for whoever has their token", async () => {
    const { send } = await mount({ metrics: { token: "sixteen characters" } });
    for (const headers of [{}, { authorization: "Bearer no" }, { authorization: "sixteen characters" }, { authorization: "" }])
      expect(await codeOf(await send("GET", "/metrics", { headers }))).toBe("token-refused");
    const answer = await send("GET", "/metrics", { headers: { authorization: "Bearer sixteen characters" } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    await expect(mount({ metrics: { token: "short" } })).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("count requests by pattern and class, bytes, problems and maintenance; and name no id", async () => {
    const { url, server } = await served();
    const { sendBy } = await import("../../test/mount.ts");
    const owner = await newOwner(sendBy(fetch, url), url);
    const blob = await owner.upload(5000);
    expect((await owner.call("GET", `/blobs/${blob}/parts/0`)).status).toBe(200);
    expect((await fetch(`${url}/v1/folders/${newId()}`)).status).toBe(404);
    await fetch(`${url}/v1/nothing?secret=1`);
    await server.app.maintain();
    const text = await (await fetch(`${url}/metrics`)).text();
    const part = "/keyfold/v1/folders/:folder/blobs/:blob/parts/:index";
    expect(valueOf(text, `keyfold_requests_total{method="PUT",route="${part}",status="2xx"}`)).toBe(1);
    expect(valueOf(text, `keyfold_requests_total{method="GET",route="${part}",status="2xx"}`)).toBe(1);
    expect(valueOf(text, `keyfold_received_bytes_total{route="${part}"}`)).toBe(5000);
    expect(valueOf(text, `keyfold_request_seconds_count{method="PUT",route="${part}"}`)).toBe(1);
    expect(valueOf(text, 'keyfold_problems_total{code="not-found"}')).toBe(2);
    expect(valueOf(text, 'keyfold_maintain_runs_total{outcome="done"}')).toBe(1);
    expect(valueOf(text, "keyfold_requests_in_flight")).toBe(1);
    expect(valueOf(text, 'keyfold_queue_length{queue="deleting"}')).toBe(0);
    expect(valueOf(text, 'keyfold_sqlite_bytes{part="file"}')).toBeGreaterThan(4096);
    expect(text).toContain("nodejs_eventloop_lag_seconds");
    for (const secret of [owner.folder, blob, owner.token, "secret=1", "127.0.0.1"]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/[0-9a-f]{32}/);
    // Sent bytes are counted when the connection has taken them.
    const sent = async () => valueOf(await (await fetch(`${url}/metrics`)).text(), `keyfold_sent_bytes_total{route="${part}"}`);
    await expect.poll(sent, { timeout: 50_000 }).toBeGreaterThan(5000);
  });

  test("have no more series than there are routes, whatever is asked", async () => {
    const { url, server } = await served();
    const asked = Array.from({ length: 50 }, (_, i) => [`/v1/${i}`, `/${i}`, `/v1/folders/${newId()}/log`, `/brand/${i}.com`]).flat();
    await Promise.all(asked.map(async (path) => (await fetch(url + path)).text()));
    const send = (method: string) =>
      new Promise<void>((resolve, reject) => {
        request(`${url}/v1`, { method }, (answer) => answer.resume().on("end", resolve))
          .on("error", reject)
          .end();
      });
    for (const method of ["PROPFIND", "SEARCH", "LOCK"]) await send(method);
    const text = await (await fetch(`${url}/metrics`)).text();
    const series = text.split("\n").filter((line) => line.startsWith("keyfold_requests_total{"));
    expect(series.length).toBeLessThan(10);
    expect(text).toContain('method="other"');
    expect(server.addresses).toHaveLength(1);
  });

  test("one figure that cannot be had does not take the others with it", async () => {
    const database = sqlite(":memory:");
    const { send } = await mount({ metrics: true, database });
    await send("GET", "/v1"); // tables
    await database.close();
    const text = await (await send("GET", "/metrics")).text();
    expect(text).toContain('keyfold_queue_length{queue="deleting"} Nan');
    expect(text).toContain("keyfold_requests_total");
  });
});

describe("request ids", () => {
  test("are made, or taken from a proxy where they are harmless, and stand in answer, problem and log line", async () => {
    const { send, lines } = await mount({ authorize: (_, { folder }) => folder === undefined });
    const given = await send("GET", `/v1/folders/${newId()}`, { headers: { "x-request-id": "edge-0123456789" } });
    expect(given.headers.get("x-request-id")).toBe("edge-0123456789");
    expect(await given.json()).toMatchObject({ code: "refused", request: "edge-0123456789" });
    for (const bad of ["short", "with space 123456", 'quote"12345678', "x".repeat(65)]) {
      const { headers } = await send("GET", "/v1", { headers: { "x-request-id": bad } });
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    }
    expect(lines).toEqual([expect.objectContaining({ code: "refused", request: "edge-0123456789", route: "/v1/folders/:folder" })]);
  });

  test("name a line for every request where the host wants them, without query, token, id or address", async () => {
    const { send, lines } = await mount({ logRequests: true });
    const owner = await newOwner(send, base);
    await owner.call("GET", "/log?from=0&token=abc");
    const requests = lines.filter(({ level }) => level === "request");
    expect(requests).toHaveLength(4);
    expect(requests[3]).toEqual({
      level: "request",
      code: "ok",
      status: 200,
      method: "GET",
      route: "/v1/folders/:folder/log",
      request: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ms: expect.any(Number),
    });
    const text = JSON.stringify(lines);
    for (const secret of [owner.folder, owner.token, "token=abc", "from="]) expect(text).not.toContain(secret);
  });
});

test("log lines are JSON, one a line, up to the level that is asked for", () => {
  const line = { code: "x", status: 1, method: "GET", route: "/" };
  const lines: LogLine[] = [
    { level: "error", ...line },
    { level: "refusal", ...line },
    { level: "request", ...line },
  ];
  const written = (level: Parameters<typeof logWriter>[0]) => {
    const texts: string[] = [];
    for (const each of lines) logWriter(level, (text) => texts.push(text))(each);
    return texts;
  };
  expect([written("none"), written("error"), written("refusal"), written("request")].map(({ length }) => length)).toEqual([0, 1, 2, 3]);
  const [first] = written("error");
  expect(first).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(first!)).toEqual({ time: expect.stringMatching(/^\d{4}-.*Z$/), keyfold: lines[0] });
});
