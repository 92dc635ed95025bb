/**
 * This device: its id, which entries name, and its key, which seals what must not lie readable in the store and is no `CryptoKey` itself.
 *
 * The device key is not extractable: a copy of the database's files without the browser's own key storage, or a script that reads the store
 * later, gets handles and ciphertext. It does not protect against a script that runs in the page at the time (docs/threat-model.md). On pages without
 * WebCrypto (http:// on a LAN) it is bytes beside what it seals, and protects nothing from who can read the store: there it holds an open folder's root
 * and what waits to be sent; keys of locked folders are sealed for the tab (tab-safe.ts).
 *
 * @module
 */
import { concat, isHexId, toHex, toUtf8 } from "../crypto/encoding.ts";
import type { AesKey, Bytes, CryptoProvider } from "../crypto/provider.ts";
import { KeyfoldError } from "../error.ts";
import type { LocalStore } from "../interface/store.ts";
import type { Liveness } from "./liveness.ts";

const NONCE = 12;

/** Seals what lies in the store. */
export interface Safe {
  /** Seals for this safe and this purpose only: nonce(12) | AES-256-GCM, the purpose as associated data. */
  seal(purpose: string, plaintext: Bytes): Promise<Bytes>;
  /** Throws `local-storage` when it was not sealed here for this purpose. */
  open(purpose: string, sealed: Bytes): Promise<Bytes>;
}

export interface Device extends Safe {
  /** Hex of 16 bytes, drawn when the store was first used. */
  readonly id: string;
}

/** Reads or makes the store's device. */
export async function openDevice(provider: CryptoProvider, store: LocalStore, live: Liveness): Promise<Device> {
  // Two tabs that start at the same moment must agree on one device.
  const { id, key } = await live.during("keyfold:device", async () => {
    const known = await store.get<unknown>("device");
    if (isKept(known) && provider.holds(known.key)) return known;
    const raw = provider.randomBytes(32);
    const made = { id: toHex(provider.randomBytes(16)), key: await provider.importAes(raw) };
    raw.fill(0);
    await store.set("device", made);
    return made;
  });
  return { id, ...safeUnder(provider, key) };
}

function isKept(stored: unknown): stored is { readonly id: string; readonly key: AesKey } {
  return typeof stored === "object" && stored !== null && "id" in stored && isHexId(stored.id) && "key" in stored;
}

/** A safe whose key is this one. */
export function safeUnder(provider: CryptoProvider, key: AesKey): Safe {
  return {
    async seal(purpose, plaintext) {
      const nonce = provider.randomBytes(NONCE);
      return concat(nonce, await provider.aesSeal(key, nonce, plaintext, toUtf8(purpose)));
    },
    async open(purpose, sealed) {
      try {
        return await provider.aesOpen(key, sealed.slice(0, NONCE), sealed.slice(NONCE), toUtf8(purpose));
      } catch (cause) {
        throw new KeyfoldError("local-storage", "Something kept on this device cannot be read any more.", { cause, reason: "seal" });
      }
    },
  };
}
