/** The set-up of tests: a server of their own, which hooks begin and remove, and devices over it. */
import { afterAll, afterEach, beforeAll, beforeEach, onTestFinished } from "vitest";
import type { ServeOptions } from "@keyfold/server/node";
import { Devices } from "./devices.ts";
import { localServer, type LocalServer } from "./local-server.ts";

/** For use in tests and hooks: before them there is no server. */
export interface DevicesOnServer {
  readonly devices: Devices;
  readonly server: LocalServer;
}

/** One server for all tests. To be called at the top of a file, or of a `describe`. */
export function serverForTests(options: Partial<ServeOptions> = {}): LocalServer {
  const server = new ServerOfHooks(options);
  beforeAll(() => server.begin());
  afterAll(() => server.remove());
  return server;
}

/** As `serverForTests`, with devices. What a test's devices have opened is closed after it. */
export function devicesOnServer(options: Partial<ServeOptions> = {}): DevicesOnServer {
  const server = serverForTests(options);
  const devices = new Devices(server);
  afterEach(() => devices.close());
  return { devices, server };
}

/** As `devicesOnServer`, but each test begins with a server of its own, which has nothing on it: for tests that set servers back or harm them. */
export function devicesOnEmptyServer(options: Partial<ServeOptions> = {}): DevicesOnServer {
  const server = new ServerOfHooks(options);
  const devices = new Devices(server);
  beforeEach(() => server.begin());
  afterEach(async () => {
    await devices.close();
    await server.remove();
  });
  return { devices, server };
}

/** A server for one test, which is gone after it. To be called in the test. */
export async function serverForThisTest(options: Partial<ServeOptions> = {}): Promise<LocalServer> {
  const server = await localServer(options);
  onTestFinished(() => server.remove());
  return server;
}

/** As `serverForThisTest`, with devices. */
export async function devicesForThisTest(options: Partial<ServeOptions> = {}): Promise<DevicesOnServer> {
  const server = await serverForThisTest(options);
  const devices = new Devices(server);
  onTestFinished(() => devices.close());
  return { devices, server };
}

/** The server that a hook began last. */
class ServerOfHooks implements LocalServer {
  readonly #options: Partial<ServeOptions>;
  #begun: LocalServer | undefined;

  constructor(options: Partial<ServeOptions>) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#begun = await localServer(this.#options);
  }

  get #server(): LocalServer {
    if (this.#begun === undefined) throw new Error("The server is there in tests and hooks, not while the file is read.");
    return this.#begun;
  }

  get url(): string {
    return this.#server.url;
  }

  get dataDir(): string {
    return this.#server.dataDir;
  }

  stop(graceMs?: number): Promise<void> {
    return this.#server.stop(graceMs);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async remove(): Promise<void> {
    await this.#begun?.remove();
  }
}
