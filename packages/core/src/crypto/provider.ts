/**
 * The primitives that the rest of core is built on, as one interface.
 *
 * WebCrypto serves it in secure contexts; a second implementation on the noble libraries serves pages without `crypto.subtle`, and browsers without
 * Ed25519 or X25519 (platform.ts chooses). Nothing outside `crypto/` calls `crypto.subtle` or noble directly. Handles are opaque and, where the
 * platform can, not extractable. Bytes that are given stay the caller's, who does not change them before the promise is settled.
 *
 * @module
 */

declare const handle: unique symbol;
/** AES-256-GCM key. Under WebCrypto a non-extractable `CryptoKey`, so that IndexedDB can keep it. */
export type AesKey = { readonly [handle]: "aes" };
/** Input key material of HKDF. */
export type HkdfKey = { readonly [handle]: "hkdf" };
/** Ed25519 private key. */
export type SigningKey = { readonly [handle]: "sign" };
/** X25519 private key. */
export type AgreementKey = { readonly [handle]: "agree" };

export type Bytes = Uint8Array<ArrayBuffer>;

/** What following a log takes: no key, nothing that decrypts. The server has this and no more; every provider is one. */
export interface Verifier {
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  sha256(data: Bytes): Promise<Bytes>;
  /** Strict Ed25519: S < L, A and R canonical and neither of small order, no cofactor. False for whatever does not verify; never `tampered`. */
  verify(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean>;
}

export interface CryptoProvider extends Verifier {
  /** Who does Ed25519 and X25519. */
  readonly name: "webcrypto" | "noble";
  /** Handles are plain bytes: whoever reads the store where they are kept has the keys. */
  readonly extractable: boolean;
  /** Whether a handle that lay in a store is of this provider: the browser may have learned, or lost, WebCrypto since. */
  holds(handle: AesKey | HkdfKey | SigningKey | AgreementKey): boolean;

  /** `length` bytes (at most 65,536) of the platform's generator. Throws `crypto-missing` where there is none. */
  randomBytes(length: number): Bytes;

  importHkdf(material: Bytes): Promise<HkdfKey>;
  /** HKDF (RFC 5869), `length` bytes. */
  hkdf(hash: "SHA-256" | "SHA-512", key: HkdfKey, salt: Bytes, info: Bytes, length: number): Promise<Bytes>;

  importAes(raw: Bytes): Promise<AesKey>;
  /** AES-256-GCM, 96-bit nonce, 128-bit tag appended (SP 800-38D). */
  aesSeal(key: AesKey, nonce: Bytes, plaintext: Bytes, additionalData?: Bytes): Promise<Bytes>;
  /** Throws `tampered` with reason `tag` when the tag does not fit. */
  aesOpen(key: AesKey, nonce: Bytes, sealed: Bytes, additionalData?: Bytes): Promise<Bytes>;

  /** Ed25519 from its 32-byte seed (RFC 8032), with the public key. */
  importSigning(seed: Bytes): Promise<{ key: SigningKey; publicKey: Bytes }>;
  sign(key: SigningKey, message: Bytes): Promise<Bytes>;

  /** X25519 from its 32-byte scalar (RFC 7748), with the public key. */
  importAgreement(scalar: Bytes): Promise<{ key: AgreementKey; publicKey: Bytes }>;
  agree(key: AgreementKey, publicKey: Bytes): Promise<Bytes>;

  /** HMAC-SHA-256 (RFC 2104), 32 bytes. */
  hmac(key: Bytes, data: Bytes): Promise<Bytes>;
}
