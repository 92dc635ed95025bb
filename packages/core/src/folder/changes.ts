/**
 * From what a person wants to the ops that do it. Pure: reads the tree, changes nothing; what cannot be done is refused here, with a reason.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { BlobId, NodeId } from "../interface/tree.ts";
import { isMeta } from "../tree/read-op.ts";
import type { JsonObject } from "../tree/json.ts";
import { currentOf, type Node } from "../tree/node.ts";
import type { Op } from "../tree/op.ts";
import { purgeOps, purgeVersionOps } from "../tree/purge.ts";
import { levelsLimit, nodesLimit, type Tree } from "../tree/tree.ts";
import { checkedName } from "./target.ts";

/** A new directory. Throws `invalid-name`, `invalid-move` inside a file or the trash, `folder-full`. */
export function makeDirectory(tree: Tree, node: NodeId, parent: NodeId | null, name: string): Op {
  return makeDirectories(tree, [node], parent, [name])[0]!;
}

/** New directories, each in the one before it. Throws as `makeDirectory`. */
export function makeDirectories(tree: Tree, nodes: readonly NodeId[], parent: NodeId | null, names: readonly string[]): Op[] {
  checkDirectory(tree, parent);
  if (tree.nodeCount + nodes.length > nodesLimit || tree.levelOf(parent) + nodes.length > levelsLimit) throw full();
  return nodes.map((node, i) => ({ op: "mkdir", node, parent: i === 0 ? parent : nodes[i - 1]!, name: checkedName(names[i]!) }));
}

export function rename(tree: Tree, id: NodeId, name: string): Op[] {
  const node = live(tree, id);
  return node.name === checkedName(name) ? [] : [{ op: "rename", node: id, name }];
}

/** Throws `invalid-move` into itself, onto a file, below 64 levels. */
export function move(tree: Tree, ids: readonly NodeId[], to: NodeId | null): Op[] {
  checkDirectory(tree, to);
  const level = tree.levelOf(to) + 1;
  return ids.flatMap((id): Op[] => {
    const node = live(tree, id);
    if (node.parent === to) return [];
    if (tree.isWithin(to, id)) throw new KeyfoldError("invalid-move", "A directory cannot be moved into itself.");
    if (!tree.fitsOnLevel(id, level)) throw full();
    return [{ op: "move", node: id, parent: to }];
  });
}

/** Nodes that lie in the trash already, or below another of these, are passed over. */
export function trash(tree: Tree, ids: readonly NodeId[]): Op[] {
  const asked = new Set(ids);
  return [...asked]
    .filter((id) => !tree.liesInTrash(existing(tree, id).node) && !ancestors(tree, existing(tree, id)).some(({ node }) => asked.has(node)))
    .map((node) => ({ op: "trash", node }));
}

/**
 * Takes nodes out of the trash. One that lies in a directory which is in the trash itself comes back beside that directory: its siblings were not
 * asked for.
 */
export function restore(tree: Tree, ids: readonly NodeId[]): Op[] {
  const ops: Op[] = [];
  const asked = new Set(ids);
  // From above: what one comes back into must be out of the trash already.
  for (const id of ids.toSorted((a, b) => tree.levelOf(a) - tree.levelOf(b))) {
    const node = existing(tree, id);
    if (node.trashed) ops.push({ op: "restore", node: id });
    const marked = ancestors(tree, node).filter((above) => above.trashed && !asked.has(above.node));
    const outermost = marked.at(-1);
    if (outermost === undefined) continue;
    // Nothing moves while anything above it lies in the trash: out with all of them, and back in.
    for (const above of marked) ops.push({ op: "restore", node: above.node });
    ops.push({ op: "move", node: id, parent: outermost.parent });
    for (const above of marked) ops.push({ op: "trash", node: above.node });
  }
  return ops;
}

/** Deletes nodes with everything below, in pieces that fit into entries. */
export function purge(tree: Tree, ids: readonly NodeId[]): Op[] {
  for (const id of ids) existing(tree, id);
  return purgeOps(tree, ids);
}

/** Every node that carries the trash mark and lies in no other that does. */
export function trashed(tree: Tree): NodeId[] {
  return tree
    .nodes()
    .filter((node) => node.trashed && !ancestors(tree, node).some((above) => above.trashed))
    .map((node) => node.node);
}

/**
 * Deletes earlier versions of a file for ever, in pieces that fit into entries. Throws `not-found` for a blob that is no version of it,
 * `invalid-argument` for the current one.
 */
export function purgeVersions(tree: Tree, id: NodeId, blobs: readonly BlobId[]): Op[] {
  const node = existing(tree, id);
  const versions = new Set(node.versions.map(({ descriptor }) => descriptor.blob));
  if (blobs.some((blob) => !versions.has(blob))) throw new KeyfoldError("not-found", "The file has no such version.");
  if (blobs.some((blob) => currentOf(node)?.descriptor.blob === blob)) {
    throw new KeyfoldError("invalid-argument", "The current version is the file: only earlier ones can be deleted.", { reason: "current" });
  }
  return purgeVersionOps(node, new Set(blobs));
}

export function revert(tree: Tree, id: NodeId, blob: BlobId): Op[] {
  const node = live(tree, id);
  if (!node.versions.some(({ descriptor }) => descriptor.blob === blob)) {
    throw new KeyfoldError("not-found", "The file has no such version.");
  }
  return node.versions.at(-1)?.descriptor.blob === blob ? [] : [{ op: "revert", node: id, blob }];
}

/** Throws `invalid-argument` for what is no JSON object, `too-large` above 4 KiB. */
export function setMeta(tree: Tree, id: NodeId, meta: Readonly<Record<string, unknown>>): Op[] {
  live(tree, id);
  // As it will be read back: without undefined members, dates as text.
  const plain: unknown = JSON.parse(JSON.stringify(meta));
  if (!isMeta(plain)) throw new KeyfoldError("too-large", "A file's own data is a JSON object of at most 4 KiB.");
  return [{ op: "meta", node: id, meta: plain satisfies JsonObject }];
}

/** From the parent up. */
function ancestors(tree: Tree, node: Node): Node[] {
  const above: Node[] = [];
  for (let at = node.parent; at !== null;) {
    const next = tree.get(at);
    if (next === undefined) break;
    above.push(next);
    at = next.parent;
  }
  return above;
}

function existing(tree: Tree, id: NodeId): Node {
  const node = tree.get(id);
  if (node === undefined) throw new KeyfoldError("not-found", "There is no such file or directory in this folder.");
  return node;
}

function live(tree: Tree, id: NodeId): Node {
  const node = existing(tree, id);
  if (tree.liesInTrash(id)) throw new KeyfoldError("invalid-move", "It lies in the trash. Restore it first.");
  return node;
}

function checkDirectory(tree: Tree, id: NodeId | null): void {
  if (id !== null && live(tree, id).kind !== "directory") throw new KeyfoldError("invalid-move", "A file holds no files.");
}

function full(): KeyfoldError {
  return new KeyfoldError("folder-full", "A folder has at most 1,000,000 files and directories, on 64 levels.");
}
