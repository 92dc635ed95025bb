/**
 * Lock and rotate are one operation, the rekey: new keys take over (docs/format.md, section 4).
 *
 * It is two records that are committed together: the rekey, signed by the old key and the new one, and the first entry under the new keys. That
 * entry replaces the tree by a snapshot that was uploaded before, applies what happened since, and marks every version that stands as exposed.
 *
 * @module
 */

import { toBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider, SigningKey } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { clearIds } from "../protocol/limits.ts";
import { encodeRecord, type RekeyRecord } from "../protocol/record.ts";
import { headAfter, rekeyText, type Position } from "../protocol/step.ts";
import type { Descriptor } from "../seal/blob.ts";
import { differenceOfStates } from "../tree/difference.ts";
import { foldFirstEntry } from "../tree/fold.ts";
import type { Op } from "../tree/op.ts";
import type { Tree } from "../tree/tree.ts";
import { sealEntry, type Entry, type EntryKeys, type SealedEntry } from "./entry.ts";

export interface SealedRekey {
  /** `u8 kind | body` of the rekey record. */
  readonly bytes: Bytes;
  readonly record: RekeyRecord;
  /** The place after it. */
  readonly position: Position;
}

/** The rekey record that follows a place. `keys` are the new 128 bytes; both keys sign the same text. */
export async function sealRekey(
  provider: CryptoProvider,
  after: Position,
  oldSign: SigningKey,
  keys: Bytes,
  newSign: SigningKey,
): Promise<SealedRekey> {
  const text = rekeyText(after, keys);
  const [oldSignature, newSignature] = await Promise.all([provider.sign(oldSign, text), provider.sign(newSign, text)]);
  const record: RekeyRecord = { kind: "rekey", keys, oldSignature, newSignature };
  const head = await headAfter(provider, after.head, text, [oldSignature, newSignature]);
  const position = { folderId: after.folderId, epoch: after.epoch + 1, seq: after.seq + 1, head, keys };
  return { bytes: encodeRecord(record), record, position };
}

/** The snapshot that a rekey stands on. */
export interface RekeySnapshot {
  readonly descriptor: Descriptor;
  /** Seq of the last record that is in it. */
  readonly covers: number;
  /** 32 bytes. */
  readonly state: Bytes;
  /** Its tree, as `readSnapshot` gives it; it becomes the new state. */
  readonly tree: Tree;
}

export interface RekeyPlan {
  /** The last place of the old epoch. */
  readonly after: Position;
  /** The confirmed state at that place. It is not changed. */
  readonly before: Tree;
  readonly snapshot: RekeySnapshot;
  readonly oldSign: SigningKey;
  readonly next: EntryKeys & { readonly keys: Bytes };
  /** `sealKeep` of the old inbox and drop keys, where they are to be kept. */
  readonly keep?: Bytes;
  /** Ops of the entries after `snapshot.covers`. */
  readonly since?: readonly Op[];
  readonly entry: Omit<Entry, "ops">;
}

export interface Rekey {
  readonly rekey: SealedRekey;
  readonly first: SealedEntry;
  /** The state after both: `snapshot.tree`, changed. */
  readonly tree: Tree;
}

/**
 * Both records of a rekey. Throws `too-large` when what happened since the snapshot does not fit: take a newer snapshot then.
 */
export async function makeRekey(provider: CryptoProvider, plan: RekeyPlan): Promise<Rekey> {
  const { after, before, snapshot, next } = plan;
  const { descriptor, covers, state, tree } = snapshot;
  const first: Op[] = [{ op: "snapshot", descriptor, covers, state: toBase64url(state) }];
  if (plan.keep !== undefined) first.push({ op: "keep", epoch: after.epoch, keys: toBase64url(plan.keep) });
  const all = [...first, ...(plan.since ?? [])];
  const effects = foldFirstEntry(tree, all);
  const ops = all.filter((_, i) => effects[i]);
  if (ops[0] !== first[0]) throw new KeyfoldError("invalid-argument", "A rekey takes a snapshot that was not used before.");
  const difference = differenceOfStates(before, tree);
  if (difference.size > clearIds) {
    throw new KeyfoldError("too-large", "Too much happened since the snapshot. Take a newer one.", { reason: "snapshot-old" });
  }
  const rekey = await sealRekey(provider, after, plan.oldSign, next.keys, next.sign);
  const sealed = await sealEntry(provider, next, rekey.position, { ...plan.entry, ops }, difference.lists());
  return { rekey, first: sealed, tree };
}
