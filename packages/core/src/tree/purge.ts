/**
 * Purges that an entry can take: an op names nodes closed under descendants, an entry names at most 1,000 blobs.
 *
 * @module
 */

import type { Node } from "./node.ts";
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
    const sizes = node.versions.map(({ descriptor }) => blobsOf(descriptor).length);
    let own = sizes.reduce((sum, size) => sum + size, 0);
    for (let from = 0; own > blobsInOp;) {
      const versions: string[] = [];
      for (let taken = 0; from < node.versions.length - 1 && taken + sizes[from]! <= blobsInOp; from++) {
        versions.push(node.versions[from]!.descriptor.blob);
        taken += sizes[from]!;
        own -= sizes[from]!;
      }
      ops.push({ op: "purge", versions });
    }
    if (nodes.length === nodesInOp || blobs + own > blobsInOp) close();
    nodes.push(node.node);
    blobs += own;
  }
  close();
  return ops;
}
