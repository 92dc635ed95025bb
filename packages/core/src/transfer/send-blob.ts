/**
 * Sends one blob of several parts: read, seal, keep the hash, send, each part on its own, several under way at once, in bounded memory.
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import type { Bytes } from "../crypto/provider.ts";
import type { ByteRange } from "../seal/geometry.ts";
import { partSize } from "../protocol/geometry.ts";
import type { SealedPart } from "../seal/sealer.ts";
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
  const { port, line, outage, cancel } = sending;
  const range = draft.sealer.contentRangeOfPart(part);
  const release = await line.sealing.take(stop);
  const buffer = spare.pop() ?? new Uint8Array(partSize);
  let sealed: SealedPart;
  try {
    const content = range.end > range.start ? await sending.read(range, part) : new Uint8Array(0);
    sealed = await draft.seal(part, content, buffer);
    letGo(content);
  } finally {
    release();
  }
  sending.sealed?.(range.end - range.start);
  await draft.keep();
  await outage.through(async () => {
    const { bytes, hash } = sealed;
    await line.requests.run(bytes.length, () => port.blobs.putPart(draft.blob, part, bytes, hash, { signal: cancel }), stop);
  }, stop);
  // Only now: a request that failed may still have been reading.
  spare.push(buffer);
}
