/** Servers in processes of their own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { HookedChild } from "./hooked-child.ts";

export interface Child {
  readonly process: ChildProcess;
  readonly port: number;
  readonly base: string;
  /** Resolves with its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it with a signal, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export function startChild(dataDir: string, port = 0): Promise<Child> {
  return startProcess("./child.ts", dataDir, String(port));
}

/** As `hooked-child.ts` says. */
export function startHookedChild(options: HookedChild): Promise<Child> {
  return startProcess("./hooked-child.ts", JSON.stringify(options));
}

async function startProcess(script: string, ...args: string[]): Promise<Child> {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ["--no-warnings", "--import", here("./source.mjs"), here(script), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const ended = exited.then(([code]) => code);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  onTestFinished(async () => void (child.exitCode === null && child.signalCode === null && (await end("SIGKILL"))));
  const line = await Promise.race([once(child.stdout, "data").then(([data]) => String(data)), exited.then(() => "")]);
  if (line === "") throw new Error("The server has ended before it listened.");
  const { port: listening } = JSON.parse(line) as { port: number };
  return { process: child, port: listening, base: `http://127.0.0.1:${listening}/keyfold`, ended, end };
}
