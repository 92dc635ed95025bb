/**
 * The segments of Tink's streaming AEAD, AES-GCM-HKDF: one derived key a blob, one nonce a segment.
 *
 * A segment's nonce holds its place and whether it is the last, so segments cannot be exchanged, repeated, or cut off the end (Hoang,
 * Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015: STREAM).
 *
 * @module
 */

import { toUtf8, writeU32 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { headerLength, segmentSize } from "./geometry.ts";

export const saltLength = 32;
export const prefixLength = 7;

/** What the format fixes and Tink leaves open. Other values than `keyfoldSuite` serve to run Tink's own test vectors. */
export interface StreamSuite {
  readonly hash: "SHA-256" | "SHA-512";
  /** Ciphertext of a segment, bytes. */
  readonly segmentSize: number;
}

/** Tink's AES256_GCM_HKDF_1MB. */
export const keyfoldSuite: StreamSuite = { hash: "SHA-256", segmentSize };

/** The key and nonces of one blob. */
export interface Stream {
  readonly key: AesKey;
  readonly nonce: (segment: number, isLast: boolean) => Bytes;
}

/** HKDF's info for a blob: its id in hex behind the format's label, 47 bytes. Tink calls it associated data. */
export function blobInfo(blob: string): Bytes {
  return toUtf8(`keyfold/1 blob ${blob}`);
}

/** 0x28 | salt(32) | prefix(7) */
export function writeHeader(into: Uint8Array, salt: Uint8Array, prefix: Uint8Array): void {
  into[0] = headerLength;
  into.set(salt, 1);
  into.set(prefix, 1 + saltLength);
}

/** The salt and the prefix in a header, as views. Throws `tampered` with reason `header`. */
export function readHeader(bytes: Bytes): { salt: Bytes; prefix: Bytes } {
  if (bytes.length < headerLength || bytes[0] !== headerLength) {
    throw new KeyfoldError("tampered", "A file does not begin as it must.", { reason: "header" });
  }
  return { salt: bytes.subarray(1, 1 + saltLength), prefix: bytes.subarray(1 + saltLength, headerLength) };
}

/** Derives the stream of a content key, salt and prefix. */
export async function deriveStream(
  provider: CryptoProvider,
  suite: StreamSuite,
  contentKey: Bytes,
  info: Bytes,
  salt: Bytes,
  prefix: Bytes,
): Promise<Stream> {
  const raw = await provider.hkdf(suite.hash, await provider.importHkdf(contentKey), salt, info, 32);
  const key = await provider.importAes(raw);
  raw.fill(0);
  // What was given may be a view of a part whose memory is given back.
  const own = prefix.slice();
  return { key, nonce: (segment, isLast) => nonceOf(own, segment, isLast) };
}

/** prefix(7) | segment(4) | 1 for the last segment, else 0 */
export function nonceOf(prefix: Bytes, segment: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(prefix, 0);
  writeU32(nonce, prefixLength, segment);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
