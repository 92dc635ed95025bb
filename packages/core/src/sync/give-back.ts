/**
 * A server that was set back on the same chain (a restored backup) is given back what it lost: the very same signed records in order, which are good as
 * they are (docs/format.md, section 4, "Rollback").
 *
 * Any number of devices may do it at once: a record that stands already is no conflict. It ends at the first record whose blobs the server has lost and
 * nobody can give back; what could not be given back is told by file.
 *
 * @module
 */
import { backoffDelay, wait } from "../api/backoff.ts";
import type { AppendAnswer, FolderApi } from "../api/client.ts";
import { Refusal } from "../api/refusal.ts";
import { toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { openEntry } from "../log/entry.ts";
import type { LogKeys } from "../log/chain.ts";
import { forkedAt } from "../log/run.ts";
import { readAuthPubOf } from "../protocol/identity.ts";
import { joinPage, splitPage } from "../protocol/record.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Op } from "../tree/op.ts";
import { readOp } from "../tree/read-op.ts";
import type { Turn } from "./append.ts";
import { descriptorsIn, returnBlob, type BlobReturnPort } from "./blob-return.ts";
import type { KeptRecord } from "./kept-records.ts";

export interface GiveBackPort extends BlobReturnPort {
  readonly provider: CryptoProvider;
  /** With a session of the epoch that the records belong to. */
  readonly api: FolderApi;
  /**
   * This page's place in the line, the same for all its appends: a ticket for each would block the line when it is given up. None is proposed here: several
   * devices give back the same, and whoever is late skips what stands.
   */
  readonly turn: Turn;
  /** Keys of the epochs that this device reads, to know the blobs that an entry adds. */
  readonly keys: readonly LogKeys[];
}

/** Attempts at one record, where an answer is lost, the server is busy, or it is somebody else's turn. */
const ATTEMPTS = 20;

/**
 * Offers records for the places that they were signed for. Resolves with how many of them stand now: fewer than were given where the server has lost
 * blobs that they add. Rejects with `forked` where the server has other records at their places, and what the requests fail with.
 */
export async function giveBack(port: GiveBackPort, records: readonly KeptRecord[], signal: AbortSignal): Promise<number> {
  let given = 0;
  while (given < records.length) {
    const record = records[given]!;
    // The key's change and its first entry are one.
    const together = record.record.kind === "rekey" ? records.slice(given, given + 2) : [record];
    const standing = await offer(port, together, records.slice(given), signal);
    if (standing === 0) return given;
    given += standing;
  }
  return given;
}

/** How many of `all`, which begin with `records`, stand then: none where a blob cannot be had, more than were offered where others were faster. */
async function offer(port: GiveBackPort, records: readonly KeptRecord[], all: readonly KeptRecord[], signal: AbortSignal): Promise<number> {
  const { api, turn } = port;
  const [first] = records as [KeptRecord, ...KeptRecord[]];
  const { seq } = first.after;
  const page = joinPage(records.map(({ bytes }) => bytes));
  let returned = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const send = first.record.kind === "rekey" ? api.rekey.bind(api) : api.append.bind(api);
      const answer: AppendAnswer = await send(seq, page, turn.ticket, { signal });
      if (answer.state === "taken") {
        turn.ticket = null;
        return records.length;
      }
      const standing = standingOf(answer.records, all);
      if (standing > 0) return standing;
      if (answer.count > 0) {
        throw forkedAt(seq);
      }
      turn.ticket = answer.turn ?? turn.ticket;
      if (attempt >= ATTEMPTS)
        throw new KeyfoldError("rolled-back", "The server goes on losing what it is given.", { reason: "rolled-back" });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.serverCode === "blob-missing" && !returned) {
        if (!(await returnAll(port, records, idsIn(error), signal))) return 0;
        returned = true;
      } else if (error.serverCode === "blob-missing" || error.serverCode === "blob-spent") {
        return 0;
      } else if (error.again && attempt < ATTEMPTS) {
        turn.ticket = error.turn ?? turn.ticket;
        await wait(Math.max((error.retryAfter ?? 0) * 1000, error.serverCode === "turn" ? 0 : backoffDelay(attempt)), signal);
      } else throw error;
    }
  }
}

/** How many records the server's answer begins with. Of a body that was erased since, the signature tells. */
function standingOf(answer: Bytes, records: readonly KeptRecord[]): number {
  const found = Array.from(splitPage(answer));
  const other = found.findIndex((wire, i) => !endsAlike(wire, records[i]?.bytes));
  return other === -1 ? found.length : other;
}

function endsAlike(found: Bytes, record: Bytes | undefined): boolean {
  const [a, b] = [found.subarray(-64), record?.subarray(-64)];
  return a.length === 64 && b?.length === 64 && a.every((byte, i) => byte === b[i]);
}

function idsIn({ details }: Refusal): readonly string[] {
  const blobs = details["blobs"];
  return Array.isArray(blobs) ? blobs.filter((blob) => typeof blob === "string") : [];
}

async function returnAll(
  port: GiveBackPort,
  records: readonly KeptRecord[],
  missing: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const known = new Map<string, Descriptor>();
  for (const { ops } of await openedEntries(port, records))
    for (const descriptor of ops.flatMap(descriptorsIn)) known.set(descriptor.blob, descriptor);
  for (const blob of missing) {
    const descriptor = known.get(blob);
    if (descriptor === undefined || !(await returnBlob(port, descriptor, signal))) return false;
  }
  return missing.length > 0;
}

/** What kept entries say, of those that this device can read. */
export async function openedEntries(
  { provider, keys }: { readonly provider: CryptoProvider; readonly keys: readonly LogKeys[] },
  records: readonly KeptRecord[],
): Promise<{ readonly seq: number; readonly at: number; readonly ops: readonly Op[] }[]> {
  const entries = [];
  for (const { record, before, after } of records) {
    if (record.kind !== "entry" || before === null) continue;
    const readAuthPub = toHex(readAuthPubOf(before.keys));
    const key = keys.find((own) => toHex(own.readAuthPub) === readAuthPub);
    const opened = key === undefined ? undefined : await openEntry(provider, key.log, before, record);
    if (opened?.state !== "read") continue;
    const ops = opened.entry.ops.map(readOp).filter((op) => op !== undefined);
    entries.push({ seq: after.seq, at: opened.entry.at, ops });
  }
  return entries;
}

/** Whether an error of giving back is one of the way there, to be tried again, rather than the server's state. */
export function isOfTheWay(error: unknown): boolean {
  return isKeyfoldError(error, "offline") || isKeyfoldError(error, "cancelled");
}
