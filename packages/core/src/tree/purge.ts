/**
 * Purges that an entry can take: an op names nodes closed under descendants, an entry names at most 1,000 blobs.
 *
 * @module
 */

import { currentOf, type Node } from "./node.ts";
import { blobsOf, type Purge } from "./op.ts";
import type { Tree } from "./tree.ts";

/** Blobs that one op drops, at most, so that several ops fit into an entry. */
const blobsInOp = 500;
const nodesInOp = 1000;

/** The nodes and all below them, children before parents, each once. */
function fromBelow(tree: Tree, ids: Iterable<string>): Node[] {
  const nodes = new Map<string, Node>();
  const visit = (id: string) => {
    const node = tree.get(id);
    if (node === undefined || nodes.has(id)) return;
    for (const child of tree.directory(id)?.children ?? []) visit(child);
    nodes.set(id, node);
  };
  for (const id of ids) visit(id);
  return [...nodes.values()];
}

/** Ops that delete these versions of a file, none of them the current one, in pieces that entries take. */
export function purgeVersionOps(node: Node, blobs: ReadonlySet<string>): Purge[] {
  const ops: Purge[] = [];
  let versions: string[] = [];
  let taken = 0;
  for (const { descriptor } of node.versions) {
    if (!blobs.has(descriptor.blob)) continue;
    const size = blobsOf(descriptor).length;
    if (taken + size > blobsInOp) {
      ops.push({ op: "purge", versions });
      versions = [];
      taken = 0;
    }
    versions.push(descriptor.blob);
    taken += size;
  }
  if (versions.length > 0) ops.push({ op: "purge", versions });
  return ops;
}

/**
 * Ops that delete the nodes for ever, with everything below them. In this order each has an effect, and each fits into an entry: what lies deepest
 * goes first; of a file with very many versions the earlier ones.
 */
export function purgeOps(tree: Tree, ids: Iterable<string>): Purge[] {
  const ops: Purge[] = [];
  let nodes: string[] = [];
  let blobs = 0;
  const close = () => {
    if (nodes.length > 0) ops.push({ op: "purge", nodes });
    nodes = [];
    blobs = 0;
  };
  for (const node of fromBelow(tree, ids)) {
    let own = node.versions.reduce((sum, { descriptor }) => sum + blobsOf(descriptor).length, 0);
    if (own > blobsInOp) {
      const current = currentOf(node)!.descriptor;
      ops.push(
        ...purgeVersionOps(node, new Set(node.versions.map(({ descriptor }) => descriptor.blob).filter((blob) => blob !== current.blob))),
      );
      own = blobsOf(current).length;
    }
    if (nodes.length === nodesInOp || blobs + own > blobsInOp) close();
    nodes.push(node.node);
    blobs += own;
  }
  close();
  return ops;
}
