/**
 * A version's content as a stream: fetched ahead, verified part by part, and nothing released before it is.
 *
 * The list of part hashes is checked against the descriptor, each whole part against its hash, then tags, then padding (docs/format.md, section 3).
 * On any failure the stream errors with a `KeyfoldError`; it never just ends.
 *
 * @module
 */
import { cancelled } from "../api/backoff.ts";
import type { Bytes } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { ByteRange } from "../seal/geometry.ts";
import { createOpener, type Opener } from "../seal/opener.ts";
import { asKeyfoldError } from "./outage.ts";
import { type Patience, patiently, someAttempts } from "./patience.ts";
import { letGo } from "../crypto/let-go.ts";
import type { ReadingPort } from "./port.ts";

/** Parts being fetched, or fetched and not yet taken. */
const AHEAD = 5;

export interface ContentOptions {
  /** Bytes of content: `start` is in, `end` is not. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Patience | undefined;
  /** Bytes that were verified and handed on. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/** A version that may be sealed anew while it is read. */
export interface Source {
  readonly descriptor: Descriptor;
  /** The same content under its new descriptor, after the server said that the blob is gone; undefined where there is none. */
  renew(): Promise<Descriptor | undefined>;
}

/** The content as a stream of verified pieces of at most 1 MiB. Flat memory: `AHEAD` parts, whatever the size. */
export function contentStream(port: ReadingPort, source: Source, options: ContentOptions = {}): ReadableStream<Uint8Array> {
  const controller = new AbortController();
  const signal = options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const pieces = contentPieces(port, source, { ...options, signal });
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        try {
          const { done, value } = await pieces.next();
          if (done === true) stream.close();
          else stream.enqueue(value);
        } catch (error) {
          stream.error(asKeyfoldError(error));
        }
      },
      cancel(reason) {
        controller.abort(new KeyfoldError("cancelled", "Cancelled.", { cause: reason }));
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same as an iterator; `return()` ends what is under way. */
export async function* contentPieces(
  port: ReadingPort,
  source: Source,
  options: ContentOptions & { signal: AbortSignal },
): AsyncGenerator<Bytes> {
  const { size } = source.descriptor;
  const { start = 0, end = size } = options;
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end)) {
    throw new KeyfoldError("invalid-argument", "A range has a start and an end, in bytes.");
  }
  let { descriptor } = source;
  let position = Math.min(start, size);
  const last = Math.min(end, size);
  for (;;) {
    try {
      for await (const piece of verifiedPieces(port, descriptor, { start: position, end: last }, options)) {
        position += piece.length;
        options.progress?.(piece.length);
        yield piece;
      }
      return;
    } catch (error) {
      // Sealed anew meanwhile, and the old blob deleted: the new one has the same content at the same places.
      if (!isKeyfoldError(error, "gone") && !isKeyfoldError(error, "not-found")) throw error;
      if (port.onlyCurrent === true && position > start) throw error;
      const renewed = await source.renew();
      if (renewed === undefined || renewed.blob === descriptor.blob || renewed.size !== size) throw error;
      descriptor = renewed;
    }
  }
}

async function* verifiedPieces(
  port: ReadingPort,
  descriptor: Descriptor,
  range: ByteRange,
  { signal, patience = someAttempts }: ContentOptions & { signal: AbortSignal },
): AsyncGenerator<Bytes> {
  if (range.start === range.end && range.end < descriptor.size) return;
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const blob = openBlob(port, descriptor, patience, stop);
  const { opener } = blob;
  const first = range.start < range.end ? opener.geometry.partOfPlain(range.start) : 0;
  // A whole read goes on through the padding: what was stored there is verified too.
  const last = range.end === descriptor.size ? opener.partCount - 1 : opener.geometry.partOfPlain(range.end - 1);

  const ahead: Promise<Bytes[]>[] = [];
  let next = first;
  const fill = (): void => {
    while (next <= last && ahead.length < AHEAD) {
      const opened = blob.part(next++);
      opened.catch(() => undefined);
      ahead.push(opened);
    }
  };
  try {
    for (let part = first; part <= last; part++) {
      fill();
      const pieces = await ahead.shift()!;
      fill();
      let { start } = opener.contentRangeOfPart(part);
      for (const piece of pieces) {
        const from = Math.max(0, range.start - start);
        const to = Math.min(piece.length, range.end - start);
        start += piece.length;
        if (from >= to) continue;
        if (signal.aborted) throw cancelled(signal);
        yield to - from === piece.length ? piece : piece.subarray(from, to);
      }
    }
  } finally {
    ended.abort();
  }
}

/** Parts of one blob, fetched and opened in any order. */
export function openBlob(
  port: ReadingPort,
  descriptor: Descriptor,
  patience: Patience,
  signal: AbortSignal,
): { readonly opener: Opener; part(part: number): Promise<Bytes[]> } {
  const opener = createOpener(port.provider, descriptor);
  const fetch = <T>(work: () => Promise<T>): Promise<T> => patiently(port, patience, signal, work);
  const fetchPart = (part: number): Promise<Bytes> => fetch(() => port.blobs.getPart(descriptor.blob, part, { signal }));
  let listed: Promise<void> | undefined;
  let started: Promise<unknown> | undefined;

  const list = (): Promise<void> => {
    listed ??= fetch(() => port.blobs.hashes(descriptor.blob, { signal })).then((hashes) => opener.acceptPartHashes(hashes));
    listed.catch(() => undefined);
    return listed;
  };

  const part = async (index: number): Promise<Bytes[]> => {
    if (opener.partCount === 1) return openOnly(port, opener, await fetchPart(0));
    // The list and the part travel together; the list is verified before anything is done with the part.
    const fetched = fetchPart(index);
    fetched.catch(() => undefined);
    await list();
    if (index === 0) {
      const opening = fetched.then((bytes) => openAndLetGo(opener, 0, bytes));
      started ??= opening;
      opening.catch(() => undefined);
      return opening;
    }
    started ??= fetchPart(0).then((bytes) => opener.acceptFirstPart(bytes));
    await started;
    return openAndLetGo(opener, index, await fetched);
  };
  return { opener, part };
}

/** The part's plaintext; its ciphertext is done with. */
async function openAndLetGo(opener: Opener, index: number, bytes: Bytes): Promise<Bytes[]> {
  const pieces = await opener.openPartInPieces(index, bytes);
  letGo(bytes);
  return pieces;
}

/** Opens a blob of one part: its list is its one hash, so the digest vouches for the part without asking for the list. */
export async function openOnly(port: ReadingPort, opener: Opener, bytes: Bytes): Promise<Bytes[]> {
  try {
    await opener.acceptPartHashes(await port.provider.sha256(bytes));
  } catch (cause) {
    if (!isKeyfoldError(cause, "tampered")) throw cause;
    throw new KeyfoldError("tampered", "A part of a file is not the one that was stored.", { cause, reason: "part-hash" });
  }
  return opener.openPartInPieces(0, bytes);
}
