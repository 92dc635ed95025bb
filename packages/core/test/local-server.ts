/** A real server on a folder of its own, for tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve, type Served, type ServeOptions } from "@keyfold/server/node";

export interface LocalServer {
  readonly url: string;
  readonly dataDir: string;
  /** Stops it; the data stays. Requests under way have so many milliseconds: with 0 they are cut where they are. */
  stop(graceMs?: number): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Stops it and removes the data. */
  remove(): Promise<void>;
}

export async function localServer(options: Partial<ServeOptions> = {}): Promise<LocalServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "keyfold-"));
  const settings: ServeOptions = { hostname: "127.0.0.1", dataDir, maintainEvery: false, log: () => undefined, ...options };
  let served: Served | null = await serve({ ...settings, port: 0 });
  const { port } = served;
  return {
    url: `http://127.0.0.1:${port}/keyfold`,
    dataDir,
    async stop(graceMs = 100) {
      await served?.close({ graceMs });
      served = null;
    },
    async start() {
      served ??= await serve({ ...settings, port });
    },
    async remove() {
      await served?.close({ graceMs: 100 });
      served = null;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
