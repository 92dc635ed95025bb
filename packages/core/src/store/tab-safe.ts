/**
 * Seals what must end with the tab, on pages whose keys are bytes (no WebCrypto: http:// on a LAN).
 *
 * The safe's key lies in sessionStorage, which the browser keeps for this tab and drops with it; what it seals lies in the store. So a reload finds both,
 * and nobody finds both later: not another tab, not a page that somebody else serves under this address in another network. A script that runs in this
 * tab meanwhile has them (docs/deploying.md).
 *
 * @module
 */
import { fromBase64url, toBase64url } from "../crypto/encoding.ts";
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { LocalStore } from "../interface/store.ts";
import { type Safe, safeUnder } from "./device.ts";

const ITEM = "keyfold-tab-key";

/** Where there is no sessionStorage, the tab ends with its page. */
const ofPage = new WeakMap<LocalStore, Bytes>();

function remembered(): Bytes | null {
  try {
    return fromBase64url(sessionStorage.getItem(ITEM) ?? "", 32);
  } catch {
    return null; // none yet, or none allowed
  }
}

function keyOf(provider: CryptoProvider, store: LocalStore): Bytes {
  const known = remembered() ?? ofPage.get(store);
  if (known !== undefined) return known;
  const drawn = provider.randomBytes(32);
  try {
    sessionStorage.setItem(ITEM, toBase64url(drawn));
  } catch {
    ofPage.set(store, drawn);
  }
  return drawn;
}

/** This tab's safe. */
export async function tabSafe(provider: CryptoProvider, store: LocalStore): Promise<Safe> {
  return safeUnder(provider, await provider.importAes(keyOf(provider, store)));
}
