/** Server processes that are killed, stopped and started again, each behind a line that can be cut. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { proxyTo, type Proxy } from "../proxy.ts";

/** What all servers are reached by, as far as sessions go. */
export const origin = "http://soak.test/keyfold";

export class ServerProcess {
  #child: ChildProcess | undefined;
  #line: Proxy | undefined;
  readonly #arguments: readonly string[];

  /** @param url The database's. */
  constructor(url: string, blobs: string) {
    this.#arguments = [url, blobs];
  }

  get line(): Proxy {
    if (this.#line === undefined) throw new Error("The server was not started.");
    return this.#line;
  }

  async start(): Promise<void> {
    const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const child = spawn(
      process.execPath,
      ["--no-warnings", "--import", here("../source.mjs"), here("./server.ts"), ...this.#arguments, "0", origin],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    this.#child = child;
    const exited = once(child, "exit").then(() => "");
    const port = await Promise.race([once(child.stdout, "data").then(([data]) => String(data)), exited]);
    if (port === "") throw new Error("The server has ended before it listened.");
    // A new one has a new port; whoever had the old line finds it cut.
    const before = this.#line;
    this.#line = await proxyTo(Number(port));
    await before?.close();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  async end(): Promise<void> {
    await this.kill();
    await this.#line?.close();
  }
}

/** Two servers over a database, each with a line of its own to it. */
export interface Cluster {
  readonly servers: readonly ServerProcess[];
  /** The lines to the database; none where it is a file. */
  readonly lines: readonly Proxy[];
  end(): Promise<void>;
}

export async function startCluster(url: string, blobs: string): Promise<Cluster> {
  const isServer = /^(postgres|mysql):/.test(url);
  const lines: Proxy[] = [];
  const servers: ServerProcess[] = [];
  for (let i = 0; i < 2; i++) {
    const own = isServer ? new URL(url) : undefined;
    if (own !== undefined) {
      const line = await proxyTo(Number(own.port), own.hostname);
      lines.push(line);
      own.host = `127.0.0.1:${line.port}`;
    }
    const server = new ServerProcess(own?.href ?? url, blobs);
    servers.push(server);
    await server.start();
  }
  return {
    servers,
    lines,
    async end() {
      for (const server of servers) await server.end();
      for (const line of lines) await line.close();
    },
  };
}
