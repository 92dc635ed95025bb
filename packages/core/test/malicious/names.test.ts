/** Names made to deceive or to break out: in lists, in downloads, in zips. */
import { unzipSync } from "fflate";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Folder } from "../../src/index.ts";
import { collisionKey, exportName } from "../../src/tree/export-name.ts";
import { bytesOf } from "../transfer-folder.ts";
import { Stage } from "./stage.ts";

/** Sixty, and each may be a file's or a directory's. */
const hostile: readonly string[] = [
  // out of the directory
  ..."../x|../../etc/passwd|..|.|/|/etc/passwd|..\\..\\windows|C:\\x|C:x|\\\\host\\share|a/b|a\\b|./x|....//x|%2e%2e%2f|~/.ssh/id".split(
    "|",
  ),
  // what systems keep for themselves
  ...'CON|con.txt|PRN|AUX.tar.gz|NUL|nul .txt|COM1|LPT9.log|COM¹|CONIN$|clock$|x.|x |x...|a:b|a*b|a?b|a<b>|a|b"c'.split("|"),
  // turned around, hidden, or more lines than one
  "\u202egpj.exe",
  "a\u2066b\u2069.txt",
  "a\u200bb",
  "\ufeffa.txt",
  "a\nb",
  "a\rb\tc",
  "a\u0000b",
  "\u001b[2J.txt",
  "a\u2028b",
  "\u00adx",
  "\u{e0001}x",
  // the same to the eye or to a file system
  "\u00c5ngstr\u00f6m",
  "A\u030angstro\u0308m",
  "\u212bngstr\u00f6m",
  "FILE",
  "file",
  "\ufb01le",
  "stra\u00dfe",
  "STRASSE",
  // keys of JavaScript, markup, length
  "__proto__",
  "constructor",
  "toString",
  "<img src=x onerror=alert(1)>",
  "x".repeat(255),
  "\u{1f469}\u200d".repeat(36),
];

let stage: Stage;
let folder: Folder;
beforeAll(async () => {
  stage = await Stage.set();
  ({ folder } = await stage.locked(async (made) => {
    for (const name of hostile) await made.createDirectory({ parent: null, name });
    const into = async (name: string, i: number): Promise<unknown> => {
      const node = made.state.tree.children(null)[i]!.id;
      return made.upload([new File([`content ${i}`], name)], { to: { node } });
    };
    await Promise.all(hostile.map(into));
  }));
});
afterEach(() => stage.server.expectNoLeak());
afterAll(() => stage.strike().then(() => stage.server.remove()));

const disturbing = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff\u2028\u2029\u00ad]/u;

describe("in a list", () => {
  test("each is stored as it was written, and shown so that it disturbs no line and stands for one node alone", () => {
    const { tree } = folder.state;
    const nodes = tree.children(null);
    expect(nodes.length).toBeGreaterThanOrEqual(60);
    expect(nodes.map(({ name }) => name)).toEqual(hostile);
    for (const { displayName } of nodes) expect(displayName).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
    expect(new Set(nodes.map(({ displayName }) => displayName)).size).toBe(hostile.length);
    for (const node of nodes) expect(tree.path(node.id).map(({ id }) => id)).toEqual([node.id]);
    expect(({} as { name?: unknown }).name).toBeUndefined();
  });
});

describe("saved and zipped", () => {
  const isHarmless = (name: string): void => {
    expect(name).not.toMatch(/[/\\:*?"<>|]/);
    expect(name).not.toMatch(disturbing);
    expect(name).not.toMatch(/^\.+$|^$|[. ]$|^ /);
    expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)( *\.|$)/i);
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
    expect(name).toBe(name.normalize("NFC"));
  };

  test.each(hostile.map((name) => [JSON.stringify(name), name]))("%s is harmless as a download's name", (_, name) =>
    isHarmless(exportName(name)),
  );

  test("all of them in one zip: no path leaves it, no two fall together, and every content is there", async () => {
    const { tree } = folder.state;
    const nodes = tree.children(null);
    const zip = unzipSync(await bytesOf(folder.zip(nodes.map(({ id }) => ({ node: id })))));
    const files = Object.entries(zip).filter(([path]) => !path.endsWith("/"));
    expect(files.map(([, bytes]) => new TextDecoder().decode(bytes)).toSorted()).toEqual(hostile.map((_, i) => `content ${i}`).toSorted());
    for (const [path] of files) {
      const steps = path.split("/");
      expect(steps).toHaveLength(2);
      steps.forEach(isHarmless);
    }
    expect(new Set(files.map(([path]) => collisionKey(path))).size).toBe(hostile.length);
  });
});
