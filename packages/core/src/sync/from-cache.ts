/**
 * Opening a folder from what this device kept of its history: verified like a server's answer, and begun as late as it can be.
 *
 * A place in the middle is as good as the genesis where the records after it are signed by the keys that this device holds: an entry's signature
 * commits to folder, epoch, seq and head before it. And a snapshot is as good as what it covers where such an entry names its state.
 *
 * @module
 */
import { fromBase64url } from "../crypto/encoding.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { VerifiedPlace } from "../log/chain.ts";
import { openEntry } from "../log/entry.ts";
import { verifyRun, type Verified } from "../log/run.ts";
import { readSnapshot } from "../log/snapshot.ts";
import { folderIdOf } from "../protocol/identity.ts";
import { decodeRecord, joinPage, splitPage } from "../protocol/record.ts";
import type { Position } from "../protocol/step.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Snapshot } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import type { Access } from "./access.ts";
import { keptContent, type KeptBlobPort } from "./kept-blob.ts";
import { startsOf, type CachedSnapshot, type CacheIndex, type Chunk } from "./cache-index.ts";
import type { Replica } from "./replica.ts";
import { passesByItself } from "./trouble.ts";

export interface FromCachePort extends KeptBlobPort {
  readonly folder: string;
  readonly access: Access;
  /** Seq of the last place that this device verified; −1 for none. */
  readonly reached: number;
  /** A replica with nothing in it yet, or with the state of a place. */
  readonly fresh: (from?: VerifiedPlace) => Replica;
}

/**
 * A replica as far as this device kept the folder; null where it kept nothing that is of use. What is not right is erased, to be filled again from the
 * server. Rejects with what a server that had to be asked for a snapshot failed with.
 */
export async function fromCache(port: FromCachePort): Promise<Replica | null> {
  const index = await port.cache.index();
  // A link's reader knows no keys that a place in the middle could be held against.
  if (index === null || (port.access.scope === "read" && port.access.epoch > 0)) return null;
  try {
    // Of an earlier epoch than this device's key: its bodies have no business here any more. (A later one is another page's, which was faster.)
    if (index.end.epoch < port.access.epoch) throw stale();
    if (index.end.epoch > port.access.epoch) return null;
    return (await fromSnapshot(port, index)) ?? (await fromStart(port, index));
  } catch (error) {
    if (isOfTheWay(error)) throw error;
    await port.cache.erase();
    return null;
  }
}

/** The server that was asked, and nothing that is kept here. */
function isOfTheWay(error: unknown): boolean {
  return isKeyfoldError(error) && passesByItself(error);
}

function stale(): KeyfoldError {
  return new KeyfoldError("tampered", "What this device kept of the folder is not right any more.", { reason: "cache" });
}

/** From the latest snapshot whose ciphertext is here. Null where there is none that can be used. */
async function fromSnapshot(port: FromCachePort, index: CacheIndex): Promise<Replica | null> {
  for (const snapshot of startsOf(index).toReversed()) {
    if (!(await port.cache.hasBlob(snapshot.blob))) continue;
    try {
      return await fromOneSnapshot(port, index, snapshot, (descriptor) => keptContent(port, descriptor));
    } catch (error) {
      if (isOfTheWay(error)) throw error;
      // An earlier one may be right.
    }
  }
  return null;
}

/** From one snapshot, with its content, as far as the kept records go. Rejects with `tampered` where anything of it is not right. */
export async function fromOneSnapshot(
  port: FromCachePort,
  index: CacheIndex,
  snapshot: CachedSnapshot,
  content: (descriptor: Descriptor) => ReadableStream<Bytes>,
): Promise<Replica> {
  const { place, rest } = await atSnapshot(port, index, snapshot, content);
  const replica = port.fresh(place);
  await replica.take(rest.page);
  return follow(port, replica, index.chunks.slice(rest.next));
}

/** From the first record that is here: the genesis, or the last rekey. */
async function fromStart(port: FromCachePort, index: CacheIndex): Promise<Replica> {
  const [first, ...others] = index.chunks;
  const page = await pageOf(port, first!);
  const replica = port.fresh();
  const { before } = first!;
  if (before === null) {
    await replica.take(page);
    return follow(port, replica, others);
  }
  const [encoded, ...rest] = splitPage(page);
  const record = encoded === undefined ? undefined : decodeRecord(encoded);
  if (record?.kind !== "rekey") throw stale();
  await replica.beginBehind(before, record);
  await replica.take(joinPage(rest));
  return follow(port, replica, others);
}

async function follow(port: FromCachePort, replica: Replica, chunks: readonly Chunk[]): Promise<Replica> {
  for (const chunk of chunks) await replica.take(await pageOf(port, chunk));
  const reached = replica.position?.seq ?? -1;
  // Nothing pending is laid on a state that is older than the one it was made on: the server's tail comes first then.
  if (reached >= port.reached) replica.finish();
  return replica;
}

/** The place that a snapshot covers, and what follows it in its chunk. */
async function atSnapshot(
  port: FromCachePort,
  { chunks, mode }: CacheIndex,
  snapshot: CachedSnapshot,
  content: (descriptor: Descriptor) => ReadableStream<Bytes>,
): Promise<{ place: VerifiedPlace; rest: { page: Uint8Array<ArrayBuffer>; next: number } }> {
  const { provider } = port;
  const at = chunks.findLastIndex(({ from }) => from <= snapshot.covers + 1);
  const start = chunks[at]?.before;
  if (start === undefined) throw stale();
  const encoded = [...splitPage(await pageOf(port, chunks[at]!))];
  let next = at + 1;
  while ((chunks[at]?.from ?? 0) + encoded.length <= snapshot.seq) {
    const chunk = chunks[next++];
    if (chunk === undefined) throw stale();
    encoded.push(...splitPage(await pageOf(port, chunk)));
  }
  const isRekeying = false;
  const { verified, failure } = await verifyRun(provider, encoded, {
    from: start,
    isRekeying,
    folderId: port.folder,
    knownHeads: undefined,
  });
  if (failure !== undefined) throw failure.error;
  const position = verified.find(({ after }) => after.seq === snapshot.covers)?.after ?? start;
  const entry = verified.find(({ after }) => after.seq === snapshot.seq);
  if (position?.seq !== snapshot.covers || entry === undefined) throw stale();
  const own = await ownMode(port, position, mode);
  const op = await snapshotOpOf(port, entry, snapshot);
  const tree = await readSnapshot(provider, content(op.descriptor), fromBase64url(op.state, 32));
  const page = joinPage(encoded.slice(snapshot.covers + 1 - chunks[at]!.from));
  return { place: { position, mode: own, tree }, rest: { page, next } };
}

/** How the folder began, where the keys of this place are the ones that this device holds. */
async function ownMode({ provider, access, folder }: FromCachePort, { epoch, keys }: Position, mode: CacheIndex["mode"]) {
  if (access.scope === "owner" && !access.held.keys.keys.every((byte, i) => byte === keys[i])) throw stale();
  if (epoch === 0 && mode !== null && (await folderIdOf(provider, mode, keys)) === folder) return mode;
  if (epoch === 0 || access.scope !== "owner") throw stale();
  return null;
}

async function snapshotOpOf(
  { provider, access }: FromCachePort,
  { record, before }: Verified,
  snapshot: CachedSnapshot,
): Promise<Snapshot> {
  if (record.kind !== "entry" || before === null) throw stale();
  const { log } = access.scope === "owner" ? access.held.keys : access.keys;
  const opened = await openEntry(provider, log, before, record);
  const ops = opened.state === "read" ? opened.entry.ops.map(readOp) : [];
  const found = ops.find((op): op is Snapshot => op?.op === "snapshot" && op.descriptor.blob === snapshot.blob);
  if (found?.covers !== snapshot.covers) throw stale();
  return found;
}

async function pageOf({ cache }: FromCachePort, chunk: Chunk) {
  const page = await cache.page(chunk);
  if (page === null) throw stale();
  return page;
}
