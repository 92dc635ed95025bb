/** The order of a list: what a listing does for a directory, for what was found by filters. */
import type { SortKey, TreeNode } from "@keyfold/core";
import { kindOf } from "../file-actions/file-kind.ts";

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

const keys: ReadonlySet<string> = new Set(["name", "size", "modified", "added", "kind"] satisfies SortKey[]);

/** The `sort` attribute: "name", or "-modified" for the newest first. What cannot be read is by name. */
export function parseSort(attribute: string | null): Sort {
  const text = attribute ?? "name";
  const descending = text.startsWith("-");
  const key = descending ? text.slice(1) : text;
  return keys.has(key) ? { key: key as SortKey, descending } : { key: "name", descending: false };
}

export function sortAttribute({ key, descending }: Sort): string {
  return descending ? `-${key}` : key;
}

/** The way round that is asked for most: the newest, the largest first. */
export function firstSort(key: SortKey): Sort {
  return { key, descending: key === "modified" || key === "size" || key === "added" };
}

/** What a press on a column's head leads to. */
export function nextSort(now: Sort, key: SortKey): Sort {
  return now.key === key ? { key, descending: !now.descending } : firstSort(key);
}

/** Directories first; ties by name. */
export function nodeOrder({ key, descending }: Sort, language: string): (a: TreeNode, b: TreeNode) => number {
  const { compare } = new Intl.Collator(language, { numeric: true });
  const turn = descending ? -1 : 1;
  const byKey = (a: TreeNode, b: TreeNode): number => {
    switch (key) {
      case "name":
        return compare(a.displayName, b.displayName);
      case "size":
        return (a.current?.size ?? 0) - (b.current?.size ?? 0);
      case "modified":
        return changedAt(a) - changedAt(b);
      case "added":
        return (a.added?.at ?? 0) - (b.added?.at ?? 0);
      default:
        return compare(kindOf(a), kindOf(b));
    }
  };
  return (a, b) => {
    if (a.kind !== b.kind) return a.kind === "directory" ? -1 : 1;
    return byKey(a, b) * turn || compare(a.displayName, b.displayName);
  };
}

/** When a node last changed, of one in the trash when it was put there, as far as it is known; 0 when it is not. */
export function changedAt(node: TreeNode): number {
  if (node.trashed) return node.trashedBy?.at ?? 0;
  return node.current?.modified ?? node.added?.at ?? 0;
}
