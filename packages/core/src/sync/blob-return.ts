/**
 * Blobs that a server has lost: given back from this device where it has their ciphertext (snapshots), or found again where the server's store still has
 * them and only its database has forgotten (a database restored from a backup beside a store that was not).
 *
 * @module
 */
import type { FolderApi } from "../api/client.ts";
import { constantTimeEqual, fromBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import { partCountOf } from "../protocol/geometry.ts";
import type { Descriptor } from "../seal/blob.ts";
import type { Op, VersionDescriptor } from "../tree/op.ts";
import type { RecordCache } from "./record-cache.ts";

export interface BlobReturnPort {
  readonly provider: CryptoProvider;
  readonly api: FolderApi;
  readonly cache: RecordCache;
}

/** The blobs that an op brings. */
export function descriptorsIn(op: Op): readonly Descriptor[] {
  const ofVersion = (version: VersionDescriptor): readonly Descriptor[] =>
    version.thumbnail === undefined ? [version] : [version, version.thumbnail];
  if (op.op === "add" || op.op === "replace") return ofVersion(op.version);
  if (op.op === "reseal") return ofVersion(op.to);
  return op.op === "snapshot" ? [op.descriptor] : [];
}

/** Attempts at each request. */
const ATTEMPTS = 6;

/**
 * Whether the server has a blob that an entry may add: because it had it, or has it again now. Where it has not, nothing of the blob is left there.
 * Rejects with `offline`, `quota`, `storage-full`, and what else the requests fail with.
 */
export async function returnBlob(port: BlobReturnPort, descriptor: Descriptor, signal: AbortSignal): Promise<boolean> {
  const { api } = port;
  const { blob, sealedSize } = descriptor;
  const options = { signal, attempts: ATTEMPTS };
  try {
    const [created] = await api.createBlobs([{ blob, sealedSize }], options);
    if (created?.state !== "open" && created?.state !== "held") return false;
    const { stored } = await api.blobState(blob, options);
    const has = (index: number): boolean => stored.some(([first, count]) => index >= first && index < first + count);
    for (let index = 0; index < partCountOf(sealedSize); index++) {
      if (!has(index) && !(await returnPart(port, descriptor, index, signal))) throw new Error("part");
    }
    const { provider } = port;
    const hashes = await api.hashes(blob, options);
    if (!constantTimeEqual(await provider.sha256(hashes), fromBase64url(descriptor.digest, 32))) throw new Error("digest");
    return true;
  } catch (error) {
    if (isKeyfoldError(error) && !LOST.has(error.code)) throw error;
    await api.discard([blob], options);
    return false;
  }
}

/** The server has no such part, or something else in its place. */
const LOST: ReadonlySet<string> = new Set(["not-found", "gone", "conflict", "malformed", "tampered"]);

async function returnPart({ provider, api, cache }: BlobReturnPort, { blob, digest }: Descriptor, index: number, signal: AbortSignal) {
  const options = { signal, attempts: ATTEMPTS };
  const [hashes, part] = await Promise.all([cache.blobPiece(blob, "hashes"), cache.blobPiece(blob, index)]);
  if (hashes !== null && part !== null) {
    const hash: Bytes = hashes.slice(32 * index, 32 * index + 32);
    const isRight = constantTimeEqual(await provider.sha256(hashes), fromBase64url(digest, 32));
    if (isRight && constantTimeEqual(await provider.sha256(part), hash)) {
      await api.putPart(blob, index, part, hash, options);
      return true;
    }
  }
  return api.salvagePart(blob, index, options);
}
