/**
 * The tab that keys are bound to with `remember: "tab"`.
 *
 * Its id lives in sessionStorage, which a reload keeps and a duplicated tab copies: so a tab is its id *and* the lock held on it. Records of tabs
 * that nobody holds any more are erased at the next start.
 *
 * @module
 */
import { toHex } from "../crypto/encoding.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { LocalStore } from "../interface/store.ts";
import type { Liveness } from "./liveness.ts";

const ITEM = "keyfold-tab";
/** Milliseconds that a reloaded page waits for its former self to let go. */
const PATIENCE = 500;

const lockOf = (device: string, tab: string): string => `keyfold:${device}:tab:${tab}`;

function remembered(): string | null {
  try {
    return sessionStorage.getItem(ITEM);
  } catch {
    return null; // no sessionStorage here, or none allowed
  }
}

function remember(tab: string): void {
  try {
    sessionStorage.setItem(ITEM, tab);
  } catch {
    // Without sessionStorage the tab ends with its page.
  }
}

const tabs = new WeakMap<LocalStore, Promise<string>>();

/** This tab's id in this store, held from now on; the same however often it is asked. Erases what dead tabs left behind. */
export function currentTab(provider: CryptoProvider, store: LocalStore, live: Liveness, device: string): Promise<string> {
  const known = tabs.get(store);
  if (known !== undefined) return known;
  const opening = holdTab(provider, store, live, device);
  tabs.set(store, opening);
  opening.catch(() => tabs.delete(store));
  return opening;
}

async function holdTab(provider: CryptoProvider, store: LocalStore, live: Liveness, device: string): Promise<string> {
  let tab = remembered();
  if (tab === null || !/^[0-9a-f]{32}$/.test(tab) || (await live.hold(lockOf(device, tab), PATIENCE)) === null) {
    tab = toHex(provider.randomBytes(16));
    remember(tab);
    await live.hold(lockOf(device, tab));
  }
  await eraseDeadTabs(store, live, device, tab);
  return tab;
}

/** Where a tab keeps what ends with it. */
export function tabPrefix(tab: string): string {
  return `tab/${tab}/`;
}

async function eraseDeadTabs(store: LocalStore, live: Liveness, device: string, mine: string): Promise<void> {
  const keys = await store.keys("tab/");
  for (const tab of new Set(keys.map((key) => key.split("/")[1] ?? ""))) {
    if (tab === mine) continue;
    const release = await live.hold(lockOf(device, tab));
    if (release === null) continue;
    await store.batch(keys.filter((key) => key.startsWith(tabPrefix(tab))).map((key) => [key, undefined] as const));
    release();
  }
}
