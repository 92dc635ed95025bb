/** The demo as its user runs it: a process of its own, on a port and a data folder of its own, to be stopped, killed and started again. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../examples/demo/src/main.ts", import.meta.url));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

export class Site {
  readonly port: number;
  readonly folder: string;
  /** Every line that it wrote to either of its outputs. */
  readonly written: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /** `environment`: of the process, or a rule that gives it for the port. */
  static async start(environment: Record<string, string> | ((port: number) => Record<string, string>) = {}): Promise<Site> {
    const site = new Site(await freePort(), await mkdtemp(join(tmpdir(), "keyfold-story-")));
    await site.run(typeof environment === "function" ? environment(site.port) : environment);
    return site;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts the process (again, after `stop` or `kill`), on the same port and data. */
  async run(environment: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, PORT: String(this.port), HOST: "127.0.0.1", KEYFOLD_DATA: this.folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const lines = createInterface({ input: child.stdout }).on("line", (line) => this.written.push(line));
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.written.push(line);
      process.stderr.write(`${line}\n`);
    });
    await Promise.race([
      once(lines, "line"),
      once(child, "exit").then(([code]) => {
        throw new Error(`The demo ended with ${String(code)} before it was ready.`);
      }),
    ]);
    lines.resume();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** As a crash: no handler runs. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  async remove(): Promise<void> {
    await this.#end("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}
