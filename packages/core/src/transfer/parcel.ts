/**
 * Blobs of one part, sent many at a time: made and filled in one request.
 *
 * @module
 */
import { Refusal } from "../api/refusal.ts";
import type { Bytes } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { bundleParts, bundleSize } from "../protocol/limits.ts";
import type { Descriptor } from "../seal/blob.ts";
import { createSealer, drawBlob } from "../seal/sealer.ts";
import { asKeyfoldError, type Outage, passes } from "./outage.ts";
import type { TransferPort } from "./port.ts";
import type { Line } from "./send-blob.ts";

export interface Parcel {
  readonly blob: string;
  readonly bytes: Bytes;
  readonly hash: Bytes;
  /** Asked before each attempt: whether it is still to be sent. */
  readonly wanted: () => boolean;
  readonly stored: () => void;
  readonly failed: (error: KeyfoldError) => void;
}

/** Seals something small under a key of its own. */
export async function sealWhole(
  port: TransferPort,
  content: Bytes,
  padded: boolean,
): Promise<{ descriptor: Descriptor; bytes: Bytes; hash: Bytes }> {
  const sealer = await createSealer(port.provider, { ...drawBlob(port.provider), size: content.length, padded });
  const { bytes, hash } = await sealer.sealPart(0, content);
  return { descriptor: await sealer.describe([hash]), bytes, hash };
}

/** Sends them in as few requests as they fit. Resolves when each was stored, failed or is not wanted any more; rejects only with `cancelled`. */
export async function sendParcels(
  { port, line, outage }: { port: TransferPort; line: Line; outage: Outage },
  parcels: readonly Parcel[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(bundlesOf(parcels).map((bundle) => sendBundle(port, line, outage, bundle, signal)));
}

async function sendBundle(port: TransferPort, line: Line, outage: Outage, bundle: readonly Parcel[], signal: AbortSignal): Promise<void> {
  let left = bundle;
  const attempt = async (): Promise<void> => {
    left = left.filter(({ wanted }) => wanted());
    if (left.length === 0) return;
    const parts = left.map(({ blob, bytes, hash }) => ({ blob, index: 0, bytes, hash }));
    const size = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const answers = await line.requests.run(size, () => port.blobs.putBundle(parts, { create: true, signal }), signal);
    const byBlob = new Map(answers.map((answer) => [answer.blob, answer]));
    let passing: KeyfoldError | undefined;
    left = left.filter((parcel) => {
      const error = errorOf(byBlob.get(parcel.blob));
      if (error === undefined) parcel.stored();
      else if (passes(error)) passing = error;
      else parcel.failed(error);
      return error !== undefined && passes(error);
    });
    if (passing !== undefined) throw passing;
  };
  try {
    await outage.through(attempt, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    for (const parcel of left) parcel.failed(asKeyfoldError(error));
  }
}

/** What became of one part of a bundle: its status, and why in the server's words. */
function errorOf(answer: { readonly status: number; readonly code?: string | undefined } | undefined): KeyfoldError | undefined {
  if (answer === undefined) return new KeyfoldError("server-failed", "The server left a part out of its answer.");
  const { status, code } = answer;
  return status >= 200 && status < 300 ? undefined : new Refusal(status, { code }, undefined);
}

/** In order, each bundle as full as it may be. */
function bundlesOf(parcels: readonly Parcel[]): Parcel[][] {
  const bundles: Parcel[][] = [];
  let size = 0;
  for (const parcel of parcels) {
    const last = bundles.at(-1);
    if (last === undefined || last.length === bundleParts || size + parcel.bytes.length > bundleSize) {
      bundles.push([parcel]);
      size = parcel.bytes.length;
    } else {
      last.push(parcel);
      size += parcel.bytes.length;
    }
  }
  return bundles;
}
