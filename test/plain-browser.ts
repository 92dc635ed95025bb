/**
 * Chromium as people have it: driven over the DevTools protocol, but with none of its domains switched on that watch the network.
 *
 * Playwright and its kind keep them on. Then Chromium holds what pages receive (200 MiB of it), and sends buffers at 5 MiB/s: a page's
 * memory and speed cannot be measured that way.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface PlainPage {
  /** What a script comes to, awaited; a value that JSON takes. Rejects with the script's own error. */
  evaluate(script: string): Promise<unknown>;
  /** Gives a file to the first `<input type=file>`. */
  chooseFile(path: string): Promise<void>;
}

export interface PlainBrowser {
  /** Opens a page and waits until the script is true there. */
  open(url: string, until: string): Promise<PlainPage>;
  /** Process ids: of pages, and of all others. */
  processes(): Promise<{ readonly pages: readonly number[]; readonly others: readonly number[] }>;
  close(): Promise<void>;
}

export async function plainBrowser(): Promise<PlainBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "keyfold-browser-"));
  const child = spawn(findBrowser(), ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, ...browserArguments], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [, found] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error("Chromium did not start.")));
  });
  const socket = new WebSocket(address);
  await once(socket, "open");

  let last = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const call = async (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> => {
    const id = ++last;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  };

  return {
    async open(url, until) {
      const { targetId } = await call("Target.createTarget", { url: "about:blank" });
      const { sessionId } = (await call("Target.attachToTarget", { targetId, flatten: true })) as { sessionId: string };
      await call("Page.navigate", { url }, sessionId);
      const evaluate = async (expression: string): Promise<unknown> => {
        const options = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = (await call("Runtime.evaluate", options, sessionId)) as {
          result: { value?: unknown };
          exceptionDetails?: { exception?: { description?: string } };
        };
        if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? "The page's script failed.");
        return result.value;
      };
      // Navigating takes the page's scripts with it; until it is there, asking again is all that can be done.
      for (;;) if ((await evaluate(until).catch(() => false)) === true) break;
      return {
        evaluate,
        async chooseFile(path) {
          const { root } = (await call("DOM.getDocument", {}, sessionId)) as { root: { nodeId: number } };
          const { nodeId } = await call("DOM.querySelector", { nodeId: root.nodeId, selector: "input[type=file]" }, sessionId);
          await call("DOM.setFileInputFiles", { files: [path], nodeId }, sessionId);
        },
      };
    },
    async processes() {
      const { processInfo } = (await call("SystemInfo.getProcessInfo")) as { processInfo: { type: string; id: number }[] };
      const ids = (ofPages: boolean) => processInfo.filter(({ type }) => (type === "renderer") === ofPages).map(({ id }) => id);
      return { pages: ids(true), others: ids(false) };
    },
    async close() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
