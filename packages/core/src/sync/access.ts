/**
 * What this device may do with a folder, and by which keys.
 *
 * @module
 */
import type { ServerApi } from "../api/client.ts";
import type { Credential } from "../api/session.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import { deriveReaderKeys, type ReaderKeys } from "../key/schedule.ts";
import type { Place } from "../store/place.ts";
import type { HeldKeys, Keyring } from "./keyring.ts";
import type { RecordCache } from "./record-cache.ts";

export type Access =
  | { readonly scope: "owner"; readonly epoch: number; readonly held: HeldKeys }
  /** By the read key that an open folder publishes, or by a link's: then it says which keys the folder must have. */
  | { readonly scope: "read"; readonly epoch: number; readonly keys: ReaderKeys; readonly keyId?: string };

/** A read key that came by a link. */
export interface LinkedReader {
  readonly keys: ReaderKeys;
  /** Hex of 16 bytes. */
  readonly keyId: string;
}

/** What a device proves itself with to the server. */
export function credentialOf(provider: CryptoProvider, access: Access): Credential {
  const key = access.scope === "owner" ? access.held.keys.auth : access.keys.readAuth;
  return { scope: access.scope, epoch: access.epoch, sign: (message) => provider.sign(key, message) };
}

export interface Finding {
  /** Null: the folder is locked to this device. */
  readonly access: Access | null;
  /** The folder's epoch, as the server tells it. */
  readonly epoch: number;
  /** This device holds a key, of an earlier epoch. */
  readonly outdated: boolean;
}

export interface KeptSources {
  readonly provider: CryptoProvider;
  readonly keyring: Keyring;
  readonly cache: RecordCache;
  readonly place: Place | null;
}

/** What this device keeps a reader's keys under, beside what it keeps of an open folder: with them it can be read while the server is away. */
export const READER_KEYS = "reader-keys";

/**
 * What a folder can be opened with while its server is not reached: a key kept here, or an open folder's read key of an earlier visit. Null where
 * there is neither.
 */
export async function accessKeptHere({ provider, keyring, cache, place }: KeptSources): Promise<Access | null> {
  const kept = await keyring.kept();
  if (kept !== null) return { scope: "owner", epoch: kept.epoch, held: kept };
  const keys = place?.epoch === 0 && !place.locked ? await cache.beside<ReaderKeys>(READER_KEYS) : null;
  // Another page's handles may be of another kind: one over http:// has no WebCrypto.
  return keys === null || !provider.holds(keys.log) ? null : { scope: "read", epoch: 0, keys };
}

export interface AccessSources {
  readonly provider: CryptoProvider;
  readonly server: ServerApi;
  readonly keyring: Keyring;
  readonly folder: string;
  readonly place: Place | null;
  readonly reader?: LinkedReader | undefined;
  readonly signal: AbortSignal;
}

/**
 * Throws `rolled-back` where the server is in an earlier epoch than this device has seen. Else the best access there is: a key kept here, a key whose rekey was sent and not yet seen, the published read key.
 *
 * A server's word is not enough to forget a key: what is kept stays kept until the log itself shows its successor. And a published read key is
 * believed only of a folder in its first epoch that this device has never seen locked.
 */
export async function findAccess({ provider, server, keyring, folder, place, reader, signal }: AccessSources): Promise<Finding> {
  const info = await server.folder(folder, { signal });
  const [kept, pending] = await Promise.all([keyring.kept(), keyring.pending()]);
  const { epoch } = info;
  if (place !== null && epoch < place.epoch) {
    throw new KeyfoldError("rolled-back", "The server shows less than this device has seen.", { reason: "epoch" });
  }
  const found = (access: Access | null, outdated = false): Finding => ({ access, epoch, outdated });

  if (pending?.keys.keyId === info.keyId && pending.epoch === epoch) return found({ scope: "owner", epoch, held: pending });
  if (kept?.epoch === epoch) return found({ scope: "owner", epoch, held: kept });
  if (reader !== undefined && reader.keyId === info.keyId) return found({ scope: "read", epoch, ...reader });
  const trusted = info.open && epoch === 0 && place?.locked !== true;
  if (trusted && info.readKey !== null) {
    return found({ scope: "read", epoch, keys: await deriveReaderKeys(provider, info.readKey) });
  }
  return found(null, (kept !== null && kept.epoch < epoch) || (place !== null && place.epoch < epoch));
}
