/**
 * Files that a signed op names and the tree has no place for, since an entry or a snapshot before it is lost.
 *
 * @module
 */

import type { VersionDescriptor } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import type { Tree } from "../tree/tree.ts";

export interface Stray {
  readonly node: string;
  /** As the log gave it; null where only the content is known. */
  readonly name: string | null;
  readonly version: VersionDescriptor;
}

export class Strays {
  readonly #names = new Map<string, string>();
  readonly #versions = new Map<string, { readonly node: string; readonly version: VersionDescriptor }>();

  /** Notes what ops say of files, whether or not they had an effect. */
  note(ops: readonly unknown[]): void {
    for (const op of ops.map(readOp)) {
      if (op === undefined) continue;
      if (op.op === "add" || op.op === "rename") this.#names.set(op.node, op.name);
      if (op.op === "add" || op.op === "replace") this.#versions.set(op.version.blob, { node: op.node, version: op.version });
      if (op.op === "reseal") {
        this.#versions.delete(op.from);
        this.#versions.set(op.to.blob, { node: op.node, version: op.to });
      }
      if (op.op !== "purge") continue;
      const nodes = new Set(op.nodes);
      for (const blob of op.versions ?? []) this.#versions.delete(blob);
      for (const [blob, { node }] of this.#versions) if (nodes.has(node)) this.#versions.delete(blob);
    }
  }

  /** Those that have no place in the tree. */
  notIn(tree: Tree): Stray[] {
    return [...this.#versions.values()]
      .filter(({ version }) => !tree.isStanding(version.blob))
      .map(({ node, version }) => ({ node, name: this.#names.get(node) ?? null, version }));
  }
}
