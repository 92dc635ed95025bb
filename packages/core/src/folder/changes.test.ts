import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../crypto/encoding.ts";
import { KeyfoldError } from "../error.ts";
import { plainSizeOf, sealedSizeOf } from "../seal/geometry.ts";
import { applyOp } from "../tree/fold.ts";
import { blobsOf, type Op, type VersionDescriptor } from "../tree/op.ts";
import { Tree } from "../tree/tree.ts";
import { makeDirectory, move, purge, rename, restore, revert, setMeta, trash, trashed } from "./changes.ts";

let drawn = 0;
const id = (number: number = ++drawn): string => number.toString(16).padStart(32, "0");
const zeros = toBase64url(new Uint8Array(32));

function version(): VersionDescriptor {
  return { suite: 1, blob: id(), key: zeros, size: 5, sealedSize: sealedSizeOf(plainSizeOf(5, true)), digest: zeros };
}

function apply(tree: Tree, ops: readonly Op[]): void {
  for (const op of ops) if (!applyOp(tree, op)) throw new Error(`no effect: ${op.op}`);
}

/** /a/b/file, /a/other */
function folder() {
  const tree = new Tree();
  const [a, b, file, other] = [id(), id(), id(), id()];
  apply(tree, [makeDirectory(tree, a, null, "a")]);
  apply(tree, [makeDirectory(tree, b, a, "b")]);
  apply(tree, [{ op: "add", node: file, parent: b, name: "file", version: version() }]);
  apply(tree, [makeDirectory(tree, other, a, "other")]);
  return { tree, a, b, file, other };
}

const refused = (code: string) => expect.objectContaining({ code });

describe("changes", () => {
  test("that would do nothing are no ops", () => {
    const { tree, a, b, file } = folder();
    expect(rename(tree, a, "a")).toEqual([]);
    expect(move(tree, [b], a)).toEqual([]);
    const current = tree.get(file)!.versions[0]!.descriptor.blob;
    expect(revert(tree, file, current)).toEqual([]);
  });

  test("are refused with their reason", () => {
    const { tree, a, b, file } = folder();
    const attempt = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    };
    expect(attempt(() => move(tree, [a], b))).toEqual(refused("invalid-move"));
    expect(attempt(() => move(tree, [a], a))).toEqual(refused("invalid-move"));
    expect(attempt(() => move(tree, [a], file))).toEqual(refused("invalid-move"));
    expect(attempt(() => move(tree, [id()], null))).toEqual(refused("not-found"));
    expect(attempt(() => rename(tree, a, ""))).toEqual(refused("invalid-name"));
    expect(attempt(() => rename(tree, a, "é".repeat(128)))).toEqual(refused("invalid-name"));
    expect(attempt(() => rename(tree, a, "\ud800"))).toEqual(refused("invalid-name"));
    expect(attempt(() => revert(tree, file, id()))).toEqual(refused("not-found"));
    expect(attempt(() => setMeta(tree, file, { text: "x".repeat(5000) }))).toEqual(refused("too-large"));
    apply(tree, trash(tree, [a]));
    expect(attempt(() => rename(tree, file, "x"))).toEqual(refused("invalid-move"));
    expect(attempt(() => makeDirectory(tree, id(), b, "x"))).toEqual(refused("invalid-move"));
  });

  test("stop at 64 levels", () => {
    const tree = new Tree();
    let parent: string | null = null;
    for (let level = 1; level <= 64; level++) {
      const node = id();
      apply(tree, [makeDirectory(tree, node, parent, "d")]);
      parent = node;
    }
    expect(() => makeDirectory(tree, id(), parent, "d")).toThrow(KeyfoldError);
    const side = id();
    apply(tree, [makeDirectory(tree, side, null, "side")]);
    expect(() => move(tree, [side], parent)).toThrow(KeyfoldError);
  });

  test("restore a file out of a trashed directory beside that directory, and its siblings stay", () => {
    const { tree, a, b, file, other } = folder();
    apply(tree, trash(tree, [b]));
    apply(tree, trash(tree, [a]));
    apply(tree, restore(tree, [file]));
    expect(tree.get(file)?.parent).toBeNull();
    expect(tree.liesInTrash(file)).toBe(false);
    expect(tree.get(a)?.trashed).toBe(true);
    expect(tree.get(b)?.trashed).toBe(true);
    expect(tree.liesInTrash(other)).toBe(true);
  });

  test("restore a directory and what was trashed in it together, in place", () => {
    const { tree, a, b, file } = folder();
    apply(tree, trash(tree, [file]));
    apply(tree, trash(tree, [a]));
    apply(tree, restore(tree, [file, a]));
    expect(tree.get(file)?.parent).toBe(b);
    expect(tree.liesInTrash(file)).toBe(false);
    expect(tree.liesInTrash(a)).toBe(false);
  });

  test("purge a directory with everything below, in pieces that an entry takes, and nothing else", () => {
    const { tree, a, other } = folder();
    const keep = id();
    apply(tree, [makeDirectory(tree, keep, null, "keep")]);
    for (let i = 0; i < 1500; i++) apply(tree, [{ op: "add", node: id(), parent: other, name: `f${i}`, version: version() }]);
    const heavy = id();
    let base = version();
    apply(tree, [{ op: "add", node: heavy, parent: a, name: "heavy", version: base }]);
    for (let i = 0; i < 1200; i++) {
      const next = version();
      apply(tree, [{ op: "replace", node: heavy, base: base.blob, version: next }]);
      base = next;
    }
    const ops = purge(tree, [a]);
    for (const op of ops) {
      const before = new Set(tree.standingBlobs());
      apply(tree, [op]);
      for (const blob of tree.standingBlobs()) before.delete(blob);
      expect(before.size).toBeLessThanOrEqual(500);
    }
    expect(tree.nodes().map((node) => node.node)).toEqual([keep]);
    expect([...tree.standingBlobs()]).toEqual([]);
  });

  test("empty the trash of what carries the mark, once", () => {
    const { tree, a, b, file } = folder();
    apply(tree, trash(tree, [file]));
    apply(tree, trash(tree, [b]));
    expect(trashed(tree)).toEqual([b]);
    apply(tree, purge(tree, trashed(tree)));
    expect(tree.get(b)).toBeUndefined();
    expect(tree.get(file)).toBeUndefined();
    expect(tree.get(a)).toBeDefined();
  });

  test("that are proposed always have an effect where they were made for", () => {
    const step = fc.record({ kind: fc.nat(4), target: fc.nat(30), to: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tree = new Tree();
        for (const { kind, target, to } of steps) {
          const nodes = tree.nodes();
          const node = nodes[target % Math.max(1, nodes.length)]?.node;
          const parent = nodes[to % Math.max(1, nodes.length)]?.node ?? null;
          try {
            if (kind === 0 || node === undefined) apply(tree, [makeDirectory(tree, id(), parent, "n")]);
            else if (kind === 1) apply(tree, move(tree, [node], parent));
            else if (kind === 2) apply(tree, trash(tree, [node]));
            else if (kind === 3) apply(tree, restore(tree, [node]));
            else apply(tree, purge(tree, [node]));
          } catch (error) {
            if (!(error instanceof KeyfoldError)) throw error;
          }
        }
        for (const blob of tree.nodes().flatMap((node) => node.versions.flatMap(({ descriptor }) => blobsOf(descriptor)))) {
          expect(tree.isStanding(blob)).toBe(true);
        }
      }),
    );
  });
});
