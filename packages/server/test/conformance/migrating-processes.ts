/** Two processes that migrate the same database at the same moment. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

class MigratingProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly ready: Promise<string>;

  constructor() {
    const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    this.#child = spawn(process.execPath, ["--no-warnings", "--import", here("../source.mjs"), here("./migrate-child.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.ready = this.#line();
    this.ready.catch(() => undefined); // where no test has wanted it
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("The process that migrates has ended.");
    return value;
  }

  migrate(url: string): Promise<string> {
    this.#child.stdin.write(`${url}\n`);
    return this.#line();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

export class MigratingProcesses {
  readonly #both = [new MigratingProcess(), new MigratingProcess()];

  /** Rejects when one of them fails. */
  async migrate(url: string): Promise<void> {
    await Promise.all(this.#both.map(({ ready }) => ready));
    await Promise.all(this.#both.map((each) => each.migrate(url)));
  }

  kill(): void {
    for (const each of this.#both) each.kill();
  }
}
