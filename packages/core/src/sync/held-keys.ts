/**
 * The keys of one epoch as they lie in the store.
 *
 * Where keys are handles that no export reaches, the store has those. Where they are bytes (pages without WebCrypto), it has them as JSON sealed for this
 * tab: a key that outlived the tab would be there for whoever serves this address in the next network.
 *
 * @module
 */
import { fromBase64url, fromUtf8, isHexId, toBase64url, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider, SigningKey } from "../crypto/provider.ts";
import { isKeyfoldError } from "../error.ts";
import type { Remember } from "../interface/folder.ts";
import type { LocalStore } from "../interface/store.ts";
import type { OwnerKeys } from "../key/schedule.ts";
import { keysLength } from "../protocol/identity.ts";
import { tabSafe } from "../store/tab-safe.ts";
import { isJsonObject } from "../tree/json.ts";

/** The keys of one epoch that write. */
export interface HeldKeys {
  readonly epoch: number;
  readonly keys: OwnerKeys;
  /** inbox(32) | drop(32), sealed for this device. */
  readonly inboxAndDrop: Bytes;
  /** How long they are to be kept, where that was chosen for them (`setRemember`). */
  readonly remember?: Remember;
  /**
   * What speaks to a server that was set back to before this key: the `auth` key of the epoch before, which opens nothing. Only with the device that changed
   * the key.
   */
  readonly previous?: { readonly epoch: number; readonly auth: SigningKey };
}

/** As `HeldKeys` go into the store, and come out of it. */
export interface KeyShelf {
  /** How long keys may lie there. */
  allowed(remember: Remember): Remember;
  pack(purpose: string, held: HeldKeys): Promise<unknown>;
  /** Null where there is nothing, or nothing that this page can use. */
  unpack(purpose: string, stored: unknown): Promise<HeldKeys | null>;
}

const handles = [
  "sign",
  "auth",
  "readAuth",
  "log",
  "live",
  "inbox",
  "drop",
  "share",
  "keep",
] as const satisfies readonly (keyof OwnerKeys)[];

export function keyShelf(provider: CryptoProvider, store: LocalStore): KeyShelf {
  return provider.extractable ? sealedShelf(provider, store) : handleShelf(provider);
}

function handleShelf(provider: CryptoProvider): KeyShelf {
  return {
    allowed: (remember) => remember,
    pack: (_purpose, held) => Promise.resolve(held),
    unpack: (_purpose, stored) => Promise.resolve(isHeld(provider, stored) ? stored : null),
  };
}

function isHeld(provider: CryptoProvider, stored: unknown): stored is HeldKeys {
  if (!isJsonObject(stored) || !isJsonObject(stored["keys"])) return false;
  const { epoch, keys, inboxAndDrop } = stored as Readonly<Record<string, unknown>> & { readonly keys: Readonly<Record<string, unknown>> };
  return (
    typeof epoch === "number" &&
    Number.isSafeInteger(epoch) &&
    inboxAndDrop instanceof Uint8Array &&
    keys["keys"] instanceof Uint8Array &&
    keys["keys"].length === keysLength &&
    isHexId(keys["keyId"]) &&
    handles.every((name) => provider.holds(keys[name] as AesKey))
  );
}

function sealedShelf(provider: CryptoProvider, store: LocalStore): KeyShelf {
  const safe = tabSafe(provider, store);
  safe.catch(() => undefined);
  return {
    allowed: (remember) => (remember === "device" ? "tab" : remember),
    pack: async (purpose, held) => (await safe).seal(purpose, toUtf8(JSON.stringify(held, writeBytes))),
    async unpack(purpose, stored) {
      if (!(stored instanceof Uint8Array)) return null;
      try {
        const opened = await (await safe).open(purpose, Uint8Array.from(stored));
        return JSON.parse(fromUtf8(opened), readBytes) as HeldKeys;
      } catch (error) {
        if (isKeyfoldError(error, "local-storage")) return null; // another tab's, which has ended
        throw error;
      }
    },
  };
}

function writeBytes(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { bytes: toBase64url(value) } : value;
}

function readBytes(_name: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "bytes" in value ? fromBase64url(value.bytes as string) : value;
}
