/**
 * A version's content out of a source: part by part, each verified before anything of it is released (docs/format.md, section 3).
 *
 * @module
 */

import { concat } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import type { Descriptor } from "../seal/blob.ts";
import { createOpener, type Opener } from "../seal/opener.ts";
import type { FolderSource } from "./source.ts";

type BlobSource = Pick<FolderSource, "hashes" | "part">;

/** Parts being fetched, or fetched and not yet taken. */
const ahead = 2;

/** One blob, its list of part hashes verified. */
export interface OpenBlob {
  readonly opener: Opener;
  /** The content of a part, in pieces of at most 1 MiB. Throws `not-found` where the source lacks it, `tampered`. */
  part(part: number): Promise<Bytes[]>;
}

function missing(part: number, of: number): KeyfoldError {
  return new KeyfoldError("not-found", `Part ${part + 1} of ${of} is missing.`, { reason: "part-missing" });
}

/**
 * Opens a blob. Where the list of part hashes is missing or not the signed one, it is made anew from the parts: the digest vouches for it.
 *
 * Throws `tampered` with reason `digest` where neither is the signed one, `not-found` with reason `part-missing`.
 */
export async function openBlob(provider: CryptoProvider, source: BlobSource, descriptor: Descriptor): Promise<OpenBlob> {
  const opener = createOpener(provider, descriptor);
  const { partCount } = opener;
  const fetch = async (part: number): Promise<Bytes> => {
    const bytes = await source.part(descriptor.blob, part);
    if (bytes === null) throw missing(part, partCount);
    return bytes;
  };
  // A list of one hash is no help beyond what the digest says of the part itself.
  const only = partCount === 1 ? await fetch(0) : undefined;
  if (only !== undefined) await acceptOnly(provider, opener, only);
  else if (!(await acceptsList(opener, await source.hashes(descriptor.blob)))) {
    const hashes: Bytes[] = [];
    for (let part = 0; part < partCount; part++) hashes.push(await provider.sha256(await fetch(part)));
    await opener.acceptPartHashes(concat(...hashes));
  }

  let started: Promise<unknown> | undefined;
  return {
    opener,
    async part(part) {
      if (only !== undefined) return opener.openPartInPieces(part, only);
      const fetched = fetch(part);
      fetched.catch(() => undefined);
      if (part === 0) {
        const opening = fetched.then((bytes) => opener.openPartInPieces(0, bytes));
        started ??= opening;
        return opening;
      }
      await (started ??= fetch(0).then((bytes) => opener.acceptFirstPart(bytes)));
      return opener.openPartInPieces(part, await fetched);
    },
  };
}

async function acceptsList(opener: Opener, joined: Bytes | null): Promise<boolean> {
  if (joined === null) return false;
  try {
    await opener.acceptPartHashes(joined);
    return true;
  } catch (error) {
    if (isKeyfoldError(error, "tampered")) return false;
    throw error;
  }
}

async function acceptOnly(provider: CryptoProvider, opener: Opener, bytes: Bytes): Promise<void> {
  if (await acceptsList(opener, await provider.sha256(bytes))) return;
  throw new KeyfoldError("tampered", "A part of a file is not the one that was stored.", { reason: "part-hash" });
}

/** Verified pieces in order. Throws at the first part that is not good; what came before it was. */
export async function* contentPieces(provider: CryptoProvider, source: BlobSource, descriptor: Descriptor): AsyncGenerator<Bytes> {
  const blob = await openBlob(provider, source, descriptor);
  const { partCount } = blob.opener;
  const waiting: Promise<Bytes[]>[] = [];
  for (let part = 0, next = 0; part < partCount; part++) {
    for (; next < partCount && waiting.length < ahead; next++) {
      const opening = blob.part(next);
      opening.catch(() => undefined);
      waiting.push(opening);
    }
    yield* await waiting.shift()!;
  }
}

/** A stretch of a damaged file: its good bytes, or how many are lost. */
export type Stretch = { readonly start: number; readonly bytes: Bytes } | { readonly start: number; readonly lost: number };

/**
 * What is good of a damaged file, every stretch verified by itself and told with its place; the rest counted as lost. Nothing at all where the list
 * of part hashes is not the signed one, or the first part (which has the header) is lost.
 */
export async function* goodStretches(provider: CryptoProvider, source: BlobSource, descriptor: Descriptor): AsyncGenerator<Stretch> {
  const blob = await openBlob(provider, source, descriptor);
  for (let part = 0; part < blob.opener.partCount; part++) {
    let { start, end } = blob.opener.contentRangeOfPart(part);
    try {
      for (const bytes of await blob.part(part)) {
        yield { start, bytes };
        start += bytes.length;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (end > start) yield { start, lost: end - start };
    }
  }
}

/** Whether an error is of the data, and not of reaching it. */
export function isDamage(error: unknown): error is KeyfoldError {
  return isKeyfoldError(error) && ["tampered", "not-found", "gone", "malformed"].includes(error.code);
}

/** An iterator as a stream that is read as it is asked for. */
export function streamOf(pieces: AsyncGenerator<Bytes>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        const { done, value } = await pieces.next();
        if (done === true) stream.close();
        else stream.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
