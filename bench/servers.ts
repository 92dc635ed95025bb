/** Starts the servers of a comparison as child processes and stops them. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type ServerKind = "keyfold" | "bare" | "tus" | "tus-durable";

export interface RunningServer {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export async function startServer(kind: ServerKind, folder: string, pages?: string): Promise<RunningServer> {
  const script = fileURLToPath(new URL("serve.ts", import.meta.url));
  const child = spawn(process.execPath, [script, kind, folder, ...(pages === undefined ? [] : [pages])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(() => {
      throw new Error(`The ${kind} server did not start.`);
    }),
  ])) as [string];
  return {
    url,
    process: child,
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
