/**
 * The order of hits. Two nodes are never equal in it: what else is the same is told apart by name, then by id.
 *
 * @module
 */

import type { SearchQuery } from "../interface/search.ts";
import { kindOfType } from "../tree/kind.ts";
import { currentOf, type Node } from "../tree/node.ts";
import type { Candidate } from "./best.ts";
import { addedAt, modifiedAt, type Added } from "./filter.ts";
import type { NameIndex } from "./name-index.ts";

type Compare = (a: Candidate, b: Candidate) => number;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export interface Order {
  /** What is compared first: of a node whose words' tiers add up to this. */
  readonly score: (node: Node, tiers: number) => number;
  readonly compare: Compare;
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function orderOf(
  query: SearchQuery,
  hasWords: boolean,
  index: NameIndex,
  tree: { bytesOf: (id: string) => number; added: Added },
): Order {
  const { sort = hasWords ? "relevance" : "name", descending = false } = query;
  const { directoriesFirst = sort !== "relevance" } = query;
  const nodeAt = ({ place }: Candidate): Node => index.nodes[place]!;
  const ties: Compare = (a, b) => byUnits(index.names[a.place]!, index.names[b.place]!) || byUnits(nodeAt(a).node, nodeAt(b).node);
  const byName: Compare = (a, b) => collator.compare(nodeAt(a).name, nodeAt(b).name);
  const sign = descending ? -1 : 1;
  let first: Compare;
  if (sort === "relevance") {
    first = (a, b) => sign * (b.score - a.score || index.names[a.place]!.length - index.names[b.place]!.length);
  } else if (sort === "name") {
    first = (a, b) => sign * byName(a, b);
  } else {
    first = (a, b) => sign * (a.score - b.score || byName(a, b));
  }
  return {
    score: scoreOf(sort, tree),
    compare: (a, b) => {
      if (directoriesFirst && nodeAt(a).kind !== nodeAt(b).kind) return nodeAt(a).kind === "directory" ? -1 : 1;
      return first(a, b) || ties(a, b);
    },
  };
}

const kinds = ["archive", "audio", "directory", "document", "image", "other", "pdf", "text", "video"] as const;

function scoreOf(sort: NonNullable<SearchQuery["sort"]>, tree: { bytesOf: (id: string) => number; added: Added }): Order["score"] {
  switch (sort) {
    case "relevance":
      return (_, tiers) => tiers;
    case "size":
      return (node) => tree.bytesOf(node.node);
    case "modified":
      return (node) => modifiedAt(node, tree.added) ?? 0;
    case "added":
      return (node) => addedAt(node, tree.added) ?? 0;
    case "kind":
      return (node) => kinds.indexOf(kindOfType(node.kind, (currentOf(node)?.descriptor.type ?? "").toLowerCase()));
    default:
      return () => 0;
  }
}
