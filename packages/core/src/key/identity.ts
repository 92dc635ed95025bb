/**
 * What a folder, a key and an inbox are called: hashes of public keys (docs/format.md, section 1). Holds nothing secret.
 *
 * @module
 */

import { concat, toHex, toUtf8, u8 } from "../crypto/encoding.ts";
import type { Bytes, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";

/** How a folder began: `open` publishes its read key, `locked` never does. */
export type FolderMode = "open" | "locked";

/** The byte that says the mode in the genesis record: 0 open, 1 locked. */
export function modeByte(mode: FolderMode): 0 | 1 {
  return mode === "open" ? 0 : 1;
}

/** The mode that a genesis record's byte says. Throws `malformed` on any other. */
export function modeOfByte(byte: number): FolderMode {
  if (byte === 0) return "open";
  if (byte === 1) return "locked";
  throw new KeyfoldError("malformed", "A folder's mode is neither open nor locked.");
}

/** Length of `keys`: signPub | authPub | inboxPub | readAuthPub, 32 bytes each. */
export const publicKeysLength = 128;

/** The public keys of one epoch, as views into their 128 bytes. */
export interface PublicKeys {
  /** Ed25519: signs the log. */
  sign: Bytes;
  /** Ed25519: owners' sessions. */
  auth: Bytes;
  /** X25519: drops are sealed to it. */
  inbox: Bytes;
  /** Ed25519: readers' sessions. */
  readAuth: Bytes;
}

/** Takes `keys` apart. Throws `malformed` when they are not 128 bytes. */
export function splitPublicKeys(keys: Bytes): PublicKeys {
  if (keys.length !== publicKeysLength) throw new KeyfoldError("malformed", "The public keys of an epoch are 128 bytes.");
  return { sign: keys.subarray(0, 32), auth: keys.subarray(32, 64), inbox: keys.subarray(64, 96), readAuth: keys.subarray(96, 128) };
}

async function idOf(verifier: Verifier, label: string, ...parts: Bytes[]): Promise<string> {
  return toHex((await verifier.sha256(concat(toUtf8(label), u8(0), ...parts))).subarray(0, 16));
}

/** The folder's id, hex: H("keyfold/1 folder"0 | mode | keys of epoch 0)[0..16]. */
export function folderId(verifier: Verifier, mode: FolderMode, keys: Bytes): Promise<string> {
  return idOf(verifier, "keyfold/1 folder", u8(modeByte(mode)), keys);
}

/** The key's id, hex, by which the server finds a folder: H("keyfold/1 key"0 | keys)[0..16]. */
export function keyId(verifier: Verifier, keys: Bytes): Promise<string> {
  return idOf(verifier, "keyfold/1 key", keys);
}

/** The inbox key's mark, hex, which a drop's QR code carries: H("keyfold/1 inbox"0 | inboxPub)[0..16]. */
export function inboxMark(verifier: Verifier, inboxPub: Bytes): Promise<string> {
  return idOf(verifier, "keyfold/1 inbox", inboxPub);
}
