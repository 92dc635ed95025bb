/**
 * Challenges that the server need not remember: the nonce carries a MAC over everything that it was made for (docs/format.md, section 5).
 *
 *     nonce = random(16) | HMAC-SHA-256(challenge key, random | server, folder, epoch, scope, expires)[0..16]
 *
 * @module
 */

import { concat, constantTimeEqual, fromBase64url, toBase64url, toUtf8, type Bytes, type SessionChallenge } from "@keyfold/core/protocol";

type Unsigned = Omit<SessionChallenge, "nonce">;

async function mac(key: CryptoKey, random: Bytes, { server, folder, epoch, scope, expires }: Unsigned): Promise<Bytes> {
  // JSON keeps the fields apart whatever is in them.
  const text = toUtf8(JSON.stringify([server, folder, epoch, scope, expires]));
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, concat(random, text))).subarray(0, 16);
}

export async function issueChallenge(key: CryptoKey, challenge: Unsigned): Promise<SessionChallenge> {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return { ...challenge, nonce: toBase64url(concat(random, await mac(key, random, challenge))) };
}

/** Whether this server issued exactly this challenge. Says nothing about time or earlier use. */
export async function isOurChallenge(key: CryptoKey, challenge: SessionChallenge): Promise<boolean> {
  const nonce = fromBase64url(challenge.nonce, 32);
  return constantTimeEqual(nonce.subarray(16), await mac(key, nonce.slice(0, 16), challenge));
}
