/**
 * The inbox keys of earlier epochs, sealed for owners of the present one (docs/format.md, section 4, op `keep`).
 *
 * @module
 */

import { concat, fromHex, u32 } from "../crypto/encoding.ts";
import type { AesKey, AgreementKey, Bytes, CryptoProvider, HkdfKey } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

const nonceLength = 12;
/** nonce(12), old inbox(32) and drop(32), tag(16). */
const keepLength = nonceLength + 64 + 16;

/** Where a `keep` stands: the folder's id in hex, and the epoch whose keys it holds. */
export interface KeepPlace {
  readonly folderId: string;
  readonly epoch: number;
}

/** The keys under which posts of an earlier epoch are opened. */
export interface OldInbox {
  readonly inbox: AgreementKey;
  readonly inboxPub: Bytes;
  readonly drop: HkdfKey;
}

function associatedData(place: KeepPlace): Bytes {
  return concat(fromHex(place.folderId, 16), u32(place.epoch));
}

/**
 * `keys` of a `keep` op: nonce(12) | AES-256-GCM(keep, nonce, inbox(32) | drop(32), folderId | u32 epoch), 92 bytes.
 *
 * @param inboxAndDrop 64 bytes of `exportOldInboxAndDrop`.
 * @param nonce 12 bytes that this key never saw; random unless given.
 */
export async function sealKeep(
  provider: CryptoProvider,
  keep: AesKey,
  place: KeepPlace,
  inboxAndDrop: Bytes,
  nonce: Bytes = provider.randomBytes(nonceLength),
): Promise<Bytes> {
  if (inboxAndDrop.length !== 64) throw new KeyfoldError("invalid-argument", "The old inbox and drop keys are 64 bytes together.");
  return concat(nonce, await provider.aesSeal(keep, nonce, inboxAndDrop, associatedData(place)));
}

/** The raw inbox(32) | drop(32) of a `keep`. Throws `malformed` on another length, `tampered` with reason `tag`. */
export async function openKeepRaw(provider: CryptoProvider, keep: AesKey, place: KeepPlace, keys: Bytes): Promise<Bytes> {
  if (keys.length !== keepLength) throw new KeyfoldError("malformed", "Kept inbox keys are 92 bytes.");
  return provider.aesOpen(keep, keys.subarray(0, nonceLength), keys.subarray(nonceLength), associatedData(place));
}

/** The handles that a `keep` holds. Throws `malformed` on another length, `tampered` with reason `tag`. */
export async function openKeep(provider: CryptoProvider, keep: AesKey, place: KeepPlace, keys: Bytes): Promise<OldInbox> {
  const raw = await openKeepRaw(provider, keep, place, keys);
  try {
    const [inbox, drop] = await Promise.all([provider.importAgreement(raw.slice(0, 32)), provider.importHkdf(raw.slice(32))]);
    return { inbox: inbox.key, inboxPub: inbox.publicKey, drop };
  } finally {
    raw.fill(0);
  }
}
