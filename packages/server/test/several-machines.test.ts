import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { generateKey, Keyfold, memoryStore } from "@keyfold/core";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase, needs } from "./databases.ts";
import type { MachineOptions } from "./machine.ts";
import { s3Service } from "./s3-service.ts";

const MiB = 2 ** 20;

/** A server in a process of its own, which is started again when it was killed. */
class Machine {
  readonly #options: MachineOptions;
  #child: ChildProcess | undefined;
  /** Undefined while it is down. */
  port: number | undefined;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const child = spawn(
      process.execPath,
      ["--no-warnings", "--import", here("./source.mjs"), here("./machine.ts"), JSON.stringify(this.#options)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.#child = child;
    const [port] = await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => [""])]);
    if (String(port) === "") throw new Error("The server has ended before it listened.");
    this.port = Number(port);
  }

  async kill(): Promise<void> {
    this.port = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
}

/** Gives each request to the next machine that is up, as a load balancer does. `meet` is called before. */
async function balance(machines: readonly Machine[], meet: (machine: Machine, count: number) => void) {
  let count = 0;
  const served = new Map<Machine, number>();
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const up = machines.filter(({ port }) => port !== undefined);
    const machine = up[count++ % Math.max(1, up.length)];
    if (machine === undefined) {
      response.writeHead(502).end();
      return;
    }
    served.set(machine, (served.get(machine) ?? 0) + 1);
    const { method, url: path, headers } = request;
    const inner = forward({ host: "127.0.0.1", port: machine.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => response.destroy()).pipe(response);
    });
    inner.on("error", () => response.destroy());
    request.on("error", () => inner.destroy()).pipe(inner);
    // In the middle of it: the request is on its way.
    meet(machine, count);
  };
  const server = createServer(pass).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keyfold`, served };
}

test(
  "an upload over two machines survives that either is killed, again and again, wherever it is",
  { timeout: 240_000 },
  async (context) => {
    await needs("postgres", context);
    const service = await s3Service();
    onTestFinished(() => service.close());
    const prefix = `keyfold-machines-${process.pid}:`;
    onTestFinished(async () => {
      const redis = new Redis({ host: "127.0.0.1", port: 6379 });
      const keys = await redis.keys(`${prefix}*`);
      if (keys.length > 0) await redis.del(keys);
      await redis.quit();
    });

    const machines: Machine[] = [];
    let next = 5;
    const down: Promise<void>[] = [];
    let kills = 0;
    const { url, served } = await balance(machines, (machine, count) => {
      // One at a time, so that the other carries on; every few requests, at another point each time.
      if (count < next || machines.some(({ port }) => port === undefined)) return;
      next = count + 7 + (kills % 5);
      kills++;
      down.push(machine.kill().then(() => machine.start()));
    });
    const options = { database: await freshDatabase("postgres"), bucket: service.options, prefix, origin: url };
    machines.push(new Machine(options), new Machine(options));
    onTestFinished(async () => {
      await Promise.allSettled(down);
      await Promise.all(machines.map((machine) => machine.kill()));
    });
    await Promise.all(machines.map((machine) => machine.start()));

    const key = generateKey();
    const client = (): Keyfold => new Keyfold({ server: url, store: memoryStore() });
    const folder = await client().create({ key });
    const contents = new Map<string, Uint8Array<ArrayBuffer>>();
    contents.set("film.bin", new Uint8Array(randomBytes(72 * MiB)));
    for (let i = 0; i < 60; i++) contents.set(`${i}.txt`, new Uint8Array(randomBytes(500 + 997 * i)));
    for (const [name, bytes] of contents) if (name === "film.bin") await folder.upload([new File([bytes], name)]);
    for (let i = 0; i < 60; i += 5) {
      const some = Array.from({ length: 5 }, (_, j) => `${i + j}.txt`);
      await folder.upload(some.map((name) => new File([contents.get(name)!], name)));
    }
    await folder.settled();
    await folder.close();
    expect(kills).toBeGreaterThan(4);
    expect(Array.from(served.values()).every((count) => count > 10)).toBe(true);
    await Promise.all(down);
    next = Infinity;

    const again = await client().open(key);
    expect(again.state.problem).toBeNull();
    expect(again.state.tree.count.files).toBe(contents.size);
    const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    for (const [name, bytes] of contents) {
      expect(digest(new Uint8Array(await (await again.download(`/${name}`)).arrayBuffer())), name).toBe(digest(bytes));
    }
    await again.close();
  },
);
