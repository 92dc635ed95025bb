/**
 * The fold: one op onto the state (docs/format.md, section 4).
 *
 * Total and deterministic: an op that is not valid where it stands has no effect; nothing depends on a clock, a locale or a Unicode table. Every
 * device that has the same log comes to the same state.
 *
 * @module
 */

import { canonical } from "./json.ts";
import { currentOf, type Node, type StandingVersion } from "./node.ts";
import {
  blobsOf,
  type Add,
  type Expose,
  type Meta,
  type Mkdir,
  type Move,
  type Op,
  type Purge,
  type Replace,
  type Reseal,
  type Revert,
  type Snapshot,
  type VersionDescriptor,
} from "./op.ts";
import { readOp } from "./read-op.ts";
import { levelsLimit, nodesLimit, type Tree } from "./tree.ts";

/** Applies an op. Returns whether the state changed. */
export function applyOp(tree: Tree, op: Op): boolean {
  switch (op.op) {
    case "mkdir":
    case "add":
      return place(tree, op);
    case "replace":
      return replace(tree, op);
    case "revert":
      return revert(tree, op);
    case "rename": {
      const node = live(tree, op.node);
      if (node === undefined || node.name === op.name) return false;
      tree.put({ ...node, name: op.name });
      return true;
    }
    case "move":
      return move(tree, op);
    case "trash": {
      const node = live(tree, op.node);
      if (node === undefined) return false;
      tree.put({ ...node, trashed: true });
      return true;
    }
    case "restore": {
      const node = tree.get(op.node);
      if (node === undefined || !node.trashed) return false;
      tree.put({ ...node, trashed: false });
      return true;
    }
    case "purge":
      return purge(tree, op);
    case "meta":
      return setMeta(tree, op);
    case "reseal":
      return reseal(tree, op);
    case "expose":
      return expose(tree, op);
    case "drop": {
      const { op: _, drop, ...terms } = op;
      if (tree.drops.has(drop)) return false;
      tree.setDrop(drop, terms);
      return true;
    }
    case "undrop":
      if (!tree.drops.has(op.drop)) return false;
      tree.setDrop(op.drop, undefined);
      return true;
    case "share": {
      const { op: _, share, ...terms } = op;
      if (tree.shares.has(share)) return false;
      tree.setShare(share, terms);
      return true;
    }
    case "unshare":
      if (!tree.shares.has(op.share)) return false;
      tree.setShare(op.share, undefined);
      return true;
    case "keep":
      if (tree.keeps.has(op.epoch)) return false;
      tree.setKeep(op.epoch, op.keys);
      return true;
    case "forget":
      if (!tree.keeps.has(op.epoch)) return false;
      tree.setKeep(op.epoch, undefined);
      return true;
    case "snapshot":
      return addSnapshot(tree, op);
    default:
      return op satisfies never;
  }
}

/** Applies a parsed JSON value as an op; a malformed one has no effect. Returns whether the state changed. */
export function foldValue(tree: Tree, value: unknown): boolean {
  const op = readOp(value);
  return op !== undefined && applyOp(tree, op);
}

/**
 * The first entry of an epoch, after the tree became its snapshot: applies the ops (the first of which is that snapshot), then marks every version
 * that stands as exposed, and empties drops, shares and earlier snapshots. Returns the ops' effects.
 */
export function foldFirstEntry(tree: Tree, values: readonly unknown[]): boolean[] {
  const earlier = new Set(tree.snapshots.map(({ blob }) => blob));
  const effects = values.map((value) => foldValue(tree, value));
  for (const node of tree.nodes()) {
    if (node.versions.some(({ exposed }) => !exposed)) {
      tree.put({ ...node, versions: node.versions.map(({ descriptor }) => ({ descriptor, exposed: true })) });
    }
  }
  for (const id of tree.drops.keys()) tree.setDrop(id, undefined);
  for (const id of tree.shares.keys()) tree.setShare(id, undefined);
  const stale = tree.snapshots.filter(({ blob }) => earlier.has(blob));
  tree.setSnapshots(tree.snapshots.filter(({ blob }) => !earlier.has(blob)));
  for (const { blob } of stale) tree.spend(blob);
  return effects;
}

/** A node that stands and does not lie in the trash. */
function live(tree: Tree, id: string): Node | undefined {
  const node = tree.get(id);
  return node !== undefined && !tree.liesInTrash(id) ? node : undefined;
}

function isLiveDirectory(tree: Tree, id: string | null): boolean {
  return id === null || live(tree, id)?.kind === "directory";
}

/** Whether the blobs never occurred in the folder, nor twice here. */
function areNew(tree: Tree, version: VersionDescriptor): boolean {
  const blobs = blobsOf(version);
  return new Set(blobs).size === blobs.length && blobs.every((blob) => tree.isNewBlob(blob));
}

function stand(tree: Tree, version: VersionDescriptor, node: string): void {
  for (const blob of blobsOf(version)) tree.stand(blob, blob === version.blob ? node : null);
}

function spend(tree: Tree, version: VersionDescriptor): void {
  for (const blob of blobsOf(version)) tree.spend(blob);
}

function place(tree: Tree, op: Mkdir | Add): boolean {
  const { node, parent, name } = op;
  if (tree.get(node) !== undefined || tree.nodeCount >= nodesLimit) return false;
  if (!isLiveDirectory(tree, parent) || tree.levelOf(parent) >= levelsLimit) return false;
  if (op.op === "mkdir") {
    tree.put({ node, kind: "directory", parent, name, trashed: false, versions: [] });
    return true;
  }
  if (!areNew(tree, op.version)) return false;
  const from = op.from === undefined ? {} : { from: op.from };
  tree.put({ node, kind: "file", parent, name, trashed: false, versions: [{ descriptor: op.version }], ...from });
  stand(tree, op.version, node);
  if (op.from !== undefined) tree.consume(op.from.item);
  return true;
}

function replace(tree: Tree, op: Replace): boolean {
  const node = live(tree, op.node);
  if (node === undefined || currentOf(node)?.descriptor.blob !== op.base || !areNew(tree, op.version)) return false;
  tree.put({ ...node, versions: [...node.versions, { descriptor: op.version }] });
  stand(tree, op.version, op.node);
  return true;
}

function revert(tree: Tree, op: Revert): boolean {
  const node = live(tree, op.node);
  const at = node?.versions.findIndex(({ descriptor }) => descriptor.blob === op.blob) ?? -1;
  if (node === undefined || at < 0 || at === node.versions.length - 1) return false;
  tree.put({ ...node, versions: [...node.versions.toSpliced(at, 1), node.versions[at]!] });
  return true;
}

function move(tree: Tree, op: Move): boolean {
  const node = live(tree, op.node);
  if (node === undefined || node.parent === op.parent || !isLiveDirectory(tree, op.parent)) return false;
  if (tree.isWithin(op.parent, op.node) || !tree.fitsOnLevel(op.node, tree.levelOf(op.parent) + 1)) return false;
  tree.put({ ...node, parent: op.parent });
  return true;
}

function purge(tree: Tree, op: Purge): boolean {
  return op.nodes === undefined ? purgeVersions(tree, new Set(op.versions)) : purgeNodes(tree, new Set(op.nodes));
}

function purgeNodes(tree: Tree, ids: ReadonlySet<string>): boolean {
  const nodes: { node: Node; level: number }[] = [];
  for (const id of ids) {
    const node = tree.get(id);
    if (node === undefined) return false;
    for (const child of tree.directory(id)?.children ?? []) if (!ids.has(child)) return false;
    nodes.push({ node, level: tree.levelOf(id) });
  }
  // From below: a directory goes when nothing is in it any more.
  for (const { node } of nodes.sort((a, b) => b.level - a.level)) {
    tree.remove(node);
    for (const { descriptor } of node.versions) spend(tree, descriptor);
  }
  return nodes.length > 0;
}

function purgeVersions(tree: Tree, blobs: ReadonlySet<string>): boolean {
  const files = new Set<string>();
  for (const blob of blobs) {
    const file = tree.fileOf(blob);
    if (file === undefined || currentOf(file)?.descriptor.blob === blob) return false;
    files.add(file.node);
  }
  for (const id of files) {
    const file = tree.get(id)!;
    tree.put({ ...file, versions: file.versions.filter(({ descriptor }) => !blobs.has(descriptor.blob)) });
    for (const { descriptor } of file.versions) if (blobs.has(descriptor.blob)) spend(tree, descriptor);
  }
  return files.size > 0;
}

function setMeta(tree: Tree, op: Meta): boolean {
  const node = live(tree, op.node);
  if (node === undefined || (node.meta !== undefined && canonical(node.meta) === canonical(op.meta))) return false;
  tree.put({ ...node, meta: op.meta });
  return true;
}

function reseal(tree: Tree, op: Reseal): boolean {
  const node = tree.get(op.node);
  const at = node?.versions.findIndex(({ descriptor }) => descriptor.blob === op.from) ?? -1;
  if (node === undefined || at < 0) return false;
  const { descriptor } = node.versions[at]!;
  if (descriptor.size !== op.to.size || !areNew(tree, op.to)) return false;
  tree.put({ ...node, versions: node.versions.with(at, { descriptor: op.to }) });
  spend(tree, descriptor);
  stand(tree, op.to, op.node);
  return true;
}

function expose(tree: Tree, op: Expose): boolean {
  const byFile = new Map<string, Set<string>>();
  for (const blob of op.versions) {
    const file = tree.fileOf(blob);
    if (file === undefined || tree.exposed.has(blob)) continue;
    const blobs = byFile.get(file.node);
    if (blobs === undefined) byFile.set(file.node, new Set([blob]));
    else blobs.add(blob);
  }
  for (const [id, blobs] of byFile) {
    const file = tree.get(id)!;
    const mark = (version: StandingVersion): StandingVersion =>
      blobs.has(version.descriptor.blob) ? { descriptor: version.descriptor, exposed: true } : version;
    tree.put({ ...file, versions: file.versions.map(mark) });
  }
  return byFile.size > 0;
}

function addSnapshot(tree: Tree, op: Snapshot): boolean {
  if (!areNew(tree, op.descriptor)) return false;
  const snapshots = [...tree.snapshots, op.descriptor];
  const stale = snapshots.length > 2 ? snapshots.shift() : undefined;
  tree.setSnapshots(snapshots);
  tree.stand(op.descriptor.blob, null);
  if (stale !== undefined) tree.spend(stale.blob);
  return true;
}
