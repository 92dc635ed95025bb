/**
 * A checkpoint: u32 epoch | u64 seq | head, 44 bytes (docs/format.md, section 4). Kits and paired devices carry one, so that a device that never saw
 * the folder still notices when it is shown an older or another one.
 *
 * @module
 */

import { concat, fromHex, readU32, readU64, toHex, u32, u64 } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { KeyCheckpoint } from "../interface/folder.ts";
import type { Position } from "../protocol/step.ts";

export type Checkpoint = Pick<Position, "epoch" | "seq" | "head">;

const checkpointLength = 44;

export function encodeCheckpoint({ epoch, seq, head }: Checkpoint): Bytes {
  return concat(u32(epoch), u64(seq), head);
}

/** Throws `malformed` unless the bytes are 44. */
export function decodeCheckpoint(bytes: Bytes): Checkpoint {
  if (bytes.length !== checkpointLength) throw new KeyfoldError("malformed", "A checkpoint is 44 bytes.");
  return { epoch: readU32(bytes, 0), seq: readU64(bytes, 4), head: bytes.slice(12) };
}

/** As people's files and the public interface have it. */
export function toKeyCheckpoint({ epoch, seq, head }: Checkpoint): KeyCheckpoint {
  return { epoch, seq, head: toHex(head) };
}

/** Throws `malformed` where the head is not hex of 32 bytes. */
export function fromKeyCheckpoint({ epoch, seq, head }: KeyCheckpoint): Checkpoint {
  return { epoch, seq, head: fromHex(head, 32) };
}
