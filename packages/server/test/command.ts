/** The command in a process of its own, from its source. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface Command {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has said so far. */
  readonly out: () => string;
  readonly errors: () => string;
  /** Resolves with the first base URL, once it listens. Rejects with what it complained of. */
  readonly listening: Promise<string>;
  readonly exited: Promise<number | null>;
}

export function startCommand(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Command {
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const command = here("../src/server-command/keyfold-server.ts");
  const child = spawn(process.execPath, ["--no-warnings", "--import", here("./source.mjs"), command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...environment },
  });
  let [out, errors] = ["", ""];
  const listening = Promise.withResolvers<string>();
  listening.promise.catch(() => undefined);
  child.stdout.on("data", (piece) => {
    out += String(piece);
    const [, address] = /serves (\S+)\n/.exec(out) ?? [];
    if (address !== undefined) listening.resolve(address);
  });
  child.stderr.on("data", (piece) => (errors += String(piece)));
  const exited = once(child, "close").then(([code]) => {
    listening.reject(new Error(`It ended with ${code}: ${errors}`));
    return code as number | null;
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
  });
  return { process: child, out: () => out, errors: () => errors, listening: listening.promise, exited };
}
