/**
 * A file or directory, as the fold keeps it. Immutable.
 *
 * @module
 */

import type { JsonObject } from "./json.ts";
import type { Origin, VersionDescriptor } from "./op.ts";

export interface StandingVersion {
  readonly descriptor: VersionDescriptor;
  /** Was readable under an earlier key, and is to be sealed anew. */
  readonly exposed?: true;
}

export interface Node {
  /** Id, hex. */
  readonly node: string;
  readonly kind: "directory" | "file";
  /** Null is the root. */
  readonly parent: string | null;
  /** As it was given: any characters. */
  readonly name: string;
  /** The node's own mark; `Tree.liesInTrash` asks its directories too. */
  readonly trashed: boolean;
  readonly meta?: JsonObject;
  readonly from?: Origin;
  /** Oldest first, the current one last; empty for directories. */
  readonly versions: readonly StandingVersion[];
  /** Grows in order of creation. */
  readonly order: number;
}

/** The version that is current; undefined for a directory. */
export function currentOf(node: Node): StandingVersion | undefined {
  return node.versions.at(-1);
}

/** Versions of the node that are still to be sealed anew. */
export function exposedIn(node: Node): number {
  let count = 0;
  for (const version of node.versions) if (version.exposed) count++;
  return count;
}

/** Bytes of a file's current version; 0 where there is none. */
export function sizeOf(node: Node | undefined): number {
  return node === undefined ? 0 : (currentOf(node)?.descriptor.size ?? 0);
}
