/** The set-up of a test file: a server of its own, and devices over it. To be called at the top of the file, or of a `describe`. */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { ServeOptions } from "@keyfold/server/node";
import { Devices } from "./devices.ts";
import { localServer, type LocalServer } from "./local-server.ts";

/** For use in tests and hooks: before them there is no server. */
export interface DevicesOnServer {
  readonly devices: Devices;
  readonly server: LocalServer;
}

/** One server for all tests. What a test's devices have opened is closed after it. */
export function devicesOnServer(options: Partial<ServeOptions> = {}): DevicesOnServer {
  const server = new ServerOfHooks(options);
  const devices = new Devices(server);
  beforeAll(() => server.begin());
  afterEach(() => devices.close());
  afterAll(() => server.remove());
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

  stop(): Promise<void> {
    return this.#server.stop();
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async remove(): Promise<void> {
    await this.#begun?.remove();
  }
}
