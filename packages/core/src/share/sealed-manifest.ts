/**
 * A manifest sealed for those who have the link, and signed by those who own the folder (docs/format.md, section 8).
 *
 *     sealed    = nonce(12) | AES-256-GCM(key, nonce, frame(gzip(JSON)), aad)
 *     signature = Ed25519(sign, aad | H(sealed))
 *
 * Everybody who has the link knows the key and could seal another manifest; the signature, and the signer's mark in the link, stop them and the server.
 *
 * @module
 */

import { concat, constantTimeEqual, fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider, SigningKey } from "../crypto/provider.ts";
import { isKeyfoldError, KeyfoldError } from "../error.ts";
import { gunzip, gzip } from "../log/gzip.ts";
import { shareManifestSize } from "../protocol/limits.ts";
import { shareAad, signerMarkOf, shareText, type SealedManifest, type ServedManifest, type SharePlace } from "../protocol/share.ts";
import { frame, unframe } from "../seal/padding.ts";
import { readManifest, writeManifest, type Manifest } from "./manifest.ts";

const nonceLength = 12;
/** Bytes of a manifest's JSON, at most. */
const jsonLimit = 64 * 1024 * 1024;

export interface ManifestKeys {
  readonly key: AesKey;
  readonly sign: SigningKey;
}

/** Seals for a place. Throws `too-large` above 4 MiB. */
export async function sealManifest(
  provider: CryptoProvider,
  keys: ManifestKeys,
  place: SharePlace,
  manifest: Manifest,
): Promise<SealedManifest> {
  return sealPacked(provider, keys, place, gzip(toUtf8(writeManifest(manifest))), provider.randomBytes(nonceLength));
}

/** The same from the gzipped JSON, with a nonce that this key never saw. */
export async function sealPacked(
  provider: CryptoProvider,
  { key, sign }: ManifestKeys,
  place: SharePlace,
  packed: Bytes,
  nonce: Bytes,
): Promise<SealedManifest> {
  const sealed = concat(nonce, await provider.aesSeal(key, nonce, frame(packed), shareAad(place)));
  if (sealed.length > shareManifestSize) {
    throw new KeyfoldError("too-large", "That is more than one link holds. Share fewer files at once.", { reason: "share" });
  }
  const signature = await provider.sign(sign, await shareText(provider, place, sealed));
  return { version: place.version, expires: place.expires, sealed, signature };
}

/** Why a manifest was refused; the `reason` of the error `tampered`. */
export type ManifestFault = "signer" | "signature" | "tag" | "older" | "body";

export function tamperedShare(reason: ManifestFault, cause?: unknown): KeyfoldError {
  return new KeyfoldError("tampered", "What the server shows is not what this link was made for. Nothing of it was opened.", {
    reason,
    cause,
  });
}

/**
 * Verifies and opens: the signer against the link's mark, the signature, the seal, then the shape.
 *
 * @param signerMark 16 bytes.
 * Throws `tampered` with reason `signer`, `signature`, `tag`, `body`; `malformed`, `unsupported-version`.
 */
export async function openManifest(
  provider: CryptoProvider,
  key: AesKey,
  signerMark: Bytes,
  share: string,
  { folderId, signPub, version, expires, sealed, signature }: ServedManifest,
): Promise<Manifest> {
  if (!constantTimeEqual(await signerMarkOf(provider, signPub), signerMark)) throw tamperedShare("signer");
  const place: SharePlace = { folderId, share, version, expires };
  if (!(await provider.verify(signPub, signature, await shareText(provider, place, sealed)))) throw tamperedShare("signature");
  let framed: Bytes;
  try {
    framed = await provider.aesOpen(key, sealed.slice(0, nonceLength), sealed.slice(nonceLength), shareAad(place));
  } catch (error) {
    if (isKeyfoldError(error, "tampered")) throw tamperedShare("tag", error);
    throw error;
  }
  let text: string;
  try {
    text = fromUtf8(gunzip(unframe(framed), jsonLimit));
  } catch (cause) {
    throw tamperedShare("body", cause);
  }
  return readManifest(text);
}
