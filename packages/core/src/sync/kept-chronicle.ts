/**
 * What the log told besides the tree (`chronicle.ts`), kept beside the folder's history: a snapshot does not say it, and the records that did are not kept
 * for ever.
 *
 * Sealed under the epoch's log key: gone with it, like the rest of what is kept.
 *
 * @module
 */
import { concat, fromUtf8, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { gunzip, gzip } from "../log/gzip.ts";
import type { Access } from "./access.ts";
import type { Told } from "./chronicle.ts";
import type { RecordCache } from "./record-cache.ts";

export interface KeptChroniclePort {
  readonly provider: CryptoProvider;
  readonly cache: RecordCache;
  readonly folder: string;
  readonly access: Access;
}

const NAME = "chronicle";
const NONCE = 12;
/** Bytes of JSON, at most: a million nodes take about 40 MB. */
const MOST = 256 * 1024 * 1024;

const labelOf = (folder: string): Bytes => toUtf8(`keyfold kept chronicle ${folder}`);

function keyOf({ access }: KeptChroniclePort): AesKey {
  return access.scope === "owner" ? access.held.keys.log : access.keys.log;
}

export async function keepChronicle(port: KeptChroniclePort, told: Told): Promise<void> {
  const { provider, cache, folder } = port;
  const nonce = provider.randomBytes(NONCE);
  const sealed = await provider.aesSeal(keyOf(port), nonce, gzip(toUtf8(JSON.stringify(told))), labelOf(folder));
  await cache.keepBeside(NAME, concat(nonce, sealed));
}

/** What was kept; null where there is nothing, or it is not right. */
export async function keptChronicle(port: KeptChroniclePort): Promise<Told | null> {
  const { provider, cache, folder } = port;
  try {
    const kept = await cache.beside<Bytes>(NAME);
    if (kept === null) return null;
    const zipped = await provider.aesOpen(keyOf(port), kept.slice(0, NONCE), kept.slice(NONCE), labelOf(folder));
    return JSON.parse(fromUtf8(gunzip(zipped, MOST))) as Told;
  } catch {
    return null; // for display, most of it
  }
}
