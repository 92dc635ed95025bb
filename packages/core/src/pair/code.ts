/**
 * What two devices show each other: the QR code, and four characters (docs/format.md, section 7).
 *
 * @module
 */

import { concat, fromBase64url, fromHex, toBase64url, toHex, toUtf8 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider, Verifier } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { deriveBytes } from "../key/derive.ts";
import { crockford } from "../key/rows.ts";

export const secretLength = 32;
/** Length of N, which the code commits to. */
export const nonceLength = 32;
const commitmentLength = 16;

/** What the QR code carries. */
export interface PairingCode {
  readonly secret: Bytes;
  /** H(N)[0..16]. */
  readonly commitment: Bytes;
  /** Of the key that will be handed over, hex of 16 bytes. */
  readonly keyId: string;
}

/** What the code's secret gives. */
export interface MeetingKeys {
  /** Hex of 16 bytes. */
  readonly pairId: string;
  /** Shown to the server by the new device; the server keeps its hash. */
  readonly token: Bytes;
  readonly psk: Bytes;
}

/** The QR code's text: 86 characters. */
export function encodePairingCode({ secret, commitment, keyId }: PairingCode): string {
  return toBase64url(concat(secret, commitment, fromHex(keyId, 16)));
}

/** Throws `unreadable-code` for anything that `encodePairingCode` does not write. */
export function parsePairingCode(text: string): PairingCode {
  try {
    const bytes = fromBase64url(text, secretLength + commitmentLength + 16);
    const commitment = bytes.slice(secretLength, secretLength + commitmentLength);
    return { secret: bytes.slice(0, secretLength), commitment, keyId: toHex(bytes.subarray(secretLength + commitmentLength)) };
  } catch {
    // The cause would say where in the secret the fault lies.
    throw new KeyfoldError("unreadable-code", "This is not a whole pairing code. Scan it again.");
  }
}

/** H(N)[0..16]: fixed before the new device's key is known, so that nobody can choose either to make the characters fit. */
export async function commitmentOf(verifier: Verifier, nonce: Bytes): Promise<Bytes> {
  return (await verifier.sha256(nonce)).slice(0, commitmentLength);
}

export async function deriveMeeting(provider: CryptoProvider, secret: Bytes): Promise<MeetingKeys> {
  const from = await provider.importHkdf(secret);
  const [id, token, psk] = await Promise.all([
    deriveBytes(provider, from, "pair/id", 16),
    deriveBytes(provider, from, "pair/token", 32),
    deriveBytes(provider, from, "pair/psk", 32),
  ]);
  return { pairId: toHex(id), token, psk };
}

/** The first 20 bits of H("keyfold/1 pair"0 | secret | P | N), as four characters. */
export async function checkCharactersOf(verifier: Verifier, secret: Bytes, publicKey: Bytes, nonce: Bytes): Promise<string> {
  const hash = await verifier.sha256(concat(toUtf8("keyfold/1 pair\0"), secret, publicKey, nonce));
  const bits = (hash[0]! << 12) | (hash[1]! << 4) | (hash[2]! >> 4);
  return [15, 10, 5, 0].map((shift) => crockford[(bits >> shift) & 31]!).join("");
}
