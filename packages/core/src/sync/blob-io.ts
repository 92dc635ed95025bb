/**
 * Whole blobs to and from the server, one part after another: for snapshots. Files go through `transfer/`, which sends many at once.
 *
 * @module
 */
import type { FolderApi } from "../api/client.ts";
import { concat } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { Descriptor } from "../seal/blob.ts";
import { createOpener } from "../seal/opener.ts";
import { createSealer, drawBlob } from "../seal/sealer.ts";
import type { RecordCache } from "./record-cache.ts";

export interface BlobPort {
  readonly provider: CryptoProvider;
  readonly api: FolderApi;
  /** Where the ciphertext is kept on this device. */
  readonly cache: Pick<RecordCache, "keepBlobPiece">;
}

/** Attempts at each request. */
const ATTEMPTS = 6;

/** Seals and sends pieces as one blob under a fresh key. The blob is `open` on the server until an entry adds it. */
export async function sendBlob({ provider, api, cache }: BlobPort, pieces: readonly Bytes[], signal?: AbortSignal): Promise<Descriptor> {
  const content = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : concat(...pieces);
  const secrets = drawBlob(provider);
  const sealer = await createSealer(provider, { ...secrets, size: content.length, padded: true });
  await api.createBlobs([{ blob: secrets.blob, sealedSize: sealer.sealedSize }], { signal, attempts: ATTEMPTS });
  const hashes: Bytes[] = [];
  for (let part = 0; part < sealer.partCount; part++) {
    const { start, end } = sealer.contentRangeOfPart(part);
    const { bytes, hash } = await sealer.sealPart(part, content.subarray(start, end));
    await api.putPart(secrets.blob, part, bytes, hash, { signal, attempts: ATTEMPTS });
    hashes.push(hash);
    await cache.keepBlobPiece(secrets.blob, part, bytes);
  }
  await cache.keepBlobPiece(secrets.blob, "hashes", concat(...hashes));
  return sealer.describe(hashes);
}

/** The verified content of a blob, part by part. Rejects with `tampered`, `gone`, `not-found`. */
export async function* readBlob(
  { provider, api }: { readonly provider: CryptoProvider; readonly api: Pick<FolderApi, "hashes" | "getPart"> },
  descriptor: Descriptor,
  signal?: AbortSignal,
): AsyncGenerator<Bytes> {
  const opener = createOpener(provider, descriptor);
  await opener.acceptPartHashes(await api.hashes(descriptor.blob, { signal, attempts: ATTEMPTS }));
  for (let part = 0; part < opener.partCount; part++) {
    yield opener.openPart(part, await api.getPart(descriptor.blob, part, { signal, attempts: ATTEMPTS }));
  }
}
