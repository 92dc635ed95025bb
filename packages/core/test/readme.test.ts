/** The examples of README.md, run in their order against a server, as one script: what one declares the next may use. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as core from "../src/index.ts";
import { serverForThisTest } from "./devices-on-server.ts";

const page = await readFile(new URL("../README.md", import.meta.url), "utf8");
const fences = Array.from(page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gmu), ([, language = "", code = ""]) => ({ language, code }));

test("every block is an example that runs: nothing is exempt", () => {
  expect(fences.length).toBeGreaterThanOrEqual(10);
  expect(fences.map(({ language }) => language)).toEqual(fences.map(() => "ts"));
});

test("the examples run in their order, and show what they say", async () => {
  const server = await serverForThisTest();
  const shown: unknown[][] = [];
  const saved: Uint8Array[] = [];
  const own = {
    core,
    server: server.url,
    files: [new File(["a return"], "return.pdf", { type: "application/pdf" }), new File(["notes"], "notes.txt")],
    save: async (key: Uint8Array) => void saved.push(key.slice()),
    show: (...what: unknown[]) => void shown.push(what),
  };
  const code = fences.map((fence) => fence.code.replace(/^import (\{.*\}) from "@keyfold\/core";$/mu, "const $1 = core;")).join("\n");
  const directory = await mkdtemp(join(tmpdir(), "keyfold-readme-"));
  const script = join(directory, "readme.mjs");
  try {
    await writeFile(script, `export async function run({ ${Object.keys(own).join(", ")} }) {\n${code}\n}\n`);
    const { run } = (await import(/* @vite-ignore */ pathToFileURL(script).href)) as { run: (values: typeof own) => Promise<void> };
    await run(own);
    const flat = shown.flat();
    expect(saved.map(({ length }) => length)).toEqual([64]);
    expect(flat).toContain(1); // all of the upload is confirmed
    expect(flat).toEqual(expect.arrayContaining(["/2026/taxes/return.pdf", "appended", "signed-in", "return.pdf", "cancelled"]));
    expect(flat).toContain("This key opens no folder here.");
  } finally {
    await rm(directory, { recursive: true });
  }
}, 30_000);

/** What the compiler says of a module, as an app with `strict` has it. Empty where it has nothing to say. */
async function complaints(code: string): Promise<string> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
  const { bin } = JSON.parse(await readFile(compiler, "utf8")) as { bin: { tsc: string } };
  // Within the project, so that its paths lead to the source; the dot keeps it out of everybody else's.
  const directory = await mkdtemp(join(here, ".readme-"));
  try {
    const compilerOptions = { noUncheckedIndexedAccess: false, noUnusedLocals: false };
    const config = { extends: "../../../../tsconfig.json", compilerOptions, include: [], files: ["readme.ts"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(directory, "readme.ts"), code);
    await promisify(execFile)(process.execPath, [join(dirname(compiler), bin.tsc), "-p", directory, "--noEmit", "--pretty", "false"]);
    return "";
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("the examples hold before the compiler, which is asked about them indeed", async () => {
  const own = [
    "declare const server: string;",
    "declare const files: readonly File[];",
    "declare function save(key: Uint8Array): Promise<void>;",
    "declare function show(...what: unknown[]): void;",
  ];
  const code = [...own, ...fences.map((fence) => fence.code)].join("\n");
  expect(await complaints(code)).toBe("");
  expect(await complaints(`${code}\nshow(folder.noSuchThing);\n`)).toMatch(/error TS2339: .*noSuchThing/u);
}, 120_000);
