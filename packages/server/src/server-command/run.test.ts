import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { Agent, request } from "node:http";
import { request as secureRequest } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { toBase64url } from "@keyfold/core/protocol";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startCommand } from "../../test/command.ts";
import { sendBy, temporaryFolder } from "../../test/mount.ts";
import { bytesOf, hashOf, newId, newOwner } from "../../test/owner.ts";

vi.setConfig({ testTimeout: 120_000 });

async function started(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const dataDir = environment["KEYFOLD_DATA"] ?? (await temporaryFolder());
  const command = startCommand(["--port", "0", ...args], { KEYFOLD_DATA: dataDir, ...environment });
  return { command, dataDir, base: await command.listening };
}

describe("the command", () => {
  test("serves what lies in one folder, and is there again the next time", async () => {
    const first = await started(["--quota", "1MiB", "--path", "/files"]);
    expect(first.base).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files$/);
    const owner = await newOwner(sendBy(fetch, first.base), first.base);
    const blob = await owner.upload();
    await owner.append({ added: [blob] });
    expect(await (await owner.call("GET", "/usage")).json()).toEqual({ used: 1080, quota: 2 ** 20, blobs: 1 });
    first.command.process.kill("SIGTERM");
    expect(await first.command.exited).toBe(0);
    expect(first.command.errors()).toBe("");
    expect((await stat(join(first.dataDir, "secret"))).mode & 0o777).toBe(0o600);
    const second = await started(["--path", "/files"], { KEYFOLD_DATA: first.dataDir });
    expect((await fetch(`${second.base}/v1/folders/${owner.folder}`)).status).toBe(200);
  });

  test("says its version and its help, and nothing else", async () => {
    const version = startCommand(["--version"]);
    expect(await version.exited).toBe(0);
    const { version: packaged } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
    expect([version.out(), version.errors()]).toEqual([`${packaged}\n`, ""]);
    const help = startCommand(["--help"]);
    expect(await help.exited).toBe(0);
    expect(help.out()).toContain("--log-level <level>");
    expect(help.out()).not.toContain("--secret");
  });

  test.for<[string[], Record<string, string>, number, string]>([
    [["--port", "x"], {}, 2, "--port"],
    [["--database", "oracle:x"], {}, 2, "postgres:, mysql: or sqlite:"],
    [["--blobs", "ftp://host"], {}, 2, "fs:<path>"],
    [["--blobs", "s3://bucket"], {}, 2, "AWS_ACCESS_KEY_ID"],
    [["--path", "no-slash"], {}, 2, "slash"],
    [[], { KEYFOLD_SECRET: "short" }, 2, "32 bytes"],
    [[], { KEYFOLD_METRICS_TOKEN: "short" }, 2, "16 characters"],
    [["--brand", "not a domain,x"], {}, 2, "host name"],
    [["--host", "203.0.113.77"], {}, 1, "--host"],
  ])("with %j and %j does not start", async ([args, environment, code, message]) => {
    const command = startCommand(["--port", "0", ...args], { KEYFOLD_DATA: await temporaryFolder(), ...environment });
    expect([await command.exited, command.errors()]).toEqual([code, expect.stringContaining(message)]);
    expect(command.out()).toBe("");
    expect(command.errors().trim().split("\n")).toHaveLength(1);
  });

  test("says that its port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const command = startCommand(["--port", String(port)], { KEYFOLD_DATA: await temporaryFolder() });
    expect([await command.exited, command.errors()]).toEqual([1, expect.stringContaining("--port")]);
  });

  test("writes a line for every request where it is asked to, and no id, token or address in it", async () => {
    const { base, command } = await started(["--log-level", "request", "--metrics"]);
    const owner = await newOwner(sendBy(fetch, base), base);
    await owner.call("GET", "/log?from=0");
    expect((await fetch(`${base}/metrics`)).status).toBe(200);
    command.process.kill("SIGINT");
    expect(await command.exited).toBe(0);
    const lines = command
      .errors()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { keyfold: { route: string } });
    expect(lines.map(({ keyfold }) => keyfold.route)).toContain("/keyfold/v1/folders/:folder/log");
    for (const secret of [owner.folder, owner.token, "127.0.0.1", "from="]) expect(command.errors()).not.toContain(secret);
  });

  test("database and parts may be elsewhere", async () => {
    const elsewhere = await temporaryFolder();
    const environment = { KEYFOLD_DATABASE_URL: `sqlite://${elsewhere}/a.db`, KEYFOLD_BLOBS_URL: `fs:${elsewhere}/parts` };
    const { base, dataDir } = await started([], environment);
    const owner = await newOwner(sendBy(fetch, base), base);
    await owner.upload();
    expect((await stat(join(elsewhere, "a.db"))).size).toBeGreaterThan(0);
    expect((await stat(join(elsewhere, "parts"))).isDirectory()).toBe(true);
    await expect(stat(join(dataDir, "blobs"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("Redis", () => {
  test("counts requests for all processes, and keeps parts that are read", async () => {
    const redis = new Redis("redis://127.0.0.1:6379/7");
    onTestFinished(async () => {
      await redis.flushdb();
      redis.disconnect();
    });
    await redis.flushdb();
    const { base, command } = await started([], { KEYFOLD_REDIS_URL: "redis://127.0.0.1:6379/7" });
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = await owner.upload();
    await owner.append({ added: [blob] });
    expect((await owner.call("GET", `/blobs/${blob}/parts/0`)).status).toBe(200);
    await expect.poll(() => redis.keys("keyfold:part:*"), { timeout: 30_000 }).toHaveLength(1);
    expect(await redis.keys("keyfold:rate*")).not.toHaveLength(0);
    // Its connections do not keep it alive.
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(0);
  });
});

describe("https by a certificate of its own", () => {
  test("is the one whose fingerprint it says, kept for itself, and the same the next time", async () => {
    const { base, command, dataDir } = await started(["--tls"]);
    expect(base).toMatch(/^https:/);
    await expect.poll(() => command.out(), { timeout: 60_000 }).toMatch(/([0-9A-F]{2}:){31}[0-9A-F]{2}/);
    const [fingerprint] = /([0-9A-F]{2}:){31}[0-9A-F]{2}/.exec(command.out())!;
    const port = Number(new URL(base).port);
    const peer = async (at: number): Promise<PeerCertificate> => {
      const socket = connect({ port: at, host: "127.0.0.1", rejectUnauthorized: false });
      await once(socket, "secureConnect");
      const certificate = socket.getPeerCertificate();
      socket.destroy();
      return certificate;
    };
    expect((await peer(port)).fingerprint256).toBe(fingerprint);
    expect((await stat(join(dataDir, "tls.pem"))).mode & 0o777).toBe(0o600);
    const ca = await readFile(join(dataDir, "tls.pem"), "utf8");
    const status = await new Promise((resolve, reject) => {
      const asked = secureRequest(`https://localhost:${port}/keyfold/v1`, { ca, family: 4 }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      asked.on("error", reject).end();
    });
    expect(status).toBe(200);
    const again = await started(["--tls"], { KEYFOLD_DATA: dataDir });
    expect((await peer(Number(new URL(again.base).port))).fingerprint256).toBe(fingerprint);
  });
});

describe("told to end", () => {
  test("under load it finishes what it has begun: whatever was acknowledged is there, and nothing is answered halfway", async () => {
    const { base, command, dataDir } = await started(["--log-level", "error"]);
    const owner = await newOwner(sendBy(fetch, base), base);
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const acknowledged = new Map<string, Uint8Array>();
    const outcomes = new Map<string, number>();
    let enough = (): void => undefined;
    const underLoad = new Promise<void>((resolve) => (enough = resolve));
    const put = (blob: string, bytes: Uint8Array): Promise<string> =>
      new Promise((resolve) => {
        const headers = {
          "keyfold-token": owner.token,
          "keyfold-hash": toBase64url(hashOf(bytes)),
        };
        const asked = request(`${base}${owner.path}/blobs/${blob}/parts/0`, { method: "PUT", agent, headers }, (answer) => {
          answer.on("error", () => resolve("torn"));
          answer.resume().on("end", () => resolve(`${answer.statusCode} ${answer.headers["retry-after"] ?? ""}`.trim()));
        });
        asked.on("error", () => resolve("unconnected")).end(bytes);
      });
    const ids = Array.from({ length: 400 }, newId);
    for (let start = 0; start < ids.length; start += 80)
      expect((await owner.createBlobs(...ids.slice(start, start + 80).map((blob) => ({ blob, sealedSize: 1080 })))).status).toBe(200);
    let over = false;
    const lanes = Array.from({ length: 8 }, async () => {
      for (let blob = ids.pop(); blob !== undefined && !over; blob = ids.pop()) {
        const bytes = bytesOf(1080);
        const outcome = await put(blob, bytes);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (outcome === "204") acknowledged.set(blob, bytes);
        else over = true;
        if (acknowledged.size === 40) enough();
      }
    });
    await underLoad;
    command.process.kill("SIGTERM");
    await Promise.all(lanes);
    expect(await command.exited).toBe(0);
    expect(command.errors()).toBe("");
    // Done, refused with a time to come back, or never begun.
    expect([...outcomes.keys()].filter((outcome) => !["204", "503 1", "unconnected"].includes(outcome))).toEqual([]);
    const again = await started([], { KEYFOLD_DATA: dataDir });
    const read = async (blob: string) => {
      const answer = await fetch(`${again.base}${owner.path}/blobs/${blob}/parts/0`, { headers: { "keyfold-token": owner.token } });
      return new Uint8Array(await answer.arrayBuffer());
    };
    for (const [blob, bytes] of acknowledged) expect(hashOf(await read(blob))).toEqual(hashOf(bytes));
  });

  test("a request under way is finished; another on a kept connection is refused; a second signal ends it at once", async () => {
    const { base, command } = await started(["--grace", "3600"]);
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    const bytes = bytesOf(1080);
    const headers = { "keyfold-token": owner.token, "keyfold-hash": toBase64url(hashOf(bytes)) };
    const slow = () =>
      request(`${base}${owner.path}/blobs/${blob}/parts/0`, { method: "PUT", headers: { ...headers, "content-length": 1080 } });
    const [finishing, stuck] = [slow(), slow()];
    const answers = [finishing, stuck].map(
      (each) =>
        new Promise<string>((resolve) => {
          each.on("response", (answer) => resolve(String(answer.resume().statusCode))).on("error", () => resolve("cut"));
        }),
    );
    for (const each of [finishing, stuck]) each.write(bytes.subarray(0, 500));
    // Once a later request is answered, both have been begun.
    expect((await fetch(`${base}/v1`)).status).toBe(200);
    expect((await fetch(`${base}/v1`)).status).toBe(200);
    command.process.kill("SIGTERM");
    // It does not listen any more.
    const refused = () =>
      fetch(`${base}/v1`).then(
        ({ status }) => status,
        () => "refused",
      );
    await expect.poll(refused, { timeout: 60_000 }).toBe("refused");
    finishing.end(bytes.subarray(500));
    expect(await answers[0]).toBe("204");
    expect(command.process.exitCode).toBe(null);
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(1);
    expect(await answers[1]).toBe("cut");
  });

  test("what does not end within the grace is cut off", async () => {
    const { base, command } = await started(["--grace", "0"]);
    const owner = await newOwner(sendBy(fetch, base), base);
    const blob = newId();
    await owner.createBlobs({ blob, sealedSize: 1080 });
    const headers = {
      "keyfold-token": owner.token,
      "keyfold-hash": toBase64url(hashOf(bytesOf(1))),
      "content-length": 1080,
    };
    const stuck = request(`${base}${owner.path}/blobs/${blob}/parts/0`, { method: "PUT", headers });
    const cut = new Promise<string>((resolve) => stuck.on("error", () => resolve("cut")).on("response", () => resolve("answered")));
    stuck.write(bytesOf(10));
    expect((await fetch(`${base}/v1`)).status).toBe(200);
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(0);
    expect(await cut).toBe("cut");
    expect(command.errors()).toContain('"route":"close"');
  });
});
