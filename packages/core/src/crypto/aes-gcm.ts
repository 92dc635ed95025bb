/**
 * Sealing with AES-256-GCM on WebCrypto, alone: what a worker that seals parts of files needs of a provider, and no more.
 *
 * @module
 */
import { KeyfoldError } from "../error.ts";
import type { AesKey, Bytes } from "./provider.ts";
import { subtleCrypto } from "./verify.ts";

/** AES-GCM's parameters. WebKit refuses `additionalData: undefined`, so it is left out. */
export function aesGcm(nonce: Bytes, additionalData: Bytes | undefined): AesGcmParams {
  if (nonce.length !== 12) throw new KeyfoldError("invalid-argument", "A nonce has 12 bytes.");
  return additionalData === undefined ? { name: "AES-GCM", iv: nonce } : { name: "AES-GCM", iv: nonce, additionalData };
}

/** As `CryptoProvider.aesSeal`. */
export async function aesSeal(key: AesKey, nonce: Bytes, plaintext: Bytes, additionalData?: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtleCrypto().encrypt(aesGcm(nonce, additionalData), key as unknown as CryptoKey, plaintext));
}

/** Whether a key is WebCrypto's own: a handle that can be sent to a worker of this page and still not be extracted there. */
export function isPlatformKey(key: AesKey): boolean {
  return typeof CryptoKey !== "undefined" && (key as unknown) instanceof CryptoKey;
}
