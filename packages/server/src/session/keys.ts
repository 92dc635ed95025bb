/**
 * The server's own keys: one secret, a derived key for each use, so that what one use leaks is nothing to another.
 *
 * @module
 */

import { KeyfoldError, toUtf8, type Bytes } from "@keyfold/core/protocol";

export interface ServerKeys {
  /** HMAC-SHA-256 over challenges. */
  readonly challenge: CryptoKey;
  /** HS256 of session tokens. */
  readonly token: CryptoKey;
  /** HS256 of the tokens that read a share's blobs. */
  readonly share: CryptoKey;
  /** HMAC-SHA-256 over addresses. */
  readonly address: CryptoKey;
  /** HMAC-SHA-256 over the names of the host's users. */
  readonly subject: CryptoKey;
}

/** HKDF-SHA-256 (RFC 5869) of the secret, salt `keyfold/server`, the use as info. Throws `invalid-argument` under 32 bytes. */
export async function serverKeys(secret: string | Uint8Array): Promise<ServerKeys> {
  const material: Bytes = typeof secret === "string" ? toUtf8(secret) : new Uint8Array(secret);
  if (material.length < 32) throw new KeyfoldError("invalid-argument", "The server's secret has fewer than 32 bytes.");
  const root = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  const derive = async (use: string): Promise<CryptoKey> => {
    const bits = await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: toUtf8("keyfold/server"), info: toUtf8(use) },
      root,
      256,
    );
    return crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  };
  return {
    challenge: await derive("challenge"),
    token: await derive("token"),
    share: await derive("share"),
    address: await derive("address"),
    subject: await derive("subject"),
  };
}
