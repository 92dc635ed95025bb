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
import { isJsonObject } from "../tree/json.ts";
import type { Access } from "./access.ts";
import type { Chronicle, Told } from "./chronicle.ts";
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

/** What `Chronicle.restore` takes: an earlier edition kept less of it, a later one may have kept it otherwise. */
type KeptTold = Parameters<Chronicle["restore"]>[0];

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
export async function keptChronicle(port: KeptChroniclePort): Promise<KeptTold | null> {
  const { provider, cache, folder } = port;
  try {
    const kept = await cache.beside<Bytes>(NAME);
    if (kept === null) return null;
    const zipped = await provider.aesOpen(keyOf(port), kept.slice(0, NONCE), kept.slice(NONCE), labelOf(folder));
    const told: unknown = JSON.parse(fromUtf8(gunzip(zipped, MOST)));
    return isTold(told) ? told : null;
  } catch {
    return null; // for display, most of it
  }
}

function isTold(value: unknown): value is KeptTold {
  if (!isJsonObject(value)) return false;
  const { seq, added, came, trashed, shared, exposed, wrote } = value;
  return (
    (seq === undefined || typeof seq === "number") &&
    isListOf(added, isDeed) &&
    (came === undefined || isListOf(came, isDeed)) &&
    (trashed === undefined || isListOf(trashed, isMark)) &&
    (wrote === undefined || isListOf(wrote, isWriter)) &&
    isListOf(shared, isText) &&
    isJsonObject(exposed) &&
    typeof exposed["epoch"] === "number" &&
    typeof exposed["total"] === "number"
  );
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isDeed(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "number" && isText(value[1]) && isListOf(value[2], isText);
}

function isWriter(value: unknown): boolean {
  return Array.isArray(value) && isText(value[0]) && isListOf(value[1], isPlaceAndTime);
}

function isPlaceAndTime(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number";
}

function isMark(value: unknown): boolean {
  return (
    Array.isArray(value) && isText(value[0]) && typeof value[1] === "number" && (value[2] === null || isText(value[2])) && isText(value[3])
  );
}
