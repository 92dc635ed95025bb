import * as fc from "fast-check";
import { expect, test } from "vitest";
import { packed, provider } from "../../test/device.ts";
import { idOf, ops, versionOf } from "../../test/ops.ts";
import { concat, toHex, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { applyOp } from "../tree/fold.ts";
import { canonical, type Json } from "../tree/json.ts";
import { Tree } from "../tree/tree.ts";
import { gzip } from "./gzip.ts";
import { freeze, nodeLine, readSnapshot, snapshotLines, stateHash } from "./snapshot.ts";

const stream = (content: Bytes) => new Blob([content]).stream();

function folded(list: Parameters<typeof applyOp>[1][]): Tree {
  const tree = new Tree();
  for (const op of list) applyOp(tree, op);
  return tree;
}

test("a snapshot comes back as the same state, with the same hash, and folds on alike", async () => {
  await fc.assert(
    fc.asyncProperty(ops(80), ops(20), async (list, more) => {
      const tree = folded(list);
      const { content, state } = await packed(tree);
      expect(toHex(state)).toBe(toHex(await stateHash(provider, freeze(tree))));
      const read = await readSnapshot(provider, stream(content), state);
      for (const op of more) expect(applyOp(read, op)).toBe(applyOp(tree, op));
      expect([...snapshotLines(freeze(read))]).toEqual([...snapshotLines(freeze(tree))]);
      expect(read.directory(null)).toMatchObject({ files: tree.directory(null)!.files, bytes: tree.directory(null)!.bytes });
    }),
    { numRuns: 60 },
  );
});

test("each line is its own canonical form", () => {
  fc.assert(
    fc.property(ops(80), (list) => {
      for (const line of snapshotLines(freeze(folded(list)))) expect(line).toBe(canonical(JSON.parse(line) as Json));
    }),
  );
});

test("what is frozen stays as it was while the tree changes", () => {
  fc.assert(
    fc.property(ops(40), ops(40), (list, more) => {
      const tree = folded(list);
      const frozen = freeze(tree);
      const before = [...snapshotLines(frozen)];
      for (const op of more) applyOp(tree, op);
      expect([...snapshotLines(frozen)]).toEqual(before);
    }),
  );
});

test("with a bit flipped anywhere, or cut short, a snapshot is refused, or says the same by other bytes", async () => {
  const tree = folded(
    Array.from({ length: 30 }, (_, n) => ({ op: "add", node: idOf(n), parent: null, name: `${n}`, version: versionOf(n) })),
  );
  const { content, state } = await packed(tree);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: content.length * 8 - 1 }), fc.boolean(), async (bit, isCut) => {
      // A gzip header's time and system say nothing of what it holds, nor do bits that fill DEFLATE's last byte, before the trailer of 8.
      fc.pre(isCut || (bit >= 80 && bit >> 3 !== content.length - 9));
      const harmed = content.slice(0, isCut ? bit >> 3 : content.length);
      if (!isCut) harmed[bit >> 3]! ^= 1 << (bit & 7);
      const read = readSnapshot(provider, stream(harmed), state);
      // DEFLATE can say one thing in several ways: a distance that leads to the same bytes. The hash is over what is said.
      const same = isCut ? null : await read.then((found) => [...snapshotLines(freeze(found))]).catch(() => null);
      if (same !== null) expect(same).toEqual([...snapshotLines(freeze(tree))]);
      else await expect(read).rejects.toMatchObject({ code: "tampered", reason: "snapshot-state" });
    }),
    { examples: [[3594, false]] },
  );
});

test("what a stream fails with is what reading fails with", async () => {
  const failing = new ReadableStream<Uint8Array>({
    pull: () => {
      throw new KeyfoldError("offline", "No network.");
    },
  });
  await expect(readSnapshot(provider, failing, new Uint8Array(32))).rejects.toMatchObject({ code: "offline" });
});

async function readLines(...lines: string[]): Promise<Tree> {
  const hashes = await Promise.all(lines.map((line) => provider.sha256(toUtf8(line))));
  const state = await provider.sha256(concat(...hashes));
  return readSnapshot(provider, stream(gzip(toUtf8(lines.map((line) => `${line}\n`).join("")))), state);
}

const head = '{"drops":{},"keeps":{},"shares":{},"snapshots":[],"spent":[],"v":1}';
const directory = (n: number, parent: number | null) =>
  canonical({ kind: "directory", name: "d", node: idOf(n), parent: parent === null ? null : idOf(parent) });
const file = (n: number, blob: number) =>
  nodeLine({ node: idOf(n), kind: "file", parent: null, name: "f", trashed: false, versions: [{ descriptor: versionOf(blob) }], order: 0 });

test.each([
  ["no line at all", []],
  ["nodes below themselves", [head, directory(1, 2), directory(2, 1)]],
  ["a node below nothing", [head, directory(1, 2)]],
  ["a node below a file", [head, file(1, 1), directory(2, 1)]],
  ["a node twice", [head, directory(1, null), directory(1, null)]],
  ["a blob twice", [head, file(1, 1), file(2, 1)]],
  ["65 levels", [head, ...Array.from({ length: 65 }, (_, n) => directory(n, n === 0 ? null : n - 1))]],
  ["a file without a version", [head, canonical({ kind: "file", name: "f", node: idOf(1), parent: null, versions: [] })]],
  ["a head of another shape", ['{"v":1}']],
  ["what is no JSON", [head, "{"]],
])("signed or not, a snapshot of %s is refused", async (_, lines) => {
  await expect(readLines(...lines)).rejects.toMatchObject({ code: "tampered", reason: "snapshot-state" });
});

test("a snapshot of a newer version asks for an update", async () => {
  await expect(readLines(head.replace('"v":1', '"v":2'))).rejects.toMatchObject({ code: "unsupported-version" });
});

test("64 levels in an order of creation that is not from above are read", async () => {
  const lines = Array.from({ length: 64 }, (_, n) => directory(n, n === 0 ? null : n - 1)).reverse();
  expect((await readLines(head, ...lines)).nodeCount).toBe(64);
});
