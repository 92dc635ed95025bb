/**
 * Whether a snapshot that another device made comes to the state that this one folded (docs/format.md, section 4, "Snapshots").
 *
 * The tree at the place that it covers is gone by then. So the snapshot is opened beside it, what came since is folded on, and both must be the same now.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import { freeze, snapshotLines, type FrozenTree } from "../log/snapshot.ts";
import { startsOf } from "./cache-index.ts";
import { fromOneSnapshot, type FromCachePort } from "./from-cache.ts";
import type { Replica } from "./replica.ts";

/** Lines compared between two breaths. */
const BATCH = 5_000;

/** `not-here`: this device has not folded what it covers, or keeps nothing of it. `later`: the log went on meanwhile. */
export type SnapshotCheck = "same" | "differs" | "later" | "not-here";

export interface SnapshotCheckPort extends Omit<FromCachePort, "reached"> {
  /** What this device has folded. */
  readonly replica: Replica;
}

/**
 * `content` is the blob's, which is verified as it is read.
 *
 * Rejects as the content's stream does.
 */
export async function checkSnapshot(port: SnapshotCheckPort, blob: string, content: () => ReadableStream<Bytes>): Promise<SnapshotCheck> {
  const { cache, replica } = port;
  await cache.written();
  const index = await cache.index();
  const snapshot = index === null ? undefined : startsOf(index).find((one) => one.blob === blob);
  if (index === null || snapshot === undefined) return "not-here";
  let beside: Replica;
  try {
    beside = await fromOneSnapshot({ ...port, reached: -1 }, index, snapshot, content);
  } catch (error) {
    // The blob is the one that was signed, and does not come to the state that was signed beside it.
    if (isKeyfoldError(error, "tampered") && error.reason === "snapshot-state") return "differs";
    throw error;
  }
  if (headOf(beside) !== headOf(replica)) return "later";
  return (await sameState(beside.confirmed(freeze), replica.confirmed(freeze))) ? "same" : "differs";
}

function headOf({ position }: Replica): string | null {
  return position === null ? null : toHex(position.head);
}

async function sameState(one: FrozenTree, other: FrozenTree): Promise<boolean> {
  if (one.nodes.length !== other.nodes.length) return false;
  const others = snapshotLines(other);
  let compared = 0;
  for (const line of snapshotLines(one)) {
    if (line !== others.next().value) return false;
    // The page stays alive meanwhile.
    if (++compared % BATCH === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return true;
}
