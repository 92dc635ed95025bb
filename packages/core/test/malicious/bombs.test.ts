/** Answers and entries made to exhaust or confuse: endless, lying about their length, zipped a thousandfold, deep, huge, or named like JavaScript's own. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ServerApi } from "../../src/api/client.ts";
import { Http } from "../../src/api/http.ts";
import { Refusal } from "../../src/api/refusal.ts";
import { toUtf8 } from "../../src/crypto/encoding.ts";
import { LogFollower } from "../../src/log/chain.ts";
import { lineLimit, readSnapshot } from "../../src/log/snapshot.ts";
import { joinPage } from "../../src/protocol/record.ts";
import { Device } from "../device.ts";
import { namesIn } from "../devices.ts";
import { idOf, versionOf } from "../ops.ts";
import { appendBytes } from "./entry-bytes.ts";
import { json, problem } from "./server.ts";
import { codeOf, content, outcome, provider, Stage } from "./stage.ts";

const MiB = 2 ** 20;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());
afterAll(() => stage.server.remove());

/** A body without end; how much of it was taken. */
function endless(): { body: ReadableStream<Uint8Array>; taken: () => number } {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(0x5b));
      taken += 65_536;
    },
  });
  return { body, taken: () => taken };
}

describe("an answer without end", () => {
  test.for(["GET /", "POST /challenge", "POST /session", "GET /log", "GET /blobs/*/hashes", "GET /blobs/*/parts/*", "POST /parts/read"])(
    "to %s is given up after 8 MiB, whatever its status",
    async (what) => {
      const { folder, owner } = await stage.locked();
      for (const status of [200, 403]) {
        const { body, taken } = endless();
        stage.server.answer(what, () => new Response(body, { status, headers: { "content-type": "application/problem+json" } }));
        const api = stage.api(folder.id, owner);
        const asks: Record<string, () => Promise<unknown>> = {
          "GET /": () => stage.unsigned.folder(folder.id, { attempts: 1 }),
          "GET /blobs/*/hashes": () => api.hashes("a".repeat(32)),
          "GET /blobs/*/parts/*": () => api.getPart("a".repeat(32), 0),
          "POST /parts/read": () => api.readBundle([["a".repeat(32), 0]]),
        };
        expect(await codeOf((asks[what] ?? (() => api.log(0, { attempts: 1 })))())).toMatch(status === 200 ? /server-failed/ : /refused/);
        expect(taken()).toBeLessThan(9 * MiB);
        stage.server.repent();
      }
    },
  );
});

describe("over a real connection", () => {
  let liar: Server;
  let answer: RequestListener;
  const arrivals: string[] = [];
  beforeAll(async () => {
    liar = createServer((request, response) => {
      arrivals.push(request.url ?? "");
      answer(request, response);
    });
    await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => liar.close());
  const ask = (): Promise<unknown> => {
    const { port } = liar.address() as AddressInfo;
    return new ServerApi(new Http({ server: `http://127.0.0.1:${port}/keyfold`, backoff: { base: 1, cap: 2 } })).folder("a".repeat(32), {
      attempts: 1,
    });
  };

  test("a length that is told and not kept, either way, is a connection that failed or an answer that cannot be read", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{}");
      response.destroy();
    };
    expect(await codeOf(ask())).toBe("offline");
    answer = (_, response) => response.writeHead(200, { "content-length": String(2 ** 40) }).write("{}");
    expect(await codeOf(ask())).toBe("server-failed");
    answer = (_, response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{"more": 1}');
    expect(await codeOf(ask())).toMatch(/server-failed|offline/);
  });

  test("a small answer that unzips to half a gigabyte is given up at 8 MiB", async () => {
    const bomb = gzipSync(Buffer.alloc(512 * MiB, "["), { level: 1 });
    answer = (_, response) => response.writeHead(200, { "content-encoding": "gzip", "content-length": String(bomb.length) }).end(bomb);
    const before = process.memoryUsage().rss;
    expect(await codeOf(ask())).toBe("server-failed");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MiB);
  });

  test("a redirect is not followed, to wherever it leads", async () => {
    arrivals.length = 0;
    for (const status of [301, 302, 307, 308]) {
      answer = (request, response) => {
        const led = request.url?.startsWith("/trap") === true;
        response.writeHead(led ? 200 : status, { location: "/trap" }).end("{}");
      };
      expect(await codeOf(ask())).toBe("offline");
    }
    expect(arrivals.filter((url) => url.startsWith("/trap"))).toEqual([]);
  });
});

describe("numbers and names that no server says", () => {
  test("of records to come, of epochs, of waits: an error, not a loop", async () => {
    const { folder, key } = await stage.locked();
    const most = String(Number.MAX_SAFE_INTEGER);
    for (const [header, value] of [
      ["keyfold-seq", most],
      ["keyfold-count", most],
      ["keyfold-epoch", most],
      ["keyfold-seq", "1e9"],
      ["keyfold-count", "-1"],
    ] as const) {
      stage.server.rewrite("GET /log", ({ headers }) => headers.set(header, value));
      const before = stage.server.seen.length;
      expect(["server-failed", "well", "rolled-back"]).toContain(await codeOf(folder.refresh()));
      expect(stage.server.seen.length - before).toBeLessThan(20);
      stage.server.repent();
    }
    stage.server.rewrite("GET /log", (answer) => {
      answer.headers.set("keyfold-count", "1");
      answer.headers.set("keyfold-seq", most);
      answer.body = new Uint8Array();
    });
    expect(await codeOf(folder.refresh())).toBe("server-failed");
    expect(await outcome(stage.using(stage.client().open(key)))).toBe("server-failed");
  });

  test("an append that is taken, or lost to others, while the log never grows, is given up and stays pending", async () => {
    const { folder } = await stage.locked();
    const conflict = { "keyfold-code": "conflict", "keyfold-count": "0" };
    for (const lie of [
      () => Response.json({ seq: 99, head: "A".repeat(43) }),
      () => new Response(null, { status: 409, headers: conflict }),
    ]) {
      stage.server.answer("POST /log", lie);
      const before = stage.server.count("POST /log");
      await folder.createDirectory(`/d${before}`);
      await expect.poll(() => folder.state.problem?.code).toBe("server-failed");
      expect(stage.server.count("POST /log") - before).toBeLessThan(12);
      expect(folder.state.pending.length).toBeGreaterThan(0);
      stage.server.repent();
    }
    await folder.settled();
    expect(namesIn(folder)).toHaveLength(3);
  });

  test("a wait that is asked for never exceeds an hour: timers that are too long would end at once", () => {
    for (const retryAfter of [1e9, 1e308, Number.MAX_VALUE]) expect(new Refusal(503, { retryAfter }, undefined).retryAfter).toBe(3600);
    expect(new Refusal(503, { retryAfter: JSON.parse("1e999") as number }, 7).retryAfter).toBe(3600);
    expect(new Refusal(503, {}, 999_999_999).retryAfter).toBe(3600);
    expect(new Refusal(503, { retryAfter: 0.25 }, 7).retryAfter).toBe(0.25);
  });

  test("__proto__, and values of other kinds, in every JSON answer, change nothing but that answer", async () => {
    const { folder, key } = await stage.locked();
    const poison = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},';
    for (const what of ["GET /", "GET /keys/*", "POST /challenge", "POST /session", "GET /usage"]) {
      stage.server.rewrite(what, (answer) => void (answer.body = toUtf8(poison + new TextDecoder().decode(answer.body).slice(1))));
      expect(await outcome(stage.using(stage.client().open(key)))).toBe("well");
      stage.server.repent();
      for (const change of [() => null, () => [], () => 7, () => "x", () => ({}), (value: Record<string, unknown>) => [value]]) {
        stage.server.rewrite(what, json(change));
        expect(["server-failed", "well"]).toContain(await outcome(stage.using(stage.client().open(key))));
        stage.server.repent();
      }
    }
    stage.server.answer("GET /log", () =>
      problem(503, "__proto__", JSON.parse(`${poison}"blobs":{"length":1e9}}`) as Record<string, unknown>),
    );
    expect(await codeOf(stage.api(folder.id, null).usage())).toBe("signed-out");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("an entry, sealed by a device that went bad", () => {
  const following = async (device: Device): Promise<LogFollower> => {
    const follower = new LogFollower(device.following());
    await follower.page(joinPage(device.records));
    expect(follower.finish()).toEqual({ status: "current" });
    return follower;
  };

  test("of 20 MiB in a few kilobytes, of other bytes behind, of deep and of broken JSON, is empty; those after it count", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const wrap = (ops: string): string => `{"v":1,"id":"${idOf(1)}","device":"${idOf(2)}","at":0,"ops":${ops}}`;
    const bad: [Uint8Array, string | undefined][] = [
      [gzipSync(Buffer.alloc(20 * MiB, "[")), "too-large"],
      [Buffer.concat([gzipSync(wrap("[]")), gzipSync(wrap("[]"))]), "gzip"],
      [gzipSync(deep), "json-shape"],
      [gzipSync(wrap(`[${deep}]`)), undefined],
      [gzipSync(wrap(`[{"op":"meta","node":"${idOf(9)}","meta":{"a":${deep}}}]`)), undefined],
      [gzipSync(Buffer.from([0xff, 0xfe])), "utf-8"],
      [gzipSync(`\ufeff${wrap("[]")}`), "json"],
      [gzipSync(wrap("[]").replace('"v":1', '"v":0')), "json-shape"],
      [gzipSync(wrap("[]").replace('"v":1', '"v":1e999')), "json-shape"],
      [gzipSync(wrap('{"__proto__":[],"length":1e9}')), "json-shape"],
      [gzipSync(wrap(`[${"0,".repeat(1000)}0]`)), "json-shape"],
    ];
    const device = await Device.begin(1);
    await device.append([{ op: "mkdir", node: idOf(9), parent: null, name: "before" }]);
    for (const [zipped] of bad) await appendBytes(device, Uint8Array.from(zipped));
    await device.append([{ op: "mkdir", node: idOf(10), parent: null, name: "after" }]);
    const follower = await following(device);
    expect(follower.tree.nodes().map(({ name }) => name)).toEqual(["before", "after"]);
    expect(follower.reports.map(({ reason }) => reason)).toEqual(bad.map(([, reason]) => reason).filter((reason) => reason !== undefined));
  });

  test("of hostile ops changes nothing but what it may: another suite, sizes without end, prototype's names, wrong kinds", async () => {
    const device = await Device.begin(1);
    await device.append([{ op: "mkdir", node: idOf(1), parent: null, name: "here" }]);
    const add = (version: object, node = 2): unknown => ({ op: "add", node: idOf(node), parent: null, name: "x", version });
    await device.appendRaw([
      { op: "__proto__" },
      { op: "constructor", node: idOf(1) },
      JSON.parse('{"__proto__":{"op":"mkdir","node":"00000000000000000000000000000007","parent":null,"name":"inherited"}}'),
      ...[0, 2, 255, "1", null, 1.5, -1].map((suite) => add({ ...versionOf(1), suite })),
      ...[-1, 1.5, 1e300, "5", 2 ** 53, 6_000_000].map((size) => add({ ...versionOf(1), size })),
      ...[0, 2 ** 60, 1e300, 1081].map((sealedSize) => add({ ...versionOf(1), sealedSize })),
      ...["", "A".repeat(42), "A".repeat(44), "*".repeat(43), null].map((key) => add({ ...versionOf(1), key })),
      ...["", "../x", "A".repeat(32), "ABCDEF00".repeat(4), "/v1/x?"].map((blob) => add({ ...versionOf(1), blob })),
      { op: "purge", nodes: Array.from({ length: 100 }, () => idOf(1)).concat(idOf(99)) },
      { op: "move", node: idOf(1), parent: idOf(1) },
      { op: "mkdir", node: idOf(3), parent: "__proto__", name: "x" },
      { op: "mkdir", node: idOf(3), parent: null, name: "" },
      { op: "mkdir", node: idOf(3), parent: null, name: "x".repeat(256) },
      { op: "mkdir", node: idOf(3), parent: null, name: "\ud800" },
      null,
      7,
      [],
    ]);
    const { tree } = await following(device);
    expect(tree.nodes().map(({ node, name, trashed }) => [node, name, trashed])).toEqual([[idOf(1), "here", false]]);
    expect(({} as { op?: unknown }).op).toBeUndefined();
  });

  test("of a version that does not exist yet makes the folder read-only, and nothing after it is folded", async () => {
    const device = await Device.begin(1);
    await device.append([{ op: "mkdir", node: idOf(1), parent: null, name: "before" }]);
    await appendBytes(device, Uint8Array.from(gzipSync('{"v":2,"anything":"else"}')));
    await device.append([{ op: "mkdir", node: idOf(2), parent: null, name: "after" }]);
    const follower = new LogFollower(device.following());
    await follower.page(joinPage(device.records));
    expect(follower.finish()).toEqual({ status: "update-required", seq: 2 });
    expect(follower.tree.nodes().map(({ name }) => name)).toEqual(["before"]);
  });
});

test("a snapshot that unzips without end, or nests, or has no lines, is refused before it fills the memory", async () => {
  const state = new Uint8Array(32);
  const { body, taken } = endless();
  const zipped = body.pipeThrough(new CompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  expect(await codeOf(readSnapshot(provider, zipped, state, 4 * MiB))).toBe("tampered");
  // A little more was unzipped ahead, in a few kilobytes that travelled.
  expect(taken()).toBeLessThan(128 * MiB);
  expect(lineLimit).toBeLessThan(2 ** 29); // the longest text that engines make
  for (const text of ["", "\n", "{}\n", "[".repeat(MiB), `${"[".repeat(MiB)}\n`, '{"__proto__":{}}\n', content("x")]) {
    expect(await codeOf(readSnapshot(provider, new Blob([gzipSync(text)]).stream(), state))).toBe("tampered");
  }
});
