/**
 * Whether a node is what a filter asks for. Where it lies is looked at elsewhere (`above.ts`).
 *
 * @module
 */

import type { SearchFilter } from "../interface/search.ts";
import type { TreeNode } from "../interface/tree.ts";
import { kindOfType } from "../tree/kind.ts";
import { currentOf, type Node } from "../tree/node.ts";

/** When a node was added, where that is known. */
export type Added = (id: string) => TreeNode["added"];

/** Milliseconds since 1970, null where nothing is known. */
export function modifiedAt(node: Node, added: Added): number | null {
  return currentOf(node)?.descriptor.modified ?? added(node.node)?.at ?? null;
}

export function addedAt(node: Node, added: Added): number | null {
  return added(node.node)?.at ?? currentOf(node)?.descriptor.modified ?? null;
}

function isWithin(value: number | null, from = -Infinity, to = Infinity): boolean {
  return value !== null && value >= from && value <= to;
}

function typeOf(node: Node): string {
  return (currentOf(node)?.descriptor.type ?? "").toLowerCase();
}

function hasType(node: Node, types: readonly string[]): boolean {
  if (node.kind === "directory") return false;
  const type = typeOf(node);
  const name = node.name.toLowerCase();
  return types.some((each) => {
    const wanted = each.trim().toLowerCase();
    if (wanted.startsWith(".")) return name.endsWith(wanted);
    return wanted.endsWith("/*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted || type.startsWith(`${wanted};`);
  });
}

export function passesKind(node: Node, { kind, kinds, types }: Pick<SearchFilter, "kind" | "kinds" | "types">): boolean {
  if (kind !== undefined && node.kind !== kind) return false;
  if (kinds !== undefined && !kinds.includes(kindOfType(node.kind, typeOf(node)))) return false;
  return types === undefined || hasType(node, types);
}

export function passes(node: Node, filter: SearchFilter, added: Added): boolean {
  if (!passesKind(node, filter)) return false;
  const { size, modified, added: when, fromDrop } = filter;
  if (fromDrop !== undefined && (node.from !== undefined) !== fromDrop) return false;
  if (size !== undefined && !isWithin(currentOf(node)?.descriptor.size ?? null, size.min, size.max)) return false;
  if (modified !== undefined && !isWithin(modifiedAt(node, added), modified.from, modified.to)) return false;
  return when === undefined || isWithin(addedAt(node, added), when.from, when.to);
}
