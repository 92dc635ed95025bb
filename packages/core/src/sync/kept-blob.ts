/**
 * The content of a snapshot's blob: each piece of its ciphertext from this device's cache where it is there and right, else from the server, and then
 * kept. Verified in either case.
 *
 * @module
 */
import type { FolderApi } from "../api/client.ts";
import { constantTimeEqual, fromBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { partCountOf } from "../protocol/geometry.ts";
import type { Descriptor } from "../seal/blob.ts";
import { readBlob } from "./blob-io.ts";
import type { RecordCache } from "./record-cache.ts";

export interface KeptBlobPort {
  readonly provider: CryptoProvider;
  readonly api: Pick<FolderApi, "hashes" | "getPart">;
  readonly cache: RecordCache;
}

/** As `readBlob` where the server is asked. */
export function keptContent({ provider, api, cache }: KeptBlobPort, descriptor: Descriptor): ReadableStream<Bytes> {
  let hashes: Bytes = new Uint8Array();
  let complete = true;
  const source: KeptBlobPort["api"] = {
    async hashes(blob, options) {
      const kept = await cache.blobPiece(blob, "hashes");
      const isRight = kept !== null && constantTimeEqual(await provider.sha256(kept), fromBase64url(descriptor.digest, 32));
      complete = isRight;
      return (hashes = isRight ? kept : await api.hashes(blob, options));
    },
    async getPart(blob, index, options) {
      const kept = await cache.blobPiece(blob, index);
      const isRight = kept !== null && constantTimeEqual(await provider.sha256(kept), hashes.subarray(32 * index, 32 * index + 32));
      if (isRight) return kept;
      complete = false;
      const part = await api.getPart(blob, index, options);
      await cache.keepBlobPiece(blob, index, part);
      return part;
    },
  };
  return streamOf(readBlob({ provider, api: source }, descriptor), async () => {
    // Last: where they are, the rest is.
    if (!complete) await cache.keepBlobPiece(descriptor.blob, "hashes", hashes);
  });
}

/** `ended` is called when all of it was read. */
function streamOf(parts: AsyncGenerator<Bytes>, ended?: () => Promise<void>): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done !== true) {
        controller.enqueue(value);
        return;
      }
      await ended?.();
      controller.close();
    },
    cancel: async () => void (await parts.return(undefined)),
  });
}

/**
 * Keeps a snapshot's ciphertext here that another device made, once `judge` was shown its content and says that it may be begun from. Resolves with
 * whether it is kept. Rejects as the requests and `judge` do.
 */
export async function keepBlob(
  { provider, api, cache }: KeptBlobPort,
  descriptor: Descriptor,
  signal: AbortSignal,
  judge: (content: () => ReadableStream<Bytes>) => Promise<boolean>,
): Promise<boolean> {
  if (await cache.hasBlob(descriptor.blob)) return true;
  const { blob, sealedSize } = descriptor;
  const hashes = await api.hashes(blob, { signal });
  if (!constantTimeEqual(await provider.sha256(hashes), fromBase64url(descriptor.digest, 32))) return false;
  for (let index = 0; index < partCountOf(sealedSize); index++) {
    // It may be here from an earlier look, which came to no judgement.
    const kept = await cache.blobPiece(blob, index);
    const isRight = kept !== null && constantTimeEqual(await provider.sha256(kept), hashes.subarray(32 * index, 32 * index + 32));
    if (!isRight) await cache.keepBlobPiece(blob, index, await api.getPart(blob, index, { signal }));
  }
  const here: KeptBlobPort["api"] = {
    hashes: async () => hashes,
    getPart: async (_blob, index) => (await cache.blobPiece(blob, index)) ?? api.getPart(blob, index, { signal }),
  };
  if (!(await judge(() => streamOf(readBlob({ provider, api: here }, descriptor))))) return false;
  // Last: where they are, the rest is, and the folder may be opened from it.
  await cache.keepBlobPiece(blob, "hashes", hashes);
  return true;
}
