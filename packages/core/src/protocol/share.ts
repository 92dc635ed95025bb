/**
 * Shares as far as a server sees them: what is signed, and the bodies that carry a sealed manifest (docs/format.md, section 8; docs/protocol.md,
 * "Shares").
 *
 *     publication  u64 version | u64 expires | u64 limit | u64 seq | tokenHash(32) | u32 k | kept(k) | u32 m | m blob ids | signature(64) | sealed
 *     manifest     folderId(16) | signPub(32) | u64 version | u64 expires | signature(64) | sealed
 *
 * Nothing here can decrypt.
 *
 * @module
 */

import { concat, fromHex, readU32, readU64, toHex, toUtf8, u32, u64 } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { shareBlobs, shareManifestSize } from "./limits.ts";

/** Where a manifest stands: what its seal and its signature are bound to. */
export interface SharePlace {
  /** Hex of 16 bytes. */
  readonly folderId: string;
  /** The share's id, hex of 16 bytes. */
  readonly share: string;
  /** 1, then one more with each publication. */
  readonly version: number;
  /** Unix seconds; 0: never. */
  readonly expires: number;
}

/** A manifest as it is sent and stored. */
export interface SealedManifest {
  readonly version: number;
  readonly expires: number;
  /** nonce(12) | ciphertext and tag. */
  readonly sealed: Bytes;
  /** Ed25519 by the folder's `sign` key over `shareText`. */
  readonly signature: Bytes;
}

/** What an owner publishes. */
export interface SharePublication extends SealedManifest {
  /** Downloads that the server gives; 0: any number. */
  readonly limit: number;
  /** The last record of the log that the manifest was made from. */
  readonly seq: number;
  /** SHA-256 of the share's token. */
  readonly tokenHash: Bytes;
  /** The stretched passphrase, sealed for owners; empty where there is none. */
  readonly kept: Bytes;
  /** Every blob that the manifest lists, hex, ascending. */
  readonly blobs: readonly string[];
}

/** What somebody who opens a share is given. */
export interface ServedManifest extends SealedManifest {
  readonly folderId: string;
  /** The folder's public signing key, 32 bytes: to be held against the mark in the link. */
  readonly signPub: Bytes;
}

/** nonce(12), stretched passphrase(32), tag(16). */
export const keptPassphraseLength = 60;

const label = toUtf8("keyfold/1 share\0");
const signerLabel = toUtf8("keyfold/1 signer\0");
const fixedLength = 32;
const smallestSealed = 12 + 16 + 1024;

/** "keyfold/1 share"0 | folderId | share id | u64 version | u64 expires. */
export function shareAad({ folderId, share, version, expires }: SharePlace): Bytes {
  return concat(label, fromHex(folderId, 16), fromHex(share, 16), u64(version), u64(expires));
}

/** What the owner signs: the associated data | H(sealed). */
export async function shareText(verifier: Verifier, place: SharePlace, sealed: Bytes): Promise<Bytes> {
  return concat(shareAad(place), await verifier.sha256(sealed));
}

/** The signer's mark in a link, 16 bytes: H("keyfold/1 signer"0 | signPub)[0..16]. */
export async function signerMarkOf(verifier: Verifier, signPub: Bytes): Promise<Bytes> {
  return (await verifier.sha256(concat(signerLabel, signPub))).slice(0, 16);
}

/** Throws `too-large` above 4 MiB of manifest or 100,000 blobs. */
export function encodePublication(publication: SharePublication): Bytes {
  const { version, expires, limit, seq, tokenHash, kept, blobs, signature, sealed } = publication;
  const ids = [...new Set(blobs)].toSorted();
  if (sealed.length > shareManifestSize || ids.length > shareBlobs) {
    throw new KeyfoldError("too-large", "That is more than one link holds. Share fewer files at once.", { reason: "share" });
  }
  if (tokenHash.length !== fixedLength || signature.length !== 64)
    throw new KeyfoldError("invalid-argument", "A publication is not whole.");
  const numbers = [version, expires, limit, seq].map((value) => u64(value));
  const listed = fromHex(ids.join(""), 16 * ids.length);
  return concat(...numbers, tokenHash, u32(kept.length), kept, u32(ids.length), listed, signature, sealed);
}

/** A publication's largest body. */
export const largestPublication = 4 * 8 + 32 + 4 + keptPassphraseLength + 4 + 16 * shareBlobs + 64 + shareManifestSize;

/** Throws `malformed`; `too-large` above the limits. */
export function decodePublication(body: Bytes): SharePublication {
  const reader = new Reader(body);
  const [version, expires, limit, seq] = [reader.u64(), reader.u64(), reader.u64(), reader.u64()];
  const tokenHash = reader.bytes(32);
  const kept = reader.bytes(reader.u32());
  if (kept.length !== 0 && kept.length !== keptPassphraseLength) throw malformed("A kept passphrase has 60 bytes.");
  const count = reader.u32();
  if (count > shareBlobs) throw new KeyfoldError("too-large", "A share lists more blobs than one may.");
  const ids = reader.bytes(16 * count);
  const blobs = idsIn(ids);
  if (blobs.some((id, i) => i > 0 && blobs[i - 1]! >= id)) throw malformed("The blobs of a share are not ascending.");
  const signature = reader.bytes(64);
  const sealed = reader.rest();
  checkManifest(version, sealed);
  return { version, expires, limit, seq, tokenHash, kept, blobs, signature, sealed };
}

export function encodeServedManifest({ folderId, signPub, version, expires, signature, sealed }: ServedManifest): Bytes {
  return concat(fromHex(folderId, 16), signPub, u64(version), u64(expires), signature, sealed);
}

/** Throws `malformed`; `too-large` above 4 MiB. Nothing of it is verified. */
export function decodeServedManifest(body: Bytes): ServedManifest {
  const reader = new Reader(body);
  const folderId = toHex(reader.bytes(16));
  const signPub = reader.bytes(32);
  const [version, expires] = [reader.u64(), reader.u64()];
  const signature = reader.bytes(64);
  const sealed = reader.rest();
  checkManifest(version, sealed);
  return { folderId, signPub, version, expires, signature, sealed };
}

/** Ids joined, 16 bytes each, as hex. Throws `malformed` on another length. */
export function idsIn(joined: Bytes): string[] {
  if (joined.length % 16 !== 0) throw malformed("A list of ids has another length.");
  return Array.from({ length: joined.length / 16 }, (_, i) => toHex(joined.subarray(16 * i, 16 * (i + 1))));
}

function checkManifest(version: number, sealed: Bytes): void {
  if (version < 1) throw malformed("A share's versions begin with 1.");
  if (sealed.length > shareManifestSize) throw new KeyfoldError("too-large", "A share's manifest is larger than one may be.");
  if (sealed.length < smallestSealed) throw malformed("A share's manifest is too short.");
}

function malformed(what: string): KeyfoldError {
  return new KeyfoldError("malformed", what, { reason: "share" });
}

/** Reads fields one after the other. */
class Reader {
  readonly #body: Bytes;
  #at = 0;

  constructor(body: Bytes) {
    this.#body = body;
  }
  u32(): number {
    const value = readU32(this.#body, this.#at);
    this.#at += 4;
    return value;
  }
  u64(): number {
    const value = readU64(this.#body, this.#at);
    this.#at += 8;
    return value;
  }
  bytes(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#body.length) throw malformed("A share's body ends too early.");
    const bytes = this.#body.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }
  rest(): Bytes {
    return this.#body.slice(this.#at);
  }
}
