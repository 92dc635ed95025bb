/**
 * Lock and rotate (docs/format.md, section 4, "Rekey"): a new root key takes over, in one transaction on the server.
 *
 * The new key is kept as pending from before the first byte is sent until its record is seen: whatever is lost in between (an answer, the page, the
 * power), the next look at the folder tells whether it is locked with this key, with another, or not at all.
 *
 * @module
 */
import { backoffDelay, wait } from "../api/backoff.ts";
import type { AppendAnswer, ServerApi } from "../api/client.ts";
import { Refusal } from "../api/refusal.ts";
import { toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { sealKeep } from "../key/keep.ts";
import { makeRekey } from "../log/rekey.ts";
import { joinPage } from "../protocol/record.ts";
import type { Position } from "../protocol/step.ts";
import type { Op } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import { drawTicket } from "./append.ts";
import type { HeldKeys, Keyring } from "./keyring.ts";
import { pull, type PullPort } from "./pull.ts";
import type { RecordCache } from "./record-cache.ts";
import { makeSnapshot, treeOf, type MadeSnapshot } from "./snapshots.ts";

export interface RekeyPort extends PullPort {
  readonly provider: CryptoProvider;
  readonly server: ServerApi;
  readonly keyring: Keyring;
  readonly held: HeldKeys;
  readonly device: string;
  readonly cache: RecordCache;
  /** This device's clock: milliseconds since 1970. */
  readonly now: () => number;
}

/** Attempts at the request that decides, where its answer is lost or the server is busy. */
const ATTEMPTS = 8;
/** Snapshots taken anew because others changed more meanwhile than a first entry holds. */
const SNAPSHOTS = 8;

/**
 * Makes `next` the folder's keys. The replica must be in step. When it resolves the server has the new epoch; the caller signs in to it and pulls.
 *
 * Rejects with `locked-elsewhere` where another device was faster; with what stopped it otherwise, the folder being as it was, or locked with
 * `next`: the pending key decides at the next look.
 */
export async function rekey(port: RekeyPort, next: HeldKeys, signal?: AbortSignal): Promise<void> {
  const { provider, api, replica, keyring, held } = port;
  const old = await keyring.openInboxAndDrop(held);
  let keep: Bytes;
  try {
    keep = await sealKeep(provider, next.keys.keep, { folderId: api.folder, epoch: held.epoch }, old);
  } finally {
    old.fill(0);
  }
  await keyring.keepPending(next);
  try {
    for (let taken = 0; ; taken++) {
      const since: unknown[] = [];
      replica.record(since);
      const snapshot = await makeSnapshot(port, replica, signal);
      if (await offer(port, next, { snapshot, keep, since }, signal)) return;
      await api.discard([snapshot.descriptor.blob], { signal });
      if (taken >= SNAPSHOTS)
        throw new KeyfoldError("conflict", "Other devices change the folder faster than it can be locked. Try again.");
    }
  } finally {
    replica.record(null);
  }
}

interface Offer {
  readonly snapshot: MadeSnapshot;
  readonly keep: Bytes;
  /** What was confirmed since the snapshot; grows. */
  readonly since: readonly unknown[];
}

/** True when the server took it; false when it takes a newer snapshot. */
async function offer(port: RekeyPort, next: HeldKeys, made: Offer, signal: AbortSignal | undefined): Promise<boolean> {
  const { provider, api, replica } = port;
  // A conflict gives a rekey a place in the line too, which nobody should have to wait out.
  let turn = drawTicket(provider);
  for (let attempt = 1; ; attempt++) {
    const { position } = replica;
    if (position === null) throw new KeyfoldError("invalid-argument", "The folder is not open yet.");
    const records = await sealBoth(port, next, made, position);
    if (records === null) return false;
    let answer: AppendAnswer;
    try {
      answer = await api.rekey(position.seq + 1, records, turn, { signal });
    } catch (error) {
      if (await isTaken(port, next, error)) return true;
      if (error instanceof Refusal) turn = error.turn ?? turn;
      if (attempt >= ATTEMPTS || !passes(error)) throw error;
      const asked = isKeyfoldError(error) ? (error.retryAfter ?? 0) * 1000 : 0;
      await wait(Math.max(asked, backoffDelay(attempt)), signal);
      continue;
    }
    if (answer.state === "taken") return true;
    turn = answer.turn ?? turn;
    await replica.take(answer.records);
    await pull(port, signal);
  }
}

/** Both records for the place after `position`; null when too much happened since the snapshot. */
async function sealBoth(port: RekeyPort, next: HeldKeys, made: Offer, position: Position): Promise<Bytes | null> {
  const { provider, replica, held, device, now } = port;
  const { snapshot, keep } = made;
  const since = made.since.map(readOp).filter((op): op is Op => op !== undefined && !ENDED.has(op.op));
  const tree = await treeOf(provider, snapshot);
  const entry = { id: toHex(provider.randomBytes(16)), device, at: now() };
  const { log, sign, keys } = next.keys;
  const plan = { after: position, snapshot: { ...snapshot, tree }, oldSign: held.keys.sign, next: { log, sign, keys }, keep, since, entry };
  try {
    // The difference of the states is taken before the first wait, while nothing unconfirmed lies on the tree.
    const { rekey, first } = await replica.confirmed((before) => makeRekey(provider, { ...plan, before }));
    return joinPage([rekey.bytes, first.bytes]);
  } catch (error) {
    if (isKeyfoldError(error, "too-large")) return null;
    throw error;
  }
}

/** Ops whose effect ends with the epoch anyway. */
const ENDED: ReadonlySet<Op["op"]> = new Set(["snapshot", "drop", "undrop", "share", "unshare"]);

/** Whether the folder has the new key in spite of the error. Throws `locked-elsewhere` where it has another device's. */
async function isTaken({ server, api, held }: RekeyPort, next: HeldKeys, error: unknown): Promise<boolean> {
  const lost = isKeyfoldError(error) && (error.code === "offline" || error.code === "server-failed" || error.code === "locked-elsewhere");
  if (!lost) return false;
  let info: { readonly epoch: number; readonly keyId: string };
  try {
    info = await server.folder(api.folder);
  } catch {
    return false; // not known yet
  }
  if (info.keyId === next.keys.keyId) return true;
  if (info.epoch > held.epoch) throw new KeyfoldError("locked-elsewhere", "Another device locked this folder. Its new key is needed.");
  return false;
}

function passes(error: unknown): boolean {
  if (error instanceof Refusal) return error.again;
  return isKeyfoldError(error, "offline");
}
