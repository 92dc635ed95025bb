/**
 * The ladder of keys: root writes, `read` reads (docs/format.md, section 1).
 *
 * What derivation returns are non-extractable handles and public keys, so a device can remember them without keeping the key itself. The raw
 * root is the caller's to show and to forget.
 *
 * @module
 */

import { concat } from "../crypto/encoding.ts";
import type { AesKey, AgreementKey, Bytes, CryptoProvider, HkdfKey, SigningKey } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { inboxMarkOf, inboxPubOf, keyIdOf } from "../protocol/identity.ts";
import { deriveBytes } from "./derive.ts";

/** Length of a root key. */
export const rootLength = 64;
/** Length of a read key. */
export const readLength = 32;

/** What reading takes. */
export interface ReaderKeys {
  readonly scope: "read";
  /** Opens entries. */
  readonly log: AesKey;
  /** Signs readers' sessions. */
  readonly readAuth: SigningKey;
  readonly readAuthPub: Bytes;
  /** Opens live messages. */
  readonly live: AesKey;
}

/** What writing takes; everything that reading takes is in it. */
export interface OwnerKeys extends Omit<ReaderKeys, "scope"> {
  readonly scope: "owner";
  /** Signs the log. */
  readonly sign: SigningKey;
  /** Signs owners' sessions. */
  readonly auth: SigningKey;
  /** Opens what was posted through drops. */
  readonly inbox: AgreementKey;
  /** Drops' secrets derive from it. */
  readonly drop: HkdfKey;
  /** Shares' secrets derive from it. */
  readonly share: HkdfKey;
  /** Seals the inbox keys of earlier epochs. */
  readonly keep: AesKey;
  /** signPub | authPub | inboxPub | readAuthPub, 128 bytes. */
  readonly keys: Bytes;
  /** Hex of 16 bytes. */
  readonly keyId: string;
  /** Hex of 16 bytes. */
  readonly inboxMark: string;
}

/** Keys of one epoch, of either scope. All values survive structured clone. */
export type EpochKeys = OwnerKeys | ReaderKeys;

type RootLabel = "sign" | "auth" | "inbox" | "drop" | "share" | "keep" | "read";
type ReadLabel = "read/log" | "read/auth" | "read/live";

function derive(provider: CryptoProvider, from: HkdfKey, label: RootLabel | ReadLabel): Promise<Bytes> {
  return deriveBytes(provider, from, label, 32);
}

/** Gives derived bytes to their importer and forgets them. */
async function into<Handle>(bytes: Promise<Bytes>, importer: (raw: Bytes) => Promise<Handle>): Promise<Handle> {
  const raw = await bytes;
  try {
    return await importer(raw);
  } finally {
    raw.fill(0);
  }
}

function importRoot(provider: CryptoProvider, root: Bytes): Promise<HkdfKey> {
  return provider.importHkdf(checkedRoot(root));
}

function checkedRoot<Given extends Uint8Array>(root: Given): Given {
  if (root.length !== rootLength) throw new KeyfoldError("invalid-argument", "A key has 64 bytes.");
  return root;
}

/** Of the caller's own bytes nothing is kept, and nothing overwritten. Throws `invalid-argument` unless they are 64. */
export function copyOfKey(key: Uint8Array): Bytes {
  return Uint8Array.from(checkedRoot(key));
}

/** A new root key: 64 bytes of the platform's generator. Throws `crypto-missing` where there is none. */
export function generateRoot(provider: Pick<CryptoProvider, "randomBytes">): Bytes {
  return provider.randomBytes(rootLength);
}

/** All keys that a root key gives. Throws `invalid-argument` when it is not 64 bytes. */
export async function deriveOwnerKeys(provider: CryptoProvider, root: Bytes): Promise<OwnerKeys> {
  const from = await importRoot(provider, root);
  const [sign, auth, inbox, drop, share, keep, reader] = await Promise.all([
    into(derive(provider, from, "sign"), (seed) => provider.importSigning(seed)),
    into(derive(provider, from, "auth"), (seed) => provider.importSigning(seed)),
    into(derive(provider, from, "inbox"), (scalar) => provider.importAgreement(scalar)),
    into(derive(provider, from, "drop"), (material) => provider.importHkdf(material)),
    into(derive(provider, from, "share"), (material) => provider.importHkdf(material)),
    into(derive(provider, from, "keep"), (raw) => provider.importAes(raw)),
    into(derive(provider, from, "read"), (read) => deriveReaderKeys(provider, read)),
  ]);
  const keys = concat(sign.publicKey, auth.publicKey, inbox.publicKey, reader.readAuthPub);
  return {
    ...reader,
    scope: "owner",
    sign: sign.key,
    auth: auth.key,
    inbox: inbox.key,
    drop,
    share,
    keep,
    keys,
    keyId: await keyIdOf(provider, keys),
    inboxMark: await inboxMarkOf(provider, inboxPubOf(keys)),
  };
}

/** The keys that a read key gives. Throws `invalid-argument` when it is not 32 bytes. */
export async function deriveReaderKeys(provider: CryptoProvider, read: Bytes): Promise<ReaderKeys> {
  if (read.length !== readLength) throw new KeyfoldError("invalid-argument", "A read key has 32 bytes.");
  const from = await provider.importHkdf(read);
  const [log, readAuth, live] = await Promise.all([
    into(derive(provider, from, "read/log"), (raw) => provider.importAes(raw)),
    into(derive(provider, from, "read/auth"), (seed) => provider.importSigning(seed)),
    into(derive(provider, from, "read/live"), (raw) => provider.importAes(raw)),
  ]);
  return { scope: "read", log, readAuth: readAuth.key, readAuthPub: readAuth.publicKey, live };
}

/** The raw read key, 32 bytes: what an open folder publishes, and a read-only link carries. */
export async function exportReadKey(provider: CryptoProvider, root: Bytes): Promise<Bytes> {
  return derive(provider, await importRoot(provider, root), "read");
}

/** inbox(32) | drop(32) of a root key that is about to be replaced: what a rekey's `keep` preserves for filing late posts. */
export async function exportOldInboxAndDrop(provider: CryptoProvider, root: Bytes): Promise<Bytes> {
  const from = await importRoot(provider, root);
  return concat(...(await Promise.all([derive(provider, from, "inbox"), derive(provider, from, "drop")])));
}
