/**
 * HPKE (RFC 9180) in PSK mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one message a context, with the exporter.
 *
 * Only the composition is here, over the provider's X25519, HMAC and AES-GCM, and so it is one code on WebCrypto and on noble, and takes the keys
 * that IndexedDB keeps as handles: a library would ask for keys of its own. Its results are compared with such a library's, and with the RFC's
 * vectors, in the tests. Drops and pairing alone need it: they are loaded when they are.
 *
 * @module
 */

import { KeyfoldError } from "../error.ts";
import { concat, toUtf8, u8 } from "./encoding.ts";
import type { AgreementKey, Bytes, CryptoProvider } from "./provider.ts";

/** Length of `enc`, of public keys, and of everything that is derived but the nonce. */
export const encLength = 32;
const hashLength = 32;
const nonceLength = 12;
const tagLength = 16;
/** RFC 9180, section 9.5: a PSK has at least 32 bytes of entropy, and so 32 bytes. */
const leastPsk = 32;
const pskMode = 1;

/** The AEAD by its number in RFC 9180, section 7.3, and the bytes of its key. */
export interface Aead {
  readonly id: number;
  readonly keyLength: number;
}
export const aes256Gcm: Aead = { id: 2, keyLength: 32 };

const u16 = (value: number): Bytes => Uint8Array.of(value >> 8, value & 0xff);

const kemId = 0x0020;
const kdfId = 0x0001;
const kemSuite = concat(toUtf8("KEM"), u16(kemId));
const hpkeSuite = ({ id }: Aead): Bytes => concat(toUtf8("HPKE"), u16(kemId), u16(kdfId), u16(id));
const version = toUtf8("HPKE-v1");
const nothing = new Uint8Array();

/** What both sides know before: a secret, its name, and what the message belongs to. */
export interface HpkeSetting {
  readonly psk: Bytes;
  readonly pskId: Bytes;
  readonly info: Bytes;
}

/** What a key schedule gives, and in between (RFC 9180, section 5.1). */
export interface KeySchedule {
  readonly keyScheduleContext: Bytes;
  readonly secret: Bytes;
  readonly key: Bytes;
  readonly baseNonce: Bytes;
  readonly exporterSecret: Bytes;
}

/** Derives more secrets of a context: `HPKE export(context, 32)` of docs/format.md. */
export type Exporter = (context: Bytes) => Promise<Bytes>;

/** LabeledExtract: HKDF-Extract (RFC 5869, 2.2) is one HMAC. An absent salt is zeros, which WebCrypto takes where it refuses an empty key. */
function extract(provider: CryptoProvider, suite: Bytes, salt: Bytes, label: string, ikm: Bytes): Promise<Bytes> {
  return provider.hmac(salt.length === 0 ? new Uint8Array(hashLength) : salt, concat(version, suite, toUtf8(label), ikm));
}

/** LabeledExpand of at most 32 bytes: the first block of HKDF-Expand (RFC 5869, 2.3). */
async function expand(provider: CryptoProvider, prk: Bytes, suite: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> {
  if (length > hashLength) throw new KeyfoldError("invalid-argument", "HPKE expands to 32 bytes at most here.");
  const block = await provider.hmac(prk, concat(u16(length), version, suite, toUtf8(label), info, u8(1)));
  return block.slice(0, length);
}

/** ExtractAndExpand of the KEM (RFC 9180, section 4.1): the shared secret of an agreement. */
export async function kemSecret(provider: CryptoProvider, agreed: Bytes, enc: Bytes, publicKey: Bytes): Promise<Bytes> {
  const prk = await extract(provider, kemSuite, nothing, "eae_prk", agreed);
  return expand(provider, prk, kemSuite, "shared_secret", concat(enc, publicKey), hashLength);
}

/** The key schedule of PSK mode (RFC 9180, section 5.1). Throws `invalid-argument` where the PSK is shorter than 32 bytes or has no name. */
export async function keySchedule(
  provider: CryptoProvider,
  sharedSecret: Bytes,
  { psk, pskId, info }: HpkeSetting,
  aead: Aead = aes256Gcm,
): Promise<KeySchedule> {
  if (psk.length < leastPsk || pskId.length === 0)
    throw new KeyfoldError("invalid-argument", "PSK mode needs a PSK of 32 bytes, and its id.");
  const suite = hpkeSuite(aead);
  const [pskIdHash, infoHash, secret] = await Promise.all([
    extract(provider, suite, nothing, "psk_id_hash", pskId),
    extract(provider, suite, nothing, "info_hash", info),
    extract(provider, suite, sharedSecret, "secret", psk),
  ]);
  const keyScheduleContext = concat(u8(pskMode), pskIdHash, infoHash);
  const [key, baseNonce, exporterSecret] = await Promise.all([
    expand(provider, secret, suite, "key", keyScheduleContext, aead.keyLength),
    expand(provider, secret, suite, "base_nonce", keyScheduleContext, nonceLength),
    expand(provider, secret, suite, "exp", keyScheduleContext, hashLength),
  ]);
  return { keyScheduleContext, secret, key, baseNonce, exporterSecret };
}

/** 32 bytes by the exporter (RFC 9180, section 5.3). */
export function exportSecret(provider: CryptoProvider, exporterSecret: Bytes, context: Bytes, aead: Aead = aes256Gcm): Promise<Bytes> {
  return expand(provider, exporterSecret, hpkeSuite(aead), "sec", context, hashLength);
}

/**
 * Seals one message to a public key: enc(32) | ct. The associated data is empty.
 *
 * @param ephemeral X25519 scalar, 32 bytes, that was never used; random unless a test gives it.
 * Throws `malformed` where the public key is none.
 */
export async function hpkeSeal(
  provider: CryptoProvider,
  publicKey: Bytes,
  setting: HpkeSetting,
  plaintext: Bytes,
  ephemeral: Bytes = provider.randomBytes(32),
): Promise<{ readonly sealed: Bytes; readonly exporter: Exporter }> {
  const { key: own, publicKey: enc } = await provider.importAgreement(ephemeral);
  const agreed = await provider.agree(own, publicKey);
  const { key, baseNonce, exporter } = await contextOf(provider, await kemSecret(provider, agreed, enc, publicKey), setting);
  return { sealed: concat(enc, await provider.aesSeal(key, baseNonce, plaintext, nothing)), exporter };
}

/** Whoever a message is sealed to. */
export interface HpkeRecipient {
  readonly key: AgreementKey;
  readonly publicKey: Bytes;
}

/** Opens enc(32) | ct. Throws `malformed` where it is too short or `enc` is no key, `tampered` with reason `tag` where it was not sealed so, to this key. */
export async function hpkeOpen(
  provider: CryptoProvider,
  { key, publicKey }: HpkeRecipient,
  setting: HpkeSetting,
  sealed: Bytes,
): Promise<{ readonly plaintext: Bytes; readonly exporter: Exporter }> {
  if (sealed.length < encLength + tagLength) throw new KeyfoldError("malformed", "A sealed message is too short.");
  const enc = sealed.slice(0, encLength);
  const agreed = await provider.agree(key, enc);
  const context = await contextOf(provider, await kemSecret(provider, agreed, enc, publicKey), setting);
  return {
    plaintext: await provider.aesOpen(context.key, context.baseNonce, sealed.slice(encLength), nothing),
    exporter: context.exporter,
  };
}

/** The key schedule's results as they are used: once. */
async function contextOf(provider: CryptoProvider, sharedSecret: Bytes, setting: HpkeSetting) {
  const { secret, key: raw, baseNonce, exporterSecret } = await keySchedule(provider, sharedSecret, setting);
  const key = await provider.importAes(raw);
  for (const bytes of [sharedSecret, secret, raw]) bytes.fill(0);
  const exporter: Exporter = (context) => exportSecret(provider, exporterSecret, context);
  return { key, baseNonce, exporter };
}
