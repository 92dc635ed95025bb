/**
 * The keys that this device holds to one folder, and how long it keeps them.
 *
 * - An open folder's root stays on the device that made it until the lock is confirmed: it is all that can ever write to it. It is no handle, since
 *   its successor's `keep` needs what derives from it, so it is sealed under the device key.
 * - A locked folder's keys are kept as non-extractable handles for as long as `remember` says: not at all, with the tab, on the device. Beside them,
 *   sealed under the device key, the raw inbox and drop keys, which a later rotation hands on (format, section 4, `keep`). They open what is
 *   posted through drops; they neither read nor write the folder.
 * - The person may choose otherwise than the client (`setRemember`): that stays with the keys, and their successors made here, until a key is given anew.
 * - On pages without WebCrypto (http:// on a LAN) keys are bytes: there they stay no longer than the tab, sealed for it (held-keys.ts), whatever was chosen.
 * - A new key is *pending* from before its rekey is sent until its record is seen, whatever `remember` says: a crash in between is resolved at the
 *   next start.
 * - Beside the keys that a lock or rotation made here, the `auth` handle of the epoch before, for as long as they are kept: a server that was set back to
 *   before the change is given it back by a session of that epoch. It opens nothing.
 *
 * @module
 */
import type { Bytes, CryptoProvider } from "../crypto/provider.ts";
import type { Remember } from "../interface/folder.ts";
import type { LocalStore } from "../interface/store.ts";
import { deriveOwnerKeys, exportOldInboxAndDrop } from "../key/schedule.ts";
import type { Device } from "../store/device.ts";
import { tabPrefix } from "../store/tab.ts";
import { type HeldKeys, type KeyShelf, keyShelf } from "./held-keys.ts";
import { Serial } from "./serial.ts";

export type { HeldKeys } from "./held-keys.ts";

export interface KeyringOptions {
  readonly provider: CryptoProvider;
  readonly store: LocalStore;
  readonly device: Device;
  readonly folder: string;
  /** Unless something else was chosen. */
  readonly remember: Remember;
  /** This tab's id, for `remember: "tab"`. */
  readonly tab: string;
}

export class Keyring {
  readonly #options: KeyringOptions;
  readonly #shelf: KeyShelf;
  /** What moves keys from one place to another goes one after the other. */
  readonly #serial = new Serial();
  /** The keys of the locked folder as long as this page lives, wherever else they are. */
  #held: HeldKeys | null = null;
  #chosen: Remember | null = null;

  constructor(options: KeyringOptions) {
    this.#options = options;
    this.#shelf = keyShelf(options.provider, options.store);
  }

  /** How long the keys that are held now, or come next, are kept. */
  get remember(): Remember {
    return this.#shelf.allowed(this.#chosen ?? this.#held?.remember ?? this.#options.remember);
  }

  /** What this device kept: the latest epoch's, where there are several. Null when it kept nothing. */
  async kept(): Promise<HeldKeys | null> {
    return latest([...(await this.#ofLocked()), await this.#ofRoot()]);
  }

  /** Whether the root of this (open) folder is here. */
  async holdsRoot(): Promise<boolean> {
    return (await this.#options.store.get(this.#rootKey)) !== undefined;
  }

  /** The root of this (open) folder, where it is here. The caller overwrites it after use. */
  async openRoot(): Promise<Bytes | null> {
    const sealed = await this.#options.store.get<Bytes>(this.#rootKey);
    return sealed === undefined ? null : this.#options.device.open(this.#purpose("root"), sealed);
  }

  /** All keys of a root, with what a rotation will need. Nothing is stored. */
  async derive(root: Bytes, epoch: number): Promise<HeldKeys> {
    const { provider, device } = this.#options;
    const [keys, raw] = await Promise.all([deriveOwnerKeys(provider, root), exportOldInboxAndDrop(provider, root)]);
    const inboxAndDrop = await device.seal(this.#purpose("inbox"), raw);
    raw.fill(0);
    return { epoch, keys, inboxAndDrop };
  }

  /** The raw inbox(32) | drop(32) of held keys, for `keep`. The caller overwrites them after use. */
  openInboxAndDrop(held: HeldKeys): Promise<Bytes> {
    return this.#options.device.open(this.#purpose("inbox"), held.inboxAndDrop);
  }

  /** Keeps the root of an open folder. */
  async keepRoot(root: Bytes): Promise<void> {
    await this.#options.store.set(this.#rootKey, await this.#options.device.seal(this.#purpose("root"), root));
  }

  /**
   * Keeps the keys of a locked folder: for as long as was chosen, or else as the client remembers. What was kept of earlier epochs, the open folder's
   * root too, is erased.
   */
  keep(held: HeldKeys): Promise<void> {
    return this.#serial.run(async () => {
      const kept = this.#asChosen(held);
      await this.#options.store.batch([
        ...(await this.#placed(kept, kept.remember ?? this.#options.remember)),
        [this.#rootKey, undefined],
        [this.#pendingKey, undefined],
      ]);
      this.#held = kept;
    });
  }

  /**
   * From now on keys are kept so long; those of a locked folder that are here move there, in one write. An open folder's root, and a key whose rekey is
   * not seen yet, stay. Rejects with `local-storage`; then everything is as it was.
   */
  setRemember(remember: Remember): Promise<void> {
    return this.#serial.run(async () => {
      const held = latest(await this.#ofLocked());
      const kept = held === null ? null : { ...held, remember };
      if (kept !== null) await this.#options.store.batch(await this.#placed(kept, remember));
      this.#held = kept;
      this.#chosen = remember;
    });
  }

  async keepPending(held: HeldKeys): Promise<void> {
    await this.#options.store.set(this.#pendingKey, await this.#shelf.pack(this.#pendingKey, this.#asChosen(held)));
  }

  pending(): Promise<HeldKeys | null> {
    return this.#at(this.#pendingKey);
  }

  async forgetPending(): Promise<void> {
    await this.#options.store.delete(this.#pendingKey);
  }

  /** Erases every key to the folder that this tab or device holds. */
  erase(): Promise<void> {
    return this.#serial.run(async () => {
      await this.#options.store.batch(
        [this.#tabKey, this.#deviceKey, this.#rootKey, this.#pendingKey].map((key) => [key, undefined] as const),
      );
      this.#held = null;
    });
  }

  #asChosen(held: HeldKeys): HeldKeys {
    return this.#chosen === null ? held : { ...held, remember: this.#chosen };
  }

  async #placed(held: HeldKeys, remember: Remember): Promise<(readonly [key: string, value: unknown])[]> {
    const place = { none: undefined, tab: this.#tabKey, device: this.#deviceKey }[this.#shelf.allowed(remember)];
    const packed = place === undefined ? undefined : await this.#shelf.pack(place, held);
    return [this.#tabKey, this.#deviceKey].map((key) => [key, key === place ? packed : undefined] as const);
  }

  async #at(key: string): Promise<HeldKeys | null> {
    return this.#shelf.unpack(key, await this.#options.store.get(key));
  }

  async #ofLocked(): Promise<(HeldKeys | null)[]> {
    const stored = await Promise.all([this.#at(this.#tabKey), this.#at(this.#deviceKey)]);
    // What this page kept itself, last: it knows best what was chosen for it.
    return [...stored, this.#held];
  }

  async #ofRoot(): Promise<HeldKeys | null> {
    const root = await this.openRoot();
    if (root === null) return null;
    try {
      return await this.derive(root, 0);
    } finally {
      root.fill(0);
    }
  }

  #purpose(what: string): string {
    return `${this.#options.folder}/${what}`;
  }

  get #rootKey(): string {
    return `folder/${this.#options.folder}/root`;
  }
  get #deviceKey(): string {
    return `folder/${this.#options.folder}/keys`;
  }
  get #pendingKey(): string {
    return `folder/${this.#options.folder}/pending-key`;
  }
  get #tabKey(): string {
    return `${tabPrefix(this.#options.tab)}${this.#options.folder}/keys`;
  }
}

function latest(found: readonly (HeldKeys | null)[]): HeldKeys | null {
  return found.reduce<HeldKeys | null>((best, held) => (held !== null && held.epoch >= (best?.epoch ?? 0) ? held : best), null);
}
