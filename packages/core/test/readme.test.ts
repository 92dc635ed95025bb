/** The examples of README.md, run in their order against a server, as one script: what one declares the next may use. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import * as core from "../src/index.ts";
import { localServer } from "./local-server.ts";

const page = await readFile(new URL("../README.md", import.meta.url), "utf8");
const fences = Array.from(page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gmu), ([, language = "", code = ""]) => ({ language, code }));

test("every block is an example that runs: nothing is exempt", () => {
  expect(fences.length).toBeGreaterThanOrEqual(10);
  expect(fences.map(({ language }) => language)).toEqual(fences.map(() => "ts"));
});

test("the examples run in their order, and show what they say", async () => {
  const server = await localServer();
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
    expect(flat).toEqual(expect.arrayContaining(["/2026/taxes/return.pdf", "signed-in", "return.pdf", "cancelled"]));
    expect(flat).toContain("This key opens no folder here.");
  } finally {
    await server.remove();
    await rm(directory, { recursive: true });
  }
}, 30_000);
