/**
 * How a change left a node, and whether it is so still: what decides if the change may be taken back.
 *
 * @module
 */

import type { ChangedSince } from "../interface/undo.ts";
import { currentOf, type Node } from "./node.ts";
import type { Tree } from "./tree.ts";

/** Of a file's current version what re-encryption leaves as it is. */
type Content = readonly [size: number, modified: number | null, type: string];

export interface Trace {
  readonly name: string;
  readonly parent: string | null;
  /** Its own mark. */
  readonly trashed: boolean;
  /** A directory that it lies in carries the mark. */
  readonly below: boolean;
  /** Null for directories. */
  readonly content: Content | null;
  /** Where given: nothing but these lies below it, the trash aside. */
  readonly holds?: readonly string[];
}

function contentOf(node: Node): Content | null {
  const version = currentOf(node)?.descriptor;
  return version === undefined ? null : [version.size, version.modified ?? null, version.type ?? ""];
}

/** How the node stands now; undefined where there is none. */
export function traceOf(tree: Tree, id: string): Trace | undefined {
  const node = tree.get(id);
  if (node === undefined) return undefined;
  const below = node.parent !== null && tree.liesInTrash(node.parent);
  return { name: node.name, parent: node.parent, trashed: node.trashed, below, content: contentOf(node) };
}

/** What became of a node that was left so; undefined where nothing did. */
export function changedSince(tree: Tree, id: string, left: Trace): ChangedSince | undefined {
  const now = traceOf(tree, id);
  if (now === undefined) return "deleted";
  if ((now.trashed && !left.trashed) || (now.below && !left.below)) return "trashed";
  if ((!now.trashed && left.trashed) || (!now.below && left.below)) return "restored";
  if (now.parent !== left.parent) return "moved";
  if (now.name !== left.name) return "renamed";
  if (now.content?.join() !== left.content?.join()) return "replaced";
  if (left.holds !== undefined && !holdsOnly(tree, id, new Set(left.holds))) return "filled";
  return undefined;
}

function holdsOnly(tree: Tree, id: string, known: ReadonlySet<string>): boolean {
  return tree.children(id).every((child) => child.trashed || (known.has(child.node) && holdsOnly(tree, child.node, known)));
}
