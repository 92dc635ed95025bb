/**
 * An invitation to post into a folder without seeing it (docs/format.md, section 6): what its QR code carries, and what derives from that.
 *
 * Owners recompute every invitation from the folder's `drop` key; whoever has the code has the secret alone, and adds, no more.
 *
 * @module
 */

import { concat, constantTimeEqual, fromBase64url, fromHex, toBase64url, toHex, toUtf8, u64 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider, HkdfKey, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { deriveBytes } from "../key/derive.ts";
import { inboxMarkOf } from "../protocol/identity.ts";

const secretLength = 32;
const markLength = 16;
/** Bytes of an invitation's random part. */
export const dropRandomLength = 16;

/** What the code's fragment carries. */
export interface Invitation {
  readonly secret: Bytes;
  /** Of the inbox key that items are sealed to, 16 bytes. */
  readonly inboxMark: Bytes;
}

/** What an invitation's secret gives. */
export interface DropKeys {
  /** Hex of 16 bytes. */
  readonly dropId: string;
  /** Shown to the server, which keeps its hash. */
  readonly token: Bytes;
  readonly psk: Bytes;
}

/**
 * The secret of a drop, 32 bytes: HKDF(drop, "drop"0 | random | u64 expires).
 *
 * @param drop The folder's `drop` key.
 * @param expires Unix seconds.
 */
export async function dropSecret(provider: CryptoProvider, drop: HkdfKey, random: Bytes, expires: number): Promise<Bytes> {
  if (random.length !== dropRandomLength) throw new KeyfoldError("invalid-argument", "A drop's random part has 16 bytes.");
  return deriveBytes(provider, drop, concat(toUtf8("drop\0"), random, u64(expires)), secretLength);
}

export async function deriveDrop(provider: CryptoProvider, secret: Bytes): Promise<DropKeys> {
  const from = await provider.importHkdf(secret);
  const [id, token, psk] = await Promise.all([
    deriveBytes(provider, from, "drop/id", 16),
    deriveBytes(provider, from, "drop/token", 32),
    deriveBytes(provider, from, "drop/psk", 32),
  ]);
  return { dropId: toHex(id), token, psk };
}

/** The fragment of the code's address: 64 characters. */
export function encodeInvitation({ secret, inboxMark }: Invitation): string {
  return toBase64url(concat(secret, inboxMark));
}

/** Reads a fragment, without its `#`. Throws `unreadable-code` for anything that `encodeInvitation` does not write. */
export function parseInvitation(fragment: string): Invitation {
  try {
    const bytes = fromBase64url(fragment, secretLength + markLength);
    return { secret: bytes.slice(0, secretLength), inboxMark: bytes.slice(secretLength) };
  } catch {
    // The cause would say where in the secret the fault lies.
    throw new KeyfoldError("unreadable-code", "This is not a whole invitation. Scan its code again.");
  }
}

/** Throws `wrong-inbox` unless the key that the server gives is the one that the invitation is for. Nothing may be sealed to another. */
export async function requireInbox(verifier: Verifier, { inboxMark }: Pick<Invitation, "inboxMark">, inboxPub: Bytes): Promise<void> {
  const mark = fromHex(await inboxMarkOf(verifier, inboxPub), markLength);
  if (inboxPub.length !== 32 || !constantTimeEqual(mark, inboxMark)) {
    throw new KeyfoldError("wrong-inbox", "The server's key is not the one that this invitation is for. Nothing was sent.");
  }
}
