/** docs/threat-model.md names tests: each is there, none is skipped, and no test of a malicious server is left out of the page. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), "utf8");
const sourceOf = (named: string): string => read(named.startsWith("test/") ? named : `packages/${named}`);

/** Files with the titles that the page names. */
function named(): Map<string, Set<string>> {
  const files = new Map<string, Set<string>>();
  let file = "";
  for (const [, path, title] of read("docs/threat-model.md").matchAll(/`([^`\s]+\.test\.ts)`|“([^”]+)”/g)) {
    if (path !== undefined) files.set((file = path), files.get(path) ?? new Set());
    else if (file !== "" && title !== undefined) files.get(file)?.add(title);
  }
  return files;
}

/** The titles in a file, of tests alone: `test("…"`, `it("…"`, and what `test.for(…)` and `test.each(…)` are called with. */
function titlesIn(source: string): Set<string> {
  const calls = /(?<![\w.])(?:test|it)(?:\.(?:for|each)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\(\s*"((?:[^"\\]|\\.)*)"/g;
  return new Set([...source.matchAll(calls)].map(([, title]) => title!.replaceAll('\\"', '"')));
}

test("each test that is named exists, under that name, and is run", () => {
  const files = named();
  expect(files.size).toBeGreaterThan(10);
  for (const [file, titles] of files) {
    const source = sourceOf(file);
    expect([file, /\.(?:skip|todo|only)\b/.test(source)]).toEqual([file, false]);
    const there = titlesIn(source);
    for (const title of titles) expect([file, title, there.has(title)]).toEqual([file, title, true]);
  }
});

test("each test of a malicious server is named", () => {
  const files = named();
  for (const name of readdirSync(at("packages/core/test/malicious")).filter((file) => file.endsWith(".test.ts"))) {
    const file = `core/test/malicious/${name}`;
    const titles = titlesIn(sourceOf(file));
    expect(titles.size).toBeGreaterThan(1);
    expect([file, [...titles].toSorted()]).toEqual([file, [...(files.get(file) ?? [])].toSorted()]);
  }
});
