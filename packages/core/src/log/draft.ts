/**
 * Entries out of changes: as many ops as one entry takes, none without effect, with the clear part that follows from them.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import type { ClearLists } from "../protocol/clear.ts";
import { clearIds, entrySize } from "../protocol/limits.ts";
import { Difference, noting } from "../tree/difference.ts";
import { applyOp } from "../tree/fold.ts";
import { blobsOf, type Op } from "../tree/op.ts";
import type { Mark, Tree } from "../tree/tree.ts";
import { opsLimit, sealedSizeOfOps } from "./entry.ts";

export interface Draft {
  /** Ops with an effect. Empty when none of the taken ops had one: such an entry is not appended. */
  readonly ops: readonly Op[];
  readonly lists: ClearLists;
  /** Dropped blobs whose content was sealed anew (`reseal`): nobody wants them back, and they are deleted at once. */
  readonly resealed: ReadonlySet<string>;
  /** How many of the given ops are dealt with; the others are for the next entry. */
  readonly taken: number;
}

interface Applied {
  readonly op: Op;
  readonly index: number;
  /** Before the op. */
  readonly mark: Mark;
}

function tooLarge(): KeyfoldError {
  return new KeyfoldError("too-large", "A change is too large for one entry: it must be made in several.");
}

/**
 * Takes ops from the front into one entry: at most 1,000 of them, 1,000 ids, 256 KiB. They are applied to the tree, which stays so: whoever wants
 * it back marks it before.
 *
 * Throws `too-large` when the first op with an effect alone is too large (`purgeOps` makes purges that are not); the tree is as before then.
 */
export function draftEntry(tree: Tree, ops: readonly Op[]): Draft {
  const difference = new Difference();
  const applied: Applied[] = [];
  const start = tree.mark();
  const resealed = new Set<string>();
  let taken = 0;
  noting(tree, difference, () => {
    for (; taken < ops.length && applied.length < opsLimit; taken++) {
      const op = ops[taken]!;
      const mark = tree.mark();
      const replaced = replacedBy(tree, op);
      if (!applyOp(tree, op)) continue;
      if (difference.size > clearIds) {
        tree.undo(mark);
        break;
      }
      applied.push({ op, index: taken, mark });
      for (const blob of replaced) resealed.add(blob);
    }
    for (let size = sealedSize(applied); size > entrySize; size = sealedSize(applied)) {
      // A little less than in proportion: small ops compress better in company.
      const fitting = Math.min(applied.length - 1, Math.floor((applied.length * 0.95 * entrySize) / size));
      const [first] = applied.splice(fitting);
      tree.undo(first!.mark);
      taken = first!.index;
    }
  });
  tree.keep(start);
  if (applied.length === 0 && taken < ops.length) throw tooLarge();
  return { ops: applied.map(({ op }) => op), lists: difference.lists(), resealed, taken };
}

/** The blobs that a `reseal` takes out. */
function replacedBy(tree: Tree, op: Op): readonly string[] {
  if (op.op !== "reseal") return [];
  const version = tree.get(op.node)?.versions.find(({ descriptor }) => descriptor.blob === op.from);
  return version === undefined ? [] : blobsOf(version.descriptor);
}

/** Bytes that the ops make at most; as they are where that is near the limit, since zipping twice takes time. */
function sealedSize(applied: readonly Applied[]): number {
  const ops = applied.map(({ op }) => op);
  const mostUtf8 = 3 * JSON.stringify(ops).length;
  return mostUtf8 < entrySize / 2 ? mostUtf8 : sealedSizeOfOps(ops);
}
