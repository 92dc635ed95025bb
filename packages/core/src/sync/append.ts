/**
 * Sending what is pending, entry by entry (docs/format.md, section 4, "Append").
 *
 * An entry is sealed for one place, kept durably, and only then sent. Whatever becomes of the answer, the log tells: either the entry stands at its
 * place, or somebody else's does, and then the changes are rebased and sealed anew for the next place. So a lost answer never makes a change twice.
 *
 * @module
 */
import { Refusal } from "../api/refusal.ts";
import { wait } from "../api/backoff.ts";
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { OwnerKeys } from "../key/schedule.ts";
import { sealEntry } from "../log/entry.ts";
import { chooseIn } from "../protocol/clear.ts";
import { joinPage } from "../protocol/record.ts";
import type { Change, Outbox, SentEntry } from "./outbox.ts";
import { descriptorsIn, returnBlob, type BlobReturnPort } from "./blob-return.ts";
import { pull, type PullPort } from "./pull.ts";
import type { Replica } from "./replica.ts";

/**
 * This page's ticket for the line of those who append: drawn here and proposed with each attempt, so that one whose answer was lost finds its place
 * again. Null before the next entry's first attempt.
 */
export interface Turn {
  ticket: string | null;
}

export interface AppendPort extends PullPort, BlobReturnPort {
  readonly turn: Turn;
  readonly provider: CryptoProvider;
  readonly outbox: Outbox;
  readonly keys: OwnerKeys;
  readonly device: string;
  /** This device's clock: milliseconds since 1970. */
  readonly now: () => number;
  /** These changes cannot be sent, ever. */
  readonly onRefused: (changes: readonly Change[], error: KeyfoldError) => void;
}

/** How often somebody else's turn is waited for before the queue is left to the next round. */
const TURNS = 20;
/** How often the log may not have grown after an answer that says it has. */
const STILL = 3;
/** Seconds to wait in somebody else's turn where the server does not say. */
const TURN = 0.25;

/**
 * Sends until nothing is pending. The replica must be in step. Rejects with what stopped it (`offline`, `locked-elsewhere` …): then everything that
 * is not confirmed is still pending, and kept.
 */
export async function sendPending(port: AppendPort, signal?: AbortSignal): Promise<void> {
  const { api, replica, outbox, turn } = port;
  let waited = 0;
  let still = 0;
  const returned = new Set<string>();
  for (;;) {
    const sent = nextAwaited(replica) ?? (await sealNext(port));
    if (sent === null) return;
    try {
      turn.ticket ??= drawTicket(port.provider);
      const answer = await api.append(sent.seq, joinPage([sent.record]), turn.ticket, { signal, atOnce: sent.atOnce });
      if (answer.state === "taken") {
        turn.ticket = null;
        waited = 0;
      } else {
        await replica.take(answer.records);
        turn.ticket = answer.turn ?? turn.ticket;
      }
      await pull(port, signal);
      // Whatever the answer says, the log has grown by it: ours, or that of whoever was faster.
      if ((replica.position?.seq ?? -1) >= sent.seq) still = 0;
      else if (++still === STILL)
        throw new KeyfoldError("server-failed", "The server's answers contradict each other.", { reason: "answer" });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.serverCode === "turn" && waited++ < TURNS) {
        turn.ticket = error.turn ?? turn.ticket;
        await wait((error.retryAfter ?? TURN) * 1000, signal);
        continue;
      }
      if (!refusedForGood(error)) throw error;
      if (error.serverCode === "blob-missing" && (await bringBack(port, blobsIn(error), returned, signal))) continue;
      // The server will not take these bytes at any time: they are not sent again.
      replica.unawait(sent);
      await outbox.forgetSent();
      const atFault = replica.pendingWith(new Set(blobsIn(error)));
      if (atFault.length === 0) throw error;
      port.onRefused(replica.withdraw(new Set(atFault.map(({ id }) => id))), error);
    }
  }
}

/** 32 hex digits that nobody else can know. */
export function drawTicket(provider: CryptoProvider): string {
  return toHex(provider.randomBytes(16));
}

/** An entry whose answer was lost, and whose place is still free. */
function nextAwaited(replica: Replica): SentEntry | null {
  const next = (replica.position?.seq ?? -1) + 1;
  return replica.awaited.find((sent) => sent.seq === next) ?? null;
}

async function sealNext({ provider, replica, outbox, keys, device, now }: AppendPort): Promise<SentEntry | null> {
  const { position } = replica;
  const next = replica.draft();
  if (next === null || next.ops.length === 0 || position === null) return null;
  const entry = { id: toHex(provider.randomBytes(16)), device, at: now(), ops: next.ops };
  const { bytes } = await sealEntry(provider, { log: keys.log, sign: keys.sign }, position, entry, next.lists);
  const atOnce = chooseIn(next.lists.dropped, next.resealed);
  const sent: SentEntry = { seq: position.seq + 1, record: bytes, changes: next.changes, ...(atOnce === undefined ? {} : { atOnce }) };
  await outbox.keepSent(sent);
  replica.await(sent);
  return sent;
}

function blobsIn({ details }: Refusal): readonly string[] {
  const { blobs } = details;
  return Array.isArray(blobs) ? blobs.filter((blob) => typeof blob === "string") : [];
}

/**
 * A database that was put back to a backup knows nothing of what was sent since, and its store may still have it. Whether the server has all of them
 * again; each is tried once.
 */
async function bringBack(
  port: AppendPort,
  blobs: readonly string[],
  tried: Set<string>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const known = port.replica.pendingWith(new Set(blobs)).flatMap(({ ops }) => ops.flatMap(({ op }) => descriptorsIn(op)));
  for (const blob of blobs) {
    const descriptor = known.find((one) => one.blob === blob);
    if (descriptor === undefined || tried.has(blob)) return false;
    tried.add(blob);
    if (!(await returnBlob(port, descriptor, signal ?? new AbortController().signal))) return false;
  }
  return blobs.length > 0;
}

function refusedForGood({ status }: Refusal): boolean {
  return status === 400 || status === 413 || status === 422;
}
