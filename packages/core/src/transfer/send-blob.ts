/**
 * Sends one blob of several parts: read, seal, keep the hash, send, each part on its own, several under way at once, in bounded memory.
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import type { HeldPart } from "../api/sender.ts";
import { NoWorker } from "../api/sender-message.ts";
import type { Bytes } from "../crypto/provider.ts";
import type { ByteRange } from "../seal/geometry.ts";
import { partSize } from "../protocol/geometry.ts";
import type { Draft } from "./draft.ts";
import { letGo } from "../crypto/let-go.ts";
import type { Outage } from "./outage.ts";
import { Permits } from "./permits.ts";
import { MOST_REQUESTS, Requests } from "./requests.ts";
import type { TransferPort } from "./port.ts";

/** Parts sealed or being sealed beyond those under way. */
const AHEAD = 2;

/** What all of a folder's uploads and its re-encryption share. */
export class Line {
  /** Held from reading a part to its confirmation: bounds memory. */
  readonly parts = new Permits(MOST_REQUESTS + AHEAD);
  /** One held while a request is under way. */
  readonly requests = new Requests();
  /** Held while parts are read and sealed: more at once would only wait for the same processor. */
  readonly sealing = new Permits(AHEAD);
}

export interface BlobSending {
  readonly port: TransferPort;
  readonly line: Line;
  readonly outage: Outage;
  /** Content of a range, whole. */
  readonly read: (range: ByteRange, part: number) => Promise<Bytes>;
  /** Has the same read by somebody else, who rejects with `Unread` where that does not succeed; absent where nobody else can. */
  readonly lend?: <T>(range: ByteRange, use: (content: Blob) => Promise<T>) => Promise<T>;
  /** Bytes of content sealed, and confirmed by the server (or found there). */
  readonly sealed?: (bytes: number) => void;
  readonly confirmed?: (bytes: number) => void;
  /** Nothing new begins after this; requests under way may end. */
  readonly pause: AbortSignal;
  /** Ends requests under way as well. */
  readonly cancel: AbortSignal;
}

/**
 * Resolves with `sent` when every part is on the server, with `live` when an entry has added the blob already.
 *
 * Rejects with `cancelled` when paused or cancelled, else with the first error that does not pass by itself; of these `file-changed`, `gone`,
 * `not-found` and `conflict` are about the draft, not about the folder.
 */
export async function sendBlob(draft: Draft, sending: BlobSending): Promise<"sent" | "live"> {
  const { pause, cancel } = sending;
  const failure = new AbortController();
  const stop = AbortSignal.any([pause, cancel, failure.signal]);
  if ((await sending.outage.through(() => draft.open(cancel), stop)) === "live") return "live";

  const underWay = new Set<Promise<void>>();
  // Ciphertext of parts that have arrived makes room for the next: fresh memory for each would be zeroed, paged in and collected again.
  const spare: Bytes[] = [];
  let fault: { error: unknown } | undefined;
  const fail = (error: unknown): void => {
    // A part that was stopped by another one's failure says nothing of its own.
    if (stop.aborted) return;
    fault = { error };
    failure.abort();
  };

  for (let part = 0; part < draft.partCount; part++) {
    const { start, end } = draft.sealer.contentRangeOfPart(part);
    if (draft.isStored(part)) {
      sending.sealed?.(end - start);
      sending.confirmed?.(end - start);
      continue;
    }
    let release: () => void;
    try {
      release = await sending.line.parts.take(stop);
    } catch {
      break;
    }
    const confirm = (): void => {
      draft.confirm(part);
      sending.confirmed?.(end - start);
    };
    const sent = sendPart(draft, part, sending, spare, stop)
      .then(confirm, fail)
      .finally(() => {
        release();
        underWay.delete(sent);
      });
    underWay.add(sent);
  }
  await Promise.all(underWay);
  if (fault !== undefined) throw fault.error;
  if (cancel.aborted) throw cancelled(cancel);
  if (pause.aborted) throw cancelled(pause);
  return "sent";
}

async function sendPart(draft: Draft, part: number, sending: BlobSending, spare: Bytes[], stop: AbortSignal): Promise<void> {
  const range = draft.sealer.contentRangeOfPart(part);
  const sealed = await sealPart(draft, part, sending, spare, stop);
  sending.sealed?.(range.end - range.start);
  try {
    await sendSealed(draft, part, sealed, sending, stop);
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    // The worker ended, and what it held is gone. The same bytes come of it again, or the draft is given up.
    const again = await sealHere(draft, part, sending, spare, stop);
    await sendSealed(draft, part, again, sending, stop);
  }
}

/** A part that may leave as soon as its hash is kept. */
interface ReadyPart {
  readonly body: Bytes | HeldPart;
  readonly hash: Bytes;
  /** What it takes is needed no longer. */
  readonly free: (isSent: boolean) => void;
}

async function sendSealed(
  draft: Draft,
  part: number,
  { body, hash, free }: ReadyPart,
  sending: BlobSending,
  stop: AbortSignal,
): Promise<void> {
  const { port, line, outage, cancel } = sending;
  let isSent = false;
  try {
    await draft.keep();
    await outage.through(
      () => line.requests.run(body.length, () => port.blobs.putPart(draft.blob, part, body, hash, { signal: cancel }), stop),
      stop,
    );
    isSent = true;
  } finally {
    free(isSent);
  }
}

/** By a worker where there is one and the content can be lent to it, so that the page has nothing to do and no copies to make. */
async function sealPart(draft: Draft, part: number, sending: BlobSending, spare: Bytes[], stop: AbortSignal): Promise<ReadyPart> {
  try {
    return await sealApart(draft, part, sending, stop);
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    return sealHere(draft, part, sending, spare, stop);
  }
}

async function sealApart(draft: Draft, part: number, { port, line, lend }: BlobSending, stop: AbortSignal): Promise<ReadyPart> {
  if (lend === undefined) throw new NoWorker("Not lent.");
  const { sealer } = draft;
  const range = sealer.contentRangeOfPart(part);
  const seal = (content: Blob): Promise<HeldPart> =>
    port.blobs.sealApart({ content, part, length: sealer.geometry.partLength(part), sealing: sealer.sealing }, stop);
  const release = await line.sealing.take(stop);
  let held: HeldPart;
  try {
    held = await (range.end > range.start ? lend(range, seal) : seal(new Blob()));
  } finally {
    release();
  }
  try {
    draft.accept(part, held.hash);
  } catch (error) {
    held.letGo();
    throw error;
  }
  return { body: held, hash: held.hash, free: () => held.letGo() };
}

async function sealHere(draft: Draft, part: number, { line, read }: BlobSending, spare: Bytes[], stop: AbortSignal): Promise<ReadyPart> {
  const range = draft.sealer.contentRangeOfPart(part);
  const release = await line.sealing.take(stop);
  try {
    const buffer = spare.pop() ?? new Uint8Array(partSize);
    const content = range.end > range.start ? await read(range, part) : new Uint8Array(0);
    const { bytes, hash } = await draft.seal(part, content, buffer);
    letGo(content);
    const free = (isSent: boolean): void => {
      // A request that failed may still be reading.
      if (isSent) spare.push(buffer);
    };
    return { body: bytes, hash, free };
  } finally {
    release();
  }
}
