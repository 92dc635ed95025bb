/**
 * `HKDF(ikm, info, n)` of docs/format.md: HKDF-SHA-512 (RFC 5869) with the format's salt.
 *
 * @module
 */

import { toUtf8 } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider, HkdfKey } from "../crypto/provider.ts";

const salt = toUtf8("keyfold/1");

/** `length` bytes of key material for the use that `info` names. */
export function deriveBytes(provider: CryptoProvider, from: HkdfKey, info: string | Bytes, length: number): Promise<Bytes> {
  return provider.hkdf("SHA-512", from, salt, typeof info === "string" ? toUtf8(info) : info, length);
}
