/**
 * What a folder and a key are called: hashes of public keys (docs/format.md, section 1). Nothing here is secret.
 *
 * @module
 */

import { concat, toHex, toUtf8, u8 } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";

/** How a folder began, as the genesis record says it: 0 open (its read key is published), 1 locked. */
export type Mode = 0 | 1;

/** Length of `keys`: signPub | authPub | inboxPub | readAuthPub, 32 bytes each. */
export const keysLength = 128;

/** The public key that signs the log, of an epoch's 128 bytes. */
export function signPubOf(keys: Bytes): Bytes {
  return keys.subarray(0, 32);
}

/** The public key that signs owners' sessions. */
export function authPubOf(keys: Bytes): Bytes {
  return keys.subarray(32, 64);
}

/** The public key that drops are sealed to. */
export function inboxPubOf(keys: Bytes): Bytes {
  return keys.subarray(64, 96);
}

/** The public key that signs readers' sessions. */
export function readAuthPubOf(keys: Bytes): Bytes {
  return keys.subarray(96, 128);
}

/** The folder's id, hex: H("keyfold/1 folder"0 | mode | keys of epoch 0)[0..16]. */
export async function folderIdOf(verifier: Verifier, mode: Mode, keys: Bytes): Promise<string> {
  return toHex((await verifier.sha256(concat(toUtf8("keyfold/1 folder\0"), u8(mode), keys))).subarray(0, 16));
}

/** The key's id, hex, by which the server finds a folder: H("keyfold/1 key"0 | keys)[0..16]. */
export async function keyIdOf(verifier: Verifier, keys: Bytes): Promise<string> {
  return toHex((await verifier.sha256(concat(toUtf8("keyfold/1 key\0"), keys))).subarray(0, 16));
}

/** The inbox key's mark, hex, which a drop's QR code carries: H("keyfold/1 inbox"0 | inboxPub)[0..16]. */
export async function inboxMarkOf(verifier: Verifier, inboxPub: Bytes): Promise<string> {
  return toHex((await verifier.sha256(concat(toUtf8("keyfold/1 inbox\0"), inboxPub))).subarray(0, 16));
}
