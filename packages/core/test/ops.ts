/**
 * Ops for property tests: few nodes and blobs, so that ops meet.
 *
 * @module
 */

import * as fc from "fast-check";
import type { Op, VersionDescriptor } from "../src/tree/op.ts";

const hexOf = (n: number, length = 32) => n.toString(16).padStart(length, "0");

/** An id by its number. */
export const idOf = (n: number): string => hexOf(n);

const zeros32 = "A".repeat(43);

/** A version whose blob has the number; contents of 5 bytes. */
export function versionOf(blob: number, thumbnail?: number): VersionDescriptor {
  const descriptor = { suite: 1, blob: hexOf(0xb10b0000 + blob), key: zeros32, size: 5, sealedSize: 1080, digest: zeros32 } as const;
  return thumbnail === undefined ? descriptor : { ...descriptor, thumbnail: versionOf(thumbnail) };
}

export const blobOf = (n: number): string => versionOf(n).blob;

const node = fc.nat({ max: 9 }).map(idOf);
const parent = fc.oneof(fc.constant(null), node);
const blob = fc.nat({ max: 15 }).map(blobOf);
const version = fc.oneof(
  fc.nat({ max: 15 }).map((n) => versionOf(n)),
  fc.tuple(fc.nat({ max: 15 }), fc.nat({ max: 15 })).map(([n, thumbnail]) => versionOf(n, thumbnail)),
);
export const name = fc.constantFrom("a", "b", "report.pdf", "report (2).pdf", "a (2)", "x".repeat(255), "\u202e.gpj", "Å", "A\u030a");
const ids = fc.array(node, { minLength: 1, maxLength: 4 });
const blobs = fc.array(blob, { minLength: 1, maxLength: 3 });
const random = fc.constant("A".repeat(22));
const meta = fc.dictionary(
  fc.string({ maxLength: 3, unit: "grapheme" }),
  fc.oneof(fc.boolean(), fc.string({ unit: "grapheme" }), fc.nat()),
  {
    maxKeys: 3,
  },
);

const op = (kind: Op["op"], fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ op: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Op>;

export const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: op("mkdir", { node, parent, name }) },
  { weight: 6, arbitrary: op("add", { node, parent, name, version }) },
  {
    weight: 2,
    arbitrary: fc.record({ drop: node, item: node }).chain((from) => op("add", { node, parent, name, version, from: fc.constant(from) })),
  },
  { weight: 4, arbitrary: op("replace", { node, base: blob, version }) },
  { weight: 2, arbitrary: op("revert", { node, blob }) },
  { weight: 2, arbitrary: op("rename", { node, name }) },
  { weight: 4, arbitrary: op("move", { node, parent }) },
  { weight: 3, arbitrary: op("trash", { node }) },
  { weight: 3, arbitrary: op("restore", { node }) },
  { weight: 3, arbitrary: op("purge", { nodes: ids }) },
  { weight: 2, arbitrary: op("purge", { versions: blobs }) },
  { weight: 1, arbitrary: op("meta", { node, meta }) },
  { weight: 3, arbitrary: op("reseal", { node, from: blob, to: version }) },
  { weight: 2, arbitrary: op("expose", { versions: blobs }) },
  { weight: 1, arbitrary: op("drop", { drop: node, random, expires: fc.nat(), to: parent }) },
  { weight: 1, arbitrary: op("undrop", { drop: node }) },
  { weight: 1, arbitrary: op("share", { share: node, random, nodes: ids, expires: fc.nat() }) },
  { weight: 1, arbitrary: op("unshare", { share: node }) },
  { weight: 1, arbitrary: op("keep", { epoch: fc.nat({ max: 3 }), keys: fc.constant("A".repeat(123)) }) },
  { weight: 1, arbitrary: op("forget", { epoch: fc.nat({ max: 3 }) }) },
  {
    weight: 1,
    arbitrary: op("snapshot", { descriptor: fc.nat({ max: 15 }).map((n) => versionOf(n)), covers: fc.nat(), state: fc.constant(zeros32) }),
  },
);

export const ops = (maxLength = 60): fc.Arbitrary<Op[]> => fc.array(anyOp, { maxLength });
