/**
 * What derives from a share's secret (docs/format.md, section 8). HKDF is the format's own: SHA-512, salt "keyfold/1".
 *
 *     s     = HKDF(share, "share"0 | random(16), 32)                   owners recompute it from the log
 *     id    = HKDF(s, "share/id", 16)
 *     x     = s, or s | Argon2id(NFKC(passphrase), HKDF(s, "share/salt", 16))
 *     key   = HKDF(x, "share/key", 32)                                 seals the manifest
 *     token = HKDF(x, "share/token", 32)                               the server keeps H(token)
 *     keep  = HKDF(share, "share/keep"0 | random(16), 32)              seals the stretched passphrase for owners
 *
 * @module
 */

import { argon2id } from "../crypto/argon2.ts";
import { concat, fromHex, toHex, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider, HkdfKey } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { keptPassphraseLength } from "../protocol/share.ts";

/** What opens a share's manifest, and what the server asks for. */
export interface ShareOpening {
  readonly key: AesKey;
  /** 32 bytes. */
  readonly token: Bytes;
}

const salt = toUtf8("keyfold/1");
const nonceLength = 12;
/** Code points of a passphrase, at most: what NFKC and Argon2 are given is short. */
const passphraseLimit = 1024;

function derive(provider: CryptoProvider, from: HkdfKey, info: Bytes, length: number): Promise<Bytes> {
  return provider.hkdf("SHA-512", from, salt, info, length);
}

async function deriveFrom(provider: CryptoProvider, material: Bytes, label: string, length: number): Promise<Bytes> {
  return derive(provider, await provider.importHkdf(material), toUtf8(label), length);
}

/** s of a share that an owner made. `random`: 16 bytes. */
export function shareSecret(provider: CryptoProvider, share: HkdfKey, random: Bytes): Promise<Bytes> {
  return derive(provider, share, concat(toUtf8("share\0"), random), 32);
}

/** The share's id, hex. */
export async function shareIdOf(provider: CryptoProvider, secret: Bytes): Promise<string> {
  return toHex(await deriveFrom(provider, secret, "share/id", 16));
}

/**
 * Argon2id of a passphrase, 32 bytes; takes seconds, without holding the page up. Throws `invalid-argument` for an empty one, a lone surrogate, or above
 * 1,024 characters.
 */
export async function stretchPassphrase(provider: CryptoProvider, secret: Bytes, passphrase: string): Promise<Bytes> {
  if (passphrase === "" || passphrase.length > passphraseLimit || !passphrase.isWellFormed()) {
    throw new KeyfoldError("invalid-argument", "A passphrase has 1 to 1,024 characters.", { reason: "passphrase" });
  }
  const password = toUtf8(passphrase.normalize("NFKC"));
  try {
    return await argon2id(password, await deriveFrom(provider, secret, "share/salt", 16));
  } finally {
    password.fill(0);
  }
}

/** x: s alone, or with the stretched passphrase behind it. */
export function openingMaterial(secret: Bytes, stretched: Bytes | null): Bytes {
  return stretched === null ? secret.slice() : concat(secret, stretched);
}

/** Key and token. */
export async function shareOpening(provider: CryptoProvider, secret: Bytes, stretched: Bytes | null): Promise<ShareOpening> {
  const material = openingMaterial(secret, stretched);
  try {
    const raw = await deriveFrom(provider, material, "share/key", 32);
    const key = await provider.importAes(raw);
    raw.fill(0);
    return { key, token: await deriveFrom(provider, material, "share/token", 32) };
  } finally {
    material.fill(0);
  }
}

/** A share of one folder, for the passphrase that owners keep. */
export interface KeptPlace {
  /** Hex of 16 bytes. */
  readonly folderId: string;
  /** The share's id, hex. */
  readonly share: string;
  /** 16 bytes. */
  readonly random: Bytes;
}

async function keepKey(provider: CryptoProvider, share: HkdfKey, { random }: KeptPlace): Promise<AesKey> {
  const raw = await derive(provider, share, concat(toUtf8("share/keep\0"), random), 32);
  try {
    return await provider.importAes(raw);
  } finally {
    raw.fill(0);
  }
}

function keptAad({ folderId, share }: KeptPlace): Bytes {
  return concat(toUtf8("keyfold/1 share/keep\0"), fromHex(folderId, 16), fromHex(share, 16));
}

/** nonce(12) | AES-256-GCM(keep, nonce, stretched, "keyfold/1 share/keep"0 | folderId | share id), 60 bytes: so that every owner's device can republish. */
export async function sealStretched(provider: CryptoProvider, share: HkdfKey, place: KeptPlace, stretched: Bytes): Promise<Bytes> {
  const nonce = provider.randomBytes(nonceLength);
  return concat(nonce, await provider.aesSeal(await keepKey(provider, share, place), nonce, stretched, keptAad(place)));
}

/** Throws `malformed` on another length, `tampered` with reason `tag`. */
export async function openStretched(provider: CryptoProvider, share: HkdfKey, place: KeptPlace, kept: Bytes): Promise<Bytes> {
  if (kept.length !== keptPassphraseLength) throw new KeyfoldError("malformed", "A kept passphrase has 60 bytes.", { reason: "share" });
  const key = await keepKey(provider, share, place);
  return provider.aesOpen(key, kept.slice(0, nonceLength), kept.slice(nonceLength), keptAad(place));
}
