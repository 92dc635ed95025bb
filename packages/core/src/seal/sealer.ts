/**
 * Sealing, a part at a time: in any order, several at once, in the memory of the part alone.
 *
 * A content key seals one plaintext, once. A part may be sealed again only from the same bytes (the result is then the same); where the file
 * changed meanwhile, blob and key are abandoned, since a second plaintext under the same nonces would give both away.
 *
 * @module
 */

import { concat, isHexId, toBase64url, toHex } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { Descriptor } from "./blob.ts";
import { geometryOf, largestPartCount, plainSizeOf } from "./geometry.ts";
import { type PartSealer, partSealer, type Sealing } from "./part-sealer.ts";
import { blobInfo, deriveStream, keyfoldSuite, prefixLength, saltLength, type StreamSuite } from "./stream.ts";

export type { SealedPart } from "./part-sealer.ts";

/** What is drawn for each blob and never again: its id and the random inputs of its sealing. Keep it durably to resume an upload. */
export interface BlobSecrets {
  /** Hex of 16 bytes. */
  readonly blob: string;
  /** Content key, 32 bytes. */
  readonly key: Bytes;
  /** 32 bytes. */
  readonly salt: Bytes;
  /** 7 bytes. */
  readonly prefix: Bytes;
}

/** Draws a new blob. */
export function drawBlob(provider: CryptoProvider): BlobSecrets {
  return {
    blob: toHex(provider.randomBytes(16)),
    key: provider.randomBytes(32),
    salt: provider.randomBytes(saltLength),
    prefix: provider.randomBytes(prefixLength),
  };
}

export interface SealerOptions {
  readonly blob: string;
  readonly key: Bytes;
  /** Bytes of content. */
  readonly size: number;
  /** Whether zeros to Padmé(max(size, 1024)) follow the content. */
  readonly padded: boolean;
  /** Random unless given. Given when an upload resumes. */
  readonly salt?: Bytes;
  readonly prefix?: Bytes;
}

export interface Sealer extends PartSealer {
  readonly sealedSize: number;
  readonly partCount: number;
  readonly salt: Bytes;
  readonly prefix: Bytes;
  /** What a part is sealed by, for who seals it elsewhere. */
  readonly sealing: Sealing;
  /** The descriptor, from the hashes of all parts in order. */
  describe(partHashes: readonly Bytes[]): Promise<Descriptor>;
}

/** Prepares to seal a file. Throws `too-large` above 2^18 parts (1 TiB), `invalid-argument` on keys of another length. */
export async function createSealer(provider: CryptoProvider, options: SealerOptions): Promise<Sealer> {
  const { blob, key, size, padded } = options;
  if (!isHexId(blob) || key.length !== 32 || !Number.isSafeInteger(size) || size < 0) {
    throw new KeyfoldError("invalid-argument", "A blob takes an id of 16 bytes in hex, a key of 32 bytes and a size.");
  }
  const sealer = await createStreamSealer(provider, keyfoldSuite, {
    key,
    info: blobInfo(blob),
    size,
    plainSize: plainSizeOf(size, padded),
    salt: options.salt ?? provider.randomBytes(saltLength),
    prefix: options.prefix ?? provider.randomBytes(prefixLength),
  });
  const { sealedSize, partCount } = sealer;
  return {
    ...sealer,
    async describe(partHashes) {
      if (partHashes.length !== partCount) throw new KeyfoldError("invalid-argument", "Not as many hashes as parts.");
      const digest = await provider.sha256(concat(...partHashes));
      return { suite: 1, blob, key: toBase64url(key), size, sealedSize, digest: toBase64url(digest) };
    },
  };
}

/** Inputs of one stream, in Tink's terms: `info` is its associated data. */
export interface StreamSealerOptions {
  readonly key: Bytes;
  readonly info: Bytes;
  readonly size: number;
  readonly plainSize: number;
  readonly salt: Bytes;
  readonly prefix: Bytes;
}

/** The sealer under `createSealer`, for any segment size and hash. */
export async function createStreamSealer(
  provider: CryptoProvider,
  suite: StreamSuite,
  options: StreamSealerOptions,
): Promise<Omit<Sealer, "describe">> {
  const { size, salt, prefix } = options;
  if (salt.length !== saltLength || prefix.length !== prefixLength) {
    throw new KeyfoldError("invalid-argument", "A blob takes a salt of 32 bytes and a prefix of 7.");
  }
  const geometry = geometryOf(options.plainSize, suite.segmentSize);
  if (geometry.partCount > largestPartCount) throw new KeyfoldError("too-large", "A file is at most 1 TiB.");
  const { key } = await deriveStream(provider, suite, options.key, options.info, salt, prefix);
  const sealing = { key, size, plainSize: options.plainSize, salt, prefix };
  const { sealedSize, partCount } = geometry;
  return { ...partSealer(provider, suite, sealing), sealing, sealedSize, partCount, salt, prefix };
}
