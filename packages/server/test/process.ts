/** Servers in processes of their own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface Child {
  readonly process: ChildProcess;
  readonly port: number;
  readonly base: string;
  /** Ends it with a signal, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startChild(dataDir: string, port = 0): Promise<Child> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", "--import", here("./source.mjs"), here("./child.ts"), dataDir, String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  onTestFinished(async () => void (child.exitCode === null && child.signalCode === null && (await end("SIGKILL"))));
  const line = await Promise.race([once(child.stdout, "data").then(([data]) => String(data)), exited.then(() => "")]);
  if (line === "") throw new Error("The server has ended before it listened.");
  const { port: listening } = JSON.parse(line) as { port: number };
  return { process: child, port: listening, base: `http://127.0.0.1:${listening}/keyfold`, end };
}
