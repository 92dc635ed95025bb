/** A mount in a temporary folder, with real files, and requests to it without a network. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProblemCode } from "@keyfold/core/protocol";
import { onTestFinished } from "vitest";
import { keyfold, type Keyfold } from "../src/app.ts";
import { durableFs } from "../src/blobs/durable-fs.ts";
import { embedded, type Embedded } from "../src/embedded.ts";
import type { LogLine } from "../src/log-line.ts";
import type { KeyfoldOptions } from "../src/options.ts";
import { chosenDatabase, lent } from "./databases.ts";
import { sendBy, type Send } from "./send.ts";

export const base = "http://localhost/keyfold";

export { sendBy, type Send } from "./send.ts";

export interface TestMount {
  readonly app: Keyfold;
  readonly directory: string;
  readonly lines: LogLine[];
  readonly options: KeyfoldOptions & { readonly secret: string | Uint8Array };
  readonly send: Send;
  /** Lets so many milliseconds pass. */
  readonly wait: (milliseconds: number) => void;
}

export async function temporaryFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "keyfold-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function mount(options: Partial<KeyfoldOptions> = {}, directory?: string): Promise<TestMount> {
  const folder = directory ?? (await temporaryFolder());
  const lines: LogLine[] = [];
  let passed = 0;
  const all = {
    ...(await storageIn(folder)),
    origin: base,
    log: (line: LogLine) => void lines.push(line),
    clock: () => Date.now() + passed,
    assets: false as const,
    ...options,
  } satisfies KeyfoldOptions;
  const app = keyfold(all);
  onTestFinished(() => app.close());
  return {
    app,
    directory: folder,
    lines,
    options: { ...all, secret: all.secret ?? "" },
    send: sendBy((url, init) => Promise.resolve(app.request(url.replace("/keyfold", ""), init)), base),
    wait: (milliseconds) => {
      passed += milliseconds;
    },
  };
}

/** Everything in a folder; but the database on a server, where the suite runs over one. The same folder has the same database again. */
async function storageIn(folder: string): Promise<Embedded> {
  if (chosenDatabase === "sqlite") return embedded(folder);
  return {
    database: await lent(chosenDatabase, folder),
    blobs: durableFs(join(folder, "blobs")),
    secret: `secret of ${folder}`.padEnd(32),
  };
}

/** The code of a problem document. */
export async function codeOf(response: Response): Promise<ProblemCode | "none"> {
  if (response.headers.get("content-type") !== "application/problem+json") return "none";
  const problem = (await response.json()) as { code: ProblemCode; status: number };
  if (problem.status !== response.status) throw new Error("The problem's status is not the answer's.");
  return problem.code;
}

/** Statuses, lowest first. */
export function statusesOf(answers: readonly Response[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}
