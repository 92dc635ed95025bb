/**
 * Snapshots: due when the tail is longer than 1 MiB and half the last snapshot, made by the device that crossed the line, by others a minute later
 * (docs/format.md, section 4).
 *
 * @module
 */
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { toBase64url } from "../crypto/encoding.ts";
import { freeze, packSnapshot, readSnapshot, type FrozenTree } from "../log/snapshot.ts";
import { splitPage } from "../protocol/record.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Op } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";
import { sendBlob, type BlobPort } from "./blob-io.ts";
import type { Replica } from "./replica.ts";

/** Bytes of records after the last snapshot before a new one is due, at least. */
const TAIL = 1024 * 1024;
/** Milliseconds after which any device makes a snapshot that is due. */
const OTHERS_AFTER = 60_000;

/** How long the tail behind the last snapshot is. */
export class Tail {
  #bytes = 0;
  #since = -1;
  #due: number | null = null;

  /** A page was folded whose first record is `from`. */
  grow(from: number, page: Bytes): void {
    let seq = from;
    for (const record of splitPage(page)) if (seq++ > this.#since) this.#bytes += record.length;
  }

  /** The entry `seq` has a snapshot. */
  reset(seq: number): void {
    this.#since = seq;
    this.#bytes = 0;
    this.#due = null;
  }

  /** Whether this device makes a snapshot now. `last`: the sealed size of the last one; `crossed`: this device made the tail so long. */
  isDue(last: number, crossed: boolean, now: number): boolean {
    if (this.#bytes <= Math.max(TAIL, last / 2)) return false;
    this.#due ??= crossed ? now : now + OTHERS_AFTER;
    return now >= this.#due;
  }
}

export interface MadeSnapshot {
  readonly descriptor: Descriptor;
  readonly covers: number;
  /** 32 bytes. */
  readonly state: Bytes;
  /** Its gzipped content. */
  readonly pieces: readonly Bytes[];
}

/** Takes the confirmed state of this moment and sends it as a blob. */
export async function makeSnapshot(port: BlobPort, replica: Replica, signal?: AbortSignal): Promise<MadeSnapshot> {
  const covers = replica.position?.seq ?? 0;
  const frozen: FrozenTree = replica.confirmed(freeze);
  const { stream, state } = packSnapshot(port.provider, frozen);
  const pieces: Bytes[] = [];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(read.value);
  return { descriptor: await sendBlob(port, pieces, signal), covers, state: await state, pieces };
}

export function snapshotOp({ descriptor, covers, state }: MadeSnapshot): Op {
  return { op: "snapshot", descriptor, covers, state: toBase64url(state) };
}

/** The state of a snapshot that was just made, as a tree of its own. */
export function treeOf(provider: CryptoProvider, { pieces, state }: MadeSnapshot): Promise<Tree> {
  const content = new ReadableStream<Bytes>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return readSnapshot(provider, content, state);
}
