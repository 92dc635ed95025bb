/** Which versions somebody had the content keys of, and the ops that have them sealed anew. */
import type { Expose } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";

/** Ids in one op: several ops fit into an entry. */
const VERSIONS_AN_OP = 500;

/**
 * Every version that a share of these nodes may have shown: all that stand in and below them, earlier ones and those in the trash too, since each may have been
 * the current one while it was shared; and the `listed` ones, wherever their files went since. Those that are exposed already are left out.
 */
export function shownVersions(tree: Tree, nodes: readonly string[], listed: readonly string[]): string[] {
  const blobs = new Set(listed.filter((blob) => tree.fileOf(blob) !== undefined));
  const waiting = nodes.flatMap((id) => tree.get(id) ?? []);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const { descriptor } of node.versions) blobs.add(descriptor.blob);
    if (node.kind === "directory") waiting.push(...tree.children(node.node));
  }
  return [...blobs].filter((blob) => !tree.exposed.has(blob));
}

export function exposeOps(blobs: readonly string[]): Expose[] {
  const ops: Expose[] = [];
  for (let at = 0; at < blobs.length; at += VERSIONS_AN_OP) ops.push({ op: "expose", versions: blobs.slice(at, at + VERSIONS_AN_OP) });
  return ops;
}
