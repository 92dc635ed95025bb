/**
 * Who added what and when, kept beside the folder's history: a snapshot does not say it, and the records that did are not kept for ever.
 *
 * Sealed under the epoch's log key: gone with it, like the rest of what is kept.
 *
 * @module
 */
import { concat, fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { gunzip, gzip } from "../log/gzip.ts";
import type { Access } from "./access.ts";
import type { AddedBy } from "./chronicle.ts";
import type { RecordCache } from "./record-cache.ts";

export interface KeptAddedPort {
  readonly provider: CryptoProvider;
  readonly cache: RecordCache;
  readonly folder: string;
  readonly access: Access;
}

const NAME = "added";
const NONCE = 12;
/** Bytes of JSON, at most: a million nodes take about 40 MB. */
const MOST = 256 * 1024 * 1024;

const labelOf = (folder: string): Bytes => toUtf8(`keyfold kept added ${folder}`);

function keyOf({ access }: KeptAddedPort): AesKey {
  return access.scope === "owner" ? access.held.keys.log : access.keys.log;
}

export async function keepAdded(port: KeptAddedPort, added: readonly AddedBy[]): Promise<void> {
  const { provider, cache, folder } = port;
  const nonce = provider.randomBytes(NONCE);
  const sealed = await provider.aesSeal(keyOf(port), nonce, gzip(toUtf8(JSON.stringify(added))), labelOf(folder));
  await cache.keepBeside(NAME, concat(nonce, sealed));
}

/** What was kept; nothing where that is not right. */
export async function keptAdded(port: KeptAddedPort): Promise<readonly AddedBy[]> {
  const { provider, cache, folder } = port;
  try {
    const kept = await cache.beside<Bytes>(NAME);
    if (kept === null) return [];
    const zipped = await provider.aesOpen(keyOf(port), kept.slice(0, NONCE), kept.slice(NONCE), labelOf(folder));
    return JSON.parse(fromUtf8(gunzip(zipped, MOST))) as AddedBy[];
  } catch {
    return []; // for display only
  }
}
